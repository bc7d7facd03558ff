"""The ways by which a business may hear its customers."""

from django.db import migrations

WE_ASK = "survey follow-up community-survey council focus-group interview test-market mystery-shopper training-session"
CHANNELS = {
    "survey": "Survey",
    "follow-up": "Follow-up",
    "community-survey": "Community survey",
    "contact-report": "Contact report",
    "council": "Council",
    "focus-group": "Focus group",
    "interview": "Interview",
    "e-mail": "E-mail",
    "training-session": "Training session",
    "test-market": "Test market",
    "guarantee-claim": "Guarantee claim",
    "mystery-shopper": "Mystery shopper",
    "ombudsman": "Ombudsman",
    "complaint": "Complaint",
    "free-phone": "Free-phone",
    "suggestion-box": "Suggestion box",
    "other": "Other",
}


def ship(apps, schema_editor):
    channel = apps.get_model("feedback", "Channel")
    for position, (slug, name) in enumerate(CHANNELS.items()):
        said = {"name": name, "we_ask": slug in WE_ASK.split(), "position": position}
        channel.objects.get_or_create(slug=slug, defaults=said)


class Migration(migrations.Migration):
    dependencies = [("feedback", "0005_satisfaction")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
