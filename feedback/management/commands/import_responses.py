"""Brings in a file of answers, 0 to 10 or 1 to 5."""

from customers.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in a file of answers, 0 to 10 or 1 to 5, through a mapping. Killed, the same command again goes on."
    kinds = ("responses", "satisfaction")
