"""Asking for a recommendation prompts what they tell soon after."""

from django.db import migrations, models


def mark(apps, schema_editor):
    apps.get_model("ladder", "ProgrammeStep").objects.filter(programme__slug="recommend").update(prompts=True)


class Migration(migrations.Migration):
    dependencies = [("ladder", "0024_answered_and_rewarded"), ("feedback", "0014_advocacy")]
    operations = [
        migrations.AddField(
            model_name="programmestep",
            name="prompts",
            field=models.BooleanField(
                default=False, help_text="Doing it asks them to tell others about us: what they tell soon after is prompted."
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
