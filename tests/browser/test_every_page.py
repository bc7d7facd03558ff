"""Every page, light and dark, wide and narrow: accessible, inside the content policy, nothing cut off."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from customers import correcting, days, describing, importing, opening
from customers.models import ContactPoint, Customer, CustomField
from feedback import gathering, handling, inviting, likening, remedying, sampling, suggesting
from feedback.models import Channel, Complaint, Failure, Hypothesis, Letter, Remedy, Suggestion, Theme
from ladder import backtesting, editions, ranking, simulating
from ladder.models import Edition, Placement, Simulation
from ladder.thresholds import changed
from loyaltycrm import demo
from tests import factories as make

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Page

    from customers.models import Import
    from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
FORMS = [
    "customers:customer_edit", "customers:purchase_new", "customers:qualify", "customers:usable_edit", "customers:limits_edit", "customers:tags_edit", "customers:fields_edit", "customers:ids_edit", "customers:own_link",
    "feedback:response_new", "feedback:complaint_new", "feedback:satisfaction_new", "feedback:recommendation_new", "feedback:ask_new", "feedback:opinion_new", "feedback:importance_new", "ladder:override_new", "feedback:involvement_new", "feedback:joint_plan_new", "feedback:leaving_notice_new",
    "feedback:competitor_new", "feedback:hostile_act_new", "feedback:suggestion_new", "feedback:suggestion_support", "feedback:note_new",
]  # fmt: skip
GOOD = "invoice,customer,date,product,quantity,price\n1,eve,2024-01-01,tea,2,3.50\n2,,2024-02-01,tea,1,3.50\n"
SMALL = """[...document.querySelectorAll("a, button, select, summary, input:not([type=hidden], [type=radio], [type=checkbox])")]
    .filter(e => e.checkVisibility() && !e.closest(".sr-only, .skip"))
    .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([_, height]) => height > 0 && height < 32)"""

# No colour half way. What goes on for ever has no end; and of what is folded away, the end never comes by itself.
AT_REST = "document.getAnimations().forEach(one => { try { one.finish() } catch { one.cancel() } })"


@pytest.fixture
def business(ingrid: User, ada: Customer, tmp_path: Path) -> list[Import]:
    """Everybody on their rung, Ada by override, things to do, and imports in three states; Ingrid sees it all."""
    User.objects.filter(pk=ingrid.pk).update(role=Role.ADMINISTRATOR)
    now = timezone.now()
    demo.fill(now=now, customers=60)
    own_fields(ada, now)
    objects(ada, now, ingrid)
    for rung in ("griffin:client", "christopher:supporter"):
        make.override(ada, "at_least", rung, days.day_of(now), days.day_of(now) + timedelta(days=9))
    ranking.rank(now=now)
    for name in ("Grace Okafor", "Yuki Tanaka"):
        made = make.invitation(Customer.objects.get(name=name)).invitation
        Letter.objects.create(invitation=made, state="uncertain", since=now, due_at=now, taken_at=now, words="The worker died.")
    inviting.bounce(made, at=now)
    rules(now)
    heard(ada, now)
    imports = []
    for name, text in (("tried", GOOD), ("in", GOOD), ("broken", "hello,world\n1,2\n")):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        mapping = importing.find_mapping("purchases")
        of = importing.begin(path, kind="purchases", mapping=mapping, at=now, by=ingrid, dry_run=name == "tried")
        with suppress(importing.Failed):
            importing.run(of, path, at=now)
        imports.append(of)
    return imports


def own_fields(ada: Customer, now: datetime) -> None:
    """One of each kind, of which something was said of Ada, and of one something else after all."""
    for kind, *said in (
        ("number", "1200"),
        ("choice", "small", "large"),
        ("flag", ""),
        ("date", "2027-01-31"),
        ("text", "By the fair"),
    ):
        asked = CustomField.objects.create(
            slug=kind, label=f"Their {kind}", kind=kind, choices=["small", "large"] if kind == "choice" else []
        )
        for value in said:
            describing.say_field(ada, asked, value, since=days.day_of(now), at=now)


def objects(ada: Customer, now: datetime, ingrid: User) -> None:
    """What she says is not right: waiting, late and answered; she may be reached by phone alone."""
    for n, back in enumerate((0, 40, 1)):
        made = correcting.object_to(ada, about="name", shown="Name: Ada", words=f"Wrong {n}", at=now - timedelta(days=back))
    correcting.answer(made, "kept", "It is so.", at=now, by=ingrid)
    describing.set_refused(ada, {"email", "post"}, since=days.day_of(now))
    opening.open_to(ada, at=now, by=ingrid)


def heard(ada: Customer, now: datetime) -> None:
    """A theme with all it may have, one that has nothing, a failure, ideas and hypotheses in every state, two at one address."""
    today, channel = days.day_of(now), Channel.objects.get(slug="other")
    failure = make.failure(ada, *(make.customer(f"Silent {n}") for n in range(40)), day=today)
    late = make.theme("late-delivery", base="failures", first_day=today - timedelta(days=30))
    make.theme("leaks")
    late.failures.add(failure)
    said = [
        make.message(who, today, words="It came a week late")
        for who in (None, *Customer.objects.filter(name__startswith="Silent")[:3])
    ]
    make.gather(late, make.message(ada, today - timedelta(days=90)), make.score(ada, today, 2), *said)
    for _ in range(3):
        make.message(ada, today, words="It came a week late, again")
    likening.propose()
    lead = User.objects.get(username="ingrid")
    gathering.decide(late, "ask", "Three are not enough for me.", on=today, at=now, by=lead)
    drawn = list(sampling.draw(late, 9, on=today, at=now, by=lead).members.all())
    sampling.ask(drawn[0], at=now)
    sampling.answer(drawn[1], True, at=now)
    ideas = [
        suggesting.suggest(f"Idea {n}", channel=channel, occurred_at=now, at=now, customer=ada, words="Please") for n in range(2)
    ]
    suggesting.answer(ideas[0], "built", "Since today.", at=now)
    complained(ada, now, lead)
    for n, one in enumerate(Customer.objects.filter(name__startswith="Silent")[:32]):
        make.importance(one, today, value=1 + n % 5)
    for back in (2, 500):
        make.importance(ada, today - timedelta(days=back), matter="price" if back > 9 else "advice")
    make.opinion(ada, today, "It lasts")
    make.ask(ada, today)
    make.recommendation(
        ada, today, kind="review", evidence="https://reviews.example/a-rather-long-way-to-say-where-it-can-be-read/7"
    )
    make.competitor(ada, today)
    Hypothesis.objects.create(claim="They like blue", test="Ask 100")
    Hypothesis.objects.create(
        claim="They like red", test="Ask 100", result="No", decision="We leave it", settled_at=now, settled_by=lead
    )
    for one in Customer.objects.filter(name__startswith="Silent")[:2]:
        ContactPoint.objects.create(customer=one, kind="post", value="Elm Road 1")


def complained(ada: Customer, now: datetime, lead: User) -> None:
    """A complaint that waits, late, graded anew, taken, with remedies of every kind; and one that is answered."""
    today = days.day_of(now)
    late = make.complaint(ada, today - timedelta(days=9), due=today - timedelta(days=2))
    handling.regrade(late, "grave", at=now, words="It floods", by=lead)
    handling.give(late, lead, at=now, by=lead)
    remedying.propose(late, kind="gift", amount=Decimal(30), words="A new lamp", at=now, by=lead)
    for _ in range(2):
        asked = remedying.propose(late, kind="credit", amount=Decimal(90), words="A credit note", at=now)
    remedying.decide(asked, granted=False, why="Once is enough", at=now, by=lead)
    make.complaint(ada, today - timedelta(days=5), due=today, answered=today - timedelta(days=1))


def of_complaints() -> list[str]:
    told = Complaint.objects.filter(customer__name="Ada Lindqvist").order_by("pk")
    waits, answered = told.first(), told.last()
    acts = [(waits, act) for act in ("answer", "give", "grade", "remedy")] + [(answered, act) for act in ("check", "reopen")]
    asked = Remedy.objects.waiting().get()
    return [
        "/listening/complaints/", "/listening/complaints/?which=all", "/listening/complaints/?which=late&severity=minor",
        waits.get_absolute_url(), answered.get_absolute_url(), "/listening/figures/?by=category",
        *(reverse("listening:complaint_act", args=[one.uuid, act]) for one, act in acts),
        reverse("listening:complaint_remedy", args=[asked.complaint.uuid, asked.uuid]),
    ]  # fmt: skip


def of_listening() -> list[str]:
    """The lists, the forms, and one of each."""
    themes = Theme.objects.order_by("slug")
    lists = (
        "theme_list",
        "theme_new",
        "failure_list",
        "failure_new",
        "suggestion_list",
        "suggestion_new",
        "hypothesis_list",
        "hypothesis_new",
        "note_new",
        "opinion_list",
    )
    return [
        *(reverse(f"listening:{name}") for name in lists), reverse("customers:household_list"),
        *(theme.get_absolute_url() for theme in themes),
        *(reverse(f"listening:{name}", args=[themes[0].slug]) for name in ("theme_edit", "theme_decide", "sample_new")),
        Failure.objects.latest("pk").get_absolute_url(), *(one.get_absolute_url() for one in Suggestion.objects.all()),
        reverse("listening:suggestion_answer", args=[Suggestion.objects.get(settled_at=None, title__startswith="Idea").uuid]),
        reverse("listening:hypothesis_settle", args=[Hypothesis.objects.get(settled_at=None, claim="They like blue").uuid]),
        *of_complaints(),
    ]  # fmt: skip


def rules(now: datetime) -> None:
    """A draft that was tried and moves people, one being tried, one that could not be, and an edition that is held."""
    live = Edition.objects.published().get(ladder__slug="griffin")
    tried, trying, broken = (editions.draft(editions.document(live)) for _ in range(3))
    editions.revise(tried, changed(editions.document(tried), {"client.1": 20}, tried.numbers))
    simulating.simulate(simulating.begin(tried, at=now), now=now)
    simulating.begin(trying, at=now)
    given_up = {"finished_at": now, "error": "ZeroDivisionError('division by zero')", "attempts": 3}
    Simulation.objects.filter(pk=simulating.begin(broken, at=now).pk).update(**given_up)
    asked = backtesting.begin(live, at=days.day_of(now) - timedelta(days=90), horizon=90, now=now)
    backtesting.carry_out(asked, now=now)
    backtesting.begin(tried, at=days.day_of(now) - timedelta(days=90), horizon=90, now=now)
    christopher = Edition.objects.published().get(ladder__slug="christopher")
    editions.publish(editions.draft(editions.document(christopher)), at=now, hold=timedelta(hours=24))


def addresses(ada: Customer, imports: list[Import]) -> list[str]:
    bought = ada.purchases.first()
    on_rungs = {p.rung_id: p.customer for p in Placement.objects.current().select_related("customer")}
    return [
        *(customer.get_absolute_url() for customer in on_rungs.values()),
        "/imports/", *(reverse("imports:import_one", args=[of.uuid]) for of in imports),
        "/", "/ladder/", "/ladder/attitude/", "/ladder/griffin/beside/attitude/", "/ladder/griffin/movements/", "/ladder/runs/", "/customers/", "/customers/?q=zzz", ada.get_absolute_url(), "/customers/new/", "/accounts/settings/", "/help/", "/listening/figures/?by=rung",
        *of_rules(), *of_listening(),
        "/listening/surveys/", f"/listening/surveys/?customer={ada.uuid}", "/listening/surveys/recommendation/", "/listening/surveys/recommendation/invite/", f"/listening/surveys/opinion/invite/?customer={ada.uuid}",
        "/nothing-here/", reverse("customers:refund_new", args=[ada.uuid, bought.uuid]),
        *(reverse(name, args=[ada.uuid]) for name in FORMS),
        reverse("customers:correction_list"), reverse("customers:correction_answer", args=[ada.corrections.open().first().uuid]),
    ]  # fmt: skip


def of_rules() -> list[str]:
    """The list, an edition in force, one that is held, a draft as it is copied, one being tried, one tried, and what leads there."""
    live = Edition.objects.published().get(ladder__slug="griffin")
    held = Edition.objects.exclude(held_until=None).get()
    tried = Edition.objects.drafts().exclude(simulations=None).earliest("pk")
    return [
        "/rules/", *(edition.get_absolute_url() for edition in (live, held, *Edition.objects.drafts())),
        *(reverse(f"ladder:{name}", args=[tried.pk]) for name in ("edition_edit", "edition_json", "edition_publish", "edition_proposals")),
        reverse("ladder:edition_backtest", args=[live.pk]), reverse("ladder:edition_backtest", args=[tried.pk]),
        reverse("ladder:trial_moves", args=[tried.simulations.get().pk]),
        reverse("ladder:rung_edit", args=[tried.pk, "suspect"]), f"{reverse('ladder:rung_edit', args=[tried.pk, 'client'])}?at=rule.all[2]",
    ]  # fmt: skip


def faults(page: Page, *rules: str) -> list[object]:
    """What is wrong with a page as it stands: by every rule of axe, or by these; and whatever is cut off or too small to touch."""
    page.wait_for_load_state()  # what was pressed before may still be on its way
    page.evaluate(AT_REST)
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    asked = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
    broken = page.evaluate("asked => axe.run(asked).then(found => found.violations)", asked)
    found: list[object] = [(v["id"], [n["html"] for n in v["nodes"][:3]]) for v in broken]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the window")
    return found + page.evaluate(SMALL)


# Another theme changes colours alone, another width what is there to be read.
OF_COLOURS = ("color-contrast", "link-in-text-block")
LOOKS = [("light", 1280, ()), ("dark", 1280, OF_COLOURS), ("dark", 375, ()), ("light", 375, OF_COLOURS)]
PARTS = 2  # for as many workers


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_accessible_and_keeps_the_content_policy(
    opened: Opener, ada: Customer, business: list[Import], part: int
) -> None:
    page = opened("/help/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    wrong = {}
    for address in list(dict.fromkeys(addresses(ada, business)))[part::PARTS]:  # many rungs have one person
        page.goto(address)
        for theme, width, rules in LOOKS:
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 800})
            if found := faults(page, *rules):
                wrong[address, theme, width] = found
    assert wrong == {}
    assert [words for words in said if "404" not in words] == []


def test_the_admin_site_and_the_api_documentation_keep_the_content_policy(opened: Opener, ada: Customer) -> None:
    User.objects.filter(username="ingrid").update(role=Role.ADMINISTRATOR, is_superuser=True, is_staff=True)
    page = opened("/help/")
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(f"{page.url} {message.text}") if message.type in {"error", "warning"} else None
    )
    models = [f"admin:{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    page.goto(reverse("admin:index"))
    for name in models:
        page.goto(reverse(f"{name}_changelist"))
    for name in ("accounts_user", "accounts_apikey", "customers_mapping", "ladder_programme", "django_celery_beat_periodictask"):
        page.goto(reverse(f"admin:{name}_add"))
    page.goto(reverse("admin:customers_customer_change", args=[ada.pk]))
    page.goto(reverse("api:docs"))
    page.get_by_role("button", name="POST /api/v1/purchases/", exact=True).click()
    page.get_by_text("occurred_at").first.wait_for()
    assert said == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_menus_errors_selections_and_toasts_are_accessible(opened: Opener, ada: Customer, theme: str) -> None:
    page = opened("/customers/", color_scheme=theme)
    page.get_by_label("Select Ada Lindqvist").check()
    selected = faults(page)
    page.locator("#bulk_owner").select_option(label="tom")
    page.get_by_role("button", name="Set owner").click()
    page.get_by_role("button", name="Undo").wait_for()
    told = faults(page)
    page.locator("details.menu summary").first.click()
    opened_menu = faults(page)
    page.goto(reverse("customers:purchase_new", args=[ada.uuid]))
    page.get_by_role("button", name="Record", exact=True).last.click()
    page.get_by_role("alert").first.wait_for()
    assert [selected, told, opened_menu, faults(page)] == [[], [], [], []]


def test_the_sign_in_page_is_accessible(opened: Opener) -> None:
    page = opened("/help/")
    page.context.clear_cookies()
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill("ingrid")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    assert faults(page) == []


def test_my_day_is_accessible_after_each_act_and_with_its_words_open(opened: Opener, business: list[Import]) -> None:
    page = opened("/")
    page.get_by_text("Words").first.click()
    opened_words = faults(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    chosen = faults(page)
    page.keyboard.press("d")
    page.get_by_role("button", name="Undo").wait_for()
    page.get_by_text("Done by you today").click()
    page.locator("#done-today").get_by_role("button").wait_for()
    assert [opened_words, chosen, faults(page)] == [[], [], []]


def test_the_first_page_of_an_empty_business_is_accessible_and_says_where_to_begin(opened: Opener, ingrid: User) -> None:
    ingrid.customers.all().delete()
    page = opened("/")
    page.get_by_role("link", name="Bring a file in").wait_for()
    assert faults(page) == []
