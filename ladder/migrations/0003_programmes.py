"""The shipped programmes: tasks for people, on from the start."""

from django.db import migrations

# slug, name, priority, steps: (slug, name, rung, starts, once, counts_from, after, expires, most a year, asks, gate, words)
SHIPPED = (
    ("recovery", "Recovery", 10, [
        ("call", "Call and put it right", "first-time", "called", "movement", "movement", 0, 14, 0, False, "",
         "Listen first. Say what you will do about it and by when."),
    ]),
    ("thank-you", "Thank-you", 20, [
        ("thank", "Say thank you", "advocate", "enters", "movement", "movement", 0, 30, 0, False, "not_soured",
         "Thank you for recommending us, {name}. It means a lot to us."),
    ]),
    ("first-purchase-check", "First-purchase check", 30, [
        ("ask", "Ask how the first purchase went", "first-time", "enters", "movement", "delivery", 7, 21, 0, True, "no_return",
         "Did everything arrive as you hoped, {name}? From 1, not at all, to 5, entirely: how satisfied are you?"),
    ]),
    ("welcome", "Welcome", 40, [
        ("welcome", "Welcome them", "first-time", "enters", "ever", "delivery", 14, 16, 0, False, "no_return",
         "Welcome, {name}. If there is anything you need, I am here for you."),
    ]),
    ("welcome-back", "Welcome back", 45, [
        ("welcome-back", "Welcome them back", "inactive", "leaves", "movement", "movement", 0, 14, 0, False, "",
         "Good to see you again, {name}."),
    ]),
    ("win-back", "Win-back", 60, [
        ("call", "Ask what we could do better", "inactive", "enters", "movement", "movement", 0, 30, 2, False, "ledger_long_enough",
         "We have not seen you for a while, {name}. Is there anything we should have done better?"),
    ]),
    ("recommend", "Recommend a friend", 70, [
        ("ask", "Ask for a recommendation", "client", "enters", "movement", "movement", 0, 30, 0, False, "may_be_asked",
         "You know us well by now, {name}. Who else should know us?"),
    ]),
)  # fmt: skip


def ship(apps, schema_editor):
    Programme, ProgrammeStep, Rung = (apps.get_model("ladder", name) for name in ("Programme", "ProgrammeStep", "Rung"))
    for slug, name, priority, steps in SHIPPED:
        programme = Programme.objects.create(slug=slug, name=name, priority=priority)
        for step in steps:
            fields = ("slug", "name", "rung", "starts", "once", "counts_from", "after_days", "expires_days", "most_a_year", "asks", "gate", "words")
            values = dict(zip(fields, step, strict=True))
            values["rung"] = Rung.objects.get(ladder__slug="griffin", slug=values["rung"])
            ProgrammeStep.objects.create(programme=programme, **values)


class Migration(migrations.Migration):
    dependencies = [("ladder", "0002_shipped")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
