from django.db import migrations, models
from django.db.models import F


def have_begun(apps, schema_editor):
    """Until now whatever was published began at once."""
    editions = apps.get_model("ladder", "Edition").objects.exclude(published_at=None)
    editions.update(begun_at=F("published_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('ladder', '0014_version_of_a_draft'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='begun_at',
            field=models.DateTimeField(editable=False, help_text='When its first day had come and everybody was due by it.', null=True),
        ),
        migrations.RunPython(have_begun, migrations.RunPython.noop),
    ]
