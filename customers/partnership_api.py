"""REST: referrals, involvements, joint plans."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view

from customers import partnering
from customers.bodies import (
    AcceptanceBody,
    EndBody,
    InvolvementBody,
    InvolvementShown,
    JointPlanBody,
    JointPlanShown,
    ReferralBody,
    ReferralShown,
    ReferredBody,
)
from customers.models import Involvement, JointPlan, Referral
from customers.rest import Endpoint, Entries, Step, customer_called, saying, takes


class Referrals(Endpoint):
    serializer_class = ReferralShown
    entries, prefix = Referral.objects.standing().select_related("referred"), "rfl"


class JointPlans(Endpoint):
    serializer_class = JointPlanShown
    entries, prefix = JointPlan.objects.all(), "pln"


@takes(ReferralBody, ReferralShown)
class ReferralList(Referrals, Entries):
    body, record = ReferralBody, staticmethod(partnering.record_referral)

    def look_up(self, said: dict[str, Any]) -> None:
        if "referred" in said:
            said["referred"] = customer_called(self.request, said["referred"], "/referred")


@extend_schema_view(post=extend_schema(request=ReferredBody, responses=ReferralShown))
class ReferralReferred(Referrals, Step):
    """Say who it was that they named; once."""

    body = ReferredBody

    def take(self, entry: Referral, said: dict[str, Any]) -> Referral:
        saying(partnering.name_referred, entry, customer_called(self.request, said["customer"]), by=self.key())
        return entry


@takes(InvolvementBody, InvolvementShown)
class InvolvementList(Entries):
    serializer_class = InvolvementShown
    entries = Involvement.objects.standing()
    body, record = InvolvementBody, staticmethod(partnering.record_involvement)


@takes(JointPlanBody, JointPlanShown)
class JointPlanList(JointPlans, Entries):
    body, record = JointPlanBody, staticmethod(partnering.record_plan)


@extend_schema_view(post=extend_schema(request=AcceptanceBody, responses=JointPlanShown))
class JointPlanAcceptance(JointPlans, Step):
    """One side accepts the plan from a day on. It is current from the later of both."""

    body = AcceptanceBody

    def take(self, entry: JointPlan, said: dict[str, Any]) -> JointPlan:
        saying(partnering.accept, entry, said["side"], on=said["on"], by=self.key())
        return entry


@extend_schema_view(post=extend_schema(request=EndBody, responses=JointPlanShown))
class JointPlanEnd(JointPlans, Step):
    """From a day on the plan no longer holds."""

    body = EndBody

    def take(self, entry: JointPlan, said: dict[str, Any]) -> JointPlan:
        saying(partnering.end, entry, on=said["on"], by=self.key())
        return entry
