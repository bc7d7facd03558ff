"""A survey may promise a reward, which stands on each invitation and is earned once."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0023_households_and_promised'),
        ('feedback', '0011_remedies'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='promise',
            field=models.CharField(blank=True, help_text='What the survey promised when they were asked; that stands.', max_length=200),
        ),
        migrations.AddField(
            model_name='invitation',
            name='promise_amount',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name='survey',
            name='promise',
            field=models.CharField(blank=True, help_text="A reward for answering, whatever is answered, in the customer's words; never for a public review.", max_length=200),
        ),
        migrations.AddField(
            model_name='survey',
            name='promise_amount',
            field=models.DecimalField(blank=True, decimal_places=4, help_text="What it costs us, in the business's currency.", max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.CreateModel(
            name='Reward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('earned_at', models.DateTimeField(db_index=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='customers.customer')),
                ('invitation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reward', to='feedback.invitation')),
            ],
            options={
                'ordering': ['-earned_at', '-id'],
            },
        ),
    ]
