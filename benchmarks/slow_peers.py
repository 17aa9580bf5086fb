"""Slow and silent visitors by the thousand, and whether the shop still answers everybody else.

Behind the front door of `deploy/` it has to; the program alone, held by slow bodies, is the control that does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import Engine
from benchmarks.proxied import Door, front_door, program
from workshop.core.config import ROOT

HEALTH_ASKED, SHOP_ASKED = 5, 100
PAGES = ("/", "/soeg?q=b%C3%A6nk", "/service", "/kurv", "/butik/havemobler")
WITHIN_SECONDS = 1.0
OPENED_WITHIN_SECONDS = 180
GIVEN_UP_AFTER = 3.0


@dataclass(frozen=True)
class Crowd:
    """How many slow visitors there are of each kind."""

    idle: int = 10_000
    headers: int = 500
    bodies: int = 500

    def part(self, share: float) -> Crowd:
        """A share of it."""
        return Crowd(*(max(1, round(each * share)) for each in (self.idle, self.headers, self.bodies)))


@dataclass
class Held:
    """What the crowd said of itself, line by line; the least of each kind since `mark`."""

    lines: list[dict[str, int]] = field(default_factory=list)
    mark: int = 0

    def least(self, kind: str) -> int:
        """How many of a kind there were at the worst moment."""
        return min((line[kind] for line in self.lines[self.mark :]), default=0)


def measured(door: Door, crowd: Crowd) -> dict[str, Any]:
    """What a visitor meets while the crowd is there."""
    with _crowd(door, crowd) as held:
        held.mark = max(0, len(held.lines) - 1)
        health = [_seconds(door, "/healthz") for _each in range(HEALTH_ASKED)]
        good = sum(1 for each in health if each < WITHIN_SECONDS)
        asked = SHOP_ASKED if good else 1  # where nothing answers, asking on only takes time
        pages = [_seconds(door, PAGES[each % len(PAGES)]) for each in range(asked)]
        return {
            "crowd": asdict(crowd),
            "held": {kind: held.least(kind) for kind in asdict(crowd)},
            "turned_away": held.lines[-1]["turned_away"],
            "health": good,
            "health_worst": round(max(health), 3),
            "shop_p50": round(sorted(pages)[len(pages) // 2], 3),
            "shop_p95": round(sorted(pages)[max(0, round(len(pages) * 0.95) - 1)], 3),
        }


def behind_the_door(folder: Path, database_url: str, crowd: Crowd) -> dict[str, Any]:
    """The shop as it is meant to stand."""
    with program(folder, database_url) as alone, front_door(folder, alone) as door:
        return measured(door, crowd)


def alone(folder: Path, database_url: str, crowd: Crowd) -> dict[str, Any]:
    """The control: nobody in front of the program."""
    with program(folder, database_url) as door:
        return measured(door, crowd)


def wrong_with(figures: dict[str, Any]) -> str:
    """What is wrong, or nothing."""
    asked = figures["crowd"]
    few = [kind for kind in asked if figures["held"][kind] < asked[kind] * 0.9]
    if few:
        return f"the crowd was smaller than meant: {figures['held']} of {asked}"
    if figures["health"] < HEALTH_ASKED or figures["shop_p95"] >= WITHIN_SECONDS:
        return f"health {figures['health']} of {HEALTH_ASKED}, shop p95 {figures['shop_p95']} s"
    return ""


def run(engine: Engine, part: float) -> dict[str, Any]:
    """Both, on one engine."""
    crowd = Crowd().part(part)
    with TemporaryDirectory() as place, engine.fresh() as url:
        door = behind_the_door(Path(place) / "door", url, crowd)
        control = alone(Path(place) / "alone", url, Crowd(1, 1, max(50, crowd.bodies)))
    return {"door": door, "alone": control}


def verdict(figures: dict[str, Any]) -> str:
    """What came out wrong: with the door, or a control that held."""
    if figures["alone"]["health"]:
        return f"the program alone held, so nothing was proved: {figures['alone']}"
    return wrong_with(figures["door"])


@contextmanager
def _crowd(door: Door, crowd: Crowd) -> Iterator[Held]:
    counts = [f"--{kind}={count}" for kind, count in asdict(crowd).items()]
    tls = "--no-tls" if door.certificate is None else "--tls"
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.peers", str(door.port), tls, *counts], stdout=subprocess.PIPE, cwd=ROOT
    )
    held = Held()
    reader = threading.Thread(target=_listen, args=(process, held), daemon=True)
    reader.start()
    try:
        _wait_until_there(held, crowd)
        yield held
    finally:
        process.kill()
        process.wait()
        reader.join(5)
        if process.stdout is not None:
            process.stdout.close()


def _listen(process: subprocess.Popen[bytes], held: Held) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            held.lines.append(json.loads(line))


def _wait_until_there(held: Held, crowd: Crowd) -> None:
    """Until nearly all are there, and have sent a few letters more."""
    deadline = time.monotonic() + OPENED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if held.lines and all(held.lines[-1][kind] >= count * 0.95 for kind, count in asdict(crowd).items()):
            time.sleep(3)
            return
        time.sleep(0.2)


def _seconds(door: Door, path: str) -> float:
    """How long an answer took; one that did not come counts as too long."""
    started = time.monotonic()
    try:
        status = door.ask(path, timeout=GIVEN_UP_AFTER)[0].status
    except OSError:
        return GIVEN_UP_AFTER
    return time.monotonic() - started if status == 200 else GIVEN_UP_AFTER


def main() -> None:
    """`python -m benchmarks.slow_peers 0.05`: a twentieth, on SQLite."""
    part = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with TemporaryDirectory() as home:
        figures = run(Engine("sqlite", home), part)
    print(json.dumps(figures, indent=2), verdict(figures) or "as it should be")


if __name__ == "__main__":
    main()
