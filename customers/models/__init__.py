"""Who the customers are and what they did."""

from customers.models.catalogue import Category, Product
from customers.models.fields import CustomField, FieldValue
from customers.models.households import Household
from customers.models.imports import Import, Mapping, RefusedRow
from customers.models.ledger import Entry, Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch
from customers.models.own import Correction, Link, LinkQuerySet, OwnLink, RefusedWay
from customers.models.partnership import Involvement, JointPlan, Referral
from customers.models.people import (
    ContactPoint,
    Customer,
    CustomerQuerySet,
    CustomerTag,
    ExternalId,
    NotRanked,
    Qualification,
    Source,
    Stop,
    Tag,
    UsableCategory,
)
from customers.models.staging import Bringing, Filling, LineMention, Mention, StagedCustomer, StagedEvidence, StagedLine, Vouch

__all__ = [
    "Bringing",
    "Category",
    "ContactPoint",
    "Correction",
    "CustomField",
    "Customer",
    "CustomerQuerySet",
    "CustomerTag",
    "Entry",
    "ExternalId",
    "FieldValue",
    "Filling",
    "Household",
    "Import",
    "Involvement",
    "JointPlan",
    "LineMention",
    "Link",
    "LinkQuerySet",
    "Mapping",
    "Mention",
    "NotRanked",
    "OwnLink",
    "Product",
    "Purchase",
    "PurchaseLine",
    "Qualification",
    "Referral",
    "Refund",
    "RefundLine",
    "RefusedRow",
    "RefusedWay",
    "ReturnMatch",
    "Source",
    "StagedCustomer",
    "StagedEvidence",
    "StagedLine",
    "Stop",
    "Tag",
    "UsableCategory",
    "Vouch",
]
