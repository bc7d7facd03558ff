"""Customers: who they are, how they are reached, what is known of their fit."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from customers.days import DayField, check_zone
from customers.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from typing import Self

    from accounts.models import Viewer


LISTED = 2_000  # customers who hold a word, up to whom they are looked up at once


class Source(models.Model):
    """Where facts come from: a till, a shop, a file, this application itself."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name or self.slug


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, viewer: Viewer) -> CustomerQuerySet:
        """Whom the viewer may see. Every page, endpoint, count and export goes through here."""
        return self.filter(viewer.reach())

    def called(self, words: str) -> CustomerQuerySet:
        """Whose name, contact point or external id holds every word; in names capitals and accents do not matter.

        A word that few hold is looked up at once, through the indexes. One that many hold is asked of each customer as they come, so that
        a page is there once it is full: their whole list would have to be made first.
        """
        found, listed = self, None
        for word in words.split()[:6]:
            first = list(holding(word)[: LISTED + 1])
            if len(first) <= LISTED:
                listed = set(first) if listed is None else listed & set(first)
            else:
                named, reached, known = _ways(word)
                found = found.filter(named | Q(pk__in=reached) | Q(pk__in=known))
        return found if listed is None else found.filter(pk__in=sorted(listed))


def holding(word: str) -> models.QuerySet[Any, int]:
    """The keys of the customers whose name, contact point or external id holds a word; somebody's as often as one does."""
    named, reached, known = _ways(word)
    return Customer.objects.order_by().filter(named).values_list("pk", flat=True).union(reached, known, all=True)


def _ways(word: str) -> tuple[Q, models.QuerySet[Any, int], models.QuerySet[Any, int]]:
    """To hold a word by name, by a contact point or by an external id."""
    reached = ContactPoint.objects.order_by().filter(value__icontains=word).values_list("customer", flat=True)
    known = ExternalId.objects.order_by().filter(external_id__iexact=word).values_list("customer", flat=True)
    return Q(folded_name__contains=fold(word)), reached, known


class FoldedName(models.TextField):  # type: ignore[type-arg]
    """The customer's name as a search compares it, made anew at every save, of many at once too."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001
        folded = fold(model_instance.name)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, folded)
        return folded


class Customer(models.Model):
    """A person or an organisation, bought or not."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        ORGANISATION = "organisation", "Organisation"

    class Address(models.TextChoices):
        FIRST_NAME = "first_name", "By first name"
        FORMAL = "formal", "Formally"
        UNKNOWN = "", "Not known"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=200)
    folded_name = FoldedName(editable=False)
    form_of_address = models.CharField(max_length=10, choices=Address.choices, default=Address.UNKNOWN, blank=True)
    organisation = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="people")
    household = models.ForeignKey("customers.Household", on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    language = models.CharField(max_length=10, blank=True, help_text='As in "en" or "pt-br".')
    country = models.CharField(max_length=60, blank=True)
    time_zone = models.CharField(
        max_length=50, blank=True, validators=[check_zone], help_text='As in "Europe/Paris"; empty means the business\'s.'
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="customers"
    )
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="customers")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", help_text="Where we first heard of them.")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_day = DayField(editable=False)
    brought_by = models.ForeignKey("customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"], name="customer_by_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "folded_name"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.uuid])


class ExternalId(models.Model):
    """What another system calls this customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint("source", "external_id", name="customer_once_per_source")]

    def __str__(self) -> str:
        return f"{self.source.slug}:{self.external_id}"


class ContactPoint(models.Model):
    """A way to reach a customer."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        POST = "post", "Postal address"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    value = models.CharField(max_length=300)
    preferred = models.BooleanField(default=False)
    brought_by = models.ForeignKey("customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["-preferred", "id"]
        constraints = [models.UniqueConstraint("customer", "kind", "value", name="contact_point_once")]

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        if self.kind == self.Kind.EMAIL:
            try:
                validate_email(self.value)
            except ValidationError as error:
                raise ValidationError({"value": error.messages}) from None
        if self.kind == self.Kind.PHONE and not any(c.isdigit() for c in self.value):
            raise ValidationError({"value": "A phone number has digits."})


class Dated(models.Model):
    """Something said of a customer from a day on: rules use it, so it is a row, not a field."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="%(class)ss")
    since = DayField(help_text="From which day it holds.")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    brought_by = models.ForeignKey("customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=models.Model)


class SpanQuerySet(models.QuerySet[Row]):
    def on(self, day: date) -> Self:
        """What holds on a day."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))


class Span(Dated):
    """Something that holds from a day until another, which is the first on which it holds no more."""

    until = DayField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    objects = SpanQuerySet.as_manager()

    class Meta:
        abstract = True


class Answer(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Unknown"


class Qualification(Dated):
    """Has the customer a need, are they able to pay; the latest row of a subject counts."""

    class Subject(models.TextChoices):
        NEED = "need", "Need"
        ABILITY = "ability", "Able to pay"

    subject = models.CharField(max_length=7, choices=Subject.choices)
    answer = models.CharField(max_length=7, choices=Answer.choices)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["customer", "subject", "since", "id"]
        indexes = [models.Index(fields=["customer", "since"], name="qualification_by_customer")]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}: {self.get_answer_display()}"


class UsableCategory(Span):
    """A category this customer can use."""

    class Basis(models.TextChoices):
        HAND = "hand", "set by hand"
        SEGMENT = "segment", "by segment"
        ASSUMED = "assumed", "assumed from what others buy"

    category = models.ForeignKey("customers.Category", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=7, choices=Basis.choices, default=Basis.HAND)

    class Meta:
        ordering = ["customer", "category", "since"]
        verbose_name_plural = "usable categories"
        indexes = [models.Index(fields=["customer", "category", "since"], name="usable_by_customer")]

    def __str__(self) -> str:
        return self.category.name


class Tag(models.Model):
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CustomerTag(Span):
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["customer", "tag", "since"]

    def __str__(self) -> str:
        return self.tag.name


class NotRanked(Span):
    """While it holds, the customer stands on no ladder, in no programme and in no figure's base."""

    class Reason(models.TextChoices):
        STAFF = "staff", "Our own staff"
        SUPPLIER = "supplier", "Supplier"
        COMPETITOR = "competitor", "Competitor"
        TEST = "test", "Test record"
        DECEASED = "deceased", "Deceased"
        CEASED = "ceased", "Ceased trading"

    reason = models.CharField(max_length=10, choices=Reason.choices)

    class Meta:
        ordering = ["customer", "since"]
        verbose_name_plural = "not ranked"
        indexes = [models.Index(fields=["customer", "since"], name="not_ranked_by_customer")]

    def __str__(self) -> str:
        return self.get_reason_display()


class Stop(Span):
    """While it holds, nothing is queued for the customer and nothing is sent."""

    class Reason(models.TextChoices):
        DO_NOT_CONTACT = "do_not_contact", "Does not want to be contacted"
        MINOR = "minor", "A minor"
        LEGAL = "legal", "Legal dispute"
        INSOLVENCY = "insolvency", "Insolvency"

    reason = models.CharField(max_length=15, choices=Reason.choices)

    class Meta:
        ordering = ["customer", "since"]

    def __str__(self) -> str:
        return self.get_reason_display()
