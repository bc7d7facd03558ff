"""Undo puts back the reason and the last day too."""

from django.db import migrations, models


def as_they_are(apps, schema_editor):
    Action, ActionEvent = apps.get_model("ladder", "Action"), apps.get_model("ladder", "ActionEvent")
    known = Action.objects.filter(pk=models.OuterRef("action"))
    ActionEvent.objects.update(
        was_expires_at=models.Subquery(known.values("expires_at")[:1]), was_reason=models.Subquery(known.values("reason")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("ladder", "0003_programmes")]
    operations = [
        migrations.AddField("actionevent", "was_expires_at", models.DateTimeField(null=True)),
        migrations.AddField("actionevent", "was_reason", models.CharField(blank=True, default="", max_length=500), preserve_default=False),
        migrations.RunPython(as_they_are, migrations.RunPython.noop),
        migrations.AlterField("actionevent", "was_expires_at", models.DateTimeField()),
    ]
