"""The project: knows every app, known by none."""

from loyaltycrm.celery import app as celery_app

__all__ = ["celery_app"]
