"""Who is about to fall is looked up anew: what was kept reached to 14 days after the look, and is asked for longer than that."""

import customers.days
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ladder', '0033_about_to_fall'),
    ]

    operations = [
        migrations.AddField(
            model_name='outlook',
            name='error',
            field=models.CharField(blank=True, help_text='Why nothing could be foretold.', max_length=500),
        ),
        migrations.AddField(
            model_name='outlook',
            name='marks',
            field=models.PositiveIntegerField(default=0, help_text='How much was said of days to come, or taken back, when it was looked.'),
        ),
        migrations.AlterField(
            model_name='outlook',
            name='due',
            field=customers.days.DayField(null=True),
        ),
        migrations.RunSQL("DELETE FROM ladder_outlook", migrations.RunSQL.noop),
    ]
