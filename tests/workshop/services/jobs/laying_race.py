"""A race: many processes write down the same visits ahead at the same moment.

The negative control leaves the guard out: it looks which days are there and then writes, under names of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any, Literal

import sqlalchemy as sa
import sqlalchemy.exc

from tests.support import forking
from workshop.core import clock, crypto, db
from workshop.core.web import is_busy
from workshop.services.jobs import laying, rules
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.models import Visit

RACERS = 20
PATIENCE_SECONDS = 120.0

Way = Literal["guarded", "unguarded"]


def race(database_url: str, now: datetime, way: Way) -> Counter[str]:
    """Let RACERS processes lay what is due, all at once; how often each outcome came."""
    context = forking.context()
    barrier, results = context.Barrier(RACERS), context.Queue()
    processes = [
        context.Process(target=_go, args=(database_url, now, way, barrier, results), daemon=True)
        for _racer in range(RACERS)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=PATIENCE_SECONDS) for _process in processes)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return outcomes


def _go(database_url: str, now: datetime, way: Way, barrier: Barrier, results: Any) -> None:
    db.use(db.Database(database_url))
    outcome = "nothing"
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        barrier.wait(PATIENCE_SECONDS)
        if way == "unguarded":
            outcome = _look_then_write(now, barrier)
        else:
            outcome = _patiently(now)
    finally:
        results.put(outcome)
        db.database().close()


def _patiently(now: datetime) -> str:
    """A worker that finds the database busy does it in its next round."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 2
    while True:
        try:
            return "laid" if laying.lay_ahead(now) else "nothing to lay"
        except sa.exc.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                return type(error).__name__
        except Exception as broken:  # noqa: BLE001 — whatever a worker could meet is part of the result
            return type(broken).__name__


def _look_then_write(now: datetime, barrier: Barrier) -> str:
    """The mistake this house does not make. All look before anybody writes, so that it shows on any machine."""
    today = clock.local_day(now)
    with db.reading() as session:
        job = session.scalars(sa.select(ServiceJob).order_by(ServiceJob.id)).first()
        assert job is not None
        rule = rules.Rule.of(job)
        there = set(session.scalars(sa.select(Visit.original_on).where(Visit.job_id == job.id)))
        wanted = [day for day in rules.days(rule, today, rules.reach(rule, today)) if day not in there]
    barrier.wait(PATIENCE_SECONDS)
    try:
        with db.transaction() as session:
            for day in wanted:
                occasion = f"{day}-{crypto.new_public_id()}"
                window = {"minutes": 60, "from_minute": 540, "to_minute": 720}
                session.add(Visit(job_id=job.id, occasion=occasion, original_on=day, day=day, **window))
    except sa.exc.OperationalError as error:
        return type(error).__name__  # the others are enough
    return "laid"
