"""Actions are looked up by when they are too old."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0026_withdrawn_documents'),
        ('ladder', '0028_read_as_of'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='action',
            index=models.Index(fields=['state', 'expires_at'], name='action_by_expiry'),
        ),
    ]
