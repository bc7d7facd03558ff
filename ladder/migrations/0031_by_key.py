"""Editions tell the key by which they were drafted, published and called back, and which of them came with the product."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

DID = {"drafted": "made", "published": "published", "called back": "called_back"}


def sign(apps, schema_editor):
    """What is there: the shipped ones by their note, the others by what the audit trail says of keys."""
    Edition, Entry = apps.get_model("ladder", "Edition"), apps.get_model("accounts", "AuditEntry")
    Edition.objects.filter(number=1, note="Shipped", made_by=None).update(shipped=True)
    by_key = Entry.objects.filter(verb__in=DID, thing__startswith="edition ").exclude(api_key=None)
    for verb, thing, key in by_key.values_list("verb", "thing", "api_key"):
        unsigned = Edition.objects.filter(pk=int(thing.split()[1]), **{f"{DID[verb]}_by": None})
        unsigned.update(**{f"{DID[verb]}_with": key})


def by_key():
    return models.ForeignKey(
        editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.apikey"
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_squashed_0004_configure_scope"), ("ladder", "0030_catalogue_asked_itself")]
    operations = [
        *(migrations.AddField("edition", f"{did}_with", by_key()) for did in DID.values()),
        migrations.AddField(
            "edition", "shipped", models.BooleanField(default=False, editable=False, help_text="It came with the product.")
        ),
        migrations.RunPython(sign, migrations.RunPython.noop),
    ]
