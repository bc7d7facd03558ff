"""Files of what customers say and do beside buying."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from customers import importing, noting, undoing
from customers.entering import withdraw
from customers.ledgers import ledgers as kinds
from customers.models import Customer, ExternalId, Involvement, JointPlan, Referral, Source, StagedEvidence, Vouch
from customers.tasks import bring_in
from feedback import confirming, handling
from feedback.models import Complaint, HostileAct, Recommendation, Response
from ladder.models import StaleMark
from tests.customers.conftest import NOW, csv
from tests.factories import customer, here, user

pytestmark = pytest.mark.django_db

SAMPLES = {
    "responses": ("score,words", "9,Lovely"),
    "satisfaction": ("score,subject", "4,service"),
    "recommendations": ("prompted,kind,to_whom", "no,reference,Bert"),
    "opinions": ("question,words", "why-us,It lasts"),
    "importances": ("matter,importance", "price,5"),
    "asks": ("what,words", "review,Please"),
    "referrals": ("prompted,name", "yes,Bert"),
    "involvements": ("kind,what", "served,Council"),
    "complaints": ("words,due_day", "Late,2024-02-09"),
    "hostile_acts": ("audience,evidence", "the fair,heard by Bert"),
    "joint_plans": ("name,accepted_by_us", "Plan,2024-01-20"),
    "leaving_notices": ("words", "Enough"),
    "competitors": ("competitor", "Acme"),
}


@pytest.fixture
def ada(db):
    return customer("ada")


@pytest.fixture
def told(bring, ada):
    """Brings rows of one kind in, from a source that calls Ada a."""

    def told(kind, *rows, heading=None, mapping=None, **extra):
        mapping = mapping or importing.find_mapping(kind)[1].replace('source = "file"', 'source = "here"')
        return bring(csv(*rows, heading=heading or f"customer,date,{SAMPLES[kind][0]}"), kind=kind, mapping=mapping, **extra)

    return told


def count(found):
    return {key: found[key] for key in ("rows", "taken", "already", "refused")}


def row(kind, who="ada", day="2024-01-09"):
    return f"{who},{day},{SAMPLES[kind][1]}"


def test_every_ledger_of_evidence_has_a_sample_here_and_a_plain_mapping():
    assert set(SAMPLES) == set(kinds())


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_row_is_taken_once_and_an_undone_import_leaves_nothing(told, ada, kind):
    model = kinds()[kind]
    first = told(kind, row(kind), row(kind, who="eve"))
    assert count(first) == {"rows": 2, "taken": 1, "already": 0, "refused": {"nobody is known by this id": 1}}
    found = model.objects.get()
    assert (found.customer, found.brought_by) == (ada, first["import"])
    again = told(kind, row(kind), row(kind, who="eve"))
    assert (again["taken"], again["already"], model.objects.count()) == (0, 1, 1)
    assert undoing.undo(again["import"])["documents"] == 0
    assert undoing.undo(first["import"]) == {"lines": 1, "documents": 1, "customers": 0}
    assert not model.objects.exists()


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_rehearsal_stores_nothing_and_says_the_same(told, kind):
    rehearsed = told(kind, row(kind), row(kind, who="eve"), dry_run=True)
    assert not kinds()[kind].objects.exists()
    assert count(rehearsed) == count(told(kind, row(kind), row(kind, who="eve")))
    assert rehearsed["import"].refused_rows.get().line == 3


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_an_import_brings_is_marked_as_imported(told, kind):
    StaleMark.objects.all().delete()
    told(kind, row(kind))
    assert set(StaleMark.objects.values_list("imported", flat=True)) == {True}


@pytest.mark.parametrize(("kind", "heading", "said", "reason"), [
    ("responses", "score", "11", "A score is a whole number from 0 to 10."),
    ("responses", "score", "-1", "A score is a whole number from 0 to 10."),
    ("responses", "score", "8.5", "score is not a whole number"),
    ("responses", "score", "", "no score"),
    ("responses", "score,scale", "4,1-5", "scale is not 10"),
    ("satisfaction", "score", "0", "A score is a whole number from 1 to 5."),
    ("satisfaction", "score", "6", "A score is a whole number from 1 to 5."),
    ("satisfaction", "score,scale", "4,0-10", "scale is not 5"),
    ("satisfaction", "score,subject", "4,weather", "subject is none of overall, product, service, after-sales"),
    ("importances", "matter,importance", "weather,5", "“weather” is nothing that is asked about."),
    ("importances", "matter,importance", "price,6", "Ensure this value is less than or equal to 5."),
    ("opinions", "question,words", "weather,Hm", "question is none of why-buy, how-use, what-think, why-us, experience, other"),
    ("recommendations", "prompted", "perhaps", "prompted is neither yes nor no"),
    ("recommendations", "prompted,kind", "no,praise", "kind is none of recommendation, reference, testimonial, review, mention"),
    ("recommendations", "prompted,kind,favourable", "no,testimonial,no", "A testimonial speaks for us; record a public review or a mention instead."),
    ("recommendations", "prompted,kind,evidence", "no,review,javascript:alert(1)", "Enter a valid URL."),
    ("involvements", "kind,what", f"served,{'x' * 201}", "what is longer than 200 characters"),
    ("complaints", "due_day", "2024-01-08", "An answer cannot be due before the complaint was received."),
    ("complaints", "answered", "2024-01-08", "answered is before the date"),
    ("complaints", "answered", "2999-01-08", "the date lies more than a year ahead"),
    ("complaints", "answered,answer", ",Sorry", "answer without answered, its date"),
    ("joint_plans", "name,until", "Plan,2024-01-08", "It cannot end before it begins."),
    ("referrals", "prompted,referred", "no,ada", "the customer and the one they name are the same"),
    ("hostile_acts", "audience,evidence", "the fair,", "no evidence"),
])  # fmt: skip
def test_a_row_that_does_not_fit_is_refused_with_its_reason(told, kind, heading, said, reason):
    found = told(kind, f"ada,2024-01-09,{said}", heading=f"customer,date,{heading}")
    assert found["refused"] == {reason: 1}
    assert not kinds()[kind].objects.exists()


@pytest.mark.parametrize("score", [0, 10])
def test_both_ends_of_the_scale_are_taken(told, score):
    told("responses", f"ada,2024-01-09,{score}", heading="customer,date,score")
    assert Response.objects.get().score == score


def test_a_date_that_two_formats_read_differently_is_refused(told):
    mapping = importing.find_mapping("responses")[1].replace('source = "file"', 'source = "here"')
    mapping = mapping.replace('formats = ["%Y-%m-%d",', 'formats = ["%d/%m/%Y", "%m/%d/%Y",')
    found = told("responses", "ada,03/04/2024,9", "ada,13/04/2024,9", heading="customer,date,score", mapping=mapping)
    assert found["refused"] == {"the date can be read in two ways": 1}


def test_a_mapping_of_another_scale_is_rejected(told):
    mapping = importing.find_mapping("responses")[1].replace("scale = 10", "scale = 5")
    with pytest.raises(importing.mappings.Rejected, match="only answers up to 10"):
        told("responses", row("responses"), mapping=mapping)


def test_equal_rows_without_an_id_are_as_many_as_the_fullest_file_has(told):
    told("responses", row("responses"), row("responses"))
    found = told("responses", row("responses"), row("responses"), row("responses"))
    assert (found["taken"], found["already"], Response.objects.count()) == (1, 2, 3)


def test_something_else_under_a_known_id_is_refused(told):
    heading = "id,customer,date,score"
    told("responses", "1,ada,2024-01-09,9", heading=heading)
    found = told("responses", "1,ada,2024-01-09,3", "2,ada,2024-01-09,3", heading=heading)
    assert (found["taken"], found["refused"]) == (1, {"something else is recorded under this id": 1})


def test_what_was_withdrawn_stays_withdrawn_through_files_and_their_undoing(told):
    first = told("responses", row("responses"))["import"]
    withdraw(Response.objects.get(), at=NOW)
    undoing.undo(first)
    assert told("responses", row("responses"))["already"] == 1
    assert not Response.objects.standing().exists()


@pytest.mark.parametrize("first_undone", [0, 1])
def test_of_two_files_that_say_the_same_undoing_one_leaves_the_row(told, first_undone):
    imports = [told("responses", row("responses"))["import"], told("responses", row("responses"))["import"]]
    undoing.undo(imports[first_undone])
    assert Response.objects.get().brought_by == imports[1 - first_undone]
    undoing.undo(imports[1 - first_undone])
    assert not Response.objects.exists()


def test_customers_whom_nobody_knows_are_made_if_the_mapping_says_so_and_go_with_the_import(told):
    mapping = importing.find_mapping("referrals")[1].replace('unknown = "refuse"', 'unknown = "create"')
    of = told("referrals", "eve,2024-01-09,no,fay", heading="customer,date,prompted,referred", mapping=mapping)["import"]
    assert (Referral.objects.get().customer.name, Referral.objects.get().referred.name) == ("Customer eve", "Customer fay")
    assert undoing.undo(of)["customers"] == 2
    assert not Customer.objects.filter(name__in=("Customer eve", "Customer fay")).exists()


@pytest.fixture
def waits(told):
    mapping = importing.find_mapping("responses")[1].replace('"file"', '"here"').replace('unknown = "refuse"', 'unknown = "wait"')
    return lambda: told("responses", row("responses", who="eve"), mapping=mapping)


def test_a_row_waits_until_somebody_is_known_by_the_id(waits):
    found = waits()
    assert (found["taken"], found["waiting"], Response.objects.count()) == (1, 1, 0)
    assert (waits()["already"], Response.objects.count()) == (1, 0)
    eve = customer("eve")
    bring_in()
    assert Response.objects.get().customer == eve
    assert not StagedEvidence.objects.exists()
    assert Vouch.objects.count() == 1


def test_what_waits_and_cannot_be_stored_is_no_fault_of_the_import_that_ends(waits, told, monkeypatch):
    waits()
    eve = customer("eve")
    store = noting.Rows.store

    def fails(rows):
        if rows.of.kind == "responses":
            raise IntegrityError("somebody else was quicker")
        return store(rows)

    monkeypatch.setattr(noting.Rows, "store", fails)
    found = told("competitors", row("competitors"))
    assert found["taken"] == 1
    monkeypatch.undo()
    bring_in()
    assert Response.objects.get().customer == eve


def test_what_waits_goes_when_its_import_is_undone(waits):
    undoing.undo(waits()["import"])
    customer("eve")
    bring_in()
    assert not Response.objects.exists()


def test_a_hostile_act_from_a_file_counts_only_once_two_people_confirm_it_and_then_stays(told):
    of = told("hostile_acts", row("hostile_acts"))["import"]
    act = HostileAct.objects.get()
    assert not act.confirmed
    confirming.confirm(act, by=user("vera"), at=NOW)
    undoing.undo(of)
    assert HostileAct.objects.get().brought_by is None


def test_a_plan_accepted_since_is_filled_in_and_emptied_again(told):
    told("joint_plans", "1,ada,2024-01-09,Plan,", heading="id,customer,date,name,accepted_by_them")
    found = told("joint_plans", "1,ada,2024-01-09,Plan,2024-02-01", heading="id,customer,date,name,accepted_by_them")
    assert (found["taken"], str(JointPlan.objects.get().accepted_by_them)) == (1, "2024-02-01")
    undoing.undo(found["import"])
    assert JointPlan.objects.get().accepted_by_them is None


def test_complaints_come_with_their_severity_which_promises_an_answer(told):
    heading = "id,customer,date,words,severity,due_day"
    rows = (
        "1,ada,2024-01-09,Late,grave,",
        "2,ada,2024-01-10,Wet,,",
        "3,ada,2024-01-11,Dry,awful,",
        "4,ada,2024-01-12,Old,grave,2024-02-01",
    )
    found = told("complaints", *rows, heading=heading)
    due = {each.external_id: (each.severity, str(each.due_day)) for each in Complaint.objects.all()}
    assert due == {"1": ("grave", "2024-01-11"), "2": ("minor", "2024-01-24"), "4": ("grave", "2024-02-01")}
    assert found["refused"] == {"severity is none of minor, serious, grave": 1}


def test_a_file_that_comes_again_after_a_new_grade_says_nothing_new(told):
    heading, row = "id,customer,date,words,severity", "1,ada,2024-01-09,Late,minor"
    told("complaints", row, heading=heading)
    handling.regrade(Complaint.objects.get(), "grave", at=NOW)
    assert told("complaints", row, heading=heading)["already"] == 1


def test_complaints_come_with_their_answers_and_a_later_file_may_bring_them(told):
    heading = "id,customer,date,words,answered,answer"
    told("complaints", "1,ada,2024-01-09,Late,2024-01-09,Sorry", "2,ada,2024-01-10,Wet,,", heading=heading)
    assert [each.is_open() for each in Complaint.objects.order_by("external_id")] == [False, True]
    found = told("complaints", "2,ada,2024-01-10,Wet,2024-01-12,Dried", heading=heading)
    assert (found["taken"], Complaint.objects.get(external_id="2").is_open()) == (1, False)
    undoing.undo(found["import"])
    assert Complaint.objects.get(external_id="2").is_open()
    assert not Complaint.objects.get(external_id="1").is_open()


def test_the_files_own_words_for_values_are_understood(told):
    mapping = importing.find_mapping("involvements")[1].replace('source = "file"', 'source = "here"')
    told(
        "involvements",
        row("involvements").replace("served", "Beirat"),
        mapping=f'{mapping}\n[values.kind]\nserved = ["Beirat"]\n',
    )
    assert Involvement.objects.get().kind == "served"


def test_two_names_of_one_customer_are_one_customer(told, ada):
    ExternalId.objects.create(customer=ada, source=here(), external_id="a2")
    told("recommendations", row("recommendations"), row("recommendations", who="a2"))
    assert set(Recommendation.objects.values_list("customer", flat=True)) == {ada.pk}


def test_the_commands_answer_with_the_same_counts(tmp_path, ada, capsys):
    ExternalId.objects.create(customer=ada, source=Source.objects.create(slug="file"), external_id="ada")
    path = tmp_path / "said.csv"
    for command, kind in (("import_responses", "responses"), ("import_evidence", "competitors")):
        path.write_text(csv(row(kind), row(kind, who="eve"), heading=f"customer,date,{SAMPLES[kind][0]}"))
        call_command(command, str(path), "--mapping", kind, "--json")
        found = json.loads(capsys.readouterr().out)
        assert count(found) == {"rows": 2, "taken": 1, "already": 0, "refused": {"nobody is known by this id": 1}}


def test_a_mapping_of_another_kind_is_no_evidence(tmp_path):
    path = tmp_path / "said.csv"
    path.write_text("customer,date\n")
    with pytest.raises(CommandError, match="is one for purchases: use import_purchases"):
        call_command("import_evidence", str(path), "--mapping", "purchases")


@pytest.mark.parametrize("kind", SAMPLES)
def test_many_rows_ask_as_often_as_few(told, kind):
    """What every row looks up in a small table is read once."""

    heading, sample = SAMPLES[kind]
    if kind == "complaints":  # due as the service level says
        heading, sample = "words", "Late"

    def queries(count, year):
        rows = [f"ada,{year}-01-{1 + n % 28:02},{sample.replace('2024', str(year + 1))}" for n in range(count)]
        with CaptureQueriesContext(connection) as asked:
            assert told(kind, *rows, heading=f"customer,date,{heading}")["taken"] == count
        return len(asked)

    told(kind, row(kind))
    assert queries(28, 2021) <= queries(2, 2022) + 3
