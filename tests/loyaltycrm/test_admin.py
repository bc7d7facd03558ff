"""Every page of the admin site reads days as days."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from customers import correcting
from customers.days import DayField, day_of
from customers.models import Customer, CustomField, FieldValue
from loyaltycrm import demo
from tests import factories as make

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

pytestmark = pytest.mark.django_db
TORN = re.compile(r"\d,\d{3},?-")
"""2026-11-22 with the thousands of a number set apart in it."""


@pytest.fixture
def anna(client: Client) -> User:
    person = make.user("anna", role=Role.ADMINISTRATOR)
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def a_row_of_each(anna: User) -> None:
    """What the demo business has none of."""
    now = timezone.now()
    demo.fill(now=now, customers=60)
    ada = Customer.objects.first()
    assert ada is not None
    today = day_of(now)
    for ledger in (make.ask, make.leaving, make.hostile_act):
        ledger(ada, today)
    correcting.object_to(ada, about="name", shown="Name: Ada", words="I am not Ada", at=now)
    size = CustomField.objects.create(slug="size", label="Size", kind=CustomField.Kind.NUMBER)
    FieldValue.objects.create(customer=ada, field=size, value="9", number=9, since=today)
    make.override(ada, "fix", "griffin:client", today, today + timedelta(days=9))


def pages_of(model: type[Model], row: Model | None) -> list[str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return [reverse(f"{name}_changelist"), *(reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history") if row)]


def test_every_page_reads_days_as_days(client: Client, anna: User) -> None:
    a_row_of_each(anna)
    torn, unseen = [], []
    for model in admin.site._registry:
        row = model._default_manager.first()
        torn += [page for page in pages_of(model, row) if TORN.search(client.get(page, follow=True).content.decode())]
        if row is None and any(isinstance(field, DayField) for field in model._meta.fields):
            unseen.append(model.__name__)
    assert (torn, unseen) == ([], [])
