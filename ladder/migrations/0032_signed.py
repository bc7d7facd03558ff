"""The editions that are there are signed: the shipped ones by their note, the others by what the audit trail says of keys.

Apart from the columns it fills: PostgreSQL makes no index on a table with rows that were changed in the same transaction.
"""

from __future__ import annotations

from django.db import migrations

DID = {"drafted": "made", "published": "published", "called back": "called_back"}


def sign(apps, schema_editor):
    Edition, Entry = apps.get_model("ladder", "Edition"), apps.get_model("accounts", "AuditEntry")
    Edition.objects.filter(number=1, note="Shipped", made_by=None).update(shipped=True)
    by_key = Entry.objects.filter(verb__in=DID, thing__startswith="edition ").exclude(api_key=None)
    for verb, thing, key in by_key.values_list("verb", "thing", "api_key"):
        unsigned = Edition.objects.filter(pk=int(thing.split()[1]), **{f"{DID[verb]}_by": None})
        unsigned.update(**{f"{DID[verb]}_with": key})


class Migration(migrations.Migration):
    dependencies = [("ladder", "0031_by_key")]
    operations = [migrations.RunPython(sign, migrations.RunPython.noop)]
