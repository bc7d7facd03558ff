"""REST as another system uses it: the same words again, wrong words, pages, keys."""

import json
from base64 import b64encode
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey, Role
from customers.models import Customer, Purchase, Refund
from tests import factories as make

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
PROBLEM_KEYS = {"type", "title", "status", "detail", "instance", "request_id"}
serial = count(1)


def key(*scopes, of=None, **extra):
    """A system with a key of a team, as a client."""
    row = ApiKey(name="till", team=of or make.team(), scopes=list(scopes or ("read", "write")), **extra)
    secret = row.renew()
    row.save()
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def till():
    return key()


def purchase(external_id="p1", **changes):
    return {
        "source": "till", "external_id": external_id, "occurred_at": "2026-01-31T09:30:00+01:00", "currency": "EUR",
        "customer": {"source": "till", "external_id": "ada", "name": "Ada"},
        "lines": [{"product": "tea", "quantity": "2", "unit_price": "11.71"}], **changes,
    }  # fmt: skip


def refund(external_id="r1", **changes):
    return {
        "source": "till", "external_id": external_id, "occurred_at": "2026-02-01T09:30:00+01:00", "currency": "EUR",
        "customer": {"source": "till", "external_id": "ada", "name": "Ada"}, "purchase": "p1", "whole": True, **changes,
    }  # fmt: skip


def recommendation(external_id="t1", **changes):
    return {**{k: v for k, v in purchase(external_id).items() if k not in ("lines", "currency")}, "prompted": False, **changes}


def response(external_id="s1", **changes):
    return {**{k: v for k, v in purchase(external_id).items() if k not in ("lines", "currency")}, "score": 9, **changes}


def fact(external_id, **said):
    """What every dated fact has, and what this one says."""
    return {**{k: v for k, v in purchase(external_id).items() if k not in ("lines", "currency")}, **said}


def saying(**said):
    return lambda external_id="x1", **changes: fact(external_id, **{**said, **changes})


def plan(external_id="x1", **changes):
    said = {k: v for k, v in fact(external_id).items() if k != "occurred_at"}
    return {**said, "name": "The fair", "since": "2026-02-01", **changes}


def post(client, name, body, **extra):
    return client.post(f"/api/v1/{name}/", json.dumps(body), content_type="application/json", **extra)


def is_problem(answer, status, pointer=None):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    body = answer.json()
    assert set(body) >= PROBLEM_KEYS
    assert body["status"] == status
    if pointer is not None:
        assert pointer in [row["pointer"] for row in body["errors"]]


FACTS = {
    "purchases": (purchase, {"lines": [{"product": "tea", "quantity": "3", "unit_price": "11.71"}]}),
    "refunds": (refund, {"reason": "broken"}),
    "recommendations": (recommendation, {"prompted": True}),
    "importances": (saying(matter="price", importance=5), {"importance": 4}),
    "asks": (saying(what="review", words="Would you?"), {"what": "testimonial"}),
    "responses": (response, {"score": 2}),
    "satisfaction": (saying(score=4, subject="product"), {"subject": "service"}),
    "complaints": (saying(words="It leaks"), {"due_day": "2026-02-02"}),
    "hostile-acts": (saying(audience="The fair", evidence="Bert heard it"), {"audience": "The club"}),
    "leaving-notices": (saying(words="In March"), {"words": "In May"}),
    "competitors-considered": (saying(competitor="Acme"), {"competitor": "Apex"}),
    "referrals": (saying(prompted=False, name="Her sister"), {"prompted": True}),
    "involvements": (saying(kind="attended", what="The party"), {"kind": "served"}),
}
PLANS = {"joint-plans": (plan, {"name": "The catalogue"})}


@pytest.mark.parametrize("name", {**FACTS, **PLANS})
def test_the_same_again_is_answered_alike_and_something_else_contradicts(till, name):
    body, other = {**FACTS, **PLANS}[name]
    first, again = post(till, name, body()), post(till, name, body())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    is_problem(post(till, name, body(**other)), 409)
    assert till.get(f"/api/v1/{name}/").json()["results"] == [first.json()]


def test_a_customer_again_is_the_same_and_another_of_that_id_contradicts(till):
    body = {"name": "Ada", "external_ids": [{"source": "till", "external_id": "ada"}]}
    first, again = post(till, "customers", body), post(till, "customers", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    is_problem(post(till, "customers", {**body, "name": "Eve"}), 409)
    assert Customer.objects.count() == 1


def test_a_purchase_tells_its_channel_and_what_each_line_cost_us(till):
    lines = [{"product": "tea", "unit_price": "11.71", "unit_cost": "4.20"}, {"product": "cup", "unit_price": "3"}]
    shown = post(till, "purchases", purchase(lines=lines, channel="shop")).json()
    assert (shown["channel"], [line["unit_cost"] for line in shown["lines"]]) == ("shop", ["4.2000", None])
    refused = post(till, "purchases", purchase("p2", lines=[{"unit_price": "1", "unit_cost": "-1"}]))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/lines/0/unit_cost")


def test_a_refund_may_come_before_its_purchase(till):
    waiting = post(till, "refunds", refund())
    assert (waiting.status_code, waiting.json()["purchase"]) == (201, None)
    bought = post(till, "purchases", purchase()).json()
    assert till.get("/api/v1/refunds/").json()["results"][0]["purchase"] == bought["id"]
    assert Purchase.objects.get().ended is not None
    assert Refund.objects.get().amount == Purchase.objects.get().amount
    again = post(till, "refunds", refund())
    assert again.status_code == 200


@pytest.mark.parametrize("name", FACTS)
def test_an_instant_without_an_offset_is_refused(till, name):
    is_problem(post(till, name, FACTS[name][0](occurred_at="2026-01-31T09:30:00")), 422, "/occurred_at")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [{"quantity": "0", "unit_price": "1"}]}, "/lines/0/quantity"),
        ({"lines": [{"quantity": "1", "unit_price": "-1"}]}, "/lines/0/unit_price"),
        ({"lines": [{"quantity": "1"}]}, "/lines/0/unit_price"),
        ({"lines": [{"quantity": "1", "unit_price": "NaN"}]}, "/lines/0/unit_price"),
        ({"currency": "euro"}, "/currency"),
        ({"source": "Not a slug"}, "/source"),
        ({"external_id": ""}, "/external_id"),
        ({"external_id": "a\0b"}, "/external_id"),
        ({"external_id": "\ud800"}, "/external_id"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "/occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "/occurred_at"),
        ({"customer": {"source": "till", "external_id": "nobody"}}, "/customer"),
        ({"customer": "ada"}, "/customer"),
        ({"fulfilled": "31.1.2026"}, "/fulfilled"),
    ],
)
def test_what_is_not_right_is_refused_with_its_place_and_nothing_is_stored(till, changes, pointer):
    is_problem(post(till, "purchases", purchase(**changes)), 422, pointer)
    assert not Purchase.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.parametrize("name", ["customers", *FACTS, *PLANS, "placements", "actions"])
def test_an_unknown_query_parameter_is_named(till, name):
    answer = till.get(f"/api/v1/{name}/", {"colour": "blue"})
    is_problem(answer, 400)
    assert "colour" in answer.json()["detail"]


def test_a_cursor_walks_every_row_once_whatever_arrives_meanwhile(till):
    wanted = {post(till, "purchases", purchase(f"p{n}")).json()["id"] for n in range(7)}
    address, seen = "/api/v1/purchases/?limit=3", []
    while address:
        page = till.get(address).json()
        assert len(page["results"]) <= 3
        seen += [row["id"] for row in page["results"]]
        post(till, "purchases", purchase(f"late {next(serial)}"))
        address = page["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == wanted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ladder=nope", "ladder: “nope” is none; there are attitude, christopher, griffin, raving-fans."),
        ("ladder=griffin&rung=nope", "rung: “nope” is none; there are advocate, client,"),
        ("cursor=rubbish", "cursor: “rubbish” is none that this API gave; begin without one."),
        ("limit=201", "limit: “201” is no whole number from 1 to 200."),
        ("limit=0", "limit: “0” is no whole number from 1 to 200."),
        ("limit=many", "limit: “many” is no whole number from 1 to 200."),
        ("limit=", "limit: “” is no whole number from 1 to 200."),
    ],
)
def test_what_a_query_names_and_is_not_there_is_named(till, query, said):
    assert said in till.get(f"/api/v1/placements/?{query}").json()["detail"]


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/v1/customers/cus_0/", 404),
        ("get", f"/api/v1/customers/cus_{'0' * 32}/", 404),
        ("get", "/api/v1/customers/by-external/till/nobody/", 404),
        ("get", "/api/v1/customers/by-external/till/a%00b/", 404),
        ("get", "/api/v1/ladders/staircase/rungs/", 404),
        ("get", "/api/v1/nothing/", 404),
        ("get", "/api/v1/purchases/?cursor=rubbish", 400),
        ("get", "/api/v1/purchases/?cursor=cD1hYmM%3D", 400),
        ("get", f"/api/v1/purchases/?cursor={b64encode(b'p=' + b'9' * 30).decode()}", 400),
        ("get", "/api/v1/placements/?ladder=nope", 400),
        ("get", "/api/v1/placements/?ladder=griffin&rung=nope", 400),
        ("get", "/api/v1/customers/?q=a%00b", 400),
        ("get", "/api/v1/placements/?rung=a%00b", 400),
        ("get", "/api/v1/actions/?state=bored", 400),
        ("get", f"/api/v1/customers/cus_{'0' * 32}/placements/?as_of=soon", 404),
        ("delete", "/api/v1/purchases/", 405),
        ("put", "/api/v1/customers/", 405),
    ],
)
def test_every_answer_that_is_no_success_is_a_problem_document(till, method, address, status):
    answer = getattr(till, method)(address)
    assert answer.status_code == status, answer.content
    if status >= 400:
        is_problem(answer, status)


def test_only_json_is_read(till):
    is_problem(till.post("/api/v1/purchases/", "source=till", content_type="application/x-www-form-urlencoded"), 415)
    is_problem(till.post("/api/v1/purchases/", "{", content_type="application/json"), 400)
    is_problem(till.post("/api/v1/purchases/", "[]", content_type="application/json"), 422)


@pytest.mark.parametrize("depth", [101, 900, 100_000], ids=["one too many", "readable still", "no stack would do"])
@pytest.mark.parametrize("name", ["customers", "purchases", "responses", "editions"])
def test_what_is_nested_without_end_is_refused_like_other_bad_json(name, depth):
    boss = key("read", "write", "configure")
    for body in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        answer = boss.post(f"/api/v1/{name}/", body, content_type="application/json")
        is_problem(answer, 400)
        assert answer.json()["detail"] == "Lists and objects are nested more than 100 deep."


def test_what_is_nested_as_deep_as_may_be_is_read(till):
    is_problem(till.post("/api/v1/purchases/", "[" * 100 + "]" * 100, content_type="application/json"), 422)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer lk_wrong", "Basic YTpi", "Bearer \xff"])
def test_without_a_right_key_nothing_is_said(header):
    client = APIClient(raise_request_exception=False)
    answer = client.get("/api/v1/customers/", **({"HTTP_AUTHORIZATION": header} if header else {}))
    is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("dead", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(seconds=1)}])
def test_a_revoked_or_expired_key_opens_nothing(dead):
    is_problem(key(**dead).get("/api/v1/customers/"), 401)


def test_a_key_does_what_its_scopes_say(till):
    is_problem(post(key("read"), "purchases", purchase()), 403)
    assert post(key("write"), "purchases", purchase()).status_code == 201
    is_problem(key("write").get("/api/v1/purchases/"), 403)
    assert len(key("read").get("/api/v1/purchases/").json()["results"]) == 1


def test_a_key_sees_its_team_and_those_below_it_and_no_other():
    north, south = key(of=make.team("North")), key(of=make.team("South"))
    bought = post(north, "purchases", purchase()).json()
    assert len(key().get("/api/v1/purchases/").json()["results"]) == 1, "Everyone is above both"
    for name in ("customers", "purchases"):
        assert south.get(f"/api/v1/{name}/").json()["results"] == []
    is_problem(south.get(f"/api/v1/customers/{bought['customer']}/"), 404)
    is_problem(south.get("/api/v1/customers/by-external/till/ada/"), 404)
    assert south.get("/api/v1/purchases/", {"customer": bought["customer"]}).json()["results"] == []
    is_problem(post(south, "purchases", purchase("p2")), 422, "/customer")
    is_problem(post(south, "customers", {"name": "Ada", "external_ids": [{"source": "till", "external_id": "ada"}]}), 409)


def test_who_was_referred_is_said_once_and_may_be_made_by_their_name(till):
    named = post(till, "referrals", fact("1", prompted=False)).json()
    assert named["referred"] is None
    ben = {"customer": {"source": "till", "external_id": "ben", "name": "Ben"}}
    told = [post(till, f"referrals/{named['id']}/referred", ben) for _ in range(2)]
    assert [answer.status_code for answer in told] == [200, 200]
    assert told[1].json()["referred"] == till.get("/api/v1/customers/by-external/till/ben/").json()["id"]
    cleo = {"customer": {"source": "till", "external_id": "cleo", "name": "Cleo"}}
    is_problem(post(till, f"referrals/{named['id']}/referred", cleo), 409)
    assert not Customer.objects.filter(name="Cleo").exists()
    is_problem(post(till, "referrals", fact("2", prompted=False, referred={"source": "till", "external_id": "ada"})), 422)


def test_a_complaint_is_answered_and_reopened_and_says_whether_it_is_open(till):
    made = post(till, "complaints", fact("1", words="It leaks")).json()
    assert (made["due_day"], made["is_open"], made["steps"]) == ("2026-02-14", True, [])
    answered = {"occurred_at": "2026-02-01T09:00:00+01:00", "words": "A new one is on its way"}
    seen = [post(till, f"complaints/{made['id']}/answer", answered).json() for _ in range(2)]
    assert seen[0] == seen[1]
    assert (seen[0]["is_open"], [step["kind"] for step in seen[0]["steps"]]) == (False, ["answered"])
    again = post(till, f"complaints/{made['id']}/reopen", {"occurred_at": "2026-02-02T09:00:00+01:00"}).json()
    assert again["is_open"]
    is_problem(post(till, f"complaints/{made['id']}/answer", {**answered, "words": "No"}), 409)
    early = post(till, f"complaints/{made['id']}/answer", {"occurred_at": "2026-01-30T09:00:00+01:00"})
    is_problem(early, 422)
    assert "not after the complaint was received, on 2026-01-31 08:30" in early.json()["detail"]


def test_complaints_are_listed_by_where_they_are(till):
    late = post(till, "complaints", fact("1")).json()["id"]
    told = post(till, "complaints", fact("2")).json()["id"]
    post(till, f"complaints/{told}/answer", {"occurred_at": "2026-02-02T09:00:00+01:00"})

    def listed(which):
        return [each["id"] for each in till.get("/api/v1/complaints/", {"which": which}).json()["results"]]

    assert [listed(which) for which in ("open", "late", "unchecked", "all")] == [[late], [late], [told], [told, late]]
    is_problem(till.get("/api/v1/complaints/?which=blue"), 400)


def test_a_complaint_is_graded_given_and_checked_over_rest(till):
    make.user("tom", Role.TEAM_LEAD)
    at = f"complaints/{post(till, 'complaints', fact('1', words='It leaks', severity='serious')).json()['id']}"
    made = till.get(f"/api/v1/{at}/").json()
    assert (made["severity"], made["due_day"], made["owner"], made["state"]) == ("serious", "2026-02-07", None, "received")
    is_problem(post(till, f"{at}/give", {"to": "nobody"}), 422)
    is_problem(post(till, f"{at}/check", {"content": True}), 409)
    post(till, f"{at}/grade", {"severity": "grave"})
    post(till, f"{at}/give", {"to": "tom"})
    post(till, f"{at}/answer", {"occurred_at": "2026-02-02T09:00:00+01:00"})
    found = post(till, f"{at}/check", {"content": False}).json()
    assert (found["severity"], found["due_day"], found["owner"], found["state"]) == ("grave", "2026-02-07", "tom", "reopened")
    assert [step["kind"] for step in found["steps"]] == ["answered", "regraded", "taken", "discontent", "reopened"]


def test_a_joint_plan_is_accepted_by_each_side_and_ends(till):
    made = post(till, "joint-plans", plan()).json()
    for _ in range(2):
        post(till, f"joint-plans/{made['id']}/accept", {"side": "us", "on": "2026-02-01"})
        post(till, f"joint-plans/{made['id']}/accept", {"side": "them", "on": "2026-02-03"})
        last = post(till, f"joint-plans/{made['id']}/end", {"on": "2026-03-01"})
    assert last.json() == {**made, "accepted_by_us": "2026-02-01", "accepted_by_them": "2026-02-03", "until": "2026-03-01"}
    assert post(till, "joint-plans", plan()).json() == last.json()
    is_problem(post(till, f"joint-plans/{made['id']}/accept", {"side": "us", "on": "2026-02-02"}), 409)
    is_problem(post(till, f"joint-plans/{made['id']}/accept", {"side": "both", "on": "2026-02-02"}), 422, "/side")


def test_a_key_records_a_hostile_act_and_cannot_confirm_it(till):
    made = post(till, "hostile-acts", fact("1", audience="The fair", evidence="Bert heard it")).json()
    assert made["confirmed"] is False
    is_problem(post(till, f"hostile-acts/{made['id']}/confirm", {}), 404)


def test_a_public_review_tells_where_it_is_and_whether_it_is_for_us(till):
    said = {"kind": "review", "favourable": True, "evidence": "https://reviews.example/7", "channel": "e-mail"}
    shown = post(till, "recommendations", recommendation(**said)).json()
    assert {name: shown[name] for name in said} == said
    for wrong in ({"evidence": "javascript:x"}, {"channel": "pigeon"}):
        is_problem(post(till, "recommendations", recommendation("t2", **wrong)), 422, f"/{next(iter(wrong))}")
    is_problem(post(till, "recommendations", recommendation("t2", kind="reference", favourable=False)), 422)


@pytest.mark.parametrize("wrong", [{"matter": "weather"}, {"importance": 0}, {"importance": 6}])
def test_what_matters_is_one_of_what_is_asked_from_1_to_5(till, wrong):
    is_problem(
        post(till, "importances", fact("1", **{"matter": "price", "importance": 3, **wrong})), 422, f"/{next(iter(wrong))}"
    )


def test_a_recommendation_may_be_a_reference(till):
    kinds = [
        post(till, "recommendations", recommendation(name, **kind)).json()["kind"]
        for name, kind in (("1", {}), ("2", {"kind": "reference"}))
    ]
    assert kinds == ["recommendation", "reference"]
    is_problem(post(till, "recommendations", recommendation("3", kind="rumour")), 422, "/kind")
