"""Inviting a sample of the silent to say, by a survey of its own, whether they feel the same; what they answer there counts.

The claim is put in the words in which we wrote it; only the sentence around it is in the customer's language.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max

from customers.days import day_of
from customers.models import Customer
from customers.recording import Contradicted
from feedback import inviting, languages, sampling
from feedback.inviting import Outcome
from feedback.models import Channel, Question, QuestionSet, QuestionSetVersion, Sample, SampleMember, Survey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import ApiKey, User
    from feedback.models import GivenAnswer, Invitation, Theme

    Refused = list[tuple[Customer, str]]
    """Whom, with a name of `inviting.REASONS`."""

LINK_DAYS = 21
LOOKED_AT = 500  # at once, for whom one can ask
SAME, YES, NO = "same", "yes", "no"
FRAME: dict[str, Any] = {
    "en": "Some of our customers say: “{claim}” Do you feel the same?",
    "de": {
        "formal": "Einige unserer Kunden sagen: „{claim}“ Sehen Sie das auch so?",
        "first_name": "Einige unserer Kunden sagen: „{claim}“ Siehst du das auch so?",
    },
    "fr": {
        "formal": "Certains de nos clients disent : « {claim} » Est-ce aussi votre avis ?",
        "first_name": "Certains de nos clients disent : « {claim} » Est-ce aussi ton avis ?",
    },
}
CHOICES = [
    {"slug": YES, "texts": {"en": "Yes", "de": "Ja", "fr": "Oui"}},
    {"slug": NO, "texts": {"en": "No", "de": "Nein", "fr": "Non"}},
]
BY_WAY = ("refused", "no-address")  # what speaks against one way of inviting alone
LONGEST_CLAIM = languages.LONGEST - max(
    len(part) for text in FRAME.values() for part in ([text] if isinstance(text, str) else text.values())
)


@transaction.atomic
def canvass(sample: Sample, *, way: str, at: datetime, by: User | ApiKey | None = None) -> Outcome:
    """Invite those of a sample whom no invitation has reached yet; who cannot be invited makes room for the next, and is told as refused.

    Raises ValidationError if the claim is too long.
    """
    sample = Sample.objects.select_for_update(of=("self",)).select_related("theme", "survey").get(pk=sample.pk)  # one at a time
    survey = survey_of(sample)
    sample.members.filter(passed_over__in=BY_WAY).update(passed_over="")  # they may be reached in this way
    passed = [] if inviting.shut(survey, way, at) else [*_pass_over(sample, way, at), *_draw_on(sample, way, at)]
    free = {one.customer_id: one for one in sample.members.unreached().select_related("customer")}
    outcome = inviting.invite(survey, [one.customer for one in free.values()], way=way, at=at, by=by)
    for made in outcome.made:
        member = free[made.invitation.customer_id]
        SampleMember.objects.filter(pk=member.pk).update(invitation=made.invitation, asked_at=at)
    return Outcome(outcome.made, [*passed, *outcome.refused])


def _pass_over(sample: Sample, way: str, at: datetime) -> Refused:
    """Those drawn whom something speaks against."""
    free = {one.customer_id: one for one in sample.members.unreached().select_related("customer")}
    why = inviting.refusals(survey_of(sample), [one.customer for one in free.values()], way=way, at=at, about={})
    for customer, name in why.items():
        free[customer].passed_over = name
    SampleMember.objects.bulk_update([free[customer] for customer in why], ["passed_over"])
    return [(free[customer].customer, name) for customer, name in why.items()]


def _draw_on(sample: Sample, way: str, at: datetime) -> Refused:
    """The next by chance, until as many as were wanted can be asked, or nobody is left; who cannot be asked is kept, with the reason."""
    missing = sample.size - sample.members.filter(passed_over="").count()
    rest = sampling.ordered(sampling.silent(sample.theme, day_of(at)), sample.seed) if missing > 0 else []
    drawn: list[SampleMember] = []
    for start in range(0, len(rest), LOOKED_AT):
        people = Customer.objects.in_bulk(rest[start : start + LOOKED_AT])
        why = inviting.refusals(survey_of(sample), people.values(), way=way, at=at, about={})
        for pk in rest[start : start + LOOKED_AT]:
            if missing > 0:
                drawn.append(SampleMember(sample=sample, customer=people[pk], passed_over=why.get(pk, "")))
                missing -= pk not in why
        if missing <= 0:
            break
    last = sample.members.aggregate(last=Max("place"))["last"] or 0
    for place, member in enumerate(drawn, start=last + 1):
        member.place = place
    SampleMember.objects.bulk_create(drawn, batch_size=500)
    return [(member.customer, member.passed_over) for member in drawn if member.passed_over]


def passed_over(sample: Sample) -> dict[str, int]:
    """How many of those drawn could not be asked, by reason in words."""
    names = sample.members.exclude(passed_over="").order_by().values_list("passed_over").annotate(Count("pk"))
    return {inviting.REASONS[name]: count for name, count in names}


def survey_of(sample: Sample) -> Survey:
    """The survey that asks them, made when it is wanted first."""
    if sample.survey is None:
        sample.survey = Survey.objects.create(
            slug=f"silent-{sample.pk}", name=f"Ask the silent: {sample.theme.name}"[:100], version=_asked(sample.theme, f"silent-{sample.pk}"),
            channel=Channel.objects.get(slug="community-survey"), link_days=LINK_DAYS,
        )  # fmt: skip
        sample.save(update_fields=["survey"])
    return sample.survey


def _asked(theme: Theme, slug: str) -> QuestionSetVersion:
    if len(theme.claim) > LONGEST_CLAIM:
        raise ValidationError(f"The claim is put to customers as it stands: say it in at most {LONGEST_CLAIM} characters.")
    made = QuestionSet.objects.create(slug=slug, name=f"Do you feel the same? {theme.name}"[:100])
    version = QuestionSetVersion.objects.create(question_set=made, number=1)
    question = Question(
        version=version,
        slug=SAME,
        position=1,
        kind=Question.Kind.CHOICE,
        required=True,
        texts=_framed(theme.claim),
        choices=CHOICES,
    )
    question.full_clean()
    question.save()
    return version


def _framed(claim: str) -> dict[str, Any]:
    return {
        language: text.format(claim=claim)
        if isinstance(text, str)
        else {form: said.format(claim=claim) for form, said in text.items()}
        for language, text in FRAME.items()
    }


def heard(invitation: Invitation, answers: Iterable[GivenAnswer], *, at: datetime) -> None:
    """Of an answered invitation to a sample: whether they feel the same."""
    member = SampleMember.objects.filter(invitation=invitation, answered_at=None).select_related("sample__theme").first()
    said = next((one.words for one in answers if one.question.slug == SAME), "")
    if member and said in (YES, NO):
        with suppress(Contradicted):  # somebody of ours typed in something else at this very moment: the first counts
            sampling.answer(member, said == YES, at=at)
