"""Everyone affected by a failure of ours is told; supporters and the moveable are listened to."""

from django.db import migrations

# programme, its name, its priority, steps: (slug, name, ladder, rung, starts, after, expires, words)
SHIPPED = (
    ("close-the-loop", "Close the loop", 15, [
        ("failure", "Tell them what went wrong", "griffin", "suspect", "failed", 0, 14,
         "Something went wrong on our side, {name}. This is what happened, and this is what we do about it."),
        ("idea", "Tell them what became of their idea", "griffin", "suspect", "idea", 0, 30,
         "You told us what you were missing, {name}. This is what became of it."),
    ]),
    ("defend", "Defend", 35, [
        ("supporter", "Ask whether it is all right again", "christopher", "supporter", "defend", 3, 14,
         "I wanted to hear from you, {name}, whether everything is all right again."),
        ("moveable", "Ask whether it is all right again", "attitude", "moveable", "defend", 3, 14,
         "I wanted to hear from you, {name}, whether everything is all right again."),
    ]),
)  # fmt: skip


def ship(apps, schema_editor):
    Programme, ProgrammeStep, Rung = (apps.get_model("ladder", name) for name in ("Programme", "ProgrammeStep", "Rung"))
    for slug, name, priority, steps in SHIPPED:
        programme, _ = Programme.objects.get_or_create(slug=slug, defaults={"name": name, "priority": priority})
        for step, called, ladder, rung, starts, after, expires, words in steps:
            stands = Rung.objects.filter(ladder__slug=ladder, slug=rung).first()
            if stands and not programme.steps.filter(slug=step).exists():
                programme.steps.create(
                    slug=step, name=called, rung=stands, starts=starts, after_days=after, expires_days=expires, words=words
                )


class Migration(migrations.Migration):
    dependencies = [("ladder", "0020_closing_the_loop"), ("feedback", "0009_themes")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
