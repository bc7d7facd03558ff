"""Brings in a file of purchases."""

from customers.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in a file of purchases through a mapping. Killed, the same command again goes on."
    kinds = ("purchases",)
