"""How a customer is greeted: by first name where they wish it, by their whole name otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.models import Customer
from feedback.phrases import phrase

if TYPE_CHECKING:
    from feedback.models import Invitation


def greeting(invitation: Invitation) -> str:
    return hello(invitation.customer, invitation.language, invitation.form_of_address)


def hello(customer: Customer, language: str, form: str) -> str:
    """ "Hello Ada" to whom is addressed by first name, "Good day, Ada Lindqvist" to everybody else."""
    first = form == Customer.Address.FIRST_NAME and customer.kind == Customer.Kind.PERSON
    name = (customer.name.split() or [customer.name])[0] if first else customer.name
    return phrase("hello", language, form, name=name)
