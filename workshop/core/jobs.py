"""What is due is a row in our own tables; a sweep looks for due rows every minute.

The queue itself is never the truth: a job lost with a killed worker is found again by the next sweep (decision 8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from workshop.core import clock
from workshop.core.config import Settings

if TYPE_CHECKING:  # only the worker needs the queue and the database drivers it brings; a web process never loads it
    from huey import Huey

log = structlog.get_logger()


@dataclass(frozen=True)
class Sweep:
    """Something that looks for due rows and does them; `run(now)` says how many it did."""

    name: str
    run: Callable[[datetime], int]


def run_due(sweeps: Sequence[Sweep], now: datetime) -> dict[str, int]:
    """Every sweep once, in order; what each did."""
    return {sweep.name: sweep.run(now) for sweep in sweeps}


def engine(settings: Settings, sweeps: Sequence[Sweep]) -> Huey:
    """The queue that runs the sweeps each minute: a file by default, PostgreSQL or Redis by setting."""
    queue = _queue(settings)
    for sweep in sweeps:
        _register(queue, sweep)
    return queue


def _queue(settings: Settings) -> Huey:
    from huey import PostgresHuey, RedisHuey, SqliteHuey

    url = settings.huey_url or ""
    if url.startswith("redis"):
        return RedisHuey("vaerksted", url=url)
    if url.startswith("postgresql"):
        return PostgresHuey("vaerksted", dsn=url)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("vaerksted", filename=str(settings.data_dir / "jobs.sqlite3"))


def _register(queue: Huey, sweep: Sweep) -> Any:
    from huey import crontab

    @queue.periodic_task(crontab(minute="*"), name=sweep.name)
    @queue.lock_task(sweep.name)
    def run() -> None:
        done = sweep.run(clock.now())
        if done:
            log.info("sweep", name=sweep.name, done=done)

    return run
