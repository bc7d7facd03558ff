"""The shipped ladders, live from the first fact on."""

import json
from pathlib import Path

from django.db import migrations
from django.utils import timezone

LADDERS = Path(__file__).resolve().parent.parent / "ladders"


def ship(apps, schema_editor):
    Ladder, Rung, Edition, Step = (apps.get_model("ladder", name) for name in ("Ladder", "Rung", "Edition", "Step"))
    for position, slug in enumerate(("griffin",)):
        document = json.loads((LADDERS / f"{slug}.json").read_text())
        ladder = Ladder.objects.create(slug=slug, name=document["name"], position=position)
        edition = Edition.objects.create(ladder=ladder, number=1, numbers=document["numbers"], note="Shipped", published_at=timezone.now())
        for place, row in enumerate(document["rungs"]):
            rung = Rung.objects.create(ladder=ladder, slug=row["rung"], name=row["name"], public_label=row["public_label"])
            Step.objects.create(
                edition=edition, rung=rung, kind=row["kind"], position=place, rule=row.get("rule"), loyal=row.get("loyal", False)
            )


class Migration(migrations.Migration):
    dependencies = [("ladder", "0001_initial")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
