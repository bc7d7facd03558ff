"""Forms for themes, failures, suggestions and hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from customers.forms.occurring import DayInput, OccurrenceForm
from customers.models import Customer, Product, Source
from feedback import sampling
from feedback.forms import words
from feedback.models import Channel, Decision, Failure, Hypothesis, Suggestion, Theme

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Viewer


MOST_CALLED = 10  # customers among whom one chooses


class ThemeForm(forms.ModelForm):  # type: ignore[type-arg]
    per_cent = forms.FloatField(
        min_value=0,
        max_value=50,
        initial=1,
        label="Tolerance, %",
        help_text="The share of those concerned that we can live with.",
    )

    product = forms.CharField(required=False, max_length=100, label="Product", help_text="Its code or name, of what was bought.")

    field_order = ["name", "slug", "claim", "first_day", "last_day", "per_cent", "base", "failures", "product", "category", "tag"]

    class Meta:
        model = Theme
        fields = ["name", "slug", "claim", "first_day", "last_day", "per_cent", "base", "failures", "category", "tag"]
        widgets = {
            "claim": forms.Textarea(attrs={"rows": 2}),
            "failures": forms.CheckboxSelectMultiple,
            "first_day": DayInput,
            "last_day": DayInput,
        }
        labels = {"slug": "Short name", "claim": "What is said", "base": "Whom it concerns", "failures": "Failures of ours"}
        help_texts = {"slug": "Letters, digits and hyphens; commands and REST call it so.", "failures": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["per_cent"] = round(100 * self.instance.tolerance, 6)
            self.fields["slug"].disabled = True
            self.initial["product"] = self.instance.product.code if self.instance.product else ""
        if not Failure.objects.exists():
            del self.fields["failures"]

    def clean_product(self) -> Product | None:
        if not (said := self.cleaned_data["product"]):
            return None
        if (found := Product.objects.filter(Q(code__iexact=said) | Q(name__iexact=said)).order_by("pk").first()) is None:
            raise ValidationError("There is no product of this code or name.")
        return found

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("per_cent") is not None:
            self.instance.tolerance = self.cleaned_data["per_cent"] / 100
        self.instance.product = self.cleaned_data.get("product")
        if self.cleaned_data.get("base") == Theme.Base.FAILURES and not self.cleaned_data.get("failures"):
            self.add_error("base", "Say which failures, below; record them first if there are none.")
        return self.cleaned_data


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(choices=Decision.Outcome.choices, widget=forms.RadioSelect, label="What we do")
    why = words("Why", required=True)


class SampleForm(forms.Form):
    size = forms.IntegerField(
        min_value=1,
        max_value=sampling.MOST,
        initial=50,
        label="How many",
        help_text="At least 30 have to answer before it says anything.",
    )


class FailureForm(forms.ModelForm):  # type: ignore[type-arg]
    """What happened, and how those affected are found."""

    kind = forms.ChoiceField(choices=Failure.Kind.choices, widget=forms.RadioSelect, label="What it was")
    found_by = forms.ChoiceField(
        choices=[
            ("late", "Purchases promised for these days and delivered later"),
            ("buyers", "Everyone who bought on these days"),
            ("orders", "The orders named here"),
        ],
        widget=forms.RadioSelect,
        initial="late",
        label="Who was affected",
    )
    source = forms.ModelChoiceField(Source.objects.all(), required=False, label="Where the orders are from", to_field_name="slug")
    orders = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=200_000,
        label="Order numbers",
        help_text="One a line.",
    )

    class Meta:
        model = Failure
        fields = ["kind", "what", "first_day", "last_day", "tell"]
        labels = {"what": "What happened", "tell": "Tell everyone affected"}
        widgets = {"first_day": DayInput, "last_day": DayInput}

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("found_by") == "orders":
            for name in ("source", "orders"):
                if not self.cleaned_data.get(name):
                    self.add_error(name, "Say this too.")
        return self.cleaned_data

    def numbers(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["orders"].splitlines() if line.strip()]


class HeardForm(OccurrenceForm):
    channel = forms.ModelChoiceField(
        Channel.objects.filter(active=True), to_field_name="slug", label="By which way", empty_label=None
    )


class NoteForm(HeardForm):
    words = words("What was said", required=True)
    field_order = ["key", "words", "channel", "day", "at"]


class AnybodysNoteForm(NoteForm):
    """A note that may name its customer, as whoever took the call knows them."""

    who = forms.CharField(
        required=False,
        max_length=200,
        label="Who said it",
        help_text="Part of the name, an e-mail address, a number or an id. Empty: nobody we know.",
    )
    which = forms.ChoiceField(required=False, widget=forms.RadioSelect, label="Which of them", help_text="Several are called so.")
    field_order = ["key", "words", "who", "which", "channel", "day", "at"]

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = str(self.data.get("who", "")).strip()[:200]
        seen = Customer.objects.visible_to(viewer).select_related("team").prefetch_related("contact_points", "external_ids")
        self.found = list(seen.called(said).order_by("name", "pk")[: MOST_CALLED + 1]) if said else []
        if not 1 < len(self.found) <= MOST_CALLED:
            del self.fields["which"]
            return
        choices: list[tuple[str, str]] = [(str(one.uuid), _told_apart(one)) for one in self.found]
        self.fields["which"].choices = choices  # type: ignore[attr-defined]

    def clean_who(self) -> Customer | None:
        """Whoever is meant, if it is one; of several `which` says it."""
        if self.cleaned_data["who"].strip() and not self.found:
            raise ValidationError("We know nobody called so.")
        if len(self.found) > MOST_CALLED:
            raise ValidationError(f"More than {MOST_CALLED} are called so. Say more.")
        return self.found[0] if len(self.found) == 1 else None

    def clean(self) -> dict[str, Any]:
        if "which" in self.fields and "which" not in self.errors:
            meant = self.cleaned_data.pop("which")
            if not meant:
                self.add_error("which", "Say which of them.")
            self.cleaned_data["who"] = next((one for one in self.found if str(one.uuid) == meant), None)
        return self.cleaned_data


def _told_apart(customer: Customer) -> str:
    """By what one tells them from another of the same name."""
    reached = [str(point) for point in customer.contact_points.all()[:2]]
    ids = [one.external_id for one in customer.external_ids.all()[:2]]
    return ", ".join([customer.name, customer.team.name, *reached, *ids])


class SuggestionForm(HeardForm):
    title = forms.CharField(max_length=120, label="The idea in a few words")
    words = words("In their words")
    field_order = ["key", "title", "words", "channel", "day", "at"]


class SupportForm(forms.Form):
    suggestion = forms.ModelChoiceField(
        Suggestion.objects.none(), to_field_name="uuid", label="What they want too", empty_label=None
    )

    def __init__(self, *args: Any, among: QuerySet[Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: Any = self.fields["suggestion"]
        asked.queryset = among.filter(settled_at=None)


class SuggestionAnswerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Suggestion
        fields = ["state", "answer"]
        widgets = {"state": forms.RadioSelect, "answer": forms.Textarea(attrs={"rows": 3})}
        labels = {"state": "What becomes of it", "answer": "What we say"}


class HypothesisForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Hypothesis
        fields = ["claim", "test"]
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in fields}
        labels = {"claim": "What we believe", "test": "What would show it wrong"}


class SettlingHypothesisForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Hypothesis
        fields = ["result", "decision"]
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in fields}
        labels = {"result": "What came out", "decision": "What we decided on it"}

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name in ("result", "decision"):
            if not self.cleaned_data.get(name):
                self.add_error(name, ValidationError("Say this too."))
        return self.cleaned_data
