"""Three more published ladders beside the first, live from the first fact on."""

import json
from pathlib import Path

from django.db import migrations
from django.utils import timezone

LADDERS = Path(__file__).resolve().parent.parent / "ladders"
MARK = "INSERT INTO ladder_stalemark (customer_id, day, imported) SELECT id, 0, {true} FROM customers_customer"


def ship(apps, schema_editor):
    Ladder, Rung, Edition, Step = (apps.get_model("ladder", name) for name in ("Ladder", "Rung", "Edition", "Step"))
    last = max(Ladder.objects.values_list("position", flat=True), default=0)
    slugs = [slug for slug in ("christopher", "raving-fans", "attitude") if not Ladder.objects.filter(slug=slug).exists()]
    for position, slug in enumerate(slugs, start=last + 1):
        document = json.loads((LADDERS / f"{slug}.json").read_text())
        ladder = Ladder.objects.create(slug=slug, name=document["name"], position=position)
        edition = Edition.objects.create(ladder=ladder, number=1, numbers=document["numbers"], note="Shipped", published_at=timezone.now())
        for place, row in enumerate(document["rungs"]):
            rung = Rung.objects.create(ladder=ladder, slug=row["rung"], name=row["name"], public_label=row["public_label"])
            Step.objects.create(
                edition=edition, rung=rung, kind=row["kind"], position=place, rule=row.get("rule"), loyal=row.get("loyal", False)
            )
    # Where customers are already, they are judged on the new ladders too, from their first fact, and quietly.
    schema_editor.execute(MARK.format(true="TRUE" if schema_editor.connection.vendor == "postgresql" else "1"))


class Migration(migrations.Migration):
    dependencies = [("ladder", "0006_evidence"), ("customers", "0014_partnership"), ("feedback", "0002_listening")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
