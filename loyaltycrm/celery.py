"""Celery carries wake-ups and nothing of value: the database is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyaltycrm.settings")

app = Celery("loyaltycrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
