#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyaltycrm.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as mistake:  # whoever starts it can mend it, and needs the sentence, not our stack
        sys.exit(f"loyaltycrm cannot start. {mistake}")
