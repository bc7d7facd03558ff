import random
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from customers import importing, staging, storing, tasks, undoing
from customers.models import ContactPoint, Customer, Import, Purchase, PurchaseLine, Qualification, Refund, RefusedRow, StagedLine
from tests.customers.conftest import HEADING, NOW, csv, ledgers, nothing
from tests.factories import user


def test_a_line_becomes_a_purchase_a_return_a_free_line_or_is_refused_with_one_reason(bring):
    found = bring(csv(
        "1,ada,2024-01-01,tea,2,3.50",
        "1,ada,2024-01-01,cup,1,0",
        "2,ada,2024-02-01,tea,-1,3.50",
        "3,,2024-02-01,tea,1,3.50",
    ))  # fmt: skip
    assert {key: found[key] for key in ("rows", "taken", "already", "refused", "customers", "purchases", "refunds", "waiting")} == {
        "rows": 4, "taken": 3, "already": 0, "refused": {"no customer": 1}, "customers": 1, "purchases": 1, "refunds": 1, "waiting": 0,
    }  # fmt: skip
    bought = Purchase.objects.get()
    assert (bought.amount, bought.priced, bought.returned, bought.ended) == (7, True, Decimal("3.5"), None)
    assert PurchaseLine.objects.get(free=True).product.code == "cup"
    assert Refund.objects.get().lines.get().matched == 1
    assert RefusedRow.objects.values_list("line", "reason", "content").get() == (5, "no customer", "3,,2024-02-01,tea,1,3.50")


def test_a_document_of_free_lines_only_is_no_occasion(bring):
    bring(csv("1,ada,2024-01-01,tea,2,0"))
    assert Purchase.objects.values_list("priced", "amount").get() == (False, 0)


def test_the_same_file_again_changes_nothing(bring):
    text = csv("1,ada,2024-01-01,tea,2,3.5", "1,ada,2024-01-01,tea,2,3.50", "2,ada,2024-02-01,tea,-1,3.5")
    bring(text)
    before = ledgers()
    again = bring(text)
    assert (again["taken"], again["already"], again["purchases"], again["refunds"], again["customers"]) == (0, 3, 0, 0, 0)
    assert ledgers() == before


ROWS = [
    "1,ada,2024-01-01 09:00,tea,2,3.5", "1,ada,2024-01-01 09:00,tea,2,3.5", "1,ada,2024-01-01 08:00,cup,1,0", "2,bob,2024-01-02,tea,5,3.5",
    "3,ada,2024-01-03,tea,-3,3.5", "4,ada,2024-01-02,tea,1,3.5", "5,bob,2024-01-01,tea,-1,3.5", "6,bob,2024-02-01,tea,-4,3.5",
    "7,ada,2024-02-01,mug,1,9",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_overlapping_files_in_either_order_give_the_union(bring, seed, request):
    chance = random.Random(seed)
    first = [row for row in ROWS if chance.random() < 0.6]
    second = [row for row in ROWS if row not in first or chance.random() < 0.5]
    chance.shuffle(second)
    first_import = bring(csv(*first))["import"]
    second_import = bring(csv(*second))["import"]
    one = ledgers()
    undoing.undo(first_import)
    undoing.undo(second_import)
    assert nothing()
    bring(csv(*second))
    bring(csv(*first))
    assert ledgers() == one


def test_files_unite_as_multisets_and_the_larger_count_wins(bring):
    row = "1,ada,2024-01-01,tea,2,3.5"
    bring(csv(row, row))
    found = bring(csv(row, row, row))
    assert (found["taken"], found["already"]) == (1, 2)
    assert Purchase.objects.get().amount == 21


def test_a_document_dates_from_its_earliest_line_whichever_file_has_it(bring):
    bring(csv("1,ada,2024-01-02 10:00,tea,2,3.5"))
    bring(csv("1,ada,2024-01-01 23:00,tea,2,3.5"))
    assert str(Purchase.objects.get().day) == "2024-01-01"


PEOPLE = "customer,name,email,phone,country,need"


def people(number, **said):
    row = {"name": "Name {n}", "email": "c{n}@example.org", "phone": "+44 {n}", "country": "", "need": "", **said}
    return csv(*[",".join([f"c{n}", *row.values()]).replace("{n}", str(n)) for n in range(number)], heading=PEOPLE)


@pytest.mark.parametrize("said", [{}, {"country": "GB", "need": "yes", "phone": "+45 {n}"}])
def test_many_customers_take_no_more_queries_than_few(bring, said):
    counts = []
    for number in (3, 30):
        bring(people(number), mapping="customers", kind="customers")
        with CaptureQueriesContext(connection) as asked:
            bring(people(number, **said) + "\n" * number, mapping="customers", kind="customers")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_lease_is_renewed_while_lines_read_before_are_skipped(bring, tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "AT_A_TIME", 2)
    path = tmp_path / "long.csv"
    path.write_text(csv(*[f"{n},ada,2024-01-01,tea,1,1" for n in range(10)]))
    of = importing.begin(path, kind="purchases", mapping=importing.find_mapping("purchases"), at=NOW)
    Import.objects.filter(pk=of.pk).update(rows=8, state="reading")
    held = []
    whole = importing.Work.hold
    monkeypatch.setattr(importing.Work, "hold", lambda work, **changes: (held.append(changes), whole(work, **changes)))
    importing.run(of, path, at=NOW)
    assert held[:4] == [{}] * 4  # 8 lines, 2 at a time
    assert held[4]["rows"] == 10


@pytest.mark.parametrize("flip", [1, -1])
def test_a_document_of_two_customers_is_the_one_of_its_earliest_line(bring, flip):
    rows = ["1,ada,2024-01-02,tea,2,3.5", "1,bob,2024-01-01,tea,2,3.5"][::flip]
    found = bring(csv(*rows))
    assert found["refused"] == {"the document belongs to another customer": 1}
    assert [customer.name for customer in Customer.objects.all()] == ["Customer bob"]
    assert Purchase.objects.get().lines.get().copy == 1


def test_a_document_stays_with_the_customer_who_has_it(bring):
    bring(csv("1,ada,2024-01-02,tea,2,3.5"))
    found = bring(csv("1,bob,2024-01-01,tea,2,3.5", "1,ada,2024-01-02,tea,2,3.5"))
    assert (found["already"], found["refused"]) == (1, {"the document belongs to another customer": 1})
    assert not Customer.objects.filter(name="Customer bob").exists()


def test_without_an_invoice_equal_rows_are_purchases_of_their_own(bring):
    text = csv("ada,2024-01-01,10", "ada,2024-01-01,10", "ada,2024-01-01,11", heading="customer,date,price")
    assert bring(text)["purchases"] == 3
    assert bring(text)["already"] == 3
    assert Purchase.objects.count() == 3


def test_a_dry_run_counts_the_same_and_stores_nothing(bring):
    text = csv(*ROWS, "9,,2024-01-01,tea,1,1", "1,eve,2024-03-01,tea,1,1")
    rehearsed = bring(text, dry_run=True)
    assert nothing()
    assert not StagedLine.objects.exists()
    assert rehearsed["import"].refused_rows.count() == 2
    done = bring(text)
    for key in ("rows", "taken", "already", "refused", "customers", "purchases", "refunds", "waiting"):
        assert rehearsed[key] == done[key]


def test_a_return_that_names_its_purchase_waits_for_it(bring):
    heading = HEADING + ",returns_invoice"
    early = bring(csv("2,ada,2024-01-05,tea,-1,3.5,1", heading=heading))
    assert early["waiting"] == 1
    bring(csv("9,ada,2024-01-04,tea,1,3.5,", heading=heading))
    bring(csv("1,ada,2024-01-01,tea,2,3.5,", heading=heading))
    refund = Refund.objects.get()
    assert (refund.purchase.external_id, refund.names, refund.lines.get().matched) == ("1", "", 1)


def test_what_is_said_of_a_customer_is_filled_in(bring):
    owner = user("ingrid")
    heading = "customer,date,price,name,email,phone,country,owner,need,ability"
    bring(csv("a1,2024-01-01,5,Ada,ada@example.org,+44 1,GB,ingrid,yes,unknown", heading=heading))
    ada = Customer.objects.get()
    assert (ada.name, ada.country, ada.owner, ada.team) == ("Ada", "GB", owner, owner.team)
    assert set(ContactPoint.objects.values_list("kind", "value")) == {("email", "ada@example.org"), ("phone", "+44 1")}
    assert set(Qualification.objects.values_list("subject", "answer")) == {("need", "yes"), ("ability", "unknown")}


def test_customers_are_brought_in_filled_but_never_overwritten(bring):
    heading = "customer,name,email,country"
    found = bring(
        csv("a1,Ada,ada@example.org,", "b2,Bob,,FR", "b2,Bob,,FR", "c3,,not an address,", heading=heading),
        mapping="customers",
        kind="customers",
    )
    assert (found["rows"], found["taken"], found["already"], found["customers"]) == (4, 2, 1, 2)
    assert found["refused"] == {"not an e-mail address": 1}
    again = bring(csv("a1,Adelaide,ada@example.org,GB", "b2,Bob,,FR", heading=heading), mapping="customers", kind="customers")
    assert (again["taken"], again["already"], again["customers"]) == (1, 1, 0)
    assert Customer.objects.filter(name="Ada", country="GB").exists()
    undoing.undo(again["import"])
    assert Customer.objects.filter(name="Ada", country="").exists()


def test_the_country_does_not_depend_on_the_order_of_lines(bring):
    heading = "customer,date,price,country"
    bring(csv("a1,2024-01-01,5,Spain", "a1,2024-01-02,5,France", "a1,2024-01-03,5,", heading=heading))
    assert Customer.objects.get().country == "France"


def test_a_row_can_be_refused_by_the_mapping(bring):
    mapping = (
        importing.find_mapping("purchases")[1] + '\n[[refuse]]\nfield = "invoice"\nstarts_with = ["A"]\nbecause = "bad debt"\n'
    )
    assert bring(csv("A1,ada,2024-01-01,tea,1,1", "1,ada,2024-01-01,tea,1,1"), mapping=mapping)["refused"] == {"bad debt": 1}


def test_a_zip_of_one_file_is_read(bring, tmp_path):
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("file.csv", csv("1,ada,2024-01-01,tea,1,1"))
    assert bring(path)["taken"] == 1


def test_two_do_not_work_on_one_import(bring, tmp_path, monkeypatch):
    path = tmp_path / "held.csv"
    path.write_text(csv("1,ada,2024-01-01,tea,1,1"))
    of = importing.begin(path, kind="purchases", mapping=importing.find_mapping("purchases"), at=Import().made_at)
    monkeypatch.setattr(importing, "PATIENCE", importing.timedelta(0))
    Import.objects.filter(pk=of.pk).update(lease_until=importing.datetime.now(importing.UTC) + importing.timedelta(minutes=1))
    with pytest.raises(importing.Failed, match="Another process"):
        importing.run(of, path, at=of.made_at)
    assert nothing()


def test_the_door_brings_in_what_was_uploaded_once_and_says_on_the_import_why_it_failed(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.MEDIA_ROOT.mkdir()
    texts = {
        "uploads/good.csv": csv("1,ada,2024-01-01,tea,1,1"),
        "uploads/bad.csv": "nothing\n",
        "typed.csv": csv("2,ada,2024-01-01,tea,1,1"),
    }
    imports = []
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        imports.append(importing.begin(tmp_path / name, kind="purchases", mapping=importing.find_mapping("purchases"), at=NOW))
    tasks.bring_in()
    tasks.bring_in()
    good, bad, typed = (Import.objects.get(pk=of.pk) for of in imports)
    assert (good.state, bad.state) == ("done", "failed")
    assert "no column" in bad.error
    assert typed.state == "waiting"  # a file of a command is the command's to go on with
    assert Purchase.objects.count() == 1


LARGE = "9999999999"


def test_a_line_worth_more_than_the_ledger_holds_is_refused_and_the_others_are_taken(bring):
    found = bring(
        csv(f"1,ada,2024-01-01,tea,{LARGE},101", "2,ada,2024-01-01,tea,-9999999999,9999999999", "3,ada,2024-01-01,tea,1,1")
    )
    assert (found["taken"], found["refused"]) == (1, {"quantity times price is above 999,999,999,999": 2})
    assert set(RefusedRow.objects.values_list("line", flat=True)) == {2, 3}


def test_a_document_whose_lines_add_up_to_more_is_refused_with_all_its_lines(bring):
    found = bring(csv(f"1,ada,2024-01-01,tea,{LARGE},60", f"1,ada,2024-01-01,cup,{LARGE},60", f"2,ada,2024-01-01,tea,{LARGE},60"))
    assert (found["taken"], found["refused"]) == (1, {"the document's lines add up to more than 999,999,999,999": 2})
    assert [bought.external_id for bought in Purchase.objects.all()] == ["2"]


@pytest.fixture
def uploads(db, tmp_path, settings):
    """Three uploaded files, one after the other."""
    settings.MEDIA_ROOT = tmp_path
    found = []
    for number in (1, 2, 3):
        path = tmp_path / f"{number}.csv"
        path.write_text(csv(f"{number},c{number},2024-01-01,tea,1,1", f"{number}0,c{number},2024-01-02,tea,1,1"))
        found.append(importing.begin(path, kind="purchases", mapping=importing.find_mapping("purchases"), at=NOW))
    return found


def breaking(monkeypatch, of, error, *, times=99):
    """Storing of one import fails in its second range."""
    monkeypatch.setattr(storing, "AT_A_TIME", 1)
    whole, calls = storing.Range.store, iter(range(1000))

    def store(some):
        if some.of.pk == of.pk and 0 < next(calls) <= times:
            raise error
        return whole(some)

    monkeypatch.setattr(storing.Range, "store", store)


@pytest.mark.parametrize("error", [DataError("numeric field overflow\nDETAIL: of a field"), KeyError("surprise")])
def test_an_import_that_breaks_while_storing_leaves_nothing_and_keeps_none_waiting(uploads, monkeypatch, error):
    broken = uploads[1]
    breaking(monkeypatch, broken, error)
    tasks.bring_in()
    assert [Import.objects.get(pk=of.pk).state for of in uploads] == ["done", "failed", "done"]
    broken.refresh_from_db()
    assert broken.error == f"It stopped at an error that nobody expected: {str(error).splitlines()[0]}."
    assert set(Purchase.objects.values_list("external_id", flat=True)) == {"1", "10", "3", "30"}
    assert not Customer.objects.filter(name="Customer c2").exists()
    assert not StagedLine.objects.exists()


def test_an_import_whose_database_goes_away_is_no_failure_and_goes_on(uploads, monkeypatch):
    broken = uploads[0]
    with monkeypatch.context() as patched:
        breaking(patched, broken, OperationalError("server closed the connection unexpectedly"))
        tasks.bring_in()
    assert [Import.objects.get(pk=of.pk).state for of in uploads] == ["storing", "done", "done"]
    Import.objects.filter(pk=broken.pk).update(lease_until=None)
    tasks.bring_in()
    broken.refresh_from_db()
    assert (broken.state, broken.stored, broken.counts["taken"]) == ("done", 2, 2)


def test_an_import_chosen_to_give_way_tries_again(uploads, monkeypatch):
    breaking(monkeypatch, uploads[0], OperationalError("deadlock detected"), times=2)
    tasks.bring_in()
    uploads[0].refresh_from_db()
    assert (uploads[0].state, uploads[0].stored) == ("done", 2)


def test_a_file_tells_channels_and_what_each_line_cost(bring):
    heading = HEADING + ",channel,cost"
    found = bring(csv(
        "1,ada,2024-01-01,tea,2,3.50,,1.20", "1,ada,2024-01-01,cup,1,0,shop,", "2,ada,2024-02-01,tea,-1,3.50,shop,1.20",
        "3,ada,2024-02-01,tea,1,3.50,shop,-1", f"4,ada,2024-02-01,tea,1,3.50,{'x' * 41},1", heading=heading,
    ))  # fmt: skip
    assert found["refused"] == {"a cost below 0": 1, "channel is longer than 40 characters": 1}
    assert Purchase.objects.get().channel == "shop"
    assert dict(PurchaseLine.objects.values_list("product__code", "unit_cost")) == {"tea": Decimal("1.2"), "cup": None}


def test_a_file_tells_when_it_was_promised_and_delivered_by_the_calendar_it_writes(bring):
    heading = HEADING + ",delivered,promised"
    found = bring(csv(
        "1,ada,2024-01-01,tea,2,3.50,2024-01-05 23:30:00,2024-01-04", "1,ada,2024-01-01,cup,1,3.50,2024-01-03,2024-01-03",
        "2,ada,2024-01-02,tea,1,3.50,,", "3,ada,2024-01-02,tea,1,3.50,soon,", "4,ada,2024-01-02,tea,-1,3.50,2024-01-09,", heading=heading,
    ))  # fmt: skip
    assert found["refused"] == {"the day in delivered does not fit the mapping": 1}
    told = Purchase.objects.order_by("external_id").values_list("external_id", "fulfilled", "promised")
    assert list(told) == [("1", date(2024, 1, 5), date(2024, 1, 4)), ("2", None, None)]
    bring(csv("2,ada,2024-01-02,tea,1,3.50,2024-01-03,2024-01-03", heading=heading))
    assert Purchase.objects.get(external_id="2").fulfilled is None, "the first file decides"
