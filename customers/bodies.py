"""What REST takes and gives of customers, purchases and refunds: the bodies of requests and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.rest import Instant, OpaqueId
from customers.models import ContactPoint, Customer, Involvement, JointPlan, Purchase, Referral, Refund

SLUG = r"^[a-z0-9][a-z0-9_-]*$"
PRICE: dict[str, Any] = {"max_digits": 16, "decimal_places": 4, "min_value": Decimal(0)}
QUANTITY: dict[str, Any] = {"max_digits": 14, "decimal_places": 4, "min_value": Decimal("0.0001")}


class DayField(serializers.DateField):
    """A calendar day, 2026-01-31."""


@extend_schema_field(
    {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    }
)
class MoneyField(serializers.Field):  # type: ignore[type-arg]
    """{"amount": "23.42", "currency": "EUR"}"""

    def __init__(self, amount: str = "amount", **kwargs: Any) -> None:
        self.amount = amount
        super().__init__(**{"read_only": True, "source": "*", **kwargs})

    def to_representation(self, value: Any) -> dict[str, str]:
        amount = Decimal(getattr(value, self.amount))
        return {
            "amount": f"{amount.quantize(Decimal('0.01')) if amount == round(amount, 2) else amount}",
            "currency": value.currency,
        }


class Reference(serializers.Serializer[Any]):
    """A thing by the id its source gives it."""

    source = serializers.RegexField(SLUG, max_length=50)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=200)


class ContactPointBody(serializers.ModelSerializer[ContactPoint]):
    class Meta:
        model = ContactPoint
        fields = ["kind", "value", "preferred"]


class CustomerBody(serializers.ModelSerializer[Customer]):
    """A customer. `external_ids` are what other systems call them."""

    id = OpaqueId("cus")
    external_ids = Reference(many=True, required=False)
    contact_points = ContactPointBody(many=True, required=False)
    recorded_at = serializers.DateTimeField(read_only=True)

    class Meta:
        model = Customer
        fields = [
            "id", "kind", "name", "form_of_address", "language", "country", "time_zone", "external_ids", "contact_points", "recorded_at",
        ]  # fmt: skip

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        shown = super().to_representation(instance)
        known = instance.external_ids.all()
        shown["external_ids"] = [{"source": e.source.slug, "external_id": e.external_id} for e in known]
        return shown


class CustomerReference(Reference):
    """The customer a fact is of. With a name, one who is not known yet is made."""

    name = serializers.CharField(max_length=200, required=False)


class LineBody(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=100, required=False, help_text="The product's code at this source.")
    name = serializers.CharField(max_length=200, required=False)
    category = serializers.CharField(max_length=100, required=False)
    quantity = serializers.DecimalField(default=Decimal(1), **QUANTITY)
    unit_price = serializers.DecimalField(**PRICE)
    free = serializers.BooleanField(default=False, help_text="A sample, gift, replacement or trial.")


class FactBody(Reference):
    """What every dated fact has."""

    customer = CustomerReference()
    occurred_at = Instant()


class BoughtLineBody(LineBody):
    unit_cost = serializers.DecimalField(
        **PRICE, required=False, allow_null=True, default=None, help_text="What one cost us, in the same currency, if known."
    )


class DocumentBody(FactBody):
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)


class PurchaseBody(DocumentBody):
    lines = serializers.ListField(child=BoughtLineBody(), allow_empty=False, min_length=1, max_length=1000)
    channel = serializers.CharField(max_length=40, required=False, default="")
    fulfilled = DayField(required=False, allow_null=True, default=None)
    promised = DayField(
        required=False, allow_null=True, default=None, help_text="The last day on which it was promised to be there."
    )
    covers_until = DayField(required=False, allow_null=True, default=None)


class RefundBody(DocumentBody):
    purchase = serializers.CharField(
        source="names",
        max_length=200,
        required=False,
        help_text="External id of the purchase at the same source; it may arrive later.",
    )
    whole = serializers.BooleanField(default=False)
    lines = serializers.ListField(child=LineBody(), required=False, default=list, max_length=1000)
    reason = serializers.CharField(max_length=200, required=False, default="")


class CorrectionBody(serializers.Serializer[Any]):
    """What was wrong, as it should have been; what is left out stays. `withdrawn` takes the whole document out."""

    occurred_at = Instant(required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    lines = serializers.ListField(child=LineBody(), required=False, allow_empty=False, max_length=1000)
    withdrawn = serializers.BooleanField(default=False)


class PurchaseCorrectionBody(CorrectionBody):
    lines = serializers.ListField(child=BoughtLineBody(), required=False, allow_empty=False, max_length=1000)
    channel = serializers.CharField(max_length=40, required=False, allow_blank=True)
    fulfilled = DayField(required=False, allow_null=True)
    promised = DayField(required=False, allow_null=True)
    covers_until = DayField(required=False, allow_null=True)


class RefundCorrectionBody(CorrectionBody):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class EntryShown(serializers.Serializer[Any]):
    source = serializers.CharField(source="source.slug")  # type: ignore[assignment]
    external_id = serializers.CharField()
    customer = serializers.SerializerMethodField()
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was taken out, by a correction or altogether; null while it stands."
    )

    def get_customer(self, entry: Any) -> str:
        return f"cus_{entry.customer.uuid.hex}"


class ReferralBody(FactBody):
    referred = CustomerReference(
        required=False, help_text="Whom they named, if they are a customer record; it may be said later."
    )
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True, help_text="Whom they named.")
    prompted = serializers.BooleanField(
        help_text="By our code, link or form, a promised reward, or somebody of ours who asked in the 30 days before."
    )


class ReferredBody(serializers.Serializer[Any]):
    """Who it was that they named."""

    customer = CustomerReference()


class InvolvementBody(FactBody):
    kind = serializers.ChoiceField(choices=Involvement.Kind.choices)
    what = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="The forum, council, party or programme."
    )


class JointPlanBody(Reference):
    """A plan of theirs and ours; who accepted it, and when it ended, may be said later."""

    customer = CustomerReference()
    name = serializers.CharField(max_length=200)
    since = DayField()
    until = DayField(required=False, allow_null=True, default=None, help_text="The first day on which it no longer holds.")
    accepted_by_us = DayField(required=False, allow_null=True, default=None)
    accepted_by_them = DayField(required=False, allow_null=True, default=None)


class AcceptanceBody(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=["us", "them"])
    on = DayField()


class EndBody(serializers.Serializer[Any]):
    on = DayField(help_text="The first day on which it no longer holds.")


class PurchaseShown(EntryShown):
    id = OpaqueId("pur")
    amount = MoneyField()
    returned = MoneyField("returned")
    channel = serializers.CharField()
    fulfilled = DayField(allow_null=True)
    promised = DayField(allow_null=True)
    covers_until = DayField(allow_null=True)
    lines = serializers.SerializerMethodField()

    def get_lines(self, purchase: Purchase) -> list[dict[str, Any]]:
        return [
            {"product": line.product.code if line.product else None, "quantity": str(line.quantity), "unit_price": str(line.unit_price), "free": line.free,
             "unit_cost": None if line.unit_cost is None else str(line.unit_cost)}
            for line in purchase.lines.all()
        ]  # fmt: skip


class RefundShown(EntryShown):
    id = OpaqueId("ref")
    amount = MoneyField()
    whole = serializers.BooleanField()
    purchase = serializers.SerializerMethodField(
        help_text="The purchase it names; null while that has not arrived, or if it names none."
    )
    reason = serializers.CharField()

    def get_purchase(self, refund: Refund) -> str | None:
        return f"pur_{refund.purchase.uuid.hex}" if refund.purchase else None


class ReferralShown(EntryShown):
    id = OpaqueId("rfl")
    referred = serializers.SerializerMethodField(help_text="The customer they named; null while nobody has said who it is.")
    name = serializers.CharField()
    prompted = serializers.BooleanField()

    def get_referred(self, referral: Referral) -> str | None:
        return f"cus_{referral.referred.uuid.hex}" if referral.referred else None


class InvolvementShown(EntryShown):
    id = OpaqueId("inv")
    kind = serializers.ChoiceField(choices=Involvement.Kind.choices)
    what = serializers.CharField()


class JointPlanShown(serializers.Serializer[Any]):
    id = OpaqueId("pln")
    source = serializers.CharField(source="source.slug", allow_null=True)  # type: ignore[assignment]
    external_id = serializers.CharField()
    customer = serializers.SerializerMethodField()
    name = serializers.CharField()
    since = DayField()
    until = DayField(allow_null=True)
    accepted_by_us = DayField(allow_null=True)
    accepted_by_them = DayField(allow_null=True)
    recorded_at = serializers.DateTimeField()

    def get_customer(self, plan: JointPlan) -> str:
        return f"cus_{plan.customer.uuid.hex}"
