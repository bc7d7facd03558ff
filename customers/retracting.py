"""Taking evidence back: the rows an import alone brought, and what it alone filled of others."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Q

from customers.ledgers import ledgers
from customers.models import StagedEvidence, Vouch

if TYPE_CHECKING:
    from customers.models import Import

TOGETHER = 500


def retract(of: Import) -> dict[str, int]:
    """In the caller's transaction; how many rows went."""
    model = ledgers()[of.kind]
    empty(model, of)
    rows = list(model._default_manager.filter(brought_by=of).values_list("pk", flat=True))
    gone = 0
    for start in range(0, len(rows), TOGETHER):
        gone += remove(model, rows[start : start + TOGETHER], of)
    if followed_by := model.brought_in.followed_by:
        model._meta.get_field(followed_by).related_model._default_manager.filter(brought_by=of).delete()
    Vouch.objects.filter(brought_by=of).delete()
    StagedEvidence.objects.filter(brought_by=of).delete()
    return {"lines": gone, "documents": gone}


def empty(model: type[Any], of: Import) -> None:
    """The fields that this import filled, and no other said again."""
    for mine in Vouch.objects.filter(brought_by=of).exclude(field=""):
        others = Vouch.objects.filter(kind=of.kind, row=mine.row, field=mine.field).exclude(brought_by=of)
        if not others.exists():
            for row in model._default_manager.filter(pk=mine.row):
                setattr(row, mine.field, None)
                row.save(update_fields=[mine.field])


def remove(model: type[Any], rows: list[int], of: Import) -> int:
    """Remove what nobody else vouches for: another import keeps a row as its own, a person keeps it as it is."""
    here = model._default_manager.filter(pk__in=rows)
    others = Vouch.objects.filter(kind=of.kind, field="", row__in=rows).exclude(brought_by=of)
    heirs = dict(others.order_by().values_list("row").annotate(heir=Min("brought_by")))
    for row, heir in heirs.items():
        here.filter(pk=row).update(brought_by=heir)
        Vouch.objects.filter(kind=of.kind, row=row, field="", brought_by=heir).delete()
        if followed_by := model.brought_in.followed_by:
            getattr(model(pk=row), followed_by).filter(brought_by=of).update(brought_by=heir)
    mine = here.filter(brought_by=of)
    kept = set(mine.filter(touched(model)).values_list("pk", flat=True))
    mine.filter(pk__in=kept).update(brought_by=None)
    gone = mine.exclude(pk__in=kept)
    count = int(gone.count())
    gone.delete()
    return count


def touched(model: type[Any]) -> Q:
    """Rows with which a person has had to do since: withdrawn, confirmed, answered."""
    withdrawn = [Q(withdrawn_at__isnull=False)] if any(f.name == "withdrawn_at" for f in model._meta.fields) else []
    asked = [*withdrawn, *(Q(**{f"{lookup}__isnull": False}) for lookup in model.brought_in.kept)]
    return reduce(Q.__or__, asked, Q(pk__in=()))
