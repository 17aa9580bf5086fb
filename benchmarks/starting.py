"""What a start costs: CPU time and memory from nothing to the first page of the shop, each in a new process."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import in_own_process, peak_mb, request, table

SIDES = ("shop", "floor")


def run(rounds: int) -> dict[str, Any]:
    """The shop and the floor, each `rounds` times, taken in turns."""
    # What is measured starts with this module too, so it must not bring in more than that side needs.
    from benchmarks.filled import filled, floor_beside

    told: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    with filled(100) as shop:
        floor_beside(shop)
        for _round in range(rounds):
            for side in SIDES:
                told[side].append(in_own_process("benchmarks.starting", side, str(shop.settings.data_dir)))
    return {
        side: {
            "cpu_s": round(statistics.median(each["cpu_s"] for each in starts), 3),
            "peak_mb": round(statistics.median(each["peak_mb"] for each in starts)),
        }
        for side, starts in told.items()
    }


def show(result: dict[str, Any]) -> str:
    """The figures as a table."""
    rows = [(side, f"{each['cpu_s']:.2f}", each["peak_mb"]) for side, each in result.items()]
    return table(rows, ("start to first page", "CPU s", "peak MB"))


def one_start(side: str, folder: Path) -> dict[str, Any]:
    """Import, set up, answer once: CPU seconds since the process began, and its peak."""
    url = f"sqlite:///{folder / 'shop.sqlite3'}"
    # Imported here for the same reason: each side pays for its own imports only.
    if side == "shop":
        from benchmarks.settings import settings_of
        from shop.app import create_app

        app = create_app(settings_of(folder, url))
    else:
        from benchmarks.floor import create_floor
        from workshop.core.db import Database

        app = create_floor(Database(url))
    answer = request(app, "/")()
    if not answer.status.startswith("200"):
        raise RuntimeError(f"the first page of the {side} answered {answer.status}")
    return {"cpu_s": time.process_time(), "peak_mb": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(one_start(sys.argv[1], Path(sys.argv[2]))))
