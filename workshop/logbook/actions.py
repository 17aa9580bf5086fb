"""What is done with the log: emptied when its time is up, a sample drawn each month, and gone through."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import audit, chain, clock, crypto, db
from workshop.core.audit import AccessLog, AccessLogHead
from workshop.core.chain import Said
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.logbook import queries
from workshop.logbook.models import LogSample, LogSampleRow

SAMPLE_ROWS = 20
MONTHS_BACK = 3  # a month missed while the house stood still is drawn later
AT_A_TIME = 1_000


def empty_due(session: Session, now: datetime, *, most: int = AT_A_TIME) -> int:
    """Empty rows whose deletion date has come, the oldest first; how many. Their hashes stay, so the chain holds.

    What is left of a row is its place, its moment and its kind of deed: nothing about anybody.
    """
    today = clock.local_day(now)
    # A row from before the chain has no date of its own; its moment says when.
    moment = clock.at(chain.months_on(today, -audit.kept_months()) + timedelta(days=1), time())
    is_due = sa.or_(AccessLog.delete_on <= today, AccessLog.delete_on.is_(None) & (AccessLog.at < moment))
    due = (
        sa.select(AccessLog.id)
        .where(AccessLog.position.is_not(None), AccessLog.emptied_at.is_(None), is_due)
        .order_by(AccessLog.position)
        .limit(most)
    )
    done = session.execute(
        sa.update(AccessLog)
        .where(AccessLog.id.in_(session.scalars(due).all()))
        .values(people=[], reason="", salt="", endpoint="", account_id=None, emptied_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def place_unplaced(session: Session) -> int:
    """Give rows that an older version wrote during an upgrade their places at the end of the chain; how many."""
    head = session.scalars(sa.select(AccessLogHead).with_for_update()).one()
    rows = session.scalars(sa.select(AccessLog).where(AccessLog.position.is_(None)).order_by(AccessLog.id)).all()
    for row in rows:
        head.position += 1
        said = Said(row.at, row.account_id, row.deed, row.people, row.reason, row.endpoint)
        row.position, row.salt = head.position, chain.new_salt()
        row.payload_hash = chain.payload_hash(row.salt, said)
        row.chain_hash = head.chain_hash = chain.chain_hash(head.position, head.chain_hash, row.payload_hash)
        row.delete_on = chain.months_on(clock.local_day(row.at), audit.kept_months())
    session.flush()
    return len(rows)


def drawn(seed: str, places: Sequence[int], count: int = SAMPLE_ROWS) -> list[int]:
    """The places a seed draws. The same seed and places draw the same, whoever asks and whenever."""
    return sorted(random.Random(seed).sample(places, min(count, len(places))))  # noqa: S311 — it has to be repeatable


def month_days(month: str) -> tuple[date, date]:
    """The first and last day of a month such as `2026-10`."""
    first = date.fromisoformat(f"{month}-01")
    return first, chain.months_on(first, 1) - timedelta(days=1)


def months_to_draw(session: Session, now: datetime) -> dict[str, list[int]]:
    """The months that are over and have no sample yet, each with the places to draw from."""
    this_month = clock.local_day(now).replace(day=1)
    months = [chain.months_on(this_month, -back).isoformat()[:7] for back in range(1, MONTHS_BACK + 1)]
    there = queries.drawn_months(session, months)
    found = {month: queries.places_of(session, *month_days(month)) for month in months if month not in there}
    return {month: places for month, places in found.items() if places}


def draw_samples(session: Session, now: datetime) -> int:
    """Draw the sample of every month that is over and has none yet; how many. Each is drawn once."""
    return sum(_draw(session, month, places, now) for month, places in months_to_draw(session, now).items())


def _draw(session: Session, month: str, places: Sequence[int], now: datetime) -> bool:
    seed = secrets.token_hex(16)
    made = {"month": month, "drawn_at": now, "seed": seed, "drawn_of": len(places)}
    if not db.add_unless_there(session, LogSample, {**made, "public_id": crypto.new_public_id()}):
        return False  # somebody else has just drawn it
    sample_id = session.scalars(sa.select(LogSample.id).where(LogSample.month == month)).one()
    session.add_all(LogSampleRow(sample_id=sample_id, position=place) for place in drawn(seed, places))
    session.flush()
    return True


def judge(session: Session, sample: LogSample, said: dict[int, tuple[bool | None, str]]) -> None:
    """Write what the manager found, by row id. Raises Refusal when the sample is finished."""
    _refuse_finished(sample)
    for row in session.scalars(sa.select(LogSampleRow).where(LogSampleRow.sample_id == sample.id)):
        if row.id in said:
            row.is_fine, row.note = said[row.id]
    session.flush()


def finish(session: Session, sample: LogSample, by_staff_id: int, now: datetime) -> None:
    """Say that the sample is gone through. Raises Refusal while a row has no answer, and when somebody was first."""
    _refuse_finished(sample)
    rows = session.scalars(sa.select(LogSampleRow.is_fine).where(LogSampleRow.sample_id == sample.id)).all()
    if any(is_fine is None for is_fine in rows):
        raise Refusal(_("Svar på alle linjer først. Så kan du afslutte."))
    done = session.execute(
        sa.update(LogSample)
        .where(LogSample.id == sample.id, LogSample.checked_at.is_(None))
        .values(checked_at=now, by_staff_id=by_staff_id)
    )
    if not done.rowcount:  # type: ignore[attr-defined]  # an update has one
        raise Refusal(_already())


def _refuse_finished(sample: LogSample) -> None:
    if sample.checked_at is not None:
        raise Refusal(_already())


def _already() -> str:
    return _("Stikprøven er afsluttet. Den kan ikke ændres mere.")
