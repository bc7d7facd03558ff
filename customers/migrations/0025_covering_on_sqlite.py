"""The index over purchases carries what is read on SQLite too."""

from __future__ import annotations

from django.db import migrations, models

from customers.models.indexes import CoveringIndex


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_squashed_0024_own_page")]

    operations = [
        migrations.RemoveIndex(model_name="purchase", name="purchase_covering"),
        migrations.AddIndex(
            model_name="purchase",
            index=CoveringIndex(
                condition=models.Q(("withdrawn_at", None)),
                fields=["customer", "day"],
                include=("ended", "priced", "amount", "covers_until"),
                name="purchase_covering",
            ),
        ),
    ]
