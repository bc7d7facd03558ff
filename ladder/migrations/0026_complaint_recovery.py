"""Who complains is somebody's task at once: they are answered by the day that was promised."""

from django.db import migrations, models

STARTS = [
    ("enters", "on entering the rung"),
    ("leaves", "on leaving the rung by buying"),
    ("called", "when another step calls for it"),
    ("failed", "when a failure of ours affected them, wherever they stand"),
    ("defend", "when a failure of ours affected them while they stood on the rung"),
    ("idea", "when what they suggested or wanted was built or declined"),
    ("grieve", "when they complained"),
    ("answer", "when a complaint of theirs was answered"),
    ("reward", "when they answered what a reward was promised for"),
]
WORDS = "I am sorry that this happened, {name}. This is what we do about it, and by when."


def ship(apps, schema_editor):
    Programme, Rung = (apps.get_model("ladder", name) for name in ("Programme", "Rung"))
    ground = Rung.objects.filter(ladder__slug="griffin", slug="suspect").first()
    if ground:
        programme, _ = Programme.objects.get_or_create(
            slug="complaint-recovery", defaults={"name": "Complaint recovery", "priority": 5}
        )
        values = {"name": "Answer their complaint", "rung": ground, "starts": "grieve", "expires_days": 90, "words": WORDS}
        programme.steps.get_or_create(slug="answer", defaults=values)


class Migration(migrations.Migration):
    dependencies = [("ladder", "0025_asking")]
    operations = [
        migrations.AlterField("programmestep", "starts", models.CharField(choices=STARTS, default="enters", max_length=6)),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
