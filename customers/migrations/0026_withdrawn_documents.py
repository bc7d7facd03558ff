"""An import asks range by range whether any of its documents was withdrawn."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0025_covering_on_sqlite'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='purchase',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', False)), fields=['source', 'external_id'], name='purchase_withdrawn'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', False)), fields=['source', 'external_id'], name='refund_withdrawn'),
        ),
    ]
