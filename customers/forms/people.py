"""Who customers are, how they are reached, what other systems call them, who looks after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.functional import cached_property
from django.utils.html import format_html

from accounts.models import Team, User, Viewer
from customers.forms.finding import owners, teams
from customers.models import ContactPoint, Customer, ExternalId, Source

if TYPE_CHECKING:
    from collections.abc import Sequence


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Customer
        fields = ["kind", "name", "form_of_address", "language", "country", "time_zone", "owner", "team"]
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.instance
        owner, team = self.fields["owner"], self.fields["team"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert isinstance(team, forms.ModelChoiceField)
        owner.queryset = owners(viewer) | User.objects.filter(pk=now.owner_id)
        owner.empty_label = "Unassigned"
        team.queryset = teams(viewer) | Team.objects.filter(pk=now.team_id)
        team.empty_label = None
        if not now.pk:
            self.initial.update(owner=viewer.pk if isinstance(viewer, User) else None, team=viewer.team_id)


class ContactPointForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ContactPoint
        fields = ["kind", "value", "preferred"]
        labels = {"value": "Number or address"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", "Choose"), *ContactPoint.Kind.choices]


class BaseContactPoints(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.ModelForm[ContactPoint], index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"


ContactPoints = forms.inlineformset_factory(
    Customer, ContactPoint, form=ContactPointForm, formset=BaseContactPoints, extra=2, max_num=20, absolute_max=40
)


class ExternalIdForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ExternalId
        fields = ["source", "external_id"]
        labels = {"external_id": "Id there"}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def full_clean(self) -> None:
        """The database lets an id lead to one customer; of one that is taken the person learns whose it is."""
        super().full_clean()
        if self.errors.pop(NON_FIELD_ERRORS, None):
            self.add_error("external_id", self._taken())

    def _taken(self) -> str:
        mine = Customer.objects.visible_to(self.viewer)
        whose = mine.filter(
            external_ids__source=self.instance.source, external_ids__external_id=self.instance.external_id
        ).first()
        if whose is None:
            return "This id belongs to a customer you do not see."
        return format_html('This is the id of <a href="{}">{}</a> already.', whose.get_absolute_url(), whose.name)


class BaseExternalIds(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.ModelForm[ExternalId], index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"
        source = form.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = self.sources

    @cached_property
    def sources(self) -> list[tuple[Any, str]]:
        """Asked for once, for all rows."""
        return [("", "Choose"), *((source.pk, str(source)) for source in Source.objects.all())]

    def clean(self) -> None:
        kept = [form for form in self.forms if form.cleaned_data.get("external_id") and not form.cleaned_data.get("DELETE")]
        pairs = [(form.cleaned_data.get("source"), form.cleaned_data["external_id"]) for form in kept]
        for place, pair in enumerate(pairs):
            if pair in pairs[:place]:
                kept[place].add_error("external_id", "This stands here twice.")


ExternalIds = forms.inlineformset_factory(
    Customer, ExternalId, form=ExternalIdForm, formset=BaseExternalIds, extra=2, max_num=20, absolute_max=40
)


class OwnerForm(forms.Form):
    """Whom to give customers to. Nobody is a choice of its own, so that nobody loses their owner by a slip."""

    NOBODY = "nobody"

    owner = forms.ChoiceField(label="Owner")

    def __init__(
        self, *args: Any, viewer: Viewer, of: Customer | None = None, people: Sequence[User] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in (owners(viewer) if people is None else people)}
        if of and of.owner and str(of.owner_id) not in self.people:
            self.people[str(of.owner_id)] = of.owner
        names = [(pk, str(user)) for pk, user in self.people.items()]
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*([] if of else [("", "Choose an owner")]), *names, (self.NOBODY, "Nobody")]
        if of:
            self.initial["owner"] = str(of.owner_id or self.NOBODY)

    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["owner"])
