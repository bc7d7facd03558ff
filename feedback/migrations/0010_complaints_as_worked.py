"""Complaints have a severity, by which they are due, and steps that tell how they are worked on."""

import customers.days
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LEVELS = {"minor": 14, "serious": 7, "grave": 2}


def ship(apps, schema_editor):
    ServiceLevel = apps.get_model("feedback", "ServiceLevel")
    ServiceLevel.objects.bulk_create(ServiceLevel(severity=severity, answer_days=days) for severity, days in LEVELS.items())


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0023_households_and_promised'),
        ('feedback', '0009_themes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('severity', models.CharField(choices=[('minor', 'minor'), ('serious', 'serious'), ('grave', 'grave')], max_length=7, unique=True)),
                ('answer_days', models.PositiveSmallIntegerField(help_text='So many days after it was received; 0 is the same day.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(365)])),
            ],
            options={
                'ordering': ['-answer_days'],
            },
        ),
        migrations.AddField(
            model_name='complaint',
            name='severity',
            field=models.CharField(choices=[('minor', 'minor'), ('serious', 'serious'), ('grave', 'grave')], default='minor', help_text='As it was received; it says within how many days we answer.', max_length=7),
        ),
        migrations.AddField(
            model_name='complaintstep',
            name='due_day',
            field=customers.days.DayField(blank=True, editable=False, help_text='What this grade promises, counted from then.', null=True),
        ),
        migrations.AddField(
            model_name='complaintstep',
            name='severity',
            field=models.CharField(blank=True, choices=[('minor', 'minor'), ('serious', 'serious'), ('grave', 'grave')], editable=False, help_text='As it was graded.', max_length=7),
        ),
        migrations.AddField(
            model_name='complaintstep',
            name='to',
            field=models.ForeignKey(blank=True, editable=False, help_text='To whom it was given.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='due_day',
            field=customers.days.DayField(blank=True, help_text='The last day on which an answer is in time, written when the complaint is received; by its severity if left out.'),
        ),
        migrations.AlterField(
            model_name='complaintstep',
            name='kind',
            field=models.CharField(choices=[('answered', 'answered'), ('reopened', 'reopened'), ('taken', 'given to somebody'), ('regraded', 'graded anew'), ('checked', 'checked: they are content'), ('discontent', 'checked: they are not content')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='complaintstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_day__isnull', False), ('kind', 'regraded'), models.Q(('severity', ''), _negated=True)), models.Q(models.Q(('kind', 'regraded'), _negated=True), ('due_day', None), ('severity', '')), _connector='OR'), name='complaint_step_regraded_says_what_it_promises'),
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
