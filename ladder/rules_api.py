"""REST: a draft's rules as sentences, and one act on them at a time. Only for keys that may configure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.auditing import note
from accounts.rest import strict
from customers import days
from customers.rest import key_of, read
from ladder import choosing, drafting, editing, editions, proposing
from ladder.editions_api import Configuring, as_conflict
from ladder.reshaping import ACTS

if TYPE_CHECKING:
    from rest_framework.request import Request

    from ladder.models import Edition, Step

VERSION = "The version that was read; if the draft says something else by now, 409 and nothing is changed."


class Asks(serializers.Serializer[Any]):
    """What a comparison is made of. `is` is no name for an attribute in Python."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        asked = {
            "is": serializers.CharField(required=False, help_text="A comparison that fits the fact."),
            **super().get_fields(),
        }
        return {name: asked[name] for name in ("fact", "is", "value", *asked) if name in asked}


class SentenceShown(Asks):
    path = serializers.CharField(help_text="The place in the rule, as in rule.all[2]; errors name it too.")
    depth = serializers.IntegerField()
    kind = serializers.ChoiceField(["all", "any", "not", "comparison"])
    words = serializers.CharField()
    fact = serializers.CharField(required=False)
    value = serializers.JSONField(required=False, help_text='A number, true or false, "yes" or "no", or {"fact": name}.')
    unit = serializers.CharField(required=False)
    label = serializers.CharField(required=False)  # type: ignore[assignment]


class RungRules(serializers.Serializer[Any]):
    rung = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["side", "ground", "step"])
    loyal = serializers.BooleanField()
    grace_days = serializers.IntegerField()
    sentences = SentenceShown(many=True, help_text="In reading order; those below a group are deeper and follow it.")


class ComparisonShown(serializers.Serializer[Any]):
    words = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"is": serializers.CharField(), **super().get_fields()}


class FactShown(serializers.Serializer[Any]):
    fact = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    group = serializers.CharField()
    kind = serializers.CharField()
    unit = serializers.CharField()
    widget = serializers.ChoiceField(["number", "money", "choice"], help_text="Money is given in cents.")
    most = serializers.IntegerField(allow_null=True, help_text="The largest number it may be held against; the least is 0.")
    values = serializers.ListField(child=serializers.JSONField(), help_text="Of a choice, what it may be.")
    comparisons = ComparisonShown(many=True)
    beside = serializers.ListField(child=serializers.CharField(), help_text="Facts it may be compared with.")


class RulesShown(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    rungs = RungRules(many=True)
    facts = FactShown(many=True)
    numbers = serializers.DictField(child=serializers.IntegerField())
    warnings = serializers.ListField(
        child=serializers.CharField(), help_text="What the rules ask about that does not exist: a tag, a channel."
    )


class ShareShown(serializers.Serializer[Any]):
    n = serializers.IntegerField(help_text="Customers, each by their first silence so long.")
    returned = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class TypicalGapShown(serializers.Serializer[Any]):
    now = serializers.IntegerField()
    proposed = serializers.IntegerField(allow_null=True, help_text="Null where fewer than 30 customers support it.")
    n = serializers.IntegerField()
    median = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class InactivityShown(serializers.Serializer[Any]):
    now = serializers.IntegerField()
    proposed = serializers.IntegerField()
    supported = serializers.BooleanField(help_text="False: no limit is, so a year is proposed.")
    provisional = serializers.BooleanField(help_text="The ledger spans fewer than 400 days.")
    ledger_days = serializers.IntegerField()
    limits = serializers.DictField(child=ShareShown())


class ProposalsShown(serializers.Serializer[Any]):
    at = serializers.DateField()
    typical_gap = TypicalGapShown()
    inactive_after = InactivityShown()


class ActBody(Asks):
    version = serializers.IntegerField(min_value=1, help_text=VERSION)
    do = serializers.ChoiceField([*ACTS, *drafting.RUNG_ACTS])
    rung = serializers.CharField(max_length=50, required=False, help_text="Of every act but “number”.")
    path = serializers.CharField(max_length=200, required=False, help_text="The place; the whole rule if left out.")
    fact = serializers.CharField(max_length=60, required=False, help_text="Of add and change.")
    value = serializers.JSONField(required=False, help_text="Of change and number.")
    rule = serializers.JSONField(required=False, help_text="Of add, replace and add_rung: a rule as it travels.")
    into = serializers.ChoiceField(["all", "any", "not"], required=False, help_text="Of wrap and turn.")
    by = serializers.ChoiceField(["up", "down"], required=False, help_text="Of move and move_rung.")
    name = serializers.CharField(max_length=60, required=False, help_text="Of add_rung and name_rung; of number, which one.")
    public_label = serializers.CharField(max_length=60, required=False, allow_blank=True)
    loyal = serializers.BooleanField(required=False)
    kind = serializers.ChoiceField(["side", "step"], required=False, help_text="Of add_rung.")


class EditionProposals(Configuring):
    serializer_class = ProposalsShown

    @extend_schema(
        responses=ProposalsShown,
        description="What the purchases propose for two numbers. The act “number” takes one into a draft.",
    )
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        edition, at = self.edition(pk), days.day_of(timezone.now())
        told = proposing.told(proposing.propose(at), edition.read_numbers)
        return Response(ProposalsShown({"at": at, **told}).data)


class EditionRules(Configuring):
    serializer_class = RulesShown

    @extend_schema(responses=RulesShown, description="Every rung's rule as sentences, and what a sentence may ask instead.")
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        return Response(RulesShown(shown(self.edition(pk))).data)

    @extend_schema(
        request=ActBody,
        responses=RulesShown,
        description="One act on a draft: on a rule, a rung or a number. Gives the draft after it.",
    )
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        draft, said = self.edition(pk), read(ActBody, request)
        seen = said.pop("version")
        draft.refuse_published()
        with as_conflict():
            editions.revise(draft, drafting.applied(editions.document(draft), said), by=key_of(request), seen=seen)
        note(self.key(), "revised", draft, edition=str(draft), did=said["do"], rung=said.get("rung", ""))
        return Response(RulesShown(shown(self.edition(pk))).data)


def shown(edition: Edition) -> dict[str, Any]:
    told = [(step, editing.of_step(step)) for step in edition.all_steps]
    groups = choosing.groups(s.fact.name for _, sentences in told for s in sentences if s.fact)
    return {
        "version": edition.version,
        "rungs": [_rung(step, sentences) for step, sentences in told],
        "facts": [_fact(group, choice) for group, choices in groups.items() for choice in choices],
        "numbers": vars(edition.read_numbers),
        "warnings": choosing.warnings(edition),
    }


def _rung(step: Step, told: list[editing.Sentence]) -> dict[str, Any]:
    rows = []
    for one in told:
        of_fact = {"unit": choosing.Choice(one.fact).unit, "label": one.fact.label, **one.shown} if one.fact else {}
        rows.append({"path": one.path, "depth": one.depth, "kind": one.kind, "words": one.words, **of_fact})
    return {
        "rung": step.rung.slug,
        "name": step.rung.name,
        "kind": step.kind,
        "loyal": step.loyal,
        "grace_days": step.grace_days,
        "sentences": rows,
    }


def _fact(group: str, choice: choosing.Choice) -> dict[str, Any]:
    fact = choice.fact
    return {
        "fact": fact.name, "label": fact.label, "group": group, "kind": fact.kind, "unit": choice.unit, "widget": choice.widget,
        "least": choice.least, "most": choice.most, "values": choice.values, "beside": [other.name for other in choice.beside],
        "comparisons": [{"is": how, "words": choice.words(how)} for how in choice.comparisons],
    }  # fmt: skip
