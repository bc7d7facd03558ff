"""A draft is changed a sentence at a time, by forms that need no script; who is overtaken is told and changes nothing."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from customers import days
from customers.models import Tag
from ladder import drafting, editions
from ladder.models import Edition, Rung
from tests.ladder.test_rules_pages import draft, ingrid, live, page  # noqa: F401

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def address(draft, slug="client"):  # noqa: F811
    return reverse("ladder:rung_edit", args=[draft.pk, slug])


def version(draft):  # noqa: F811
    return Edition.objects.get(pk=draft.pk).version


def sent(client, draft, path, do, *, slug="client", headers=None, **said):  # noqa: F811
    body = {"version": version(draft), "path": path, "do": do, **said}
    return client.post(address(draft, slug), body, headers=headers or {})


def acted(client, draft, **said):  # noqa: F811
    return client.post(reverse("ladder:edition_act", args=[draft.pk]), {"version": version(draft), **said})


def rule(draft, slug="client"):  # noqa: F811
    return next(row for row in editions.document(Edition.objects.get(pk=draft.pk))["rungs"] if row["rung"] == slug)["rule"]


def sentence(client, draft, path, slug="client"):  # noqa: F811
    """What the page shows at a place."""
    waiting = [client.get(address(draft, slug)).context["root"]]
    while waiting:
        one = waiting.pop()
        if one.sentence.path == path:
            return one
        waiting += one.parts
    raise LookupError(path)


def changed(client, draft, path, slug="client", **values):  # noqa: F811
    """Send the form of a sentence as the browser would, with some of it changed."""
    form = sentence(client, draft, path, slug).form
    shown = {name: form[name].value() or "" for name in form.fields}
    return sent(client, draft, path, "change", slug=slug, **{**shown, **values})


def test_a_rule_is_shown_as_sentences_that_stand_under_each_other(client, draft):  # noqa: F811
    root = client.get(address(draft)).context["root"]
    assert (root.sentence.words, root.parts[0].sentence.words) == ("all of these", "bought on 4 or more different days")


def test_a_sentence_sent_as_it_is_changes_nothing(client, draft):  # noqa: F811
    before = rule(draft)
    for path in ("rule.all[0]", "rule.all[1]", "rule.all[2]", "rule.all[3]"):
        assert changed(client, draft, path).status_code == 302
    assert rule(draft) == before


def test_a_value_is_changed_and_the_draft_says_so(client, draft):  # noqa: F811
    changed(client, draft, "rule.all[2]", value="60")
    assert page(client, draft).context["differences"] == [
        "Client asks for 60 % instead of 80 %: buys 60 % or more of what they can use."
    ]


def test_another_fact_begins_with_what_fits_it(client, draft):  # noqa: F811
    changed(client, draft, "rule.all[0]", fact="overdue")
    assert rule(draft)["all"][0] == {"fact": "overdue", "is": "equal", "value": True}
    changed(client, draft, "rule.all[0]", value="False")
    assert rule(draft)["all"][0]["value"] is False


def test_money_is_given_in_whole_units(client, draft):  # noqa: F811
    sent(client, draft, "rule", "add", fact="spend")
    place = f"rule.all[{len(rule(draft)['all']) - 1}]"
    changed(client, draft, place, value="1250.50")
    assert rule(draft)["all"][-1] == {"fact": "spend", "is": "at_least", "value": 125_050}
    assert sentence(client, draft, place).form["value"].value() == "1250.50"


def test_a_fact_is_compared_with_another_or_asked_to_be_known(client, draft):  # noqa: F811
    changed(client, draft, "rule.all[0]", beside="invoices")
    assert rule(draft)["all"][0]["value"] == {"fact": "invoices"}
    changed(client, draft, "rule.all[0]", how="known")
    assert rule(draft)["all"][0] == {"fact": "occasions", "is": "known"}
    changed(client, draft, "rule.all[0]", how="below", value="9")
    assert rule(draft)["all"][0] == {"fact": "occasions", "is": "below", "value": 9}


@pytest.mark.parametrize(("value", "status"), [("0", 302), ("10000", 302), ("10001", 422), ("-1", 422), ("", 422), ("x", 422)])
def test_a_value_at_its_boundaries(client, draft, value, status):  # noqa: F811
    before = rule(draft)
    answer = changed(client, draft, "rule.all[0]", value=value)
    assert answer.status_code == status
    if status == 422:
        assert "value" in answer.context["root"].parts[0].form.errors
        assert rule(draft) == before


@pytest.mark.parametrize(
    ("do", "path", "asked"),
    [
        ("remove", "rule.all[1]", lambda r: {"all": [r["all"][0], *r["all"][2:]]}),
        ("down", "rule.all[0]", lambda r: {"all": [r["all"][1], r["all"][0], *r["all"][2:]]}),
        ("turn_any", "rule", lambda r: {"any": r["all"]}),
        ("not", "rule.all[0]", lambda r: {"all": [{"not": r["all"][0]}, *r["all"][1:]]}),
        ("any", "rule.all[0]", lambda r: {"all": [{"any": [r["all"][0]]}, *r["all"][1:]]}),
    ],
)
def test_every_button_does_what_it_says(client, draft, do, path, asked):  # noqa: F811
    before = rule(draft)
    assert sent(client, draft, path, do).status_code == 302
    assert rule(draft) == asked(before)


def test_what_cannot_be_done_is_said_beside_its_sentence(client, draft):  # noqa: F811
    answer = sent(client, draft, "rule.all[0]", "up")
    assert (answer.status_code, answer.context["root"].parts[0].error) == (422, "Is the first of its group already.")
    answer = sent(client, draft, "rule.all[99]", "remove")
    assert (answer.status_code, answer.context["error"]) == (422, "There is nothing at this place.")


def test_htmx_gets_the_rung_alone(client, draft):  # noqa: F811
    answer = sent(client, draft, "rule.all[0]", "down", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert answer.context["root"].parts[1].opened, "the sentence that moved stays open"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_of_two_who_have_the_page_open_the_second_is_told(client, draft, headers):  # noqa: F811
    seen = version(draft)
    changed(client, draft, "rule.all[2]", value="60")
    before = rule(draft)
    body = {"version": seen, "path": "rule.all[0]", "do": "remove"}
    answer = client.post(address(draft), body, headers=headers)
    assert (answer.status_code, "Somebody changed this draft" in answer.content.decode(), rule(draft)) == (409, True, before)
    assert client.post(address(draft), {**body, "version": version(draft)}).status_code == 302


def test_the_other_forms_of_a_draft_are_overtaken_too(client, draft):  # noqa: F811
    stale = client.get(reverse("ladder:edition_edit", args=[draft.pk])).context["form"]
    sent_then = {name: stale[name].value() for name in stale.fields}
    changed(client, draft, "rule.all[2]", value="60")
    assert client.post(reverse("ladder:edition_edit", args=[draft.pk]), sent_then).status_code == 422
    publish = {"first_day": "2020-01-01", "hold_hours": 0, "version": sent_then["version"]}
    assert client.post(reverse("ladder:edition_publish", args=[draft.pk]), publish).status_code == 422
    client.post(reverse("ladder:edition_discard", args=[draft.pk]), {"version": sent_then["version"]})
    assert Edition.objects.drafts().filter(pk=draft.pk).exists()


def test_a_rung_is_added_changed_and_removed_without_json(client, draft):  # noqa: F811
    acted(client, draft, do="add_rung", rung="friend", name="Friend", kind="step")
    assert page(client, draft).context["differences"][0].startswith("Friend is new.")
    changed(client, draft, "rule", slug="friend", fact="unasked")
    acted(client, draft, do="name_rung", rung="friend", name="True friend", loyal="on")
    row = editions.document(Edition.objects.get(pk=draft.pk))["rungs"][-1]
    assert (row["name"], row["loyal"], row["rule"]["fact"]) == ("True friend", True, "unasked")
    acted(client, draft, do="remove_rung", rung="friend")
    assert page(client, draft).context["differences"] == []


def test_what_is_wrong_with_a_rung_is_said_and_nothing_changes(client, draft):  # noqa: F811
    before = editions.document(draft)
    for said in (
        {"do": "name_rung", "rung": "no such/rung", "back": "rung"}, {"do": "number", "name": "fresh", "value": "9" * 5000},
        {"do": "add_rung", "rung": "Client!", "name": "C"}, {"do": "remove_rung", "rung": "suspect"}, {"do": ""},
    ):  # fmt: skip
        acted(client, draft, **said)
    assert editions.document(Edition.objects.get(pk=draft.pk)) == before


def test_the_rungs_of_a_published_edition_have_no_form(client, draft):  # noqa: F811
    assert client.get(reverse("ladder:rung_edit", args=[live().pk, "client"])).status_code == 404
    assert client.get(address(draft, "nobody")).status_code == 404
    assert "rungs/client" not in page(client, live()).content.decode()


def test_a_tag_may_be_asked_for(client, draft):  # noqa: F811
    Tag.objects.create(name="vip")
    sent(client, draft, "rule", "add", fact="tag:vip")
    assert rule(draft)["all"][-1] == {"fact": "tag:vip", "is": "equal", "value": True}


def test_the_same_act_over_json_and_by_form_gives_the_same_rule(client, draft):  # noqa: F811
    before = editions.document(draft)
    changed(client, draft, "rule.all[0]", value="7")
    said = {"do": "change", "rung": "client", "path": "rule.all[0]", "value": 7}
    assert drafting.applied(before, said) == editions.document(Edition.objects.get(pk=draft.pk))


@pytest.fixture
def by_hand(client, draft, ingrid):  # noqa: F811
    """Sends the admin site's form of the draft as it stands, with some fields changed: of the edition, or of a rung's step."""
    User.objects.filter(pk=ingrid.pk).update(is_staff=True, is_superuser=True)

    def send(of_rung="", /, **changed):
        address = reverse("admin:ladder_edition_change", args=[draft.pk])
        shown = client.get(address).context
        rows = [form for inline in shown["inline_admin_formsets"] for form in inline.formset.forms]
        forms = [shown["adminform"].form, *rows, *(inline.formset.management_form for inline in shown["inline_admin_formsets"])]
        sent = {field.html_name: field.value() for form in forms for field in form if field.value() is not None}
        of = next((f"{form.prefix}-" for form in rows if form.instance.rung.slug == of_rung), "")
        return client.post(address, {**sent, **{f"{of}{name}": value for name, value in changed.items()}})

    return send


def test_a_change_in_the_admin_site_overtakes_and_lets_the_trial_go(draft, by_hand):  # noqa: F811
    draft.simulations.create(day=days.day_of(timezone.now()))
    seen = version(draft)
    answer = by_hand(note="by hand")
    assert (answer.status_code, version(draft), draft.simulations.count()) == (302, seen + 1, 0)
    assert Edition.objects.get(pk=draft.pk).note == "by hand"


@pytest.mark.parametrize(("rung", "changed", "said"), [
    ("client", {"kind": "side"}, "Only a step is kept by a milder rule"),
    ("repeat", {"kind": "side"}, "side states come first"),
    ("repeat", {"kind": "ground", "rule": "null"}, "exactly one of them is the ground"),
    ("repeat", {"rule": '{"fact": "luck", "is": "known"}'}, "luck"),
])  # fmt: skip
def test_what_makes_no_ladder_is_refused_in_the_admin_site_too(client, draft, by_hand, rung, changed, said):  # noqa: F811
    acted(client, draft, do="soften", rung="client")
    before = editions.document(Edition.objects.get(pk=draft.pk))
    answer = by_hand(rung, **changed)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert editions.document(Edition.objects.get(pk=draft.pk)) == before


def test_a_rung_of_another_ladder_comes_in_by_no_door(draft, by_hand):  # noqa: F811
    other = Rung.objects.get(ladder__slug="christopher", slug="customer")
    before = editions.document(Edition.objects.get(pk=draft.pk))
    by_hand("client", rung=other.pk)
    assert editions.document(Edition.objects.get(pk=draft.pk)) == before
    step = draft.steps.get(rung__slug="client")
    step.rung = other
    with pytest.raises(ValidationError, match="another ladder"):
        step.full_clean()


def test_whoever_changes_a_draft_in_the_admin_site_wrote_on_it(draft, by_hand, ingrid):  # noqa: F811
    Edition.objects.filter(pk=draft.pk).update(made_by=None)
    draft.written_by.clear()
    by_hand("repeat", rule='{"fact": "occasions", "is": "at_least", "value": 3}')
    draft = Edition.objects.get(pk=draft.pk)
    assert (draft.made_by, list(draft.written_by.all())) == (ingrid, [ingrid]), (
        "or one pair of eyes would do where four are asked for"
    )


# --- who stands there stays -----------------------------------------------------------------------


def client_rung(draft):  # noqa: F811
    return next(row for row in editions.document(Edition.objects.get(pk=draft.pk))["rungs"] if row["rung"] == "client")


def test_a_rung_is_softened_its_stay_rule_changed_by_itself_and_hardened_again(client, draft):  # noqa: F811
    acted(client, draft, do="soften", rung="client")
    assert client_rung(draft)["stay"] == rule(draft), "to begin with, what earns it"
    at = next(part.sentence.path for part in client.get(address(draft)).context["stay"].parts if part.sentence.how == "at_least")
    sent(client, draft, at, "change", fact="occasions", how="at_least", value=2)
    assert client_rung(draft)["stay"]["all"][0]["value"] == 2
    assert rule(draft)["all"][0]["value"] == 4, "what earns it is as it was"
    assert "Stays while bought on 2 or more different days" in page(client, draft).content.decode()
    acted(client, draft, do="harden", rung="client")
    assert "stay" not in client_rung(draft)


def test_days_of_grace_are_saved_and_what_is_no_number_of_days_is_refused(client, draft):  # noqa: F811
    acted(client, draft, do="grace", rung="client", value="14")
    acted(client, draft, do="grace", rung="client", value="-3")
    assert client_rung(draft)["grace_days"] == 14
    assert "falls only once that has failed for 14 days running" in page(client, draft).content.decode().lower()


def test_an_act_on_a_stay_rule_that_is_not_there_is_refused_by_its_place(client, draft):  # noqa: F811
    with pytest.raises(ValidationError, match=r"client\.stay: the rung is kept by the rule that earns it"):
        drafting.applied(editions.document(draft), {"do": "remove", "rung": "client", "path": "stay.all[0]"})
