"""Editions tell the key by which they were drafted, published and called back, and which of them came with the product."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def by_key():
    return models.ForeignKey(
        editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.apikey"
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_squashed_0004_configure_scope"), ("ladder", "0030_catalogue_asked_itself")]
    operations = [
        *(migrations.AddField("edition", f"{did}_with", by_key()) for did in ("made", "published", "called_back")),
        migrations.AddField(
            "edition", "shipped", models.BooleanField(default=False, editable=False, help_text="It came with the product.")
        ),
    ]
