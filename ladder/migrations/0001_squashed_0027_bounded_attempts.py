"""Everything up to here at once, for a new installation: one that has some of it goes on step by step."""

import uuid
from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import customers.days
from customers.migrating import CreateModels

# The rows that come with the product, each as the migration that brought it says it.
SHIPPED = (
    ("0002_shipped", "ship"),
    ("0003_programmes", "ship"),
    ("0007_four_ladders", "ship"),
    ("0015_from_a_day_to_come", "have_begun"),
    ("0021_programmes_for_failures", "ship"),
    ("0024_answered_and_rewarded", "ship"),
    ("0025_asking", "mark"),
    ("0026_complaint_recovery", "ship"),
)


def ship(apps, schema_editor):
    for migration, brings in SHIPPED:
        getattr(import_module(f"ladder.migrations.{migration}"), brings)(apps, schema_editor)


class Migration(migrations.Migration):
    replaces = [
        ("ladder", "0001_initial"),
        ("ladder", "0002_shipped"),
        ("ladder", "0003_programmes"),
        ("ladder", "0004_undo_whole"),
        ("ladder", "0005_ranked_through"),
        ("ladder", "0006_evidence"),
        ("ladder", "0007_four_ladders"),
        ("ladder", "0008_trying_a_draft"),
        ("ladder", "0009_overrides"),
        ("ladder", "0010_windows"),
        ("ladder", "0011_first_fact"),
        ("ladder", "0012_softness"),
        ("ladder", "0013_various_facts"),
        ("ladder", "0014_version_of_a_draft"),
        ("ladder", "0015_from_a_day_to_come"),
        ("ladder", "0016_quarantine"),
        ("ladder", "0017_stretches"),
        ("ladder", "0018_satisfaction"),
        ("ladder", "0019_given_up_and_written_by"),
        ("ladder", "0020_closing_the_loop"),
        ("ladder", "0021_programmes_for_failures"),
        ("ladder", "0022_who_took_a_stretch"),
        ("ladder", "0023_backtests"),
        ("ladder", "0024_answered_and_rewarded"),
        ("ladder", "0025_asking"),
        ("ladder", "0026_complaint_recovery"),
        ("ladder", "0027_bounded_attempts"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0004_configure_scope"),
        ("customers", "0001_squashed_0024_own_page"),
        ("feedback", "0001_squashed_0018_steps_by_kind"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Chosen",
                    fields=[
                        ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("begins", models.IntegerField(null=True)),
                        ("quiet", models.IntegerField(default=0)),
                    ],
                    options={
                        "db_table": "life_customer",
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="Point",
                    fields=[
                        ("not_ranked", models.IntegerField(default=0, help_text="1 while a reason not to rank holds")),
                        (
                            "occasions",
                            models.IntegerField(default=0, help_text="distinct days with a purchase that was not taken back"),
                        ),
                        ("invoices", models.IntegerField(default=0, help_text="distinct purchases that were not taken back")),
                        ("first_day", models.IntegerField(help_text="day of the first occasion", null=True)),
                        ("last_day", models.IntegerField(help_text="day of the last occasion", null=True)),
                        (
                            "quiet_since",
                            models.IntegerField(
                                help_text="the later of the last occasion and the last day a purchase covers", null=True
                            ),
                        ),
                        ("longest_gap", models.IntegerField(default=0, help_text="days of the longest gap between occasions")),
                        (
                            "longest_gap_3y",
                            models.IntegerField(
                                default=0, help_text="of the gaps that ended in the 3 years up to the last occasion"
                            ),
                        ),
                        (
                            "longest_gap_400d",
                            models.IntegerField(
                                default=0, help_text="of the gaps that ended in the 400 days up to the last occasion"
                            ),
                        ),
                        ("need", models.IntegerField(default=0, help_text="0 unknown, 1 yes, 2 no")),
                        ("ability", models.IntegerField(default=0, help_text="0 unknown, 1 yes, 2 no")),
                        ("usable_categories", models.IntegerField(default=0, help_text="categories known to be usable")),
                        (
                            "covered_categories",
                            models.IntegerField(default=0, help_text="of those, bought within the coverage window"),
                        ),
                        ("categories_sold", models.IntegerField(default=0, help_text="categories sold for a year or more")),
                        (
                            "coverage_changes",
                            models.IntegerField(help_text="the next day on which time alone changes coverage", null=True),
                        ),
                        ("score", models.IntegerField(help_text="the latest score, 0 to 10", null=True)),
                        ("score_day", models.IntegerField(help_text="the day it was given", null=True)),
                        ("unasked_day", models.IntegerField(help_text="day of the latest unprompted recommendation", null=True)),
                        ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("day", models.IntegerField()),
                        ("next_day", models.IntegerField(null=True)),
                    ],
                    options={
                        "db_table": "life_point",
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="Chunk",
                    fields=[
                        (
                            "number",
                            models.BigIntegerField(
                                help_text="Customers 10,000 x number to 10,000 x (number + 1) - 1.",
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("ranked_at", models.DateTimeField(null=True)),
                        ("through", customers.days.DayField(help_text="Everybody in it is judged up to this day.", null=True)),
                        (
                            "given_up_at",
                            models.DateTimeField(
                                help_text="When it could not be ranked, and nobody in it was to blame.", null=True
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Ladder",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=100)),
                        (
                            "position",
                            models.PositiveSmallIntegerField(default=0, help_text="The first one is the primary ladder."),
                        ),
                        (
                            "four_eyes",
                            models.BooleanField(
                                default=False, help_text="Who made a draft may not publish it: a second person does."
                            ),
                        ),
                        (
                            "hold_hours",
                            models.PositiveSmallIntegerField(
                                default=24,
                                help_text="So long after publishing, rules can be called back and everything restored.",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Programme",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=100)),
                        ("on", models.BooleanField(default=True, help_text="Off: it queues nothing. What is queued stays.")),
                        ("priority", models.PositiveSmallIntegerField(default=50, help_text="Lower comes first.")),
                    ],
                    options={
                        "ordering": ["priority", "slug"],
                    },
                ),
                migrations.CreateModel(
                    name="Scorecard",
                    fields=[
                        ("not_ranked", models.IntegerField(default=0, help_text="1 while a reason not to rank holds")),
                        (
                            "occasions",
                            models.IntegerField(default=0, help_text="distinct days with a purchase that was not taken back"),
                        ),
                        ("invoices", models.IntegerField(default=0, help_text="distinct purchases that were not taken back")),
                        ("first_day", models.IntegerField(help_text="day of the first occasion", null=True)),
                        ("last_day", models.IntegerField(help_text="day of the last occasion", null=True)),
                        (
                            "quiet_since",
                            models.IntegerField(
                                help_text="the later of the last occasion and the last day a purchase covers", null=True
                            ),
                        ),
                        ("longest_gap", models.IntegerField(default=0, help_text="days of the longest gap between occasions")),
                        (
                            "longest_gap_3y",
                            models.IntegerField(
                                default=0, help_text="of the gaps that ended in the 3 years up to the last occasion"
                            ),
                        ),
                        (
                            "longest_gap_400d",
                            models.IntegerField(
                                default=0, help_text="of the gaps that ended in the 400 days up to the last occasion"
                            ),
                        ),
                        ("need", models.IntegerField(default=0, help_text="0 unknown, 1 yes, 2 no")),
                        ("ability", models.IntegerField(default=0, help_text="0 unknown, 1 yes, 2 no")),
                        ("usable_categories", models.IntegerField(default=0, help_text="categories known to be usable")),
                        (
                            "covered_categories",
                            models.IntegerField(default=0, help_text="of those, bought within the coverage window"),
                        ),
                        ("categories_sold", models.IntegerField(default=0, help_text="categories sold for a year or more")),
                        (
                            "coverage_changes",
                            models.IntegerField(help_text="the next day on which time alone changes coverage", null=True),
                        ),
                        ("score", models.IntegerField(help_text="the latest score, 0 to 10", null=True)),
                        ("score_day", models.IntegerField(help_text="the day it was given", null=True)),
                        (
                            "unasked_day",
                            models.IntegerField(
                                help_text="day of the latest unprompted recommendation or converted unprompted referral",
                                null=True,
                            ),
                        ),
                        (
                            "customer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="scorecard",
                                serialize=False,
                                to="customers.customer",
                            ),
                        ),
                        ("day", models.IntegerField(help_text="The day from which these facts hold.")),
                        (
                            "competitor_day",
                            models.IntegerField(help_text="day on which they last considered a competitor", null=True),
                        ),
                        (
                            "complaint_due",
                            models.IntegerField(help_text="the earliest day by which one of them is to be answered", null=True),
                        ),
                        ("hostile_day", models.IntegerField(help_text="day of the latest confirmed hostile act", null=True)),
                        (
                            "hostile_widely",
                            models.IntegerField(default=0, help_text="1 once two of them differed in both day and audience"),
                        ),
                        (
                            "involved_days",
                            models.IntegerField(default=0, help_text="days within a year on which they took part by own act"),
                        ),
                        (
                            "involved_fades",
                            models.IntegerField(
                                help_text="the day on which the earliest of them is more than a year ago", null=True
                            ),
                        ),
                        (
                            "joint_plan_changes",
                            models.IntegerField(help_text="the next day on which one begins or ends", null=True),
                        ),
                        (
                            "joint_plans",
                            models.IntegerField(default=0, help_text="joint plans that both accepted and that are current"),
                        ),
                        ("leaving_day", models.IntegerField(help_text="day of the latest notice of leaving", null=True)),
                        ("open_complaints", models.IntegerField(default=0, help_text="complaints that wait for an answer")),
                        ("prompted_referral_day", models.IntegerField(help_text="of those that were prompted", null=True)),
                        (
                            "reference_day",
                            models.IntegerField(help_text="day of the latest reference given when asked", null=True),
                        ),
                        ("referral_day", models.IntegerField(help_text="day of the latest converted referral", null=True)),
                        ("invoices_365", models.IntegerField(help_text="purchases within 365 days", null=True)),
                        ("invoices_365_then", models.IntegerField(help_text="the same, once that changes", null=True)),
                        ("invoices_90", models.IntegerField(help_text="purchases within 90 days", null=True)),
                        ("invoices_90_then", models.IntegerField(help_text="the same, once that changes", null=True)),
                        ("occasions_365", models.IntegerField(help_text="occasions within 365 days", null=True)),
                        ("occasions_365_then", models.IntegerField(help_text="the same, once that changes", null=True)),
                        ("occasions_90", models.IntegerField(help_text="occasions within 90 days", null=True)),
                        ("occasions_90_then", models.IntegerField(help_text="the same, once that changes", null=True)),
                        (
                            "spend",
                            models.BigIntegerField(
                                help_text="cents, net of what was taken back, in the business's currency", null=True
                            ),
                        ),
                        ("spend_365", models.BigIntegerField(help_text="cents within 365 days", null=True)),
                        ("spend_365_then", models.BigIntegerField(help_text="the same, once that changes", null=True)),
                        ("spend_90", models.BigIntegerField(help_text="cents within 90 days", null=True)),
                        ("spend_90_then", models.BigIntegerField(help_text="the same, once that changes", null=True)),
                        (
                            "spend_changes",
                            models.IntegerField(help_text="the next day on which one of these changes by time alone", null=True),
                        ),
                        (
                            "visits_change",
                            models.IntegerField(help_text="the next day on which one of these changes by time alone", null=True),
                        ),
                        (
                            "first_fact",
                            models.IntegerField(
                                help_text="The day of the first fact, if there is any: their history begins then.", null=True
                            ),
                        ),
                        ("categories", models.IntegerField(help_text="distinct categories bought and not taken back", null=True)),
                        (
                            "categories_365",
                            models.IntegerField(help_text="distinct categories bought within 365 days", null=True),
                        ),
                        ("categories_365_then", models.IntegerField(help_text="the same, once that changes", null=True)),
                        (
                            "categories_change",
                            models.IntegerField(help_text="the next day on which that changes by time alone", null=True),
                        ),
                        (
                            "channels_365",
                            models.IntegerField(help_text="distinct channels bought through within 365 days", null=True),
                        ),
                        ("channels_365_then", models.IntegerField(help_text="the same, once that changes", null=True)),
                        (
                            "channels_change",
                            models.IntegerField(help_text="the next day on which that changes by time alone", null=True),
                        ),
                        (
                            "margin",
                            models.BigIntegerField(
                                help_text="cents of spend less cost, of what stands and has a known cost; empty where nothing has",
                                null=True,
                            ),
                        ),
                        ("margin_365", models.BigIntegerField(help_text="cents within 365 days", null=True)),
                        ("margin_365_then", models.BigIntegerField(help_text="the same, once that changes", null=True)),
                        ("margin_90", models.BigIntegerField(help_text="cents within 90 days", null=True)),
                        ("margin_90_then", models.BigIntegerField(help_text="the same, once that changes", null=True)),
                        (
                            "margin_changes",
                            models.IntegerField(help_text="the next day on which one of these changes by time alone", null=True),
                        ),
                        ("satisfaction", models.IntegerField(help_text="the latest answer, 1 to 5, about overall", null=True)),
                        (
                            "satisfaction_after_sales",
                            models.IntegerField(help_text="the latest answer, 1 to 5, about after-sales", null=True),
                        ),
                        ("satisfaction_after_sales_day", models.IntegerField(help_text="the day it was given", null=True)),
                        ("satisfaction_day", models.IntegerField(help_text="the day it was given", null=True)),
                        (
                            "satisfaction_product",
                            models.IntegerField(help_text="the latest answer, 1 to 5, about product", null=True),
                        ),
                        ("satisfaction_product_day", models.IntegerField(help_text="the day it was given", null=True)),
                        (
                            "satisfaction_service",
                            models.IntegerField(help_text="the latest answer, 1 to 5, about service", null=True),
                        ),
                        ("satisfaction_service_day", models.IntegerField(help_text="the day it was given", null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Edition",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField()),
                        (
                            "numbers",
                            models.JSONField(blank=True, default=dict, help_text="The numbers that facts are computed with."),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("published_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "first_day",
                            customers.days.DayField(
                                editable=False, help_text="It judges from this day; empty means from the first fact.", null=True
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "ladder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="editions", to="ladder.ladder"
                            ),
                        ),
                        ("called_back_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "called_back_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "held_until",
                            models.DateTimeField(editable=False, help_text="Until then it can be called back.", null=True),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.PositiveIntegerField(
                                default=1, editable=False, help_text="Counts what a draft said, one after the other."
                            ),
                        ),
                        (
                            "begun_at",
                            models.DateTimeField(
                                editable=False, help_text="When its first day had come and everybody was due by it.", null=True
                            ),
                        ),
                        (
                            "written_by",
                            models.ManyToManyField(
                                editable=False,
                                help_text="Everybody who wrote on it, by their own hand or by a key of theirs.",
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["ladder", "number"],
                        "constraints": [
                            models.UniqueConstraint(models.F("ladder"), models.F("number"), name="edition_once_per_number")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Run",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("night", "nightly"), ("stale", "what was stale"), ("asked", "asked for")], max_length=5
                            ),
                        ),
                        ("day", customers.days.DayField(db_index=True)),
                        ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("chunks", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("judged", models.PositiveIntegerField(default=0)),
                        ("moved", models.PositiveIntegerField(default=0)),
                        ("actions", models.PositiveIntegerField(default=0)),
                        ("error", models.CharField(blank=True, max_length=500)),
                        (
                            "failed",
                            models.PositiveIntegerField(
                                default=0, help_text="Chunks that could not be ranked; the next run tries them again."
                            ),
                        ),
                        (
                            "quarantined",
                            models.PositiveIntegerField(
                                default=0, help_text="Customers on whose facts the rules fail; they alone were left out."
                            ),
                        ),
                        ("cancelled_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("day"), condition=models.Q(("kind", "night")), name="run_one_night_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rung",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField()),
                        ("name", models.CharField(max_length=60)),
                        ("public_label", models.CharField(blank=True, help_text="What a customer may see.", max_length=60)),
                        (
                            "ladder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="rungs", to="ladder.ladder"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["ladder", "id"],
                        "constraints": [
                            models.UniqueConstraint(models.F("ladder"), models.F("slug"), name="rung_once_per_ladder")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgrammeStep",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField()),
                        (
                            "name",
                            models.CharField(
                                help_text="What the account manager is asked to do, as in “Welcome her”.", max_length=100
                            ),
                        ),
                        (
                            "starts",
                            models.CharField(
                                choices=[
                                    ("enters", "on entering the rung"),
                                    ("leaves", "on leaving the rung by buying"),
                                    ("called", "when another step calls for it"),
                                    ("failed", "when a failure of ours affected them, wherever they stand"),
                                    ("defend", "when a failure of ours affected them while they stood on the rung"),
                                    ("idea", "when what they suggested or wanted was built or declined"),
                                    ("grieve", "when they complained"),
                                    ("answer", "when a complaint of theirs was answered"),
                                    ("reward", "when they answered what a reward was promised for"),
                                ],
                                default="enters",
                                max_length=6,
                            ),
                        ),
                        (
                            "once",
                            models.CharField(
                                choices=[("movement", "once per movement"), ("ever", "once per customer, for ever")],
                                default="movement",
                                max_length=8,
                            ),
                        ),
                        (
                            "counts_from",
                            models.CharField(
                                choices=[("movement", "the day of the movement"), ("delivery", "delivery, else the purchase")],
                                default="movement",
                                max_length=8,
                            ),
                        ),
                        ("after_days", models.PositiveSmallIntegerField(default=0, help_text="Due so many days after.")),
                        (
                            "fresh_days",
                            models.PositiveSmallIntegerField(default=14, help_text="Not queued for movements older than this."),
                        ),
                        (
                            "expires_days",
                            models.PositiveSmallIntegerField(
                                default=30, help_text="Dropped, visibly, so many days after it was due."
                            ),
                        ),
                        (
                            "most_a_year",
                            models.PositiveSmallIntegerField(
                                default=0, help_text="So many times a year at most; 0 for no such limit."
                            ),
                        ),
                        ("asks", models.BooleanField(default=False, help_text="Doing it brings an answer from 1 to 5.")),
                        ("gate", models.SlugField(blank=True, help_text="A further condition, by name; see ladder.gates.")),
                        (
                            "words",
                            models.TextField(blank=True, help_text="Suggested words. {name} stands for the customer's name."),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="ladder.programme"
                            ),
                        ),
                        (
                            "rung",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ladder.rung"),
                        ),
                        (
                            "prompts",
                            models.BooleanField(
                                default=False,
                                help_text="Doing it asks them to tell others about us: what they tell soon after is prompted.",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["programme", "id"],
                        "constraints": [
                            models.UniqueConstraint(models.F("programme"), models.F("slug"), name="step_once_per_programme")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StaleMark",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("customer_id", models.BigIntegerField()),
                        ("day", customers.days.DayField()),
                        (
                            "imported",
                            models.BooleanField(
                                help_text="By an import; empty where the write says nothing about it.", null=True
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["customer_id", "day"], name="stale_by_customer")],
                    },
                ),
                migrations.CreateModel(
                    name="Step",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("side", "Beside the ladder"), ("ground", "Ground"), ("step", "Step")], max_length=6
                            ),
                        ),
                        (
                            "position",
                            models.PositiveSmallIntegerField(
                                help_text="Side states in order of judgement, then the ladder from its ground up."
                            ),
                        ),
                        ("rule", models.JSONField(blank=True, null=True)),
                        ("loyal", models.BooleanField(default=False, help_text="From here on a customer counts as loyal.")),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="ladder.edition"
                            ),
                        ),
                        (
                            "rung",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="ladder.rung"
                            ),
                        ),
                        (
                            "grace_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="They fall only when it has failed for so many days running.",
                                validators=[django.core.validators.MaxValueValidator(365)],
                            ),
                        ),
                        (
                            "stay",
                            models.JSONField(
                                blank=True, help_text="Who stands here stays while this holds, or the rule above.", null=True
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["edition", "position"],
                        "constraints": [
                            models.UniqueConstraint(models.F("edition"), models.F("rung"), name="step_once_per_edition"),
                            models.UniqueConstraint(models.F("edition"), models.F("position"), name="step_one_per_position"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Simulation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("day", customers.days.DayField(help_text="The last ranked day, on which everybody stands.")),
                        (
                            "first_day",
                            customers.days.DayField(
                                help_text="From when the draft would judge; empty means from the first fact.", null=True
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("chunks", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("report", models.JSONField(default=dict)),
                        ("error", models.CharField(blank=True, max_length=500)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="simulations", to="ladder.edition"
                            ),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(
                                default=0, help_text="How often it was begun without getting any further."
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="SimulatedMove",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(null=True)),
                        ("why", models.CharField(blank=True, max_length=1000)),
                        (
                            "after",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ladder.rung"
                            ),
                        ),
                        (
                            "before",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ladder.rung"
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                            ),
                        ),
                        (
                            "simulation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="moves", to="ladder.simulation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["simulation", "before", "after"], name="simulated_move_by_cell")],
                        "constraints": [
                            models.UniqueConstraint(models.F("simulation"), models.F("customer"), name="simulated_move_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Override",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "how",
                            models.CharField(
                                choices=[("fix", "Fixed on"), ("at_least", "At least"), ("at_most", "At most")], max_length=8
                            ),
                        ),
                        ("reason", models.CharField(max_length=300)),
                        ("since", customers.days.DayField(help_text="The first day on which it holds.")),
                        (
                            "until",
                            customers.days.DayField(
                                help_text="The first day on which it no longer holds, at most two years later."
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="customers.customer"
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_with",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.apikey",
                            ),
                        ),
                        (
                            "rung",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ladder.rung"),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-since", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("customer"),
                                models.F("rung"),
                                models.F("how"),
                                models.F("since"),
                                models.F("until"),
                                models.F("reason"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="override_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__gt", models.F("since")),
                                    (
                                        "until__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("since"), "+", models.Value(731)
                                        ),
                                    ),
                                ),
                                name="override_ends_within_two_years",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("how__in", ["fix", "at_least", "at_most"])), name="override_how"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="override_has_a_reason"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Placement",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField()),
                        ("until", customers.days.DayField(null=True)),
                        ("due", customers.days.DayField(help_text="The earliest day on which time alone may end it.", null=True)),
                        (
                            "imported",
                            models.BooleanField(
                                default=False,
                                help_text="Found by an import, a rule change, an override or a full pass: queues nothing by itself.",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(help_text="When we learned that it ended.", null=True)),
                        ("superseded_at", models.DateTimeField(help_text="When we learned that it was wrong.", null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="placements", to="customers.customer"
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ladder.edition"),
                        ),
                        (
                            "ladder",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ladder.ladder"),
                        ),
                        (
                            "rung",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="ladder.rung"
                            ),
                        ),
                        (
                            "by_override",
                            models.BooleanField(default=False, help_text="It began because an override began or ended."),
                        ),
                        (
                            "override",
                            models.ForeignKey(
                                db_index=False,
                                help_text="The one that holds on its last day, for an open one as of the last ranked day, whether or not the rules say the same.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="ladder.override",
                            ),
                        ),
                        (
                            "falls_on",
                            customers.days.DayField(
                                help_text="The day on which grace ends, for whom the rung is kept by grace alone.", null=True
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["customer", "ladder", "since", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("superseded_at", None), ("until", None)),
                                fields=["ladder", "rung", "customer"],
                                name="placement_by_rung",
                            ),
                            models.Index(
                                condition=models.Q(("superseded_at", None), ("until", None)), fields=["due"], name="placement_due"
                            ),
                            models.Index(
                                condition=models.Q(("superseded_at", None)),
                                fields=["ladder", "since"],
                                name="placement_movements",
                            ),
                            models.Index(
                                condition=models.Q(("override__isnull", False)), fields=["override"], name="placement_by_override"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("customer"),
                                models.F("ladder"),
                                condition=models.Q(("superseded_at", None), ("until", None)),
                                name="placement_one_open",
                            ),
                            models.UniqueConstraint(
                                models.F("customer"),
                                models.F("ladder"),
                                models.F("since"),
                                condition=models.Q(("superseded_at", None)),
                                name="placement_one_since",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"),
                                name="placement_not_empty",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Action",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.CharField(max_length=80)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("deferred", "deferred"),
                                    ("done", "done"),
                                    ("dismissed", "dismissed"),
                                    ("cancelled", "cancelled"),
                                    ("expired", "expired"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("state_reason", models.CharField(blank=True, max_length=300)),
                        ("reason", models.CharField(help_text="Why it was queued, as a sentence.", max_length=500)),
                        ("due_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "answer",
                            models.PositiveSmallIntegerField(
                                help_text="What the customer said, 1 to 5, where the step asks.", null=True
                            ),
                        ),
                        ("note", models.TextField(blank=True, max_length=5000)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="actions", to="customers.customer"
                            ),
                        ),
                        (
                            "finished_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "placement",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="actions",
                                to="ladder.placement",
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="ladder.programmestep"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_at", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "deferred"])), fields=["due_at"], name="action_due"
                            ),
                            models.Index(fields=["customer", "state"], name="action_by_customer"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(models.F("customer"), models.F("step"), models.F("key"), name="action_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answer", None), models.Q(("answer__gte", 1), ("answer__lte", 5)), _connector="OR"
                                ),
                                name="action_answer_1_to_5",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ActionEvent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("act", models.UUIDField(db_index=True, help_text="What one person did at once, and is undone at once.")),
                        (
                            "was",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("waiting", "waiting"),
                                    ("deferred", "deferred"),
                                    ("done", "done"),
                                    ("dismissed", "dismissed"),
                                    ("cancelled", "cancelled"),
                                    ("expired", "expired"),
                                ],
                                help_text="Empty: the act made it.",
                                max_length=10,
                            ),
                        ),
                        (
                            "became",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("deferred", "deferred"),
                                    ("done", "done"),
                                    ("dismissed", "dismissed"),
                                    ("cancelled", "cancelled"),
                                    ("expired", "expired"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("was_due_at", models.DateTimeField()),
                        ("was_answer", models.PositiveSmallIntegerField(null=True)),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "action",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="ladder.action"
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("was_expires_at", models.DateTimeField()),
                        ("was_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Quarantine",
                    fields=[
                        (
                            "customer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="quarantine",
                                serialize=False,
                                to="customers.customer",
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("error", models.CharField(max_length=500)),
                        (
                            "marks",
                            models.PositiveIntegerField(
                                help_text="Marks that had come when they were last tried: one more is something new."
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="quarantines",
                                to="ladder.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-since", "customer"],
                    },
                ),
                migrations.CreateModel(
                    name="Stretch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("first", models.BigIntegerField()),
                        ("last", models.BigIntegerField()),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="stretches", to="ladder.run"
                            ),
                        ),
                        (
                            "taken_by",
                            models.CharField(
                                blank=True, help_text="The process in whose hands it is, or was last.", max_length=100
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["first"],
                        "indexes": [models.Index(condition=models.Q(("done_at", None)), fields=["run"], name="stretch_left")],
                        "constraints": [
                            models.UniqueConstraint(models.F("run"), models.F("first"), name="stretch_once_a_run"),
                            models.CheckConstraint(
                                condition=models.Q(("last__gte", models.F("first"))), name="stretch_not_empty"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Backtest",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("chunks", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("report", models.JSONField(default=dict)),
                        ("error", models.CharField(blank=True, max_length=500)),
                        ("at", customers.days.DayField(help_text="What is known by its end.")),
                        ("horizon", models.PositiveIntegerField(help_text="How many days after it are looked at.")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="backtests", to="ladder.edition"
                            ),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(
                                default=0, help_text="How often it was begun without getting any further."
                            ),
                        ),
                        ("cancelled_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                    },
                ),
            ]
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
