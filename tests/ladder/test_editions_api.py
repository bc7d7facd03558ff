"""Rules over REST: drafted, tried on everybody, published and called back by a key that may configure."""

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, Role
from customers import days
from customers.models import Tag
from ladder import choosing, editions, ranking, tasks
from ladder.models import Edition, Ladder, Simulation
from tests import factories as make
from tests.ladder.test_rules_pages import carla, live, placed  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(client):
    """Ask as a key that may configure and nothing else: method, route, its arguments, body."""
    key = ApiKey(name="rules as code", team=make.team(), scopes=["configure"])
    bearer = f"Bearer {key.renew()}"
    key.save()

    def ask(method, name, /, *arguments, **body):
        address = reverse(f"api:{name}", args=arguments)
        return getattr(client, method)(address, body or None, content_type="application/json", HTTP_AUTHORIZATION=bearer)

    return ask


def easier():
    document = editions.document(live())
    document["rungs"][6]["rule"]["all"][2]["value"] = 60
    return document


def states(told):
    """Of the ladder's editions, the oldest first."""
    found = told("get", "edition_list").json()["results"]
    return [e["state"] for e in sorted(found, key=lambda e: e["number"]) if e["ladder"] == "griffin"]


def test_a_draft_is_tried_published_and_called_back(told, carla):  # noqa: F811
    draft = told("post", "edition_list", **easier()).json()
    asked = told("post", "trial_list", edition=draft["id"])
    assert (draft["state"], asked.status_code, asked.json()["report"]) == ("draft", 202, None)
    tasks.simulate()
    report = told("get", "trial", asked.json()["id"]).json()["report"]
    assert (report["moved"], report["matrix"]["repeat"]["client"], report["money"]) == (1, 1, {"EUR": "40.00"})
    assert told("get", "edition", draft["id"]).json()["state"] == "simulated"
    Simulation.objects.update(error="ZeroDivisionError()")
    assert told("get", "edition", draft["id"]).json()["state"] == "draft", "a trial that failed tried nothing"
    Simulation.objects.update(error="")
    assert sum(row["actions"] for row in report["load"]) == report["actions"]
    published = told("post", "edition_publish", draft["id"]).json()
    ranking.rank(now=timezone.now())
    assert (published["state"], placed(carla)) == ("published", "client")
    assert states(told) == ["superseded", "published"]
    assert told("post", "edition_call_back", draft["id"]).json()["state"] == "called_back"
    assert states(told) == ["published", "called_back"]
    ranking.rank(now=timezone.now())
    assert placed(carla) == "repeat"
    assert set(AuditEntry.objects.values_list("verb", "api_key__name")) >= {("published", "rules as code")}


def test_who_would_move_is_told_to_a_key_that_may_read_and_of_whom_it_sees(told, carla):  # noqa: F811
    asked = told("post", "trial_list", edition=told("post", "edition_list", **easier()).json()["id"]).json()
    tasks.simulate()
    assert told("get", "trial_moves", asked["id"]).status_code == 403, "it names customers"
    ApiKey.objects.update(scopes=["read", "configure"])
    (move,) = told("get", "trial_moves", asked["id"]).json()["results"]
    assert (move["customer"], move["name"]) == (f"cus_{carla.uuid.hex}", "Carla")
    assert (move["before"], move["after"], "stands on Client" in move["why"]) == ("repeat", "client", True)
    ApiKey.objects.update(team=make.team("South"))
    assert told("get", "trial_moves", asked["id"]).json()["results"] == []


def test_a_document_that_is_wrong_is_refused_naming_the_place(told):
    document = easier()
    document["rungs"][6]["rule"]["all"][2]["fact"] = "covrage"
    answer = told("post", "edition_list", **document)
    assert (answer.status_code, "rungs[6].rule.all[2].fact" in answer.json()["detail"]) == (422, True)
    assert not Edition.objects.drafts().exists()


def test_who_drafted_published_and_called_back_by_a_key_is_told_as_of_an_override(told, client):
    boss = make.user("boss", role=Role.ADMINISTRATOR)
    ApiKey.objects.update(made_by=boss)
    key = str(ApiKey.objects.get())
    draft = told("post", "edition_list", **easier()).json()
    assert (draft["made_by"], draft["published_by"], draft["called_back_by"]) == (key, None, None)
    published = told("post", "edition_publish", draft["id"], hold_hours=5).json()
    assert (published["made_by"], published["published_by"], published["called_back_by"]) == (key, key, None)
    assert told("post", "edition_call_back", draft["id"]).json()["called_back_by"] == key
    client.force_login(boss)
    page = client.get(Edition.objects.get(pk=draft["id"]).get_absolute_url()).content.decode()
    assert page.count(f"by {key}") == 3
    assert f"{key}, " in client.get(reverse("ladder:edition_list")).content.decode()


def test_a_trial_from_a_day_to_come_is_refused_and_one_from_today_is_not(told, client):
    draft, today = told("post", "edition_list", **easier()).json(), days.day_of(timezone.now())
    tomorrow = (today + timedelta(days=1)).isoformat()
    refused = told("post", "trial_list", edition=draft["id"], first_day=tomorrow)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], "as of today" in error["message"]) == (422, "/first_day", True)
    client.force_login(make.user(role=Role.ADMINISTRATOR))
    page = client.post(reverse("ladder:trial_new", args=[draft["id"]]), {"first_day": tomorrow}, follow=True)
    assert "has not come yet" in page.content.decode()
    assert not Simulation.objects.exists()
    tried = told("post", "trial_list", edition=draft["id"], first_day=today.isoformat())
    assert (tried.status_code, tried.json()["first_day"]) == (202, today.isoformat())


def test_a_rule_that_asks_for_what_does_not_exist_is_taken_and_warned_of_at_every_door(told, client, carla, tmp_path, capsys):  # noqa: F811
    for name in ("vip", "loud"):
        Tag.objects.create(name=name)
    document = easier()
    document["rungs"][6]["rule"]["all"] += [
        {"fact": fact, "is": "equal", "value": True} for fact in ("tag:nope", "tag:vip", "channel:shop")
    ]
    warnings = ["No such tag: nope. There are: loud, vip.", "No such channel: shop. There are none yet."]
    draft = told("post", "edition_list", **document).json()
    assert draft["warnings"] == told("get", "edition_rules", draft["id"]).json()["warnings"] == warnings
    client.force_login(make.user(role=Role.ADMINISTRATOR))
    for page in ("edition", "edition_publish"):
        shown = client.get(reverse(f"ladder:{page}", args=[draft["id"]])).content.decode()
        assert all(warning in shown for warning in warnings)
    path = tmp_path / "g.json"
    path.write_text(json.dumps(document))
    for command in ("simulate", "load_ladder"):
        call_command(command, str(path), "--json")
        assert json.loads(capsys.readouterr().out)["warnings"] == warnings
        call_command(command, str(path))
        assert {f"warning: {warning}" for warning in warnings} <= set(capsys.readouterr().out.splitlines())
    Tag.objects.bulk_create(Tag(name=f"tag {n:02}") for n in range(choosing.FEW))
    said = told("get", "edition", draft["id"]).json()["warnings"][0]
    assert said.endswith("There are: loud, tag 00, tag 01, tag 02, tag 03, tag 04, tag 05, tag 06, tag 07, tag 08 and 2 more.")
    Tag.objects.create(name="nope")
    make.purchase(make.customer("Ada"), days.day_of(timezone.now()), channel="shop")
    assert told("get", "edition", draft["id"]).json()["warnings"] == []


def test_what_came_with_the_product_says_so(told, client):
    assert {e["published_by"] for e in told("get", "edition_list").json()["results"]} == {"the product"}
    client.force_login(make.user(role=Role.ADMINISTRATOR))
    assert client.get(live().get_absolute_url()).content.decode().count("by the product") == 2


def test_a_draft_of_a_system_that_a_user_revises_is_theirs(told):
    draft = Edition.objects.get(pk=told("post", "edition_list", **easier()).json()["id"])
    editions.revise(draft, easier(), by=make.user("ingrid"))
    assert told("put", "edition", draft.pk, **easier()).json()["made_by"] == "ingrid"


def test_what_is_there_is_signed_by_the_audit_trail_when_an_installation_is_brought_up_to_date(told):
    made = told("post", "edition_list", **easier()).json()["id"]
    told("post", "edition_publish", made, hold_hours=5)
    Edition.objects.update(shipped=False, made_with=None, published_with=None)
    import_module("ladder.migrations.0032_signed").sign(apps, None)
    assert (live().pk, live().author, live().publisher) == (made, *[str(ApiKey.objects.get())] * 2)
    assert Edition.objects.get(ladder__slug="griffin", number=1).publisher == "the product"


def test_over_rest_too_what_other_editions_name_is_renamed_in_the_admin_site_alone(told):
    draft = told("post", "edition_list", **easier()).json()["id"]
    for place in ("name", "rungs[6].name"):
        document = easier()
        (document["rungs"][6] if "rungs" in place else document)["name"] = "Otherwise"
        for answer in (told("post", "edition_list", **document), told("put", "edition", draft, **document)):
            assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, place)
            assert "renamed for all of them in the admin site" in answer.json()["detail"]
    assert Edition.objects.drafts().count() == 1


def test_editions_are_listed_by_ladder_and_shown_whole(told):
    listed = told("get", "edition_list").json()["results"]
    assert len(listed) == Edition.objects.count()
    assert told("get", "edition", live().pk).json()["document"] == editions.document(live())


@pytest.mark.parametrize("scopes", [["read"], ["write"], ["read", "write"]])
def test_other_scopes_do_not_reach_the_rules(client, scopes):
    key = ApiKey(name="till", team=make.team(), scopes=scopes)
    bearer = f"Bearer {key.renew()}"
    key.save()
    assert client.get(reverse("api:edition_list"), HTTP_AUTHORIZATION=bearer).status_code == 403


def test_a_key_that_configures_sees_no_customer(told):
    make.customer("Carla")
    assert told("get", "customer_list").status_code == 403


def test_what_is_published_is_neither_tried_nor_published_again(told):
    assert told("post", "trial_list", edition=live().pk).status_code == 422
    assert told("post", "edition_publish", live().pk).status_code == 409


@pytest.mark.parametrize(("hours", "status"), [(0, 200), (720, 200), (721, 422), (-1, 422)])
def test_the_hold_at_its_boundaries(told, hours, status):
    draft = told("post", "edition_list", **easier()).json()
    assert told("post", "edition_publish", draft["id"], hold_hours=hours).status_code == status


def test_where_two_people_have_to_agree_a_key_does_not_publish(told):
    draft = told("post", "edition_list", **easier()).json()
    Ladder.objects.update(four_eyes=True)
    answer = told("post", "edition_publish", draft["id"])
    assert (answer.status_code, "second person" in answer.json()["detail"]) == (422, True)


def test_a_trial_is_cancelled(told, carla):  # noqa: F811
    draft = told("post", "edition_list", **easier()).json()
    asked = told("post", "trial_list", edition=draft["id"]).json()
    assert told("post", "trial_cancel", asked["id"]).json()["cancelled_at"]
    tasks.simulate()
    assert told("get", "trial", asked["id"]).json()["report"] is None
