"""Finding customers: the filter of a list, and whom a viewer may choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from accounts.models import Role, Team, User, Viewer
from customers.days import day_of
from customers.models import Customer, CustomerQuerySet, CustomerTag, Source, Tag

if TYPE_CHECKING:
    from django.db.models import QuerySet


def owners(viewer: Viewer) -> QuerySet[User]:
    """Whom the viewer may give a customer to: themselves, and those in their reach who may write."""
    return (
        User.objects.filter(viewer.reach(owner="pk"), is_active=True).exclude(role=Role.READER).order_by("first_name", "username")
    )


def teams(viewer: Viewer) -> QuerySet[Team]:
    if viewer.sees_everything:
        return Team.objects.all()
    return Team.objects.filter(pk=viewer.team_id) if viewer.sees_own_book_only else Team.objects.within(viewer.team)


class CustomerFilter(forms.Form):
    """Which customers a list shows. Lives in the address, so a list can be kept and sent."""

    UNASSIGNED = "none"

    q = forms.CharField(required=False, max_length=200, label="Name, e-mail, phone or id")
    owner = forms.ChoiceField(required=False, label="Owner")
    source = forms.ModelChoiceField(
        Source.objects.all(), required=False, to_field_name="slug", label="Source", empty_label="Any source"
    )
    country = forms.ChoiceField(required=False, label="Country")
    tag = forms.ModelChoiceField(Tag.objects.all(), required=False, to_field_name="name", label="Tag", empty_label="Any tag")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Customer.objects.visible_to(viewer).exclude(country="").order_by("country").values_list("country", flat=True)
        self.people = list(owners(viewer))
        self._choices("owner", "Any owner", [(self.UNASSIGNED, "Unassigned"), *((str(o.pk), str(o)) for o in self.people)])
        self._choices("country", "Any country", [(c, c) for c in seen.distinct()])

        for name in ("source", "tag"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.choices = list(field.choices)  # type: ignore[arg-type]  # asked for once

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields beside the words that offer a choice."""
        return [field for field in self if field.name != "q" and len(list(getattr(field.field, "choices", ()))) > 1]

    def _choices(self, name: str, every: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices]

    def narrow(self, customers: CustomerQuerySet) -> CustomerQuerySet:
        """Those who fit; nobody if the address asks for something there is not."""
        if not self.is_valid():
            return customers.none()
        asked = self.cleaned_data
        if asked["owner"]:
            customers = customers.filter(owner=None if asked["owner"] == self.UNASSIGNED else asked["owner"])
        if asked["source"]:
            customers = customers.filter(source=asked["source"])
        if asked["country"]:
            customers = customers.filter(country=asked["country"])
        if asked["tag"]:
            carried = CustomerTag.objects.on(day_of(timezone.now())).filter(tag=asked["tag"])
            customers = customers.filter(pk__in=carried.values("customer"))
        return customers.called(asked["q"])

    @property
    def narrows(self) -> bool:
        return any(self.data.get(name) for name in self.fields)
