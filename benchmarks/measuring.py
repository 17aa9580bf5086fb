"""CPU time of calls, taken in turns, so that a busy machine slows every side alike. What counts is the ratio."""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop.core.config import ROOT

SECONDS_A_TURN = 0.1
FEWEST_CALLS, MOST_CALLS = 3, 400


@dataclass(frozen=True)
class Answer:
    """What a call gave: the status of a page and its size in bytes."""

    status: str
    size: int


@dataclass(frozen=True)
class Case:
    """Something to be timed; `before` puts its surroundings in place and is not timed.

    `elsewhere` is for what runs in a process of its own: the CPU seconds that so many calls took there. `clock` counts
    the whole process; `time.thread_time` leaves out what a call has other threads do.
    """

    name: str
    call: Callable[[], Answer]
    before: Callable[[], None] = lambda: None
    elsewhere: Callable[[int], float] | None = None
    clock: Callable[[], float] = time.process_time

    def spend(self, count: int) -> float:
        """CPU seconds of so many calls."""
        if self.elsewhere is not None:
            return self.elsewhere(count)
        started = self.clock()
        for _call in range(count):
            self.call()
        return self.clock() - started


@dataclass
class Timing:
    """What was measured of a case: CPU ms per call, one figure a turn."""

    name: str
    answer: Answer
    turns: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The turn that was disturbed least."""
        return min(self.turns)

    @property
    def median(self) -> float:
        """The turn in the middle."""
        return statistics.median(self.turns)

    def times(self, other: Timing) -> float:
        """How many times as much as another: turn by turn, for a turn and the next are slowed alike; the median."""
        return statistics.median(mine / its for mine, its in zip(self.turns, other.turns, strict=True))

    def as_json(self) -> dict[str, Any]:
        """For the result file."""
        figures = {"best_ms": round(self.best, 4), "median_ms": round(self.median, 4)}
        return {"status": self.answer.status, "bytes": self.answer.size, **figures}


def in_turns(cases: Sequence[Case], rounds: int) -> dict[str, Timing]:
    """Time the cases A B C, A B C, …: `rounds` turns each, after a warm-up."""
    timings: dict[str, Timing] = {}
    calls: dict[str, int] = {}
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        for case in cases:
            timings[case.name], calls[case.name] = _warmed(case)
        for _round in range(rounds):
            for case in cases:
                case.before()
                count = calls[case.name]
                timings[case.name].turns.append(case.spend(count) / count * 1e3)
    return timings


def _warmed(case: Case) -> tuple[Timing, int]:
    """The case after some calls, and how many calls fill a turn."""
    case.before()
    for _call in range(FEWEST_CALLS):
        answer = case.call()
    taken = max(case.spend(1), 1e-5)
    return Timing(case.name, answer), max(FEWEST_CALLS, min(MOST_CALLS, int(SECONDS_A_TURN / taken)))


def request(app: Callable[..., Iterable[bytes]], path: str, **more: str) -> Callable[[], Answer]:
    """A GET of a WSGI app in this process: no server, no socket. `more` is added to the environment."""
    return _caller(app, path, b"", {"REQUEST_METHOD": "GET", **more})


def post(app: Callable[..., Iterable[bytes]], path: str, body: str) -> Callable[[], Answer]:
    """A form sent by a new visitor from our own page."""
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_SEC_FETCH_SITE": "same-origin"}
    return _caller(app, path, body.encode(), {"REQUEST_METHOD": "POST", **form})


def _caller(app: Callable[..., Iterable[bytes]], path: str, body: bytes, more: dict[str, str]) -> Callable[[], Answer]:
    path, _mark, query = path.partition("?")
    fixed = {
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "butik.example",
        "SERVER_PORT": "443",
        "HTTP_HOST": "butik.example",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "https",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **more,
    }

    def call() -> Answer:
        said: list[str] = []
        environ = {**fixed, "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr}
        answer = app(environ, lambda status, _headers, _error=None: said.append(status))
        try:
            size = sum(len(part) for part in answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return Answer(said[0], size)

    return call


def in_own_process(module: str, *arguments: str) -> dict[str, Any]:
    """Run `python -m module …` and read the JSON of its last line: for start-up times and peaks of memory."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def peak_mb() -> float:
    """The most memory this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would also count what the parent had when it started us
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> str:
    """Columns that line up: the first to the left, figures to the right."""
    texts = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in texts
    )
