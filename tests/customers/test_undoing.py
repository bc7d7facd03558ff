from decimal import Decimal
from itertools import permutations

import pytest

from accounts.auditing import note
from customers import assigning, undoing
from customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    Import,
    LineMention,
    Mention,
    Purchase,
    PurchaseLine,
    Refund,
    RefundLine,
    Tag,
)
from customers.recording import LineOf, record_refund, withdraw
from customers.undoing import Undone
from ladder import acting
from ladder.models import Action, ProgrammeStep
from tests.customers.conftest import NOW, csv, ledgers, nothing
from tests.factories import DAY_0, customer, failure, satisfaction, user

A = ("1,ada,2024-01-02,tea,2,3.5", "1,ada,2024-01-02,cup,1,9", "2,bob,2024-01-03,tea,1,3.5")
B = ("1,ada,2024-01-01,tea,2,3.5", "3,ada,2024-01-05,tea,-1,3.5", "4,eve,2024-01-03,tea,1,3.5")


def test_undoing_takes_back_everything_the_import_brought(bring):
    of = bring(csv(*A, *B))["import"]
    gone = undoing.undo(of)
    assert gone == {"lines": 6, "documents": 4, "customers": 3}
    assert nothing()
    of.refresh_from_db()
    assert of.state == "undone"


@pytest.mark.parametrize("order", ["ab", "ba"])
@pytest.mark.parametrize("undone", ["a", "b"])
def test_undoing_one_of_two_leaves_what_the_other_alone_would_have_brought(bring, order, undone):
    rows = {"a": A, "b": B}
    alone = bring(csv(*rows["b" if undone == "a" else "a"]))
    expected = ledgers()
    undoing.undo(alone["import"])
    imports = {name: bring(csv(*rows[name]))["import"] for name in order}
    undoing.undo(imports[undone])
    assert ledgers() == expected
    undoing.undo(imports["b" if undone == "a" else "a"])
    assert nothing()


def test_the_same_file_twice_survives_undoing_one_of_them(bring):
    first = bring(csv(*A, *B))["import"]
    before = ledgers()
    second = bring(csv(*A, *B))["import"]
    undoing.undo(first)
    assert ledgers() == before
    undoing.undo(second)
    assert nothing()


C = ("1,ada,2024-01-02,tea,2,3.5", "3,ada,2024-01-05,tea,-1,3.5", "2,bob,2024-01-03,tea,1,3.5")


@pytest.mark.parametrize("undone", permutations("abc"))
def test_what_stays_belongs_to_one_who_still_vouches_for_it(bring, undone):
    rows = {"a": A, "b": B, "c": C}
    left = {name: bring(csv(*lines))["import"] for name, lines in rows.items()}
    for name in undone:
        undoing.undo(left.pop(name))
        known = {f"Customer {row.split(',')[1]}": set() for still in left for row in rows[still]}
        for still in left:
            for row in rows[still]:
                known[f"Customer {row.split(',')[1]}"].add(left[still].pk)
        assert set(Customer.objects.values_list("name", flat=True)) == set(known)
        assert all(brought_by in known[who] for who, brought_by in Customer.objects.values_list("name", "brought_by"))
        for lines, owner in ((PurchaseLine, "purchase_line"), (RefundLine, "refund_line")):
            for line in lines.objects.all():
                also = list(LineMention.objects.filter(**{owner: line}).values_list("brought_by", flat=True))
                assert line.brought_by_id not in also, "who brought a line names it by that alone"
                assert len({line.brought_by_id, *also}) == len(also) + 1
                assert {line.brought_by_id, *also} <= {of.pk for of in left.values()}
    assert nothing()


def test_a_customer_of_whom_something_else_is_known_stays(bring):
    of = bring(csv(*A))["import"]
    bob = Customer.objects.get(name="Customer bob")
    CustomerTag.objects.create(customer=bob, tag=Tag.objects.create(name="vip"), since=DAY_0)
    assert undoing.undo(of)["customers"] == 1
    assert Customer.objects.get() == bob


def test_a_contact_point_typed_since_keeps_its_customer(bring):
    of = bring(csv("1,ada,2024-01-02,5", heading="invoice,customer,date,price"))["import"]
    ContactPoint.objects.create(customer=Customer.objects.get(), kind="email", value="ada@example.org")
    undoing.undo(of)
    assert Customer.objects.exists()
    assert not Purchase.objects.exists()


@pytest.fixture
def ada_and_bob(bring):
    of = bring(csv(*A))["import"]
    return of, Customer.objects.get(name="Customer ada"), Customer.objects.get(name="Customer bob")


def waiting_action(of_whom):
    step = ProgrammeStep.objects.filter(programme__slug="welcome").first()
    return Action.objects.create(customer=of_whom, step=step, key=f"called:{of_whom.pk}", due_at=NOW, expires_at=NOW)


def test_a_customer_whose_action_somebody_has_done_stays_and_one_who_only_has_actions_goes(ada_and_bob):
    of, ada, bob = ada_and_bob
    acting.done(waiting_action(ada), by=user("ingrid"), at=NOW)
    waiting_action(bob)
    assert undoing.undo(of)["customers"] == 1
    assert Customer.objects.get() == ada
    assert ada.actions.get().state == "done"
    assert not Purchase.objects.exists()


def test_a_customer_with_whose_action_a_system_has_dealt_stays(ada_and_bob):
    of, ada, _ = ada_and_bob
    action = waiting_action(ada)
    acting.done(action, by=None, at=NOW)
    note(None, "done", action)
    undoing.undo(of)
    assert Customer.objects.get() == ada


def test_a_customer_whom_somebody_has_given_an_owner_stays(ada_and_bob):
    of, _, bob = ada_and_bob
    ingrid = user("ingrid")
    assigning.assign(Customer.objects.filter(pk=bob.pk), ingrid, by=ingrid)
    undoing.undo(of)
    assert Customer.objects.get().owner == ingrid


def test_a_refund_typed_for_a_purchase_that_is_undone_waits_again(bring):
    of = bring(csv(*A))["import"]
    purchase = Purchase.objects.get(external_id="1")
    record_refund(customer=purchase.customer, source=purchase.source, occurred_at=NOW, at=NOW, purchase=purchase, whole=True)
    undoing.undo(of)
    refund = Refund.objects.get()
    assert (refund.names, refund.purchase, refund.amount) == ("1", None, 0)
    bring(csv(*A))
    refund.refresh_from_db()
    assert refund.purchase.ended is not None


def test_a_correction_of_what_is_undone_stays(bring):
    from customers.recording import correct_purchase

    of = bring(csv(*A))["import"]
    correct_purchase(Purchase.objects.get(external_id="1"), at=NOW, lines=[LineOf(Decimal(5))])
    undoing.undo(of)
    assert Purchase.objects.standing().get().amount == 5


def test_an_import_is_undone_once_and_a_dry_run_never(bring):
    of = bring(csv(*A))["import"]
    undoing.undo(of)
    with pytest.raises(Undone):
        undoing.undo(of)
    with pytest.raises(Undone):
        undoing.undo(bring(csv(*A), dry_run=True)["import"])
    assert Import.objects.count() == 2
    assert not PurchaseLine.objects.exists()


def test_what_was_said_about_a_purchase_that_goes_stays_and_who_was_affected_through_it_is_not(bring):
    bring(csv("1,ada,2024-01-01,tea,2,3.50"))
    bought = Purchase.objects.get()
    said = satisfaction(bought.customer, DAY_0, 2, purchase=bought)
    late = failure(customer("Bert"))
    late.affected.create(customer=bought.customer, purchase=bought)
    undoing.undo(Import.objects.get())
    said.refresh_from_db()
    assert (Purchase.objects.count(), said.purchase, late.affected.get().customer.name) == (0, None, "Bert")


def test_undoing_removes_a_document_that_another_import_named_for_what_is_withdrawn(bring):
    first = csv("1,ada,2024-01-02,tea,1,3")
    bring(first)
    withdraw(Purchase.objects.get(), at=NOW)
    anew = bring(csv("1,ada,2024-01-02,cup,1,9"))["import"]
    assert bring(first)["already"] == 1
    assert undoing.undo(anew)["documents"] == 1
    assert not Purchase.objects.standing().exists()
    assert set(Mention.objects.values_list("purchase", flat=True)) == {Purchase.objects.get().pk}
