"""How many categories are sold is the same for everybody, and no column of theirs."""

from __future__ import annotations

from django.db import migrations

# Of whom no usable category is known the rules ask for as many now as of anybody, and they are due when a category begins to count.
MARK = "INSERT INTO ladder_stalemark (customer_id, day, imported) SELECT customer_id, 0, TRUE FROM ladder_scorecard"


class Migration(migrations.Migration):
    dependencies = [("ladder", "0029_actions_by_expiry")]

    operations = [
        migrations.RemoveField(model_name="scorecard", name="categories_sold"),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
