"""Everything up to here at once, for a new installation: one that has some of it goes on step by step."""

import uuid
from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import customers.days
import feedback.languages
from customers.migrating import CreateModels

# The rows that come with the product, each as the migration that brought it says it.
SHIPPED = (
    ("0006_channels", "ship"),
    ("0008_question_sets", "ship"),
    ("0010_complaints_as_worked", "ship"),
    ("0011_remedies", "ship"),
    ("0015_what_matters", "ship"),
)


def ship(apps, schema_editor):
    for migration, brings in SHIPPED:
        getattr(import_module(f"feedback.migrations.{migration}"), brings)(apps, schema_editor)


class Migration(migrations.Migration):
    replaces = [
        ("feedback", "0001_initial"),
        ("feedback", "0002_listening"),
        ("feedback", "0003_due_by_default"),
        ("feedback", "0004_evidence_files"),
        ("feedback", "0005_satisfaction"),
        ("feedback", "0006_channels"),
        ("feedback", "0007_surveys"),
        ("feedback", "0008_question_sets"),
        ("feedback", "0009_themes"),
        ("feedback", "0010_complaints_as_worked"),
        ("feedback", "0011_remedies"),
        ("feedback", "0012_rewards"),
        ("feedback", "0013_asking_the_silent"),
        ("feedback", "0014_advocacy"),
        ("feedback", "0015_what_matters"),
        ("feedback", "0016_letters"),
        ("feedback", "0017_passed_over"),
        ("feedback", "0018_steps_by_kind"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0004_configure_scope"),
        ("customers", "0001_squashed_0024_own_page"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Complaint",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "due_day",
                            customers.days.DayField(
                                blank=True,
                                help_text="The last day on which an answer is in time, written when the complaint is received; by its severity if left out.",
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.complaint",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(
                                choices=[("minor", "minor"), ("serious", "serious"), ("grave", "grave")],
                                default="minor",
                                help_text="As it was received; it says within how many days we answer.",
                                max_length=7,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="complaint_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="complaint_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ComplaintStep",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("answered", "answered"),
                                    ("reopened", "reopened"),
                                    ("taken", "given to somebody"),
                                    ("regraded", "graded anew"),
                                    ("checked", "checked: they are content"),
                                    ("discontent", "checked: they are not content"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False)),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "complaint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="feedback.complaint"
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.customer",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.import",
                            ),
                        ),
                        (
                            "due_day",
                            customers.days.DayField(
                                blank=True, editable=False, help_text="What this grade promises, counted from then.", null=True
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(
                                blank=True,
                                choices=[("minor", "minor"), ("serious", "serious"), ("grave", "grave")],
                                editable=False,
                                help_text="As it was graded.",
                                max_length=7,
                            ),
                        ),
                        (
                            "to",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                help_text="To whom it was given.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["complaint", "occurred_at", "kind", "id"],
                        "indexes": [
                            models.Index(fields=["customer", "day"], name="complaint_step_by_customer"),
                            models.Index(fields=["kind", "recorded_at"], name="complaint_step_by_kind"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_day__isnull", False),
                                        ("kind", "regraded"),
                                        models.Q(("severity", ""), _negated=True),
                                    ),
                                    models.Q(models.Q(("kind", "regraded"), _negated=True), ("due_day", None), ("severity", "")),
                                    _connector="OR",
                                ),
                                name="complaint_step_regraded_says_what_it_promises",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HostileAct",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "audience",
                            models.CharField(help_text="Before whom, as in “the trade fair” or “a review site”.", max_length=100),
                        ),
                        ("evidence", models.TextField(help_text="What shows it: words, a link, who heard it.", max_length=5000)),
                        ("confirmed", models.BooleanField(default=False, editable=False)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.hostileact",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="hostile_act_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="hostile_act_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Confirmation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "act",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="confirmations",
                                to="feedback.hostileact",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["act", "at"],
                        "constraints": [
                            models.UniqueConstraint(models.F("act"), models.F("by"), name="confirmation_once_per_person")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LeavingNotice",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.leavingnotice",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="leaving_notice_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="leaving_notice_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompetitorConsidered",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        ("competitor", models.CharField(max_length=200)),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.competitorconsidered",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "competitors considered",
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="competitor_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="competitor_considered_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Channel",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(max_length=30, unique=True)),
                        ("name", models.CharField(max_length=60)),
                        ("we_ask", models.BooleanField(help_text="We go to them; otherwise they come to us.")),
                        ("active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["position", "name"],
                    },
                ),
                migrations.CreateModel(
                    name="Recommendation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        ("prompted", models.BooleanField(default=False)),
                        ("to_whom", models.CharField(blank=True, max_length=200)),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.recommendation",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("recommendation", "recommendation"),
                                    ("reference", "reference given when asked"),
                                    ("testimonial", "testimonial"),
                                    ("review", "public review"),
                                    ("mention", "social mention"),
                                ],
                                default="recommendation",
                                max_length=14,
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="feedback.channel",
                            ),
                        ),
                        (
                            "evidence",
                            models.URLField(
                                blank=True, max_length=500, validators=[django.core.validators.URLValidator(["http", "https"])]
                            ),
                        ),
                        (
                            "favourable",
                            models.BooleanField(
                                blank=True,
                                help_text="Whether what was told in public speaks for us; it counts only once that is known.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="recommendation_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="recommendation_once_per_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("favourable", False),
                                    ("kind__in", ["recommendation", "reference", "testimonial"]),
                                    _negated=True,
                                ),
                                name="recommendation_is_for_us",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionSet",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=100)),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionSetVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "paged",
                            models.BooleanField(default=False, help_text="One question a screen; otherwise all on one page."),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "question_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="feedback.questionset"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["question_set", "-number"],
                        "constraints": [
                            models.UniqueConstraint(models.F("question_set"), models.F("number"), name="version_once_per_set")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(max_length=40)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("recommendation", "how likely they recommend us, 0 to 10"),
                                    ("satisfaction", "how satisfied they are, 1 to 5"),
                                    ("opinion", "one of the opinion questions, in words"),
                                    ("words", "words"),
                                    ("choice", "one of some choices"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "subject",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("overall", "on the whole"),
                                    ("product", "the product"),
                                    ("service", "the service"),
                                    ("after-sales", "after-sales care"),
                                ],
                                help_text="Satisfied with what.",
                                max_length=11,
                            ),
                        ),
                        (
                            "topic",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("why-buy", "why they buy"),
                                    ("how-use", "how they use it"),
                                    ("what-think", "what they think of it"),
                                    ("why-us", "why us rather than a competitor"),
                                    ("experience", "experience of performance and after-sales care"),
                                    ("other", "something else"),
                                ],
                                help_text="Opinion on what.",
                                max_length=10,
                            ),
                        ),
                        (
                            "explains",
                            models.SlugField(
                                blank=True, help_text="Words that belong to the score of this question.", max_length=40
                            ),
                        ),
                        ("required", models.BooleanField(default=False, help_text="Without it the answers cannot be sent.")),
                        (
                            "texts",
                            models.JSONField(
                                help_text='{"en": "…", "de": {"formal": "… Sie …", "first_name": "… du …"}}. English is demanded.',
                                validators=[feedback.languages.check],
                            ),
                        ),
                        (
                            "choices",
                            models.JSONField(
                                blank=True, default=list, help_text='[{"slug": "shop", "texts": {"en": "In the shop"}}, …]'
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="questions",
                                to="feedback.questionsetversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version", "position", "id"],
                        "constraints": [
                            models.UniqueConstraint(models.F("version"), models.F("slug"), name="question_once_per_version")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Survey",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=100)),
                        (
                            "link_days",
                            models.PositiveSmallIntegerField(
                                default=30,
                                help_text="So many days a link can be answered.",
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(365),
                                ],
                            ),
                        ),
                        (
                            "per_purchase",
                            models.BooleanField(
                                default=False,
                                help_text="About a purchase: once for each, however lately they were asked something else.",
                            ),
                        ),
                        (
                            "closed_at",
                            models.DateTimeField(
                                blank=True, help_text="From then on nobody is invited, and no link is answered.", null=True
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feedback.channel"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surveys",
                                to="feedback.questionsetversion",
                            ),
                        ),
                        (
                            "promise",
                            models.CharField(
                                blank=True,
                                help_text="A reward for answering, whatever is answered, in the customer's words; never for a public review.",
                                max_length=200,
                            ),
                        ),
                        (
                            "promise_amount",
                            models.DecimalField(
                                blank=True,
                                decimal_places=4,
                                help_text="What it costs us, in the business's currency.",
                                max_digits=16,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(0)],
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("way", models.CharField(choices=[("link", "by a link"), ("email", "by e-mail")], max_length=5)),
                        ("language", models.CharField(max_length=10)),
                        (
                            "form_of_address",
                            models.CharField(
                                blank=True,
                                choices=[("first_name", "By first name"), ("formal", "Formally"), ("", "Not known")],
                                max_length=10,
                            ),
                        ),
                        ("invited_at", models.DateTimeField(db_index=True)),
                        ("expires_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(help_text="When the mail server took it.", null=True)),
                        (
                            "bounced_at",
                            models.DateTimeField(
                                help_text="It did not arrive, and counts as if nobody had been asked.", null=True
                            ),
                        ),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="customers.customer"
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="feedback.questionsetversion",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="feedback.survey"
                            ),
                        ),
                        (
                            "promise",
                            models.CharField(
                                blank=True,
                                help_text="What the survey promised when they were asked; that stands.",
                                max_length=200,
                            ),
                        ),
                        ("promise_amount", models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True)),
                    ],
                    options={
                        "ordering": ["-invited_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "invited_at"], name="invitation_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("survey"),
                                models.F("purchase"),
                                condition=models.Q(("bounced_at", None), ("purchase__isnull", False)),
                                name="invitation_once_per_purchase",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("invited_at"))),
                                name="invitation_expires_after_it_was_sent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Response",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "score",
                            models.PositiveSmallIntegerField(
                                help_text="0 to 10",
                                validators=[
                                    django.core.validators.MinValueValidator(0, "A score is a whole number from 0 to 10."),
                                    django.core.validators.MaxValueValidator(10, "A score is a whole number from 0 to 10."),
                                ],
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.response",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="feedback.invitation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="response_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="response_once_per_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("score__gte", 0), ("score__lte", 10)), name="response_score_0_to_10"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Satisfaction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "score",
                            models.PositiveSmallIntegerField(
                                help_text="1 to 5",
                                validators=[
                                    django.core.validators.MinValueValidator(1, "A score is a whole number from 1 to 5."),
                                    django.core.validators.MaxValueValidator(5, "A score is a whole number from 1 to 5."),
                                ],
                            ),
                        ),
                        (
                            "subject",
                            models.CharField(
                                choices=[
                                    ("overall", "on the whole"),
                                    ("product", "the product"),
                                    ("service", "the service"),
                                    ("after-sales", "after-sales care"),
                                ],
                                default="overall",
                                max_length=11,
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.satisfaction",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="satisfactions",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="satisfactions",
                                to="feedback.invitation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "satisfaction",
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="satisfaction_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="satisfaction_once_per_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="satisfaction_score_1_to_5"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Opinion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "question",
                            models.CharField(
                                choices=[
                                    ("why-buy", "why they buy"),
                                    ("how-use", "how they use it"),
                                    ("what-think", "what they think of it"),
                                    ("why-us", "why us rather than a competitor"),
                                    ("experience", "experience of performance and after-sales care"),
                                    ("other", "something else"),
                                ],
                                default="other",
                                max_length=10,
                            ),
                        ),
                        ("words", models.TextField(max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.opinion",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opinions",
                                to="feedback.invitation",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="opinion_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="opinion_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GivenAnswer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveSmallIntegerField(null=True)),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        ("at", models.DateTimeField()),
                        (
                            "invitation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="given", to="feedback.invitation"
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="given", to="feedback.question"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["invitation", "question"],
                        "constraints": [
                            models.UniqueConstraint(models.F("invitation"), models.F("question"), name="given_once_per_question"),
                            models.CheckConstraint(
                                condition=models.Q(("number", None), ("number__lte", 10), _connector="OR"),
                                name="given_number_0_to_10",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Failure",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("late", "Late"), ("wrong", "Wrong"), ("outage", "Outage"), ("other", "Something else")],
                                max_length=6,
                            ),
                        ),
                        ("what", models.CharField(help_text="What happened, as those affected will be told.", max_length=300)),
                        ("first_day", customers.days.DayField(help_text="The first day of it.")),
                        ("last_day", customers.days.DayField(help_text="The last day of it.")),
                        (
                            "tell",
                            models.BooleanField(
                                default=True,
                                help_text="Everyone affected is to be told. Off for one from long ago, that only a theme needs.",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "recorded_by",
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
                        "ordering": ["-first_day", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("last_day__gte", models.F("first_day"))), name="failure_ends_after_it_began"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Affected",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="failures", to="customers.customer"
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="failures",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "failure",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="affected", to="feedback.failure"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "affected",
                        "ordering": ["failure", "customer", "id"],
                        "indexes": [models.Index(fields=["recorded_at"], name="affected_lately")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("failure"), models.F("customer"), models.F("purchase"), name="affected_once_per_purchase"
                            ),
                            models.UniqueConstraint(
                                models.F("failure"),
                                models.F("customer"),
                                condition=models.Q(("purchase", None)),
                                name="affected_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hypothesis",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("claim", models.TextField(help_text="A sentence that may turn out wrong.", max_length=1000)),
                        ("test", models.TextField(help_text="What would show it wrong; said before looking.", max_length=1000)),
                        ("result", models.TextField(blank=True, max_length=2000)),
                        ("decision", models.TextField(blank=True, max_length=1000)),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("settled_at", models.DateTimeField(editable=False, null=True)),
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
                            "settled_by",
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
                        "verbose_name_plural": "hypotheses",
                        "ordering": ["-made_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("settled_at", None),
                                    models.Q(models.Q(("result", ""), _negated=True), models.Q(("decision", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="hypothesis_settled_with_a_result",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, help_text="When it was said.")),
                        ("day", customers.days.DayField(editable=False)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("words", models.TextField(max_length=5000)),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feedback.channel"
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.customer",
                            ),
                        ),
                        (
                            "recorded_by",
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
                        "ordering": ["-occurred_at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Suggestion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, help_text="When it was said.")),
                        ("day", customers.days.DayField(editable=False)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("title", models.CharField(max_length=120)),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("heard", "Heard"),
                                    ("considered", "Considered"),
                                    ("planned", "Planned"),
                                    ("built", "Built"),
                                    ("declined", "Declined"),
                                ],
                                default="heard",
                                max_length=10,
                            ),
                        ),
                        ("answer", models.TextField(blank=True, help_text="What those who want it are told.", max_length=2000)),
                        (
                            "settled_at",
                            models.DateTimeField(editable=False, help_text="When it was built or declined.", null=True),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feedback.channel"
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.customer",
                            ),
                        ),
                        (
                            "recorded_by",
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
                        "ordering": ["-occurred_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("settled_at__isnull", False), ("state__in", ["built", "declined"])),
                                    models.Q(models.Q(("state__in", ["built", "declined"]), _negated=True), ("settled_at", None)),
                                    _connector="OR",
                                ),
                                name="suggestion_settled_once_it_is",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Supporter",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="supports", to="customers.customer"
                            ),
                        ),
                        (
                            "suggestion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="support", to="feedback.suggestion"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["suggestion", "id"],
                        "constraints": [
                            models.UniqueConstraint(models.F("suggestion"), models.F("customer"), name="supports_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Theme",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        (
                            "claim",
                            models.TextField(help_text="What is said, as a sentence that may turn out wrong.", max_length=1000),
                        ),
                        (
                            "first_day",
                            customers.days.DayField(
                                blank=True, help_text="The first day of the window; empty for no such limit.", null=True
                            ),
                        ),
                        (
                            "last_day",
                            customers.days.DayField(
                                blank=True, help_text="The last day of the window; empty while it is open.", null=True
                            ),
                        ),
                        (
                            "tolerance",
                            models.FloatField(
                                default=0.01,
                                help_text="The share of those concerned that we can live with; 0.01 is 1 %.",
                                validators=[
                                    django.core.validators.MinValueValidator(0.0),
                                    django.core.validators.MaxValueValidator(0.5),
                                ],
                            ),
                        ),
                        (
                            "base",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Not known yet"),
                                    ("failures", "Everyone affected by the failures named here"),
                                    ("buyers", "Everyone who bought in the window, of one product or category if it is named"),
                                    ("tagged", "Everyone with a tag"),
                                ],
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "category",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.category",
                            ),
                        ),
                        ("failures", models.ManyToManyField(blank=True, related_name="themes", to="feedback.failure")),
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
                            "product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("tolerance__gte", 0), ("tolerance__lte", 0.5)), name="theme_tolerance"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sample",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("seed", models.PositiveBigIntegerField(editable=False)),
                        ("size", models.PositiveIntegerField(help_text="How many were asked for.")),
                        (
                            "drawn_from",
                            models.PositiveIntegerField(editable=False, help_text="How many silent voices there were."),
                        ),
                        ("drawn_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "drawn_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "theme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="samples", to="feedback.theme"
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                editable=False,
                                help_text="By which they are asked.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="feedback.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-drawn_at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="SampleMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("place", models.PositiveIntegerField(help_text="In the order of drawing, from 1.")),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("agrees", models.BooleanField(null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                            ),
                        ),
                        (
                            "sample",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="members", to="feedback.sample"
                            ),
                        ),
                        (
                            "invitation",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="feedback.invitation",
                            ),
                        ),
                        (
                            "passed_over",
                            models.CharField(
                                blank=True,
                                help_text="Why they could not be invited, a name of `inviting.REASONS`; the next drawn took their place.",
                                max_length=20,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["sample", "place"],
                        "constraints": [
                            models.UniqueConstraint(models.F("sample"), models.F("customer"), name="sampled_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("agrees", None), ("answered_at", None)),
                                    models.Q(("agrees__isnull", False), ("answered_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="sample_answer_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("change", "We change something"),
                                    ("rest", "We leave it as it is"),
                                    ("ask", "We ask the silent first"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("why", models.TextField(max_length=1000)),
                        ("state", models.CharField(editable=False, help_text="What the evidence said then.", max_length=12)),
                        ("voices", models.PositiveIntegerField(editable=False)),
                        ("exposed", models.PositiveIntegerField(editable=False, null=True)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "theme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="feedback.theme"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Candidate",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "group",
                            models.PositiveIntegerField(
                                default=0, help_text="Those without a theme that read alike share a number, the largest first."
                            ),
                        ),
                        ("likeness", models.FloatField(help_text="The cosine, up to 1.")),
                        (
                            "complaint",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.complaint",
                            ),
                        ),
                        (
                            "response",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.response",
                            ),
                        ),
                        (
                            "satisfaction",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.satisfaction",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.message",
                            ),
                        ),
                        (
                            "suggestion",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.suggestion",
                            ),
                        ),
                        (
                            "theme",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="candidates",
                                to="feedback.theme",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["theme", "group", "-likeness", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("complaint__isnull", False),
                                        ("message__isnull", True),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", True),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", True),
                                        ("response__isnull", False),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", True),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", True),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", False),
                                        ("suggestion__isnull", True),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", True),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", False),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", False),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="candidate_is_one_thing",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ThemeMessage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "complaint",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.complaint",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.message",
                            ),
                        ),
                        (
                            "response",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.response",
                            ),
                        ),
                        (
                            "satisfaction",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.satisfaction",
                            ),
                        ),
                        (
                            "suggestion",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(class)ss",
                                to="feedback.suggestion",
                            ),
                        ),
                        (
                            "theme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="gathered", to="feedback.theme"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["theme", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("complaint__isnull", False),
                                        ("message__isnull", True),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", True),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", True),
                                        ("response__isnull", False),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", True),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", True),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", False),
                                        ("suggestion__isnull", True),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", True),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", False),
                                    ),
                                    models.Q(
                                        ("complaint__isnull", True),
                                        ("message__isnull", False),
                                        ("response__isnull", True),
                                        ("satisfaction__isnull", True),
                                        ("suggestion__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="theme_message_is_one_thing",
                            ),
                            models.UniqueConstraint(models.F("theme"), models.F("complaint"), name="theme_complaint_once"),
                            models.UniqueConstraint(models.F("theme"), models.F("response"), name="theme_response_once"),
                            models.UniqueConstraint(models.F("theme"), models.F("satisfaction"), name="theme_satisfaction_once"),
                            models.UniqueConstraint(models.F("theme"), models.F("suggestion"), name="theme_suggestion_once"),
                            models.UniqueConstraint(models.F("theme"), models.F("message"), name="theme_message_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceLevel",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "severity",
                            models.CharField(
                                choices=[("minor", "minor"), ("serious", "serious"), ("grave", "grave")],
                                max_length=7,
                                unique=True,
                            ),
                        ),
                        (
                            "answer_days",
                            models.PositiveSmallIntegerField(
                                help_text="So many days after it was received; 0 is the same day.",
                                validators=[
                                    django.core.validators.MinValueValidator(0),
                                    django.core.validators.MaxValueValidator(365),
                                ],
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-answer_days"],
                    },
                ),
                migrations.CreateModel(
                    name="Discretion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("account_manager", "Account manager: own book"),
                                    ("team_lead", "Team lead: the team and those below it"),
                                    ("administrator", "Administrator: everything"),
                                ],
                                max_length=20,
                                unique=True,
                            ),
                        ),
                        (
                            "amount",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="In the business's currency, for one complaint; empty is without limit.",
                                max_digits=12,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(0)],
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "discretion",
                        "ordering": ["role"],
                    },
                ),
                migrations.CreateModel(
                    name="Remedy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("apology", "apology"),
                                    ("replacement", "replacement"),
                                    ("refund", "refund, promised"),
                                    ("credit", "credit"),
                                    ("gift", "gift"),
                                    ("other", "something else"),
                                ],
                                max_length=11,
                            ),
                        ),
                        (
                            "amount",
                            models.DecimalField(decimal_places=4, default=0, help_text="What it costs us.", max_digits=16),
                        ),
                        (
                            "currency",
                            models.CharField(
                                max_length=3,
                                validators=[
                                    django.core.validators.RegexValidator("^[A-Z]{3}$", "Three capital letters, as in EUR.")
                                ],
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=2000)),
                        (
                            "state",
                            models.CharField(
                                choices=[("asked", "asked for"), ("granted", "granted"), ("declined", "declined")],
                                default="asked",
                                max_length=8,
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("why", models.TextField(blank=True, max_length=2000)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "complaint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="remedies", to="feedback.complaint"
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "remedies",
                        "ordering": ["asked_at", "id"],
                        "indexes": [
                            models.Index(condition=models.Q(("state", "asked")), fields=["asked_at"], name="remedy_waiting")
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="remedy_amount_not_negative"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("state", "asked")),
                                    models.Q(models.Q(("state", "asked"), _negated=True), ("decided_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="remedy_decided_once_it_is",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reward",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("earned_at", models.DateTimeField(db_index=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="rewards", to="customers.customer"
                            ),
                        ),
                        (
                            "invitation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="reward", to="feedback.invitation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-earned_at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Ask",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("recommendation", "to recommend us"),
                                    ("review", "for a public review"),
                                    ("testimonial", "for a testimonial"),
                                ],
                                default="recommendation",
                                max_length=14,
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.ask",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="ask_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="ask_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Matter",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(max_length=30, unique=True)),
                        ("name", models.CharField(max_length=60)),
                        (
                            "active",
                            models.BooleanField(default=True, help_text="Off: it is asked no more. What was said of it stays."),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["position", "name"],
                    },
                ),
                migrations.CreateModel(
                    name="Importance",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(max_length=200)),
                        ("occurred_at", models.DateTimeField(help_text="When it happened.")),
                        ("day", customers.days.DayField(editable=False, help_text="The business's day on which it happened.")),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, help_text="When we learned of it."
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        ("matter", models.SlugField(help_text="The short name of what matters, as in “price”.", max_length=30)),
                        (
                            "importance",
                            models.PositiveSmallIntegerField(
                                help_text="1, not at all, to 5, decisive.",
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(5),
                                ],
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=5000)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="customers.import",
                            ),
                        ),
                        (
                            "corrects",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrected_by",
                                to="feedback.importance",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.source"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [models.Index(fields=["customer", "day"], name="importance_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="importance_once_per_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("importance__gte", 1), ("importance__lte", 5)), name="importance_1_to_5"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Letter",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waits to be sent"),
                                    ("sending", "being handed over"),
                                    ("sent", "sent"),
                                    ("bounced", "refused by the mail server"),
                                    ("failed", "not taken by the mail server in time"),
                                    ("withheld", "not sent after all"),
                                    ("uncertain", "perhaps sent"),
                                ],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("since", models.DateTimeField(help_text="It is tried for four days from then on.")),
                        ("due_at", models.DateTimeField(help_text="Not tried before.")),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("taken_as", models.UUIDField(editable=False, null=True)),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("words", models.CharField(blank=True, help_text="Why it was not sent, or not yet.", max_length=200)),
                        (
                            "invitation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="letter", to="feedback.invitation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_at", "id"],
                        "indexes": [
                            models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="letter_waiting"),
                            models.Index(
                                condition=models.Q(("state__in", ["sending", "uncertain"])),
                                fields=["taken_at"],
                                name="letter_in_the_air",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "sending"), _negated=True),
                                    models.Q(("taken_as__isnull", False), ("taken_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="letter_sending_is_taken",
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
