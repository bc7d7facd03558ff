"""Who is about to fall is looked up anew: what was kept reached to 14 days after the look, and is asked for longer than that.

And everybody is judged once: of whom no usable category is known the rules ask for as many now as of anybody, and they are due when a
category begins to count.
"""

import customers.days
from django.db import migrations, models

MARK = "INSERT INTO ladder_stalemark (customer_id, day, imported) SELECT customer_id, 0, TRUE FROM ladder_scorecard"


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
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
