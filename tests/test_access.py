"""Who may open what: the table below is the policy. A route that is not in it fails, and a canary is looked for everywhere."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.models import ApiKey, Role, User
from customers import correcting, days, opening
from customers.models import ContactPoint, Import, Referral
from feedback import remedying, suggesting, unsubscribing
from feedback.models import Candidate, Channel, Hypothesis, Letter, SampleMember, Suggestion
from ladder import acting, editions, ranking
from ladder.models import Action, Edition, Run
from tests import factories as make

pytestmark = pytest.mark.django_db
PEOPLE = ("manager", "lead", "administrator", "reader", "anonymous")
SYSTEMS = ("key that reads", "key that writes", "anonymous", "lead")
DENIED = {401, 403, 404, 405}
BY_LINK = {"survey_answer", "own_page", "unsubscribe"}
LEAVES_A_TRACE = {
    ("own_page", "get"),
    ("own_page", "post"),
    ("unsubscribe", "post"),
}  # that they looked; that they want no e-mail
SIGN_IN = "302"  # where anonymous are sent
SHARES = 8  # of the routes, for several workers
CANARY, REACHED_AT = "Zanzibar", "canary@example.org"


def row(method, own, other=None):
    """Statuses for own customers, and for another team's; where no customer is named, one row says it all."""
    return method, own, other or own


PAGE = [row("get", "200 200 200 200 302")]
ONE = [row("get", "200 200 200 200 302", "404 404 200 404 302")]
FORM = [row("get", "200 200 200 403 302", "404 404 200 403 302"), row("post", "422 422 422 403 302", "404 404 422 403 302")]
WRITE = [row("post", "302 302 302 403 302", "404 404 302 403 302"), row("get", "405 405 405 403 302")]
ANY_FORM = [row("get", "200 200 200 403 302"), row("post", "422 422 422 403 302")]
ANY_WRITE = [row("post", "302 302 302 403 302"), row("get", "405 405 405 403 302")]
OFFICE = [row("get", "403 403 200 403 302")]
OFFICE_FORM = [*OFFICE, row("post", "403 403 422 403 302")]
OFFICE_WRITE = [row("post", "403 403 302 403 302"), row("get", "403 403 405 403 302")]
CONFIGURED, CONFIGURING = (
    [row("get", "403 403 401 401")],
    [row("post", "403 403 401 401")],
)  # a scope of its own: test_editions_api
LIST = [row("get", "200 403 401 401")]
FACTS = [*LIST, row("post", "403 422 401 401")]
THING = [row("get", "200 403 401 401", "404 403 401 401")]
STEP = [row("post", "403 422 401 401", "403 404 401 401")]
ACT = [row("post", "403 200 401 401", "403 404 401 401")]

HOLDER = [  # of a link: nobody else is asked who they are
    row("get", "200 200 200 200 200", "200 200 200 200 200"),
    row("post", "422 422 422 422 422", "422 422 422 422 422"),
]

POLICY = {
    "my_day": PAGE, "customer_list": PAGE, "customer_list_csv": PAGE, "help": PAGE, "ladder:pyramid": PAGE, "ladder:movements": PAGE, "ladder:crosswalk": PAGE,
    "ladder:pyramid_of": PAGE,
    "customers:product_options": PAGE, "accounts:settings": PAGE,
    "customers:household_list": PAGE, "customers:household_accept": ANY_WRITE,
    "customer": ONE,
    "customers:own_link": FORM, "customers:own_link_close": WRITE, "customers:correction_list": PAGE, "customers:correction_answer": FORM,
    "api:correction_list": LIST, "api:correction_answer": STEP,
    "own_page": HOLDER, "unsubscribe": [row("get", "200 200 200 200 200", "200 200 200 200 200"), row("post", "200 200 200 200 200", "200 200 200 200 200")],
    "customers:customer_new": [row("get", "200 200 200 403 302"), row("post", "422 422 422 403 302")],
    "customers:customer_edit": FORM, "customers:purchase_new": FORM, "customers:refund_new": FORM, "customers:usable_edit": FORM,
    "customers:qualify": FORM, "customers:limits_edit": FORM, "customers:tags_edit": FORM, "customers:fields_edit": FORM, "api:field_list": LIST, "api:field_value_list": [*THING, row("post", "403 422 401 401", "403 404 401 401")], "customers:ids_edit": FORM, "feedback:recommendation_new": FORM, "feedback:ask_new": FORM, "feedback:opinion_new": FORM, "feedback:importance_new": FORM, "feedback:complaint_new": FORM, "feedback:complaint_answer": FORM, "feedback:referral_new": FORM, "feedback:response_new": FORM, "feedback:satisfaction_new": FORM,
    "feedback:involvement_new": FORM, "feedback:joint_plan_new": FORM, "feedback:joint_plan_settle": FORM, "feedback:leaving_notice_new": FORM,
    "feedback:competitor_new": FORM, "feedback:hostile_act_new": FORM, "feedback:hostile_act_confirm": WRITE,
    "customers:owner": WRITE, "customers:purchase_withdraw": WRITE, "customers:refund_withdraw": WRITE, "ladder:action_done": WRITE, "ladder:action_snooze": WRITE, "ladder:action_dismiss": WRITE,
    "ladder:action_undo": WRITE,
    "customers:owner_many": [row("post", "302 302 302 403 302")], "customers:owner_undo": [row("post", "302 302 302 403 302")],
    "ladder:many_done": [row("post", "302 302 302 403 302")], "ladder:many_snooze": [row("post", "302 302 302 403 302")],
    "ladder:override_new": FORM, "ladder:override_withdraw": WRITE, "ladder:quarantine_try": WRITE,
    "api:override_list": [*THING, row("post", "403 422 401 401", "403 404 401 401")], "api:override_withdraw": ACT,
    "ladder:queue_offered": [row("post", "404 404 302 403 302")],
    "ladder:edition_list": OFFICE, "ladder:edition_backtest": OFFICE, "ladder:edition": OFFICE, "ladder:trial_moves": OFFICE,
    "ladder:edition_edit": OFFICE_FORM, "ladder:edition_json": OFFICE_FORM, "ladder:edition_publish": OFFICE_FORM,
    "ladder:rung_edit": OFFICE_FORM, "ladder:edition_act": OFFICE_WRITE, "ladder:edition_proposals": OFFICE, "api:edition_proposals": CONFIGURED,
    "ladder:edition_new": OFFICE_WRITE, "ladder:edition_discard": OFFICE_WRITE, "ladder:edition_call_back": OFFICE_WRITE,
    "ladder:edition_keep": OFFICE_WRITE, "ladder:trial_new": OFFICE_WRITE, "ladder:trial_cancel": OFFICE_WRITE, "ladder:backtest_cancel": OFFICE_WRITE,
    "api:edition_list": [*CONFIGURED, *CONFIGURING], "api:edition": [*CONFIGURED, row("put", "403 403 401 401"), row("delete", "403 403 401 401")],
    "api:edition_rules": [*CONFIGURED, *CONFIGURING], "api:edition_keep": CONFIGURING, "api:edition_publish": CONFIGURING,
    "api:edition_call_back": CONFIGURING, "api:trial_list": CONFIGURING, "api:backtest_list": CONFIGURING, "api:backtest": CONFIGURED, "api:backtest_cancel": CONFIGURING, "api:trial": CONFIGURED, "api:trial_moves": CONFIGURED, "api:trial_cancel": CONFIGURING,
    "ladder:run_list": OFFICE, "ladder:run_new": OFFICE_WRITE, "ladder:run_cancel": OFFICE_WRITE, "ladder:run_resume": OFFICE_WRITE,
    "api:run_list": [*CONFIGURED, *CONFIGURING], "api:run": CONFIGURED, "api:run_cancel": CONFIGURING, "api:run_resume": CONFIGURING,
    "accounts:sign_in": [row("get", "302 302 302 302 200")], "accounts:sign_out": [row("post", "302 302 302 302 302")],
    "accounts:theme": [row("post", "302 302 302 302 302")], "accounts:password": [row("post", "422 422 422 422 302")],
    "imports:import_list": [*OFFICE, row("post", "403 403 422 403 302")], "imports:import_one": OFFICE, "imports:import_refused": OFFICE,
    "imports:waiting_list": OFFICE,
    "imports:import_commit": [row("post", "403 403 302 403 302")], "imports:import_undo": [row("post", "403 403 302 403 302")],
    "demo": [row("get", "302 302 302 302 302")], "demo_clear": [row("post", "403 403 302 403 302")],
    "figures": PAGE, "api:figure": LIST,
    "health": [row("get", "200 200 200 200 200")], "favicon": [row("get", "302 302 302 302 302")],
    "api:schema": [row("get", "200 200 200 200")], "api:docs": [row("get", "200 200 200 200")], "api:nothing": [row("get", "404 404 404 404")],
    "api:customer_list": FACTS, "api:purchase_list": FACTS, "api:refund_list": FACTS, "api:recommendation_list": FACTS, "api:ask_list": FACTS, "api:importance_list": FACTS,
    "api:response_list": FACTS, "api:satisfaction_list": FACTS, "api:placement_list": LIST, "api:action_list": LIST, "api:rung_list": LIST, "api:ladder_movements": [row("get", "400 403 401 401")],
    "api:customer": THING, "api:customer_by_external": THING, "api:customer_placements": THING, "api:customer_movements": THING,
    "api:action_done": ACT, "api:action_snooze": ACT, "api:action_dismiss": ACT,
    "api:complaint_list": FACTS, "api:hostile_act_list": FACTS, "api:leaving_notice_list": FACTS, "api:competitor_considered_list": FACTS,
    "api:referral_list": FACTS, "api:involvement_list": FACTS, "api:joint_plan_list": FACTS,
    "api:complaint": [row("get", "200 403 401 401", "404 403 401 401")], "api:complaint_answer": STEP, "api:complaint_reopen": STEP, "api:complaint_grade": STEP, "api:complaint_give": STEP, "api:complaint_check": STEP, "api:remedy_list": [row("get", "200 403 401 401", "404 403 401 401"), row("post", "403 422 401 401", "403 404 401 401")], "api:referral_referred": STEP, "api:joint_plan_accept": STEP, "api:joint_plan_end": STEP,
    "surveys:survey_list": PAGE, "surveys:survey": PAGE, "surveys:invitation_bounce": WRITE, "surveys:letter_decide": [row("post", "400 400 400 403 302", "404 404 400 403 302"), row("get", "405 405 405 403 302")],
    "surveys:survey_invite": [row("get", "200 200 200 403 302"), row("post", "422 422 422 403 302")],
    "survey_answer": HOLDER,
    "api:opinion_list": FACTS, "api:survey_list": LIST, "api:survey_invitations": FACTS, "api:invitation_bounce": ACT, "api:invitation_letter": STEP,
    "listening:complaint_list": PAGE, "listening:complaint": ONE, "listening:complaint_act": FORM, "listening:complaint_remedy": FORM,
    "listening:theme_list": PAGE, "listening:theme": PAGE, "listening:failure_list": PAGE, "listening:failure": PAGE, "listening:hypothesis_list": PAGE, "listening:opinion_list": PAGE,
    "listening:suggestion_list": PAGE, "listening:suggestion": ONE, "listening:suggestion_answer": FORM,
    "listening:theme_new": OFFICE_FORM, "listening:theme_edit": OFFICE_FORM, "listening:theme_decide": OFFICE_FORM, "listening:sample_new": OFFICE_FORM, "listening:sample_invite": [row("post", "403 403 200 403 302"), row("get", "403 403 405 403 302")],
    "listening:failure_new": OFFICE_FORM, "listening:failure_silence": OFFICE_WRITE,
    "listening:theme_gather": ANY_WRITE, "listening:theme_let_go": ANY_WRITE, "listening:sample_answer": WRITE,
    "listening:suggestion_new": ANY_FORM, "listening:note_new": ANY_FORM, "listening:hypothesis_new": ANY_FORM, "listening:hypothesis_settle": ANY_FORM,
    "feedback:suggestion_new": FORM, "feedback:suggestion_support": FORM, "feedback:note_new": FORM,
    "api:theme_list": LIST, "api:theme": LIST, "api:theme_gather": [row("post", "403 422 401 401")], "api:sample_list": [*LIST, *CONFIGURING], "api:sample_invite": CONFIGURING, "api:sample_members": LIST,
    "api:sample_answer": ACT, "api:failure_list": [*LIST, row("post", "403 403 401 401")], "api:suggestion_list": FACTS, "api:note_list": FACTS,
    "api:suggestion_support": [row("post", "403 422 401 401", "403 404 401 401")], "api:suggestion_answer": [row("post", "403 422 401 401", "403 404 401 401")],
    "api:purchase_correction": ACT, "api:refund_correction": ACT,
}  # fmt: skip


def routes(resolver=None, spaces=()):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name or str(pattern.pattern)])
        else:
            yield from routes(pattern, (*spaces, *filter(None, [pattern.namespace])))


@pytest.fixture
def world():
    """Two teams, each with a customer who bought, answered and has an action; who asks is of the north."""
    north, south, today = make.team("North"), make.team("South"), days.day_of(timezone.now())
    roles = {"manager": Role.ACCOUNT_MANAGER, "lead": Role.TEAM_LEAD, "administrator": Role.ADMINISTRATOR, "reader": Role.READER}
    people = {name: User.objects.create(username=name, team=north, role=role) for name, role in roles.items()}
    stranger = User.objects.create(username="stranger", team=south)
    found = {
        "people": people,
        "own": make.customer("Nora", team=north),
        "other": make.customer(CANARY, team=south, owner=stranger),
    }
    found["invited"] = {of: make.invitation(found[of]) for of in ("own", "other")}
    for one in (found["own"], found["other"]):
        make.purchase(one, today - timedelta(days=1))
        make.score(one, today, 9)
        make.opinion(one, today, f"Says {one.name}")
        make.importance(one, today)
        make.recommendation(one, today)
        make.hostile_act(one, today, confirmed=False)
        make.complaint(one, today, due=today)
        Referral.objects.create(**make.entry(one, today), name=one.name)
        make.joint_plan(one, today)
        ContactPoint.objects.create(customer=one, kind="email", value=REACHED_AT)
        correcting.object_to(one, about="name", shown=one.name, words=f"I am not {one.name}", at=timezone.now())
    found["opened"] = {of: opening.open_to(found[of], at=timezone.now()) for of in ("own", "other")}
    listen(found, timezone.now())
    ranking.rank(now=timezone.now())
    Action.objects.update(due_at=timezone.now())
    found["live"] = Edition.objects.published().get(ladder__slug="griffin")
    found["draft"] = editions.draft(editions.document(found["live"]))
    found["trial"] = found["draft"].simulations.create(day=today)
    found["trial"].moves.create(customer=found["other"], why=f"{CANARY} stands there.")
    found["backtest"] = found["draft"].backtests.create(at=today, horizon=1)
    found["import"] = Import.objects.create(
        kind="purchases", mapping="plain", mapping_text="", file_name=CANARY, sha256="0", path="/gone", bytes_total=1, made_at=timezone.now(),
        dry_run=True, state="done",
    )  # fmt: skip
    return found


def listen(found, now):
    """A theme, a failure, a sample, ideas and a hypothesis, of both teams."""
    both, channel = (found["own"], found["other"]), Channel.objects.get(slug="other")
    found["theme"] = make.theme("late", base="failures")
    found["theme"].failures.add(make.failure(*both))
    make.gather(found["theme"], *(make.message(one, words=one.name) for one in both))
    found["hypothesis"] = Hypothesis.objects.create(claim="They like blue", test="Ask")
    sample = found["theme"].samples.create(seed=1, size=2, drawn_from=2)
    for place, one in enumerate(both):
        sample.members.create(customer=one, place=place)
        Candidate.objects.create(theme=found["theme"], message=make.message(one, words=one.name), likeness=0.9)
        Candidate.objects.create(message=make.message(one, words=one.name), likeness=0.9)
        suggesting.suggest(f"Of {one.name}", channel=channel, occurred_at=now, at=now, customer=one)


def listened(name, world, one):
    """The same of a route about what was heard; nothing for another."""
    theme, last = world["theme"], name.rpartition(":")[2]

    def member():
        return SampleMember.objects.get(customer=one)

    def idea():
        return Suggestion.objects.get(customer=one)

    about = {
        "theme_let_go": lambda: [theme.slug, theme.gathered.get(message__customer=one).pk], "sample_answer": lambda: [theme.slug, member().uuid],
        "sample_invite": lambda: [theme.slug, theme.samples.get().pk],
        "failure": lambda: [theme.failures.get().uuid], "failure_silence": lambda: [theme.failures.get().uuid],
        "hypothesis_settle": lambda: [world["hypothesis"].uuid], "suggestion": lambda: [idea().uuid], "suggestion_answer": lambda: [idea().uuid],
    }  # fmt: skip
    if name.startswith("api:"):
        about = {
            "sample_answer": lambda: [f"mem_{member().uuid.hex}"],
            "sample_invite": lambda: [theme.slug, theme.samples.get().pk],
            "suggestion_support": lambda: [f"sug_{idea().uuid.hex}"],
            "suggestion_answer": lambda: [f"sug_{idea().uuid.hex}"],
        }
    themes = ("theme", "theme_edit", "theme_gather", "theme_decide", "sample_new", "sample_list", "sample_members")
    about |= {each: lambda: [theme.slug] for each in themes}
    return None if not name.startswith(("listening:", "api:")) or last not in about else reverse(name, args=about[last]())


def addressed(name, world, of):
    """The address of a route, about the customer of one team."""
    one = world[of]
    if address := listened(name, world, one):
        return address
    action = one.actions.filter(step__programme__slug="welcome").get()
    if name == "ladder:action_undo":
        act = acting.dismiss(
            one.actions.exclude(pk=action.pk).get(), reason="", by=world["people"]["administrator"], at=timezone.now()
        )
        return reverse(name, args=[act])
    known = {
        "own_page": lambda: [world["opened"][of].token], "unsubscribe": lambda: [unsubscribing.path(one).split("/")[2]],
        "customers:correction_answer": lambda: [one.corrections.get().uuid],
        "surveys:survey": lambda: ["recommendation"], "surveys:survey_invite": lambda: ["recommendation"], "api:survey_invitations": lambda: ["recommendation"],
        "ladder:pyramid_of": lambda: ["griffin"], "ladder:movements": lambda: ["griffin"], "ladder:crosswalk": lambda: ["griffin", "attitude"], "api:rung_list": lambda: ["griffin"], "api:ladder_movements": lambda: ["griffin"], "api:customer_by_external": lambda: ["here", one.name],
        "ladder:edition_new": lambda: ["griffin"], "ladder:edition_call_back": lambda: [world["live"].pk], "ladder:edition_keep": lambda: [world["live"].pk],
        "customers:refund_new": lambda: [one.uuid, one.purchases.get().uuid],
        "feedback:complaint_answer": lambda: [one.uuid, one.complaints.get().uuid],
        "api:figure": lambda: ["nps"], "api:complaint": lambda: [f"cmp_{one.complaints.get().uuid.hex}"], "api:remedy_list": lambda: [f"cmp_{one.complaints.get().uuid.hex}"],
        "listening:complaint": lambda: [one.complaints.get().uuid], "listening:complaint_act": lambda: [one.complaints.get().uuid, "answer"],
        "feedback:joint_plan_settle": lambda: [one.uuid, one.jointplans.get().uuid],
        "feedback:hostile_act_confirm": lambda: [one.uuid, one.hostileacts.get().uuid],
        "customers:purchase_withdraw": lambda: [one.uuid, one.purchases.get().uuid],
    }  # fmt: skip
    if name == "listening:complaint_remedy":
        asked = remedying.propose(one.complaints.get(), kind="gift", at=timezone.now())
        return reverse(name, args=[asked.complaint.uuid, asked.uuid])
    if name == "customers:refund_withdraw":
        return reverse(name, args=[one.uuid, make.refund(one, one.purchases.get()).uuid])
    if name.endswith(("invitation_bounce", "_letter", "letter_decide")):
        asked, now = world["invited"][of].invitation, timezone.now()
        Letter.objects.get_or_create(invitation=asked, defaults={"since": now, "due_at": now})
        uuid = asked.uuid
        return reverse(name, args=[f"inv_{uuid.hex}" if name.startswith("api:") else uuid])
    if name == "survey_answer":
        return world["invited"][of].path
    if name == "api:purchase_correction":
        return reverse(name, args=[f"pur_{one.purchases.get().uuid.hex}"])
    if name == "api:refund_correction":
        return reverse(name, args=[f"ref_{make.refund(one, one.purchases.get()).uuid.hex}"])
    if POLICY[name] is STEP:
        thing = name.removeprefix("api:").split("_")[0]
        made = {
            "complaint": ("cmp", "complaints"),
            "referral": ("rfl", "referrals"),
            "joint": ("pln", "jointplans"),
            "correction": ("cor", "corrections"),
        }[thing]
        return reverse(name, args=[f"{made[0]}_{getattr(one, made[1]).get().uuid.hex}"])
    if name.endswith(":override_withdraw"):
        held = make.override(
            one, "fix", "griffin:client", days.day_of(timezone.now()), days.day_of(timezone.now()) + timedelta(days=9)
        )
        return reverse(
            name, args=[f"cus_{one.uuid.hex}", f"ovr_{held.uuid.hex}"] if name.startswith("api:") else [one.uuid, held.uuid]
        )
    if name == "api:nothing":
        return "/api/v1/whatever/"
    if name in known:
        return reverse(name, args=known[name]())
    if name == "ladder:rung_edit":
        return reverse(name, args=[world["draft"].pk, "client"])
    space, _, last = name.rpartition(":")
    if last in {"backtest", "backtest_cancel"}:
        return reverse(name, args=[world["backtest"].pk])
    if last.startswith(("edition", "trial")) and last not in {"edition_list", "trial_list"}:
        return reverse(name, args=[world["trial" if last in {"trial", "trial_moves", "trial_cancel"} else "draft"].pk])
    if last in {"run", "run_cancel", "run_resume"}:
        return reverse(name, args=[Run.objects.latest("pk").pk])
    if name.startswith(("ladder:action", "api:action_")) and name != "api:action_list":
        return reverse(name, args=[f"act_{action.uuid.hex}" if space == "api" else action.uuid])
    if space == "imports" and last not in {"import_list", "waiting_list"}:
        return reverse(name, args=[world["import"].uuid])
    return (
        reverse(name, args=[f"cus_{one.uuid.hex}" if space == "api" else one.uuid])
        if POLICY[name][0][1] != POLICY[name][0][2]
        else reverse(name)
    )


def client_of(who, world):
    client = Client(raise_request_exception=False)
    if who in world["people"]:
        client.force_login(world["people"][who])
    elif who.startswith("key"):
        key = ApiKey(name=who, team=make.team("North"), scopes=[who.split()[-1][:-1]], last_used_at=timezone.now())
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.renew()}"
        key.save()
    return client


def ask(client, method, name, address):
    """A request that says next to nothing."""
    if method == "get":
        return client.get(address)
    until = {"until": (timezone.now() + timedelta(days=2)).isoformat()}
    if name.startswith("api:"):
        return getattr(client, method)(address, until, content_type="application/json")
    return client.post(address, {"sent": "1"})


def stored():
    """Every row of every table of ours."""
    ours = [
        m
        for app in ("accounts", "customers", "feedback", "ladder")
        for m in apps.get_app_config(app).get_models()
        if m._meta.managed
    ]
    return {m._meta.label: sorted(map(repr, m._base_manager.values_list())) for m in ours}


class Watch:
    """What was stored before the first statement that may write; a request that only reads is compared with nothing."""

    READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")

    def __init__(self):
        self.before = None

    def __call__(self, execute, sql, params, many, context):
        if self.before is None and not sql.lstrip(" (").startswith(self.READS):
            self.before = stored()
        return execute(sql, params, many, context)

    def changed(self):
        return self.before is not None and stored() != self.before


def body_of(answer):
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


@pytest.mark.parametrize("names", [list(POLICY)[n::SHARES] for n in range(SHARES)], ids=range(SHARES))
def test_every_route_opens_to_whom_the_policy_says(world, names):
    for name in names:
        opens_to_whom_the_policy_says(world, name)


def opens_to_whom_the_policy_says(world, name):
    """Every request is taken back, so that one world will do for many routes."""
    found, expected = {}, {}
    for method, *both in POLICY[name]:
        for of, statuses in zip(("own", "other"), both, strict=True):
            for who, status in zip(SYSTEMS if name.startswith("api:") else PEOPLE, statuses.split(), strict=True):
                with transaction.atomic():
                    client, address = client_of(who, world), addressed(name, world, of)
                    User.objects.update(last_login=None)
                    with connection.execute_wrapper(watch := Watch()):
                        answer = ask(client, method, name, address)
                    expected[method, of, who], found[method, of, who] = int(status), answer.status_code
                    if answer.status_code in DENIED or (who == "anonymous" and (name, method) not in LEAVES_A_TRACE):
                        assert not watch.changed(), f"{who} was refused {method} {address}, and it was changed all the same"
                    transaction.set_rollback(True)
    assert found == expected, name


def test_what_a_request_writes_is_seen(world):
    """The control of the watch."""
    client = client_of("manager", world)
    with connection.execute_wrapper(watch := Watch()):
        client.get(reverse("customer_list"))
        assert not watch.changed()
        world["own"].name = "Norah"
        world["own"].save()
    assert watch.changed()


def test_no_route_is_missing_from_the_policy():
    ours = {name for name in routes() if not name.startswith("admin:")}
    assert ours == set(POLICY), "say in POLICY who may open it"


def test_the_admin_site_opens_to_staff_only(world):
    addresses = [
        reverse("admin:index"),
        *(reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in admin.site._registry),
    ]
    for who in PEOPLE:
        client = client_of(who, world)
        assert {client.get(address).status_code for address in addresses} == {302}, who


@pytest.mark.parametrize("who", [*PEOPLE[:4], *SYSTEMS[:1]])
def test_the_canary_of_another_team_is_nowhere(world, who):
    client, seen = client_of(who, world), []
    for name in POLICY:
        if name in BY_LINK:
            continue  # it greets by name whoever holds the link
        if name == "ladder:action_undo" or name.startswith("api:") != who.startswith("key"):
            continue
        for of in ("own", "other"):
            address = addressed(name, world, of)
            for query in ("", f"?q={REACHED_AT}", "?rung=griffin:first-time", "?owner=none"):
                if CANARY in body_of(client.get(address + query)).replace(address, ""):
                    seen.append(address + query)
    may = who == "administrator"
    assert bool(seen) == may, seen


def test_counts_leave_the_canary_out(world):
    for who, expected in (("key that reads", 1), ("lead", 1), ("manager", 1), ("administrator", 2)):
        client = client_of(who, world)
        if who.startswith("key"):
            assert sum(row["count"] for row in client.get(reverse("api:rung_list", args=["griffin"])).json()) == expected
        else:
            assert client.get(reverse("ladder:pyramid")).context["people"] == expected
            assert client.get(reverse("customer_list")).context["how_many"] == expected
