"""What the clock does with the log: its end is written down elsewhere, old rows are emptied, samples are drawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from workshop.core import audit, chain, clock, db
from workshop.core.chain import Anchor
from workshop.core.config import Settings
from workshop.core.log_walk import ANCHOR_LATE
from workshop.logbook import actions, queries

log = structlog.get_logger()
AN_HOUR = timedelta(hours=1)


def anchor(path: Path, now: datetime) -> Anchor | None:
    """Write the end of the log down in the file; None when the log is still empty and that is written down already.

    The end of the empty log is what says how old its first row can be.

    An end that does not go on from what was written down before is told to whoever reads the program's log: it takes a
    look with `vaerksted log verify`.
    """
    before = chain.newest_anchor(path)
    with db.snapshot() as session:
        position, word = queries.end_of_log(session)
        is_same = before is None or queries.hash_at(session, before.position) == before.chain_hash
    if not is_same:
        log.error("the access log does not go on from where its end was written down", position=position)
    if not position and before is not None:
        return None
    made = Anchor(now, position, word or chain.NOTHING_BEFORE, audit.kept_months())
    chain.write_anchor(path, made)
    return made


def is_old(session: Session, now: datetime) -> bool:
    """Whether the log has gone on for so long that its end should have been written down."""
    first = queries.first_moment(session)
    return first is not None and now - first > ANCHOR_LATE


def anchor_sweep(settings: Settings) -> Callable[[datetime], int]:
    """Once an hour, where the log has grown or does not fit any more."""

    def sweep(now: datetime) -> int:
        newest = chain.newest_anchor(settings.anchor_file)
        if newest is not None and now - newest.at < AN_HOUR:
            return 0
        return 0 if anchor(settings.anchor_file, now) is None else 1

    return sweep


def emptying_sweep() -> Callable[[datetime], int]:
    """Once a day, on SQLite. PostgreSQL lets the program only add to the log: there `vaerksted log empty` does it."""
    done_on: date | None = None

    def sweep(now: datetime) -> int:
        nonlocal done_on
        today = clock.local_day(now)
        if done_on == today or not db.database().is_sqlite:
            return 0
        emptied = empty_all(now)
        done_on = today
        return emptied

    return sweep


def empty_all(now: datetime) -> int:
    """Empty every row whose time is up, some at a time so that nobody waits for it; how many."""
    emptied = 0
    while True:
        with db.transaction() as session:
            part = actions.empty_due(session, now)
        emptied += part
        if part < actions.AT_A_TIME:
            return emptied


def draw_samples(now: datetime) -> int:
    """Draw the samples of the months that are over."""
    with db.reading() as session:
        if not actions.months_to_draw(session, now):
            return 0
    with db.transaction() as session:
        return actions.draw_samples(session, now)
