"""What puts a complaint right, and how much of it each role decides alone."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


DISCRETION = {"account_manager": 50, "team_lead": 500, "administrator": None}


def ship(apps, schema_editor):
    Discretion = apps.get_model("feedback", "Discretion")
    Discretion.objects.bulk_create(Discretion(role=role, amount=amount) for role, amount in DISCRETION.items())


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0010_complaints_as_worked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Discretion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('account_manager', 'Account manager: own book'), ('team_lead', 'Team lead: the team and those below it'), ('administrator', 'Administrator: everything')], max_length=20, unique=True)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, help_text="In the business's currency, for one complaint; empty is without limit.", max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
            ],
            options={
                'verbose_name_plural': 'discretion',
                'ordering': ['role'],
            },
        ),
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('apology', 'apology'), ('replacement', 'replacement'), ('refund', 'refund, promised'), ('credit', 'credit'), ('gift', 'gift'), ('other', 'something else')], max_length=11)),
                ('amount', models.DecimalField(decimal_places=4, default=0, help_text='What it costs us.', max_digits=16)),
                ('currency', models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Three capital letters, as in EUR.')])),
                ('words', models.TextField(blank=True, max_length=2000)),
                ('state', models.CharField(choices=[('asked', 'asked for'), ('granted', 'granted'), ('declined', 'declined')], default='asked', max_length=8)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('why', models.TextField(blank=True, max_length=2000)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remedies', to='feedback.complaint')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'remedies',
                'ordering': ['asked_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('state', 'asked')), fields=['asked_at'], name='remedy_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='remedy_amount_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'asked')), models.Q(models.Q(('state', 'asked'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='remedy_decided_once_it_is')],
            },
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
