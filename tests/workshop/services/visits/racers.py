"""A race for a team: many processes plan a visit of their own, all at the same hour with the same team and vehicle.

The negative control leaves the guard out: it looks whether the team is free and then writes.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from multiprocessing.synchronize import Barrier
from typing import Any, Literal

import sqlalchemy as sa
import sqlalchemy.exc

from tests.support import forking
from workshop.core import db
from workshop.core.web import is_busy
from workshop.services.visits import booking
from workshop.services.visits.models import Visit, VisitResource

DAY = date(2026, 12, 2)
RACERS = 20
PATIENCE_SECONDS = 120.0
THINKING_SECONDS = 0.25  # between looking and writing, in the control: long enough on a busy machine too

Way = Literal["booking", "unguarded"]


def race(database_url: str, visit_ids: list[int], needs: list[list[int]], way: Way) -> Counter[str]:
    """Let RACERS processes plan their visit at once, each with the things of `needs`; how often each outcome came."""
    context = forking.context()
    barrier, results = context.Barrier(RACERS), context.Queue()
    processes = [
        context.Process(
            target=_go, args=(database_url, visit_ids[racer], needs[racer], racer, way, barrier, results), daemon=True
        )
        for racer in range(RACERS)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=PATIENCE_SECONDS) for _process in processes)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return outcomes


def _go(
    database_url: str, visit_id: int, needs: list[int], racer: int, way: Way, barrier: Barrier, results: Any
) -> None:
    db.use(db.Database(database_url))
    outcome = "nothing"
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        barrier.wait(PATIENCE_SECONDS)
        outcome = _patiently(visit_id, needs, racer, way)
    finally:
        results.put(outcome)
        db.database().close()


def _patiently(visit_id: int, needs: list[int], racer: int, way: Way) -> str:
    """A page that finds the database busy asks for patience (503), and the person presses again."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 2
    while True:
        try:
            return _try(visit_id, needs, racer, way)
        except sa.exc.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                return type(error).__name__


def _try(visit_id: int, needs: list[int], racer: int, way: Way) -> str:
    try:
        if way == "unguarded":
            return _look_then_write(visit_id, needs)
        with db.transaction() as session:
            visit = session.get_one(Visit, visit_id)
            # A quarter later or earlier for each: all of them touch the same hour, none the same quarters.
            start_minute = 9 * 60 + racer % 4 * 15
            booking.book(session, visit, day=DAY, start_minute=start_minute, minutes=60, resource_ids=needs)
    except booking.Taken:
        return "lost"
    except sa.exc.OperationalError:
        raise
    except Exception as broken:  # noqa: BLE001 — whatever a person could meet is part of the result
        return type(broken).__name__
    return "won"


def _look_then_write(visit_id: int, needs: list[int]) -> str:
    """The mistake this house does not make."""
    with db.reading() as session:
        is_taken = session.scalar(
            sa.select(sa.func.count()).select_from(VisitResource).where(VisitResource.resource_id.in_(needs))
        )
    if is_taken:
        return "lost"
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        session.execute(sa.insert(VisitResource), [{"visit_id": visit_id, "resource_id": each} for each in needs])
    return "won"
