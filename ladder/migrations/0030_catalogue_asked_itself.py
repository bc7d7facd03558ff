"""How many categories are sold is the same for everybody, and no column of theirs."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ladder", "0029_actions_by_expiry")]

    operations = [migrations.RemoveField(model_name="scorecard", name="categories_sold")]
