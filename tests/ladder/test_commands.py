"""The commands others script: exit codes, one JSON object on stdout with the documented keys, progress on stderr."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers import days
from ladder import ranking
from ladder.models import Placement
from tests import factories as make
from tests.commands import command
from tests.ladder.test_editions_api import easier
from tests.ladder.test_rules_pages import carla  # noqa: F401

pytestmark = pytest.mark.django_db
FAILED, USAGE = 1, 2
RUNGS = ["disqualified", "inactive", "suspect", "prospect", "first-time", "repeat", "client", "advocate"]
KEYS = {
    "rank": ["actions", "judged", "moved", "quarantined", "seconds"],
    "ladder": ["at", "ladder", "rungs"],
    "explain": ["edition", "evidence", "ladder", "last_evidence", "next", "override", "position", "rung", "since", "why"],
    "ladder_check": ["checked", "offenders"],
}


def ago(number):
    return days.day_of(timezone.now()) - timedelta(days=number)


def run(name, *arguments):
    """The object a command answers with, and what it said on stderr."""
    out, err = io.StringIO(), io.StringIO()
    call_command(name, *map(str, arguments), "--json", stdout=out, stderr=err)
    lines = out.getvalue().splitlines()
    assert len(lines) == 1, "exactly one object"
    return json.loads(lines[0]), err.getvalue()


def refused(name, *arguments):
    """The exit code and the words of a refusal; nothing on stdout."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command(name, *map(str, arguments), stdout=out)
    assert not out.getvalue()
    return error.value.returncode, str(error.value)


@pytest.fixture
def people():
    """One on each of five kinds of standing."""
    ada, ben, cleo, dora, _ = (make.customer(name, recorded=ago(500)) for name in ("Ada", "Ben", "Cleo", "Dora", "Emil"))
    make.purchase(ada, ago(3))
    make.purchase(ben, ago(300))
    make.qualification(cleo, "need", "no", ago(20))
    make.purchase(dora, ago(30), ended=ago(20))
    ranking.rank(now=timezone.now())


def test_rank_answers_with_its_counts_and_tells_progress_on_stderr():
    make.purchase(make.customer("Ada"), ago(1))
    answer, said = run("rank")
    assert sorted(answer) == KEYS["rank"]
    assert (answer["judged"], answer["actions"]) == (1, 2)
    assert "chunk 1 of 1" in said
    again, _ = run("rank")
    assert (again["judged"], again["moved"], again["actions"]) == (0, 0, 0)


def test_rank_at_a_past_day_queues_only_if_asked_and_never_goes_back():
    make.purchase(make.customer("Ada"), ago(1))
    assert run("rank", "--at", ago(0))[0]["actions"] == 0
    assert run("rank", "--at", ago(30))[0]["moved"] == 0
    assert Placement.objects.current().get(ladder__slug="griffin").rung.slug == "first-time"
    assert run("rank", "--at", ago(0), "--queue")[0]["actions"] == 2
    assert run("rank", "--queue")[0]["actions"] == 0


def test_ladder_counts_every_rung_stored_and_as_of_a_day(people):
    now, _ = run("ladder", "griffin")
    assert sorted(now) == KEYS["ladder"]
    assert list(now["rungs"]) == RUNGS
    assert {slug: n for slug, n in now["rungs"].items() if n} == {"first-time": 1, "inactive": 1, "disqualified": 1, "suspect": 2}
    stored = Placement.objects.count()
    then, _ = run("ladder", "griffin", "--at", ago(25))
    assert (then["at"], then["rungs"]["first-time"], then["rungs"]["suspect"]) == (ago(25).isoformat(), 1, 1)
    assert sum(then["rungs"].values()) == Placement.objects.true().on(ago(25)).filter(ladder__slug="griffin").count(), (
        "the lives of Ada and Cleo begin with their first facts, later"
    )
    assert Placement.objects.count() == stored, "nothing is stored"
    assert run("ladder", "griffin", "--at", ago(0))[0]["rungs"] == now["rungs"]


@pytest.mark.parametrize(
    ("name", "rung", "because"),
    [
        ("Ada", "first-time", "bought on one day"),
        ("Ben", "inactive", "300 days ago"),
        ("Cleo", "disqualified", "no need"),
        ("Dora", "suspect", "taken back"),
        ("Emil", "suspect", "nothing bought yet"),
    ],
)
@pytest.mark.parametrize("at", [[], ["--at", "today"]])
def test_explain_says_the_rung_and_why(people, name, rung, because, at):
    at = [a.replace("today", ago(0).isoformat()) for a in at]
    answer, _ = run("explain", f"here:{name}", *at)
    assert sorted(answer) == KEYS["explain"]
    assert answer["rung"] == rung
    assert because in answer["why"]
    assert sorted(answer["next"]) == ["falls_on", "falls_to", "up"]
    assert answer["evidence"]


def test_what_time_alone_will_do_is_said(people):
    falls = run("explain", "here:Ada")[0]["next"]
    assert (falls["falls_on"], falls["falls_to"]) == (ago(3 - 181).isoformat(), "inactive")


def test_simulate_tells_people_what_could_be_queued_and_by_what_and_who_would_move_and_why(carla, tmp_path, capsys):  # noqa: F811
    path = tmp_path / "easier.json"
    path.write_text(json.dumps(easier()))
    call_command("simulate", str(path))
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"1 of 1 customers would stand on another rung on {ago(0)}.")
    assert said[1] == (
        "Publishing queues nothing by itself: 1 action could be queued then, by `rank --queue` or on the ladder's page."
        " 0 waiting ones would be cancelled."
    )
    assert {"         1  repeat > client", "         1  could be queued: Ask for a recommendation"} <= set(said)
    assert said[-2] == "Who would move, and why:"
    assert said[-1].startswith(f"  repeat > client since {ago(0)}: Carla stands on Client: ")


def test_ladder_check_is_clean_and_names_offenders(people):
    clean, _ = run("ladder_check")
    assert sorted(clean) == KEYS["ladder_check"]
    assert clean["checked"]
    assert clean["offenders"] == []
    Placement.objects.current().filter(customer__name="Ada").update(since=ago(2))
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("ladder_check", "--json", stdout=out)
    assert error.value.returncode == FAILED
    assert {o["invariant"] for o in json.loads(out.getvalue())["offenders"]} >= {"history is the fold over days"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["rank", "--at", "yesterday"], USAGE),
        (["ladder", "staircase"], USAGE),
        (["ladder", "griffin", "--at", "2024-13-01"], USAGE),
        (["explain", "Ada"], USAGE),
        (["explain", "here:Nobody"], USAGE),
        (["explain", "here:Ada", "--ladder", "staircase"], USAGE),
        (["explain", "here:Ada", "--at", "1999-01-01"], FAILED),
        (["dump_ladder", "staircase"], USAGE),
        (["load_ladder", "/nowhere.json"], USAGE),
        (["load_ladder", "Makefile"], FAILED),
        (["load_ladder", "Makefile", "--from", "2024-01-01"], USAGE),
        (["load_ladder", "Makefile", "--publish", "--from", "soon"], USAGE),
        (["load_ladder", "."], USAGE),
    ],
)
def test_what_cannot_be_done_says_so_with_its_exit_code(people, arguments, code):
    assert refused(*arguments)[0] == code


@pytest.mark.parametrize(
    ("rung", "until", "reason", "said"),
    [
        ("--fix=client", 10, "", "--reason: This field cannot be blank."),
        ("--fix=client", 0, "so", "--until: It must end after the day on which it begins."),
        ("--at-least=inactive", 10, "so", "--at-least: This stands beside the ladder: nobody is above or below it."),
    ],
)
def test_an_override_that_is_not_right_is_refused_naming_the_option(people, rung, until, reason, said):
    code, words = refused("override", "here:Ada", "--ladder=griffin", rung, f"--until={ago(-until)}", f"--reason={reason}")
    assert (code, words[: len(said)]) == (FAILED, said)


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["rank"], "--at"),
        (["propose", "griffin"], "--at"),
        (["ladder", "griffin"], "--at"),
        (["ladder", "griffin"], "--known-at"),
        (["explain", "here:Ada"], "--at"),
        (["explain", "here:Ada"], "--known-at"),
        (["backtest", "griffin", "--horizon=5"], "--at"),
        (["movements", "griffin", "--to=2026-01-31"], "--from"),
        (["movements", "griffin", "--from=2026-01-31", "--to=2026-01-31"], "--known-at"),
        (["override", "here:Ada", "--ladder=griffin", "--fix=client", "--reason=so", "--until=2036-01-31"], "--from"),
        (["override", "here:Ada", "--ladder=griffin", "--fix=client", "--reason=so"], "--until"),
        (["load_ladder", "Makefile", "--publish"], "--from"),
        (["figure", "nps"], "--from"),
        (["figure", "nps"], "--to"),
    ],
)
@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_day_is_none_and_is_not_taken_for_one_left_out(people, arguments, option, empty):
    assert refused(*arguments, f"{option}={empty}") == (USAGE, f"{option}: it is empty; give a date like 2026-01-31.")


def test_an_empty_name_of_a_ladder_is_no_ladder(people):
    assert refused("explain", "here:Ada", "--ladder=")[0] == USAGE


@pytest.mark.parametrize("arguments", [["rank"], ["ladder", "griffin"], ["explain", "here:Ada"], ["propose", "griffin"]])
def test_a_moment_means_the_whole_of_its_day_and_that_is_said(people, arguments):
    answer, said = run(*arguments, "--at", f"{ago(0)}T00:00")
    same, silent = run(*arguments, "--at", ago(0))
    assert answer | {"seconds": 0} == same | {"seconds": 0}
    assert (f"means the whole of {ago(0)}" in said, "means the whole" in silent) == (True, False)


def test_a_process_exits_with_the_code_and_keeps_stdout_for_the_answer():
    process = command("explain", "Ada", "--json")
    out, err = process.communicate(timeout=60)
    assert process.returncode == USAGE
    assert "SOURCE:EXTERNAL_ID" in json.loads(out)["error"], "one object, a failure too"
    assert "SOURCE:EXTERNAL_ID" in err


@pytest.mark.parametrize("arguments", [("rank", "--nothing"), ("ladder",), ("import_purchases", "x.csv", "--mapping")])
def test_an_option_that_does_not_exist_is_an_object_too(arguments):
    process = command(*arguments, "--json")
    out, err = process.communicate(timeout=60)
    assert process.returncode == USAGE
    assert json.loads(out)["error"].startswith("Error: ")
    assert "usage: " in err
