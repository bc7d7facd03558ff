from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ladder', '0013_various_facts'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='Counts what a draft said, one after the other.'),
        ),
    ]
