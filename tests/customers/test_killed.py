"""Killed at any moment, the same command again ends where an undisturbed one does."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from customers.mappings import shipped
from customers.models import Import, StagedEvidence, StagedLine
from feedback.models import Response
from tests import commands
from tests.customers.conftest import HEADING, csv, ledgers

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROWS = [
    f"{n % 61},c{n % 61 % 7},2024-01-{n % 28 + 1:02},p{n % 5},{'-' if n % 11 == 0 else ''}{n % 3 + 1},2.5" for n in range(600)
]


def command(path: Path, **env: str) -> subprocess.Popen[str]:
    return commands.command("import_purchases", path, "--mapping", "purchases", "--json", **{"SMALL_STEPS": "50", **env})


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(csv(*ROWS, heading=HEADING))
    return path


@pytest.fixture
def undisturbed(path):
    from customers import importing, undoing
    from tests.customers.conftest import NOW

    of = importing.begin(path, kind="purchases", mapping=importing.find_mapping("purchases"), at=NOW)
    counts = importing.run(of, path, at=NOW)
    found = ledgers()
    undoing.undo(of)
    return counts, found


@pytest.mark.parametrize("moment", ["reading:1", "reading:5", "read", "storing:1", "storing:4", "finishing"])
def test_the_same_command_again_goes_on(path, undisturbed, moment):
    killed = command(path, CRASH_AT=moment)
    out, err = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, err
    again = command(path)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    counts, expected = undisturbed
    assert {**json.loads(out), "seconds": 0} == {**counts, "seconds": 0}
    assert ledgers() == expected
    assert not StagedLine.objects.exists()
    assert sorted(Import.objects.values_list("state", flat=True)) == ["done", "undone"]


def test_a_death_from_outside_leaves_no_trace_either(path, undisturbed):
    running = command(path, SMALL_STEPS="5")
    end = time.monotonic() + 30
    while not Import.objects.filter(state="storing", stored__gt=0).exists() and time.monotonic() < end and running.poll() is None:
        time.sleep(0.02)
    running.kill()
    running.communicate()
    out, err = command(path).communicate(timeout=60)
    assert json.loads(out)["taken"] == undisturbed[0]["taken"], err
    assert ledgers() == undisturbed[1]


@pytest.mark.parametrize("moment", ["reading:2", "read", "storing:2", "finishing"])
def test_a_file_of_answers_goes_on_too(tmp_path, moment):
    path = tmp_path / "answers.csv"
    path.write_text(csv(*(f"c{n % 7},2024-01-{n % 28 + 1:02},{n % 11}" for n in range(400)), heading="customer,date,score"))
    mapping = tmp_path / "answers.toml"
    mapping.write_text(shipped()["responses"].replace('unknown = "refuse"', 'unknown = "create"'))
    arguments = ("import_responses", path, "--mapping", mapping, "--json")
    killed = commands.command(*arguments, SMALL_STEPS="50", CRASH_AT=moment)
    assert killed.wait(timeout=60) == -signal.SIGKILL, killed.communicate()
    out, err = commands.command(*arguments, SMALL_STEPS="50").communicate(timeout=60)
    assert json.loads(out)["taken"] == Response.objects.count() == 400, err
    assert not StagedEvidence.objects.exists()
