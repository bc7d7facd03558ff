"""What the day of a scorecard means, in words."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ladder', '0001_squashed_0027_bounded_attempts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='scorecard',
            name='day',
            field=models.IntegerField(help_text='The day of the reading since which these facts are the same.'),
        ),
    ]
