"""REST: surveys, and inviting to them. The link of an invitation is given once, in the answer that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.response import Response

from accounts.rest import Conflict, read_id, strict
from customers.recording import Contradicted
from customers.rest import Endpoint, Entries, customer_called, purchase_called, read, takes
from feedback import inviting, posting, recording
from feedback.bodies import OpinionBody, OpinionShown
from feedback.models import Invitation, Letter, Opinion, Survey
from feedback.returning import returned
from feedback.survey_bodies import InvitationBody, InvitationMade, InvitationShown, LetterBody, SurveyShown

if TYPE_CHECKING:
    from rest_framework.request import Request


@takes(OpinionBody, OpinionShown)
class OpinionList(Entries):
    serializer_class = OpinionShown
    entries = Opinion.objects.standing()
    body, record = OpinionBody, staticmethod(recording.record_opinion)


class SurveyList(Endpoint):
    serializer_class = SurveyShown

    @extend_schema(responses=SurveyShown(many=True))
    def get(self, request: Request) -> Response:
        strict(request)
        counts = Invitation.objects.visible_to(self.key()).counted()
        page: Any = self.paginate_queryset(Survey.objects.select_related("version", "channel"))
        for survey in page:
            survey.returned = returned(counts.get(survey.pk))
        return self.get_paginated_response(SurveyShown(page, many=True).data)


class SurveyInvitations(Endpoint):
    """Those invited to a survey; and inviting one customer, refused with the reason where they should not be asked."""

    serializer_class = InvitationShown

    @extend_schema(responses=InvitationShown(many=True))
    def get(self, request: Request, slug: str) -> Response:
        strict(request)
        survey = get_object_or_404(Survey, slug=slug)
        found = Invitation.objects.visible_to(self.key()).filter(survey=survey)
        return self.listed(found.select_related("survey", "customer", "purchase", "letter"), InvitationShown)

    @extend_schema(request=InvitationBody, responses={201: InvitationMade})
    def post(self, request: Request, slug: str) -> Response:
        strict(request)
        survey, said, now = (
            get_object_or_404(Survey.objects.select_related("version"), slug=slug),
            read(InvitationBody, request),
            timezone.now(),
        )
        with transaction.atomic():
            made = self.invited(request, survey, said, at=now)
        by_mail = said["way"] == Invitation.Way.EMAIL  # the letter's link is made as it is sent
        made.invitation.link = None if by_mail else request.build_absolute_uri(made.path)  # type: ignore[attr-defined]
        answer = Response(InvitationMade(made.invitation).data, status=status.HTTP_201_CREATED)
        answer["Cache-Control"] = "no-store"
        return answer

    def invited(self, request: Request, survey: Survey, said: dict[str, Any], *, at: Any) -> inviting.Invited:
        customer = customer_called(request, said["customer"])
        about = {customer.pk: purchase_called(customer, **said["purchase"])} if "purchase" in said else {}
        outcome = inviting.invite(survey, [customer], way=said["way"], at=at, by=self.key(), purchases=about)
        if outcome.refused:
            raise Conflict(f"They are not invited: {inviting.REASONS[outcome.refused[0][1]]}.")
        return outcome.made[0]


class OneInvitation(Endpoint):
    serializer_class = InvitationShown

    def called(self, key: str) -> Invitation:
        seen = Invitation.objects.visible_to(self.key()).select_related("survey", "customer", "purchase", "letter")
        return get_object_or_404(seen, uuid=read_id(key, "inv"))


@extend_schema_view(post=extend_schema(request=None, responses=InvitationShown))
class InvitationBounce(OneInvitation):
    """It did not arrive, and counts as if nobody had been asked. Again changes nothing."""

    def post(self, request: Request, key: str) -> Response:
        strict(request)
        found = self.called(key)
        inviting.bounce(found, at=timezone.now(), by=self.key())
        return Response(InvitationShown(found).data)


class InvitationLetter(OneInvitation):
    """Of a letter that was perhaps sent: send it again, or count it as sent. 409 where there is nothing to decide."""

    @extend_schema(request=LetterBody, responses=InvitationShown)
    def post(self, request: Request, key: str) -> Response:
        strict(request)
        found, said = self.called(key), read(LetterBody, request)
        letter = get_object_or_404(Letter, invitation=found)
        try:
            posting.DECISIONS[said["decision"]](letter, at=timezone.now(), by=self.key())
        except Contradicted as contradiction:
            raise Conflict(str(contradiction)) from contradiction
        return Response(InvitationShown(self.called(key)).data)
