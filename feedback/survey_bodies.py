"""What REST takes and gives of surveys."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.rest import OpaqueId
from customers.bodies import CustomerReference, Reference
from feedback import posting
from feedback.models import Invitation, Letter, Survey


class SurveyShown(serializers.ModelSerializer[Survey]):
    """A survey, and how many of the customers this key sees were asked and answered."""

    channel: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    version = serializers.IntegerField(source="version.number", help_text="Of its question set.")
    invited = serializers.IntegerField(source="returned.invited")
    bounced = serializers.IntegerField(source="returned.bounced")
    answered = serializers.IntegerField(source="returned.answered")
    n = serializers.IntegerField(source="returned.rate.n", help_text="People asked whose invitation did not bounce.")
    rate = serializers.FloatField(source="returned.rate.share", allow_null=True, help_text="Of people; null below 30.")
    low = serializers.FloatField(source="returned.rate.low", allow_null=True)
    high = serializers.FloatField(source="returned.rate.high", allow_null=True)

    class Meta:
        model = Survey
        fields = [
            "slug", "name", "channel", "version", "per_purchase", "closed_at", "invited", "bounced", "answered", "n", "rate", "low", "high",
        ]  # fmt: skip


class InvitationBody(serializers.Serializer[Any]):
    customer = CustomerReference()
    way = serializers.ChoiceField(choices=Invitation.Way.choices, default=Invitation.Way.LINK.value)
    purchase = Reference(required=False, help_text="That it is about, with a survey per purchase; their latest if left out.")


class LetterBody(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=sorted(posting.DECISIONS))


class InvitationShown(serializers.ModelSerializer[Invitation]):
    id = OpaqueId("inv")
    survey: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    customer = serializers.SerializerMethodField()
    purchase = serializers.SerializerMethodField()
    letter = serializers.SerializerMethodField(help_text="What became of the e-mail; null of a link.")

    class Meta:
        model = Invitation
        fields = [
            "id", "survey", "customer", "purchase", "way", "language", "invited_at", "expires_at", "letter", "sent_at", "bounced_at", "answered_at",
        ]  # fmt: skip

    def get_customer(self, invitation: Invitation) -> str:
        return f"cus_{invitation.customer.uuid.hex}"

    def get_purchase(self, invitation: Invitation) -> str | None:
        return f"pur_{invitation.purchase.uuid.hex}" if invitation.purchase else None

    @extend_schema_field(serializers.ChoiceField(choices=Letter.State.choices, allow_null=True))
    def get_letter(self, invitation: Invitation) -> str | None:
        return invitation.letter.state if invitation.way == Invitation.Way.EMAIL and hasattr(invitation, "letter") else None


class InvitationMade(InvitationShown):
    """With its link, which is given this once; null where it was sent by e-mail."""

    link = serializers.CharField(allow_null=True)

    class Meta(InvitationShown.Meta):
        fields = [*InvitationShown.Meta.fields, "link"]
