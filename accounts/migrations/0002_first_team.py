from django.db import migrations


def first_team(apps, schema_editor):
    Team = apps.get_model("accounts", "Team")
    team = Team.objects.create(name="Everyone")
    team.path = f"/{team.pk}/"
    team.save()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(first_team, migrations.RunPython.noop)]
