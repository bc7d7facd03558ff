"""Everything up to here at once, for a new installation: one that has some of it goes on step by step."""

import uuid
from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import customers.days
import customers.models.imports
import customers.models.people
from customers.migrating import CreateModels

# The rows that come with the product, each as the migration that brought it says it.
SHIPPED = (
    ("0002_first_source", "first_source"),
    ("0016_evidence_files", "ship"),
)


def ship(apps, schema_editor):
    for migration, brings in SHIPPED:
        getattr(import_module(f"customers.migrations.{migration}"), brings)(apps, schema_editor)


class Migration(migrations.Migration):
    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_first_source"),
        ("customers", "0010_mappings"),
        ("customers", "0011_zone"),
        ("customers", "0012_purchases_by_day"),
        ("customers", "0013_folded_name"),
        ("customers", "0014_partnership"),
        ("customers", "0015_joint_plan_ids"),
        ("customers", "0016_evidence_files"),
        ("customers", "0017_costs_and_channels"),
        ("customers", "0018_custom_fields"),
        ("customers", "0019_purchase_taken_back"),
        ("customers", "0020_evidence_of_purchases"),
        ("customers", "0021_bringing"),
        ("customers", "0022_other_id"),
        ("customers", "0023_households_and_promised"),
        ("customers", "0024_own_page"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0004_configure_scope"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Category",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=100, unique=True)),
                        ("first_sold", customers.days.DayField(help_text="The day it was first on sale.")),
                    ],
                    options={
                        "verbose_name_plural": "categories",
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Mapping",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True)),
                        ("kind", models.CharField(choices=customers.models.imports.kinds, max_length=20)),
                        ("text", models.TextField(help_text="TOML")),
                        ("shipped", models.BooleanField(default=False, editable=False)),
                    ],
                    options={
                        "ordering": ["kind", "slug"],
                    },
                ),
                migrations.CreateModel(
                    name="Source",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        "ordering": ["slug"],
                    },
                ),
                migrations.CreateModel(
                    name="Tag",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=50, unique=True)),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Import",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("kind", models.CharField(choices=customers.models.imports.kinds, max_length=20)),
                        ("mapping", models.CharField(help_text="The mapping's name.", max_length=100)),
                        ("mapping_text", models.TextField(help_text="The mapping as it was when the file was read.")),
                        ("file_name", models.CharField(max_length=255)),
                        (
                            "sha256",
                            models.CharField(
                                help_text="Of the file's bytes and the mapping's text: the same again resumes.", max_length=64
                            ),
                        ),
                        ("path", models.CharField(blank=True, help_text="Where an uploaded file waits.", max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("reading", "reading the file"),
                                    ("storing", "storing"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                    ("undone", "undone"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("dry_run", models.BooleanField(default=False)),
                        ("rows", models.PositiveIntegerField(default=0, help_text="Lines read so far, the header apart.")),
                        ("bytes_read", models.PositiveBigIntegerField(default=0)),
                        ("bytes_total", models.PositiveBigIntegerField(default=0)),
                        ("stored", models.PositiveIntegerField(default=0, help_text="Documents stored so far.")),
                        ("documents", models.PositiveIntegerField(default=0)),
                        (
                            "counts",
                            models.JSONField(
                                default=dict,
                                help_text="rows, taken, already, refused, customers, purchases, refunds, waiting, seconds",
                            ),
                        ),
                        ("error", models.TextField(blank=True)),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("lease_until", models.DateTimeField(help_text="Whoever works on it holds it until then.", null=True)),
                        (
                            "by",
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
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Product",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=100)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        (
                            "category",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="customers.category",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="products", to="customers.source"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.UniqueConstraint(models.F("source"), models.F("code"), name="product_once_per_source")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefusedRow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("line", models.PositiveIntegerField(help_text="In the file, counted from 1.")),
                        ("reason", models.CharField(max_length=200)),
                        ("content", models.TextField()),
                        (
                            "brought_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="refused_rows", to="customers.import"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brought_by", "line"],
                        "constraints": [
                            models.UniqueConstraint(models.F("brought_by"), models.F("line"), name="refused_once_per_line")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StagedCustomer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("line", models.PositiveIntegerField()),
                        ("external_id", models.CharField(max_length=200)),
                        ("name", models.CharField(max_length=200)),
                        ("email", models.CharField(max_length=300)),
                        ("phone", models.CharField(max_length=300)),
                        ("country", models.CharField(max_length=60)),
                        ("language", models.CharField(max_length=10)),
                        ("owner", models.CharField(max_length=150)),
                        ("need", models.CharField(max_length=7)),
                        ("ability", models.CharField(max_length=7)),
                        ("content", models.TextField()),
                        (
                            "brought_by",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customers.import",
                            ),
                        ),
                        ("fields", models.TextField(default="", help_text="Fields of our own that the file fills, as JSON.")),
                        ("also", models.CharField(default="", help_text="Another id of theirs at the source.", max_length=200)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["brought_by", "external_id"], name="staged_by_customer")],
                    },
                ),
                migrations.CreateModel(
                    name="StagedLine",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("line", models.PositiveIntegerField()),
                        ("document", models.CharField(max_length=200)),
                        ("refund", models.BooleanField()),
                        ("customer", models.CharField(help_text="As the source calls them.", max_length=200)),
                        ("product", models.CharField(help_text="The source's code; empty means none.", max_length=100)),
                        ("description", models.CharField(max_length=200)),
                        ("quantity", models.DecimalField(decimal_places=4, max_digits=14)),
                        ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                        ("free", models.BooleanField()),
                        ("occurred_at", models.DateTimeField()),
                        ("day", customers.days.DayField()),
                        ("names", models.CharField(help_text="The purchase a return names.", max_length=200)),
                        ("content", models.TextField()),
                        (
                            "brought_by",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customers.import",
                            ),
                        ),
                        ("channel", models.CharField(default="", max_length=40)),
                        ("unit_cost", models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                        ("fulfilled", customers.days.DayField(null=True)),
                        ("promised", customers.days.DayField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["brought_by", "document"], name="staged_by_document")],
                    },
                ),
                migrations.CreateModel(
                    name="StagedEvidence",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("line", models.PositiveIntegerField()),
                        (
                            "external_id",
                            models.CharField(
                                help_text="Its id, or customer, day, content and number among equals.", max_length=200
                            ),
                        ),
                        ("customer", models.CharField(help_text="As the source calls them.", max_length=200)),
                        ("other", models.CharField(help_text="Another customer whom it names.", max_length=200)),
                        ("occurred_at", models.DateTimeField()),
                        ("day", customers.days.DayField()),
                        ("said", models.JSONField(help_text="The ledger's fields.")),
                        ("steps", models.JSONField(help_text="What came after.")),
                        ("content", models.TextField()),
                        ("waits", models.BooleanField(default=False)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.import"
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                default="", help_text="Of the customer, should they have to be made.", max_length=200
                            ),
                        ),
                        (
                            "purchase",
                            models.CharField(
                                default="", help_text="The purchase it is about, as the source calls it.", max_length=200
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["brought_by", "external_id"], name="staged_by_evidence")],
                    },
                ),
                migrations.CreateModel(
                    name="Vouch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=20)),
                        ("row", models.BigIntegerField()),
                        ("field", models.CharField(blank=True, max_length=40)),
                        (
                            "brought_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.import"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("kind"), models.F("row"), models.F("brought_by"), models.F("field"), name="vouched_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomField",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "slug",
                            models.CharField(
                                help_text="What rules, files and systems call it: field:slug.",
                                max_length=40,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9][a-z0-9_-]*\\Z", "Small letters, digits, hyphens and underscores."
                                    )
                                ],
                            ),
                        ),
                        ("label", models.CharField(max_length=60)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("number", "A whole number"),
                                    ("choice", "One of some words"),
                                    ("flag", "Yes or no"),
                                    ("date", "A date"),
                                    ("text", "Text"),
                                ],
                                max_length=6,
                            ),
                        ),
                        (
                            "choices",
                            models.JSONField(
                                blank=True, default=list, help_text="The words, in their order. More may be added at the end."
                            ),
                        ),
                        (
                            "archived_at",
                            models.DateTimeField(editable=False, help_text="Since when it is asked no more.", null=True),
                        ),
                    ],
                    options={
                        "ordering": ["label", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Bringing",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "brought_by",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customers.import",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Household",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                    options={
                        "ordering": ["name", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Customer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("person", "Person"), ("organisation", "Organisation")], default="person", max_length=12
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "form_of_address",
                            models.CharField(
                                blank=True,
                                choices=[("first_name", "By first name"), ("formal", "Formally"), ("", "Not known")],
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("language", models.CharField(blank=True, help_text='As in "en" or "pt-br".', max_length=10)),
                        ("country", models.CharField(blank=True, max_length=60)),
                        (
                            "time_zone",
                            models.CharField(
                                blank=True,
                                help_text='As in "Europe/Paris"; empty means the business\'s.',
                                max_length=50,
                                validators=[customers.days.check_zone],
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("recorded_day", customers.days.DayField(editable=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="people",
                                to="customers.customer",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="customers",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="customers", to="accounts.team"
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
                            "source",
                            models.ForeignKey(
                                help_text="Where we first heard of them.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.source",
                            ),
                        ),
                        ("folded_name", customers.models.people.FoldedName(editable=False)),
                        (
                            "household",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="members",
                                to="customers.household",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "indexes": [models.Index(fields=["name", "id"], name="customer_by_name")],
                    },
                ),
                migrations.CreateModel(
                    name="Purchase",
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
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.DecimalField(decimal_places=4, default=0, max_digits=16)),
                        ("channel", models.CharField(blank=True, max_length=40)),
                        ("fulfilled", customers.days.DayField(blank=True, help_text="The day it was delivered.", null=True)),
                        (
                            "covers_until",
                            customers.days.DayField(
                                blank=True, help_text="The last day a contract, a subscription or a stock covers.", null=True
                            ),
                        ),
                        (
                            "priced",
                            models.BooleanField(default=True, help_text="It has a priced line, so its day is an occasion."),
                        ),
                        (
                            "ended",
                            customers.days.DayField(
                                editable=False, help_text="The day on which all of it had been taken back.", null=True
                            ),
                        ),
                        ("returned", models.DecimalField(decimal_places=4, default=0, editable=False, max_digits=16)),
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
                                to="customers.purchase",
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
                            "promised",
                            customers.days.DayField(
                                blank=True, help_text="The last day on which it was promised to be there.", null=True
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=["customer", "day"],
                                include=("ended", "priced", "amount", "covers_until"),
                                name="purchase_covering",
                            ),
                            models.Index(condition=models.Q(("withdrawn_at", None)), fields=["day"], name="purchase_by_day"),
                            models.Index(
                                condition=models.Q(("ended__isnull", False), ("withdrawn_at", None)),
                                fields=["customer", "ended"],
                                name="purchase_taken_back",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="purchase_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PurchaseLine",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("quantity", models.DecimalField(decimal_places=4, default=1, max_digits=14)),
                        ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                        (
                            "free",
                            models.BooleanField(
                                default=False, help_text="A sample, gift, replacement or trial: a fact, but no occasion."
                            ),
                        ),
                        ("copy", models.PositiveIntegerField(default=1)),
                        (
                            "returned",
                            models.DecimalField(
                                decimal_places=4, default=0, editable=False, help_text="Quantity taken back.", max_digits=14
                            ),
                        ),
                        (
                            "ended",
                            customers.days.DayField(
                                editable=False, help_text="The day on which all of it had been taken back.", null=True
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
                            "customer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.customer",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="customers.product",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "unit_cost",
                            models.DecimalField(
                                blank=True,
                                decimal_places=4,
                                help_text="What one cost us; empty where nobody knows.",
                                max_digits=16,
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["purchase", "id"],
                        "indexes": [models.Index(fields=["customer", "product", "unit_price"], name="purchase_line_matching")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("purchase"),
                                models.F("product"),
                                models.F("quantity"),
                                models.F("unit_price"),
                                models.F("copy"),
                                name="purchase_line_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)), name="purchase_line_quantity_above_zero"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("unit_price__gte", 0)), name="purchase_line_price_not_negative"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("unit_cost", None), ("unit_cost__gte", 0), _connector="OR"),
                                name="purchase_line_cost_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Qualification",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("subject", models.CharField(choices=[("need", "Need"), ("ability", "Able to pay")], max_length=7)),
                        (
                            "answer",
                            models.CharField(choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Unknown")], max_length=7),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300)),
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
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
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
                        "ordering": ["customer", "subject", "since", "id"],
                        "indexes": [models.Index(fields=["customer", "since"], name="qualification_by_customer")],
                    },
                ),
                migrations.CreateModel(
                    name="Refund",
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
                            "names",
                            models.CharField(
                                blank=True,
                                editable=False,
                                help_text="The purchase it names, while that has not arrived.",
                                max_length=200,
                            ),
                        ),
                        ("whole", models.BooleanField(default=False, help_text="All of the named purchase is taken back.")),
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.DecimalField(decimal_places=4, default=0, max_digits=16)),
                        ("reason", models.CharField(blank=True, max_length=200)),
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
                                to="customers.refund",
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
                                related_name="refunds",
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
                    ],
                    options={
                        "ordering": ["-occurred_at", "-id"],
                        "indexes": [
                            models.Index(fields=["customer", "day"], name="refund_by_customer"),
                            models.Index(
                                condition=models.Q(("names", ""), _negated=True),
                                fields=["source", "names"],
                                name="refund_waiting_for_purchase",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="refund_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mention",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("occurred_at", models.DateTimeField()),
                        ("day", customers.days.DayField()),
                        (
                            "brought_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.import"
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="customers.refund",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("purchase__isnull", True), ("refund__isnull", False)),
                                    models.Q(("purchase__isnull", False), ("refund__isnull", True)),
                                    _connector="OR",
                                ),
                                name="mention_of_one_document",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefundLine",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("quantity", models.DecimalField(decimal_places=4, default=1, max_digits=14)),
                        ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                        ("copy", models.PositiveIntegerField(default=1)),
                        (
                            "matched",
                            models.DecimalField(
                                decimal_places=4,
                                default=0,
                                editable=False,
                                help_text="Quantity that found its purchase.",
                                max_digits=14,
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
                            "customer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.customer",
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
                            "purchase_line",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.purchaseline",
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="customers.refund",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["refund", "id"],
                        "indexes": [models.Index(fields=["customer", "product", "unit_price"], name="refund_line_matching")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("refund"),
                                models.F("product"),
                                models.F("quantity"),
                                models.F("unit_price"),
                                models.F("copy"),
                                name="refund_line_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)), name="refund_line_quantity_above_zero"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LineMention",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "brought_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.import"
                            ),
                        ),
                        (
                            "purchase_line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="customers.purchaseline",
                            ),
                        ),
                        (
                            "refund_line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="customers.refundline",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("purchase_line__isnull", True), ("refund_line__isnull", False)),
                                    models.Q(("purchase_line__isnull", False), ("refund_line__isnull", True)),
                                    _connector="OR",
                                ),
                                name="mention_of_one_line",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnMatch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("quantity", models.DecimalField(decimal_places=4, max_digits=14)),
                        (
                            "day",
                            customers.days.DayField(
                                help_text="From when it counts: the later of the refund's day and the purchase's."
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                            ),
                        ),
                        (
                            "purchase_line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="matches", to="customers.purchaseline"
                            ),
                        ),
                        (
                            "refund_line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="matches", to="customers.refundline"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(models.F("refund_line"), models.F("purchase_line"), name="match_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExternalId",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("external_id", models.CharField(max_length=200)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="external_ids", to="customers.customer"
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
                        "constraints": [
                            models.UniqueConstraint(models.F("source"), models.F("external_id"), name="customer_once_per_source")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stop",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "until",
                            customers.days.DayField(
                                blank=True, help_text="The first day on which it no longer holds.", null=True
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("do_not_contact", "Does not want to be contacted"),
                                    ("minor", "A minor"),
                                    ("legal", "Legal dispute"),
                                    ("insolvency", "Insolvency"),
                                ],
                                max_length=15,
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
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
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
                        "ordering": ["customer", "since"],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerTag",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "until",
                            customers.days.DayField(
                                blank=True, help_text="The first day on which it no longer holds.", null=True
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
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
                            "tag",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.tag"),
                        ),
                    ],
                    options={
                        "ordering": ["customer", "tag", "since"],
                    },
                ),
                migrations.CreateModel(
                    name="UsableCategory",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "until",
                            customers.days.DayField(
                                blank=True, help_text="The first day on which it no longer holds.", null=True
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("hand", "set by hand"),
                                    ("segment", "by segment"),
                                    ("assumed", "assumed from what others buy"),
                                ],
                                default="hand",
                                max_length=7,
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
                            "category",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.category"
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
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
                        "verbose_name_plural": "usable categories",
                        "ordering": ["customer", "category", "since"],
                        "indexes": [models.Index(fields=["customer", "category", "since"], name="usable_by_customer")],
                    },
                ),
                migrations.CreateModel(
                    name="Filling",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("field", models.CharField(max_length=20)),
                        ("before", models.CharField(blank=True, max_length=200)),
                        ("after", models.CharField(max_length=200)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                            ),
                        ),
                        (
                            "brought_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.import"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("brought_by"), models.F("customer"), models.F("field"), name="filled_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactPoint",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("email", "E-mail"), ("phone", "Phone"), ("post", "Postal address")], max_length=5
                            ),
                        ),
                        ("value", models.CharField(max_length=300)),
                        ("preferred", models.BooleanField(default=False)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="contact_points",
                                to="customers.customer",
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
                    ],
                    options={
                        "ordering": ["-preferred", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("customer"), models.F("kind"), models.F("value"), name="contact_point_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotRanked",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "until",
                            customers.days.DayField(
                                blank=True, help_text="The first day on which it no longer holds.", null=True
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("staff", "Our own staff"),
                                    ("supplier", "Supplier"),
                                    ("competitor", "Competitor"),
                                    ("test", "Test record"),
                                    ("deceased", "Deceased"),
                                    ("ceased", "Ceased trading"),
                                ],
                                max_length=10,
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
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
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
                        "verbose_name_plural": "not ranked",
                        "ordering": ["customer", "since"],
                        "indexes": [models.Index(fields=["customer", "since"], name="not_ranked_by_customer")],
                    },
                ),
                migrations.CreateModel(
                    name="Involvement",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("attended", "came to something"),
                                    ("served", "served on something"),
                                    ("answered", "answered again"),
                                    ("enrolled", "was enrolled automatically"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "what",
                            models.CharField(blank=True, help_text="The forum, council, party or programme.", max_length=200),
                        ),
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
                                to="customers.involvement",
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
                        "indexes": [models.Index(fields=["customer", "day"], name="involvement_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="involvement_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JointPlan",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "until",
                            customers.days.DayField(
                                blank=True, help_text="The first day on which it no longer holds.", null=True
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("accepted_by_us", customers.days.DayField(blank=True, null=True)),
                        ("accepted_by_them", customers.days.DayField(blank=True, null=True)),
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
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
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
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        (
                            "source",
                            models.ForeignKey(
                                blank=True,
                                help_text="None for one typed in by hand.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.source",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["customer", "since"],
                        "indexes": [models.Index(fields=["customer", "since"], name="joint_plan_by_customer")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"), models.F("external_id"), name="joint_plan_once_per_source"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Referral",
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
                            "name",
                            models.CharField(
                                blank=True, help_text="Whom they named, as far as the referrer allowed.", max_length=200
                            ),
                        ),
                        (
                            "prompted",
                            models.BooleanField(
                                default=False,
                                help_text="By our code, link or form, a promised reward, or somebody of ours who asked in the 30 days before.",
                            ),
                        ),
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
                                to="customers.referral",
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
                            "referred",
                            models.ForeignKey(
                                blank=True,
                                help_text="Once they are a customer record of their own.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referred_by",
                                to="customers.customer",
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
                        "indexes": [
                            models.Index(fields=["customer", "day"], name="referral_by_customer"),
                            models.Index(
                                condition=models.Q(("withdrawn_at", None)), fields=["referred"], name="referral_by_referred"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("source"),
                                models.F("external_id"),
                                condition=models.Q(("withdrawn_at", None)),
                                name="referral_once_per_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("referred", None),
                                    models.Q(("referred", models.F("customer")), _negated=True),
                                    _connector="OR",
                                ),
                                name="referral_not_of_oneself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FieldValue",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("value", models.CharField(blank=True, help_text="Empty: unknown from that day on.", max_length=300)),
                        (
                            "number",
                            models.BigIntegerField(
                                editable=False, help_text="What rules compare: see CustomField.read.", null=True
                            ),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(
                                editable=False, help_text="When something else was said of that very day.", null=True
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
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
                            ),
                        ),
                        (
                            "field",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customfield"
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
                        "ordering": ["customer", "field", "since", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=["customer", "field", "since"],
                                name="field_value_by_customer",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefusedWay",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("since", customers.days.DayField(help_text="From which day it holds.")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "until",
                            customers.days.DayField(
                                blank=True, help_text="The first day on which it no longer holds.", null=True
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[("email", "E-mail"), ("phone", "Phone"), ("post", "Postal address")], max_length=5
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
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="customers.customer"
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
                        "ordering": ["customer", "since"],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "about",
                            models.CharField(
                                editable=False, help_text="What it is about, as their page calls it.", max_length=60
                            ),
                        ),
                        ("shown", models.CharField(editable=False, help_text="What their page said.", max_length=300)),
                        ("words", models.TextField(editable=False, max_length=2000)),
                        ("received_at", models.DateTimeField(editable=False)),
                        (
                            "due_day",
                            customers.days.DayField(editable=False, help_text="The last day on which an answer is in time."),
                        ),
                        ("answered_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True, choices=[("corrected", "Put right"), ("kept", "Left as it is")], max_length=9
                            ),
                        ),
                        (
                            "answer",
                            models.TextField(blank=True, help_text="The customer reads it on their page.", max_length=2000),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="customers.customer"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-received_at", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("answered_at", None)), fields=["due_day", "id"], name="correction_waiting"
                            ),
                            models.Index(fields=["customer", "received_at"], name="correction_by_customer"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at", None), ("outcome", "")),
                                    models.Q(("answered_at__isnull", False), ("outcome__in", ["corrected", "kept"])),
                                    _connector="OR",
                                ),
                                name="correction_answered_with_an_outcome",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwnLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("expires_at", models.DateTimeField()),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("made_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(help_text="From then on it opens nothing.", null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="own_links", to="customers.customer"
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-made_at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("customer"), condition=models.Q(("closed_at", None)), name="own_link_one_at_a_time"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("made_at"))),
                                name="own_link_expires_after_it_was_made",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
