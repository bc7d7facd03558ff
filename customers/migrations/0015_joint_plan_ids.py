import uuid

import django.db.models.deletion
from django.db import migrations, models


def name_each(apps, schema_editor):
    """Plans that are there already get ids of their own."""
    for plan in apps.get_model('customers', 'JointPlan').objects.filter(uuid=None).iterator():
        plan.uuid = uuid.uuid4()
        plan.external_id = str(plan.uuid)
        plan.save(update_fields=['uuid', 'external_id'])


class Migration(migrations.Migration):

    dependencies = [('customers', '0014_partnership')]

    operations = [
        migrations.AddField('jointplan', 'uuid', models.UUIDField(null=True, editable=False)),
        migrations.AddField('jointplan', 'external_id', models.CharField(blank=True, default='', max_length=200), preserve_default=False),
        migrations.AddField(
            'jointplan', 'source',
            models.ForeignKey(
                blank=True, null=True, help_text='None for one typed in by hand.', on_delete=django.db.models.deletion.PROTECT,
                related_name='+', to='customers.source',
            ),
        ),
        migrations.RunPython(name_each, migrations.RunPython.noop),
        migrations.AlterField('jointplan', 'uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.AddConstraint(
            'jointplan', models.UniqueConstraint(models.F('source'), models.F('external_id'), name='joint_plan_once_per_source')
        ),
    ]
