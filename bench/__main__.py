"""Import, rank and compare with the bare grouped query, on one database."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.measuring import manage

BARE = "SELECT customer_id, COUNT(DISTINCT day), MIN(day), MAX(day), SUM(amount) FROM customers_purchase GROUP BY customer_id"
ASK = """
import time
from django.db import connection
times = []
for _ in range(7):
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute({bare!r})
        cursor.fetchall()
    times.append(time.perf_counter() - began)
print(sorted(times)[len(times) // 2])
"""


def once(arguments: argparse.Namespace) -> dict[str, float]:
    folder = tempfile.mkdtemp(prefix="loyaltycrm-bench-")
    env = {**os.environ, "VAR_DIR": folder, "REDIS_URL": "", "PRODUCTION": ""}
    manage(env, "migrate", "-v0")
    found: dict[str, float] = {}
    _, found["import s"], found["import MB"] = manage(
        env, "import_purchases", str(arguments.file), "--mapping", arguments.mapping, "--json"
    )
    out, found["rank s"], found["rank MB"] = manage(env, "rank", "--json", *(["--at", arguments.at] if arguments.at else []))
    found["ranking itself s"] = json.loads(out)["seconds"]
    found["bare GROUP BY s"] = float(manage(env, "shell", "-v0", "-c", ASK.format(bare=BARE))[0])
    found["ranking / bare"] = found["ranking itself s"] / found["bare GROUP BY s"]
    _, found["same file again s"], found["same file again MB"] = manage(
        env, "import_purchases", str(arguments.file), "--mapping", arguments.mapping, "--json"
    )
    shutil.rmtree(folder, ignore_errors=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--mapping", required=True)
    parser.add_argument("--at", help="rank up to this day")
    parser.add_argument("--times", type=int, default=1)
    arguments = parser.parse_args()
    runs: list[dict[str, Any]] = [once(arguments) for _ in range(arguments.times)]
    database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(
        f"{arguments.file.name} on {database}, {os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    )
    print(f"{'':24}{'min':>10}{'median':>10}{'max':>10}")
    for name in runs[0]:
        values = [run[name] for run in runs]
        print(f"{name:24}{min(values):>10.2f}{statistics.median(values):>10.2f}{max(values):>10.2f}")


if __name__ == "__main__":
    main()
