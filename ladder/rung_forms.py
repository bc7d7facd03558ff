"""The forms with which a draft's rungs are changed: a condition, a new rung, what a rung is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from ladder.choosing import UNVALUED, Choice
from ladder.models.ladders import MOST_GRACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import BoundField

    from ladder.editing import Sentence
    from ladder.models import Step

    Groups = Mapping[str, list[Choice]]


def facts_of(groups: Groups) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every fact by its group, as a select shows it."""
    return [(title, [(c.fact.name, c.fact.label) for c in choices]) for title, choices in groups.items()]


class FactForm(forms.Form):
    """The fact that a new condition is to ask about."""

    fact = forms.ChoiceField(label="Add a condition about")

    def __init__(self, *args: Any, groups: Groups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = facts_of(groups)  # type: ignore[attr-defined]


class ConditionForm(forms.Form):
    """One comparison: a fact, how it is compared, and with what."""

    fact = forms.ChoiceField(label="Fact")
    how = forms.ChoiceField(label="Compared", required=False)
    beside = forms.ChoiceField(label="With", required=False)

    def __init__(self, *args: Any, sentence: Sentence, groups: Groups, **kwargs: Any) -> None:
        assert sentence.fact
        super().__init__(*args, **kwargs)
        self.sentence, self.choice = sentence, Choice(sentence.fact)
        self.fields["fact"].choices = facts_of(groups)  # type: ignore[attr-defined]
        self.fields["how"].choices = [(how, self.choice.words(how)) for how in self.choice.comparisons]  # type: ignore[attr-defined]
        value = sentence.value
        other = value["fact"] if isinstance(value, dict) else ""
        self.fields["value"] = self._value()
        self._offer_beside()
        shown = "" if other or value is None else f"{value / 100:.2f}" if self.choice.widget == "money" else str(value)
        self.initial = {"fact": sentence.fact.name, "how": sentence.how, "beside": other, "value": shown}

    def shown(self) -> list[BoundField]:
        return [self[name] for name in ("fact", "how", "beside", "value") if name in self.fields]

    def _value(self) -> forms.Field:
        label = f"Value, {self.choice.unit}" if self.choice.unit else "Value"
        if self.choice.widget == "choice":
            words = {True: "yes", False: "no"}
            return forms.ChoiceField(label=label, required=False, choices=[(str(v), words.get(v, v)) for v in self.choice.values])
        most = self.choice.most or 0
        if self.choice.widget == "money":
            return forms.DecimalField(label=label, required=False, min_value=0, max_value=most // 100, decimal_places=2)
        return forms.IntegerField(label=label, required=False, min_value=self.choice.least or 0, max_value=most)

    def _offer_beside(self) -> None:
        if self.choice.beside:
            others = [(fact.name, fact.label) for fact in self.choice.beside]
            self.fields["beside"].choices = [("", "this number"), *others]  # type: ignore[attr-defined]
        else:
            del self.fields["beside"]

    def clean(self) -> dict[str, Any]:
        """The value is only needed where it is compared with."""
        said: dict[str, Any] = self.cleaned_data
        valued = said.get("how") not in UNVALUED and not said.get("beside") and said.get("fact") == self.initial["fact"]
        if valued and "value" not in self.errors and said.get("value") in {None, ""}:
            self.add_error("value", "Give a value to compare with.")
        return said

    def said(self) -> dict[str, Any]:
        """What the act "change" asks for: a fact of another kind begins anew with what fits it."""
        said, fact = self.cleaned_data, self.cleaned_data["fact"]
        if fact != self.initial["fact"]:
            return {"fact": fact}
        asked = {"fact": fact, "is": said["how"] or self.initial["how"]}
        if asked["is"] in UNVALUED:
            return asked
        return {**asked, "value": {"fact": said["beside"]} if said.get("beside") else self._said_value(said["value"])}

    def _said_value(self, value: Any) -> Any:
        if self.choice.widget == "money":
            return int(value * 100)
        return {"True": True, "False": False}.get(value, value)


class NamesForm(forms.Form):
    """What a rung is called."""

    name = forms.CharField(label="Name", max_length=60)
    public_label = forms.CharField(label="What a customer may see", max_length=60, required=False)
    loyal = forms.BooleanField(label="From here on a customer counts as loyal", required=False)

    def __init__(self, *args: Any, step: Step, named_here: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"name": step.rung.name, "public_label": step.rung.public_label, "loyal": step.loyal}
        if not named_here:
            del self.fields["name"], self.fields["public_label"]
        if step.kind == step.Kind.SIDE:
            del self.fields["loyal"]


class GraceForm(forms.Form):
    """For how long a step is kept after its rule has failed."""

    value = forms.IntegerField(
        label="Days of grace", min_value=0, max_value=MOST_GRACE,
        help_text="They fall only when the rule has failed for so many days running, and are warned of the day.",
    )  # fmt: skip

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"value": step.grace_days}


class RungForm(forms.Form):
    """A new rung; what it asks is said afterwards."""

    name = forms.CharField(label="Name", max_length=60)
    rung = forms.SlugField(label="Short name", max_length=50, help_text="Small letters, digits and hyphens; it never changes.")
    kind = forms.ChoiceField(label="Where", choices=[("step", "On top of the ladder"), ("side", "Beside the ladder")])
