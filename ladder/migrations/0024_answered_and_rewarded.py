"""Whose complaint was answered is asked whether that put it right; who answered what a reward was promised for gets it."""

from django.db import migrations, models

STARTS = [
    ("enters", "on entering the rung"),
    ("leaves", "on leaving the rung by buying"),
    ("called", "when another step calls for it"),
    ("failed", "when a failure of ours affected them, wherever they stand"),
    ("defend", "when a failure of ours affected them while they stood on the rung"),
    ("idea", "when what they suggested or wanted was built or declined"),
    ("answer", "when a complaint of theirs was answered"),
    ("reward", "when they answered what a reward was promised for"),
]
# programme, its name, its priority, steps: (slug, name, starts, after, expires, words)
SHIPPED = (
    ("close-the-loop", "Close the loop", 15, [
        ("complaint", "Ask whether our answer put it right", "answer", 3, 30,
         "We answered what you told us, {name}. Is all well again?"),
    ]),
    ("feedback-reward", "Feedback reward", 25, [
        ("reward", "Hand out what we promised", "reward", 0, 60,
         "Thank you for telling us, {name}. Here is what we promised."),
    ]),
)  # fmt: skip


def ship(apps, schema_editor):
    Programme, Rung = (apps.get_model("ladder", name) for name in ("Programme", "Rung"))
    ground = Rung.objects.filter(ladder__slug="griffin", slug="suspect").first()
    for slug, name, priority, steps in SHIPPED if ground else ():
        programme, _ = Programme.objects.get_or_create(slug=slug, defaults={"name": name, "priority": priority})
        for step, called, starts, after, expires, words in steps:
            values = {"name": called, "rung": ground, "starts": starts, "after_days": after, "expires_days": expires, "words": words}
            programme.steps.get_or_create(slug=step, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("ladder", "0023_backtests"), ("feedback", "0012_rewards")]
    operations = [
        migrations.AlterField("programmestep", "starts", models.CharField(choices=STARTS, default="enters", max_length=6)),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
