"""`make test`: every layer of tests, on SQLite and on PostgreSQL, against real servers.

A layer that cannot run is named in the last lines with its remedy. With CI=true it is a failure.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from tests import servers

CI = os.environ.get("CI") == "true"


def run(name: str, folder: Path, env: dict[str, str], arguments: list[str]) -> tuple[int, dict[str, int]]:
    """One run of pytest; gives its exit code and its counts by outcome and by layer that ran."""
    report = folder / f"{name}.xml"
    print(f"\n== {name}", flush=True)
    code = subprocess.run(
        [sys.executable, "-m", "pytest", f"--junitxml={report}", "-o", "junit_family=xunit1", *arguments],
        env={**servers.environment(), **env},
        check=False,
    ).returncode
    return code, counts(report)


def counts(report: Path) -> dict[str, int]:
    found = {"passed": 0, "failed": 0, "skipped": 0}
    if not report.exists():
        return found
    for case in ElementTree.parse(report).iter("testcase"):
        outcome = "failed" if case.find("failure") is not None or case.find("error") is not None else "passed"
        outcome = "skipped" if case.find("skipped") is not None else outcome
        found[outcome] += 1
        for layer in case.iter("property"):
            if layer.get("name") == "layer" and outcome == "passed":
                found[layer.get("value") or ""] = found.get(layer.get("value") or "", 0) + 1
    return found


def missing_layers(databases: dict[str, dict[str, int]]) -> list[str]:
    """What did not run, each with its remedy."""
    missing = [f"{name}: no test ran" for name, found in databases.items() if not found["passed"]]
    remedies = {
        "browser": "install a Chromium, for example: apt-get install chromium",
        "worker": "see the skips above",
        "data": "put the data sets in ../shared/data or name their folder in SHARED_DATA",
    }
    for layer, remedy in remedies.items():
        missing += [f"{layer} tests on {name} did not run; {remedy}" for name, found in databases.items() if not found.get(layer)]
    return missing


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="loyaltycrm-test-"))
    results: dict[str, dict[str, int]] = {}
    codes = []
    with servers.postgres() as database, servers.redis() as broker:
        common = {
            "TEST_REDIS_URL": broker,
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
            "BUSINESS_TIME_ZONE": "UTC",
            "PRODUCTION": "",
            "DEBUG": "",
        }
        for name, url in (("sqlite", ""), ("postgresql", database)):
            env = {**common, "DATABASE_URL": url, "REDIS_URL": "", "VAR_DIR": str(folder / name)}
            code, results[name] = run(name, folder, env, ["-n", "2", "--dist", "loadgroup", *arguments])
            codes.append(code)
    missing = [] if arguments else missing_layers(results)
    total = {word: sum(found[word] for found in results.values()) for word in ("passed", "failed", "skipped")}
    print(f"\n{time.monotonic() - started:.0f} s on SQLite and PostgreSQL")
    for line in missing:
        print(f"NOT RUN: {line}")
    failed = any(codes) or (CI and missing)
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main([a for a in sys.argv[1:] if not re.fullmatch(r"--", a)]))
