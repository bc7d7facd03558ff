from django.db import migrations


def first_source(apps, schema_editor):
    apps.get_model("customers", "Source").objects.create(slug="here", name="typed in here")


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunPython(first_source, migrations.RunPython.noop)]
