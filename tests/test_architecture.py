"""The house stays the house."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "customers", "feedback", "ladder", "loyaltycrm")


def test_no_module_has_a_name_that_says_nothing() -> None:
    banned = {"utils", "helpers", "services", "selectors", "managers", "signals", "common", "core"}
    assert not [p for app in APPS for p in (ROOT / app).rglob("*") if p.stem in banned]
