"""Brings in a file of what customers say or do beside buying: its mapping says of which kind."""

from customers.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in a file of evidence (answers, complaints, referrals …) through a mapping. Killed, the same command again goes on."
