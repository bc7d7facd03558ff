"""Brings in a file of customers."""

from customers.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in a file of customers through a mapping. Killed, the same command again goes on."
    kinds = ("customers",)
