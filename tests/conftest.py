"""What every test may use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests import servers

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

CI = os.environ.get("CI") == "true"
# Shrinking runs whole lives hundreds of times: ask for it when there is something to find.
hypothesis.settings.register_profile(
    "usual", phases=[hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate]
)
hypothesis.settings.register_profile("shrink")
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS", "usual"))
LAYERS = ("browser", "worker", "data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A layer's tests say so in the report."""
    for item in items:
        for layer in LAYERS:
            if item.get_closest_marker(layer):
                item.user_properties.append(("layer", layer))


@pytest.fixture(autouse=True)
def _static_files_under_their_own_names(settings: SettingsWrapper) -> None:
    """Tests need no collectstatic."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def _no_marks_of_the_gone(request: pytest.FixtureRequest, _django_db_helper: None) -> None:
    """Emptying SQLite's tables after a test that commits sets off the triggers, and the marks they leave outlive the emptying."""
    if (database := request.node.get_closest_marker("django_db")) and database.kwargs.get("transaction"):
        from ladder.models import StaleMark  # once Django is set up

        StaleMark.objects.all().delete()


@pytest.fixture(autouse=True)
def _runs_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks stand still while a run goes on, however slow the machine."""
    monkeypatch.setattr("ladder.ranking.running_from", lambda now: lambda: now)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data sets. In CI their absence is a failure."""
    path = servers.shared_data()
    if path is None:
        (pytest.fail if CI else pytest.skip)("the data sets are not here: put them in ../shared/data or set SHARED_DATA")
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    path = servers.chromium()
    if path is None:
        (pytest.fail if CI else pytest.skip)("there is no Chromium: apt-get install chromium")
    return path
