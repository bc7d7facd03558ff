"""Names as a search compares them: the column is filled for everybody before it is demanded."""

from django.db import migrations

import customers.models.people
from customers.folding import fold

AT_A_TIME = 5000


def fold_names(apps, schema_editor):
    connection, last = schema_editor.connection, 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT id, name FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s", [last, AT_A_TIME])
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.executemany("UPDATE customers_customer SET folded_name = %s WHERE id = %s", [(fold(name), pk) for pk, name in rows])
            last = rows[-1][0]


class Migration(migrations.Migration):

    dependencies = [("customers", "0012_purchases_by_day")]

    operations = [
        migrations.AddField("customer", "folded_name", customers.models.people.FoldedName(editable=False, default=""), preserve_default=False),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
    ]
