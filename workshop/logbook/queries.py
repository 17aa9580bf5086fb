"""Reads of the access log. Whoever looks after it sees what happened and random ids; never a citizen's name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Account, AccountKind, Staff
from workshop.citizens.models import Citizen
from workshop.core import chain, clock, db
from workshop.core.audit import AccessLog, AccessLogHead
from workshop.logbook import deeds, mine, unusual
from workshop.logbook.models import LogSample, LogSampleRow

PAGE = 50
AT_A_TIME = 2_000


@dataclass(frozen=True)
class Wanted:
    """What is looked for in the log: whole Danish days, first and last included."""

    first: date
    last: date
    staff_public_id: str = ""
    deed: str = ""
    citizen_public_id: str = ""


class LogRow(NamedTuple):
    """A row as whoever looks after the log sees it."""

    position: int
    at: datetime
    deed: str
    people: list[str]
    reason: str
    endpoint: str
    staff: str | None  # a name; None for a citizen, for nobody, and for an emptied row
    kind: AccountKind | None
    emptied_at: datetime | None


class StaffChoice(NamedTuple):
    """A member of staff to look for, whether or not they still work here."""

    public_id: str
    name: str


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            AccessLog.position,
            AccessLog.at,
            AccessLog.deed,
            AccessLog.people,
            AccessLog.reason,
            AccessLog.endpoint,
            Staff.name,
            Account.kind,
            AccessLog.emptied_at,
        )
        .outerjoin(Account, Account.id == AccessLog.account_id)
        .outerjoin(Staff, Staff.account_id == AccessLog.account_id)
        .where(AccessLog.position.is_not(None))
    )


def between(first: date, last: date) -> sa.ColumnElement[bool]:
    """Whether a row is of these Danish days, both included."""
    return sa.and_(AccessLog.at >= clock.at(first, time()), AccessLog.at < clock.at(last + timedelta(days=1), time()))


def about(public_id: str) -> sa.ColumnElement[bool]:
    """Whether a row is about this person."""
    return sa.cast(AccessLog.people, sa.Text).contains(f'"{public_id}"', autoescape=True)


def _matching(wanted: Wanted) -> sa.Select[*tuple[Any, ...]]:
    rows = _rows().where(between(wanted.first, wanted.last))
    if wanted.staff_public_id:
        rows = rows.where(Account.public_id == wanted.staff_public_id)
    if wanted.deed:
        rows = rows.where(AccessLog.deed == wanted.deed)
    if wanted.citizen_public_id:
        rows = rows.where(about(wanted.citizen_public_id))
    return rows


def search(session: Session, wanted: Wanted, before: int | None = None) -> tuple[list[LogRow], int | None]:
    """A page of rows, the newest first, and the place to go on before; None when there are no more."""
    rows = _matching(wanted).order_by(AccessLog.position.desc()).limit(PAGE + 1)
    if before is not None:
        rows = rows.where(AccessLog.position < before)
    found = [LogRow(*row) for row in session.execute(rows)]
    return found[:PAGE], found[PAGE - 1].position if len(found) > PAGE else None


def all_matching(session: Session, wanted: Wanted) -> Iterator[LogRow]:
    """Every row of a search, the oldest first; read in parts."""
    after = 0
    while True:
        part = _matching(wanted).where(AccessLog.position > after).order_by(AccessLog.position).limit(AT_A_TIME)
        rows = [LogRow(*row) for row in session.execute(part)]
        yield from rows
        if len(rows) < AT_A_TIME:
            return
        after = rows[-1].position


def staff_choices(session: Session) -> list[StaffChoice]:
    """Everybody who is or was staff, by name."""
    rows = session.execute(
        sa.select(Account.public_id, Staff.name).join(Staff, Staff.account_id == Account.id).order_by(Staff.name)
    )
    return [StaffChoice(*row) for row in rows]


def end_of_log(session: Session) -> tuple[int, str]:
    """The newest place and its hash."""
    row = session.execute(sa.select(AccessLogHead.position, AccessLogHead.chain_hash)).one_or_none()
    return (row.position, row.chain_hash) if row else (0, "")


def hash_at(session: Session, position: int) -> str | None:
    """The hash of the row at a place, None where there is no row; before the first there is nothing."""
    if not position:
        return chain.NOTHING_BEFORE
    return session.scalar(sa.select(AccessLog.chain_hash).where(AccessLog.position == position))


def first_moment(session: Session) -> datetime | None:
    """When the oldest row was written."""
    return session.scalar(sa.select(sa.func.min(AccessLog.at)))


def by_staff(session: Session, first: date, last: date) -> list[unusual.Row]:
    """What members of staff did on these days, for finding what stands out."""
    rows = db.rows(
        session,
        sa.select(AccessLog.at, AccessLog.account_id, Staff.name, AccessLog.deed, AccessLog.people, AccessLog.reason)
        .join(Staff, Staff.account_id == AccessLog.account_id)
        .where(between(first, last), AccessLog.deed.in_((*sorted(deeds.OPENED), deeds.REFUSED)))
        .order_by(AccessLog.at),
    )
    return [unusual.Row(*row) for row in rows]


def about_citizen(session: Session, public_id: str, first: date, last: date) -> list[mine.Row]:
    """What others did with a citizen's data on these days."""
    rows = session.execute(
        sa.select(AccessLog.at, AccessLog.deed, AccessLog.reason, Staff.name)
        .join(Staff, Staff.account_id == AccessLog.account_id)
        .where(between(first, last), about(public_id))
        .order_by(AccessLog.at)
    )
    return [mine.Row(*row) for row in rows]


def is_told_before(session: Session, public_id: str, day: date) -> bool:
    """Whether the log says anything about what staff did with a citizen's data before this day."""
    earlier = _by_staff_about(public_id).where(AccessLog.at < clock.at(day, time())).limit(1)
    return session.execute(earlier).first() is not None


def first_day_about(session: Session, public_id: str) -> date | None:
    """The first day the log says something about what staff did with a citizen's data."""
    moment = session.scalar(_by_staff_about(public_id).order_by(AccessLog.at).limit(1))
    return clock.local_day(moment) if moment else None


def _by_staff_about(public_id: str) -> sa.Select[datetime]:
    return sa.select(AccessLog.at).join(Staff, Staff.account_id == AccessLog.account_id).where(about(public_id))


class SampleRow(NamedTuple):
    """A row of a month's sample, with what a manager may see of it."""

    id: int
    position: int
    is_fine: bool | None
    note: str
    at: datetime
    staff: str | None
    deed: str
    reason: str
    people: list[str]
    emptied_at: datetime | None


def samples(session: Session) -> list[LogSample]:
    """Every month's sample, the newest first."""
    return list(session.scalars(sa.select(LogSample).order_by(LogSample.month.desc())))


def sample(session: Session, public_id: str) -> LogSample | None:
    """One month's sample."""
    return session.scalar(sa.select(LogSample).where(LogSample.public_id == public_id))


def sample_rows(session: Session, sample_id: int) -> list[SampleRow]:
    """The rows of a sample in the order they happened."""
    rows = db.rows(
        session,
        sa.select(
            LogSampleRow.id,
            LogSampleRow.position,
            LogSampleRow.is_fine,
            LogSampleRow.note,
            AccessLog.at,
            Staff.name,
            AccessLog.deed,
            AccessLog.reason,
            AccessLog.people,
            AccessLog.emptied_at,
        )
        .join(AccessLog, AccessLog.position == LogSampleRow.position)
        .outerjoin(Staff, Staff.account_id == AccessLog.account_id)
        .where(LogSampleRow.sample_id == sample_id)
        .order_by(LogSampleRow.position),
    )
    return [SampleRow(*row) for row in rows]


def names_in(session: Session, public_ids: Collection[str], department_ids: Collection[int]) -> dict[str, str]:
    """The names people are called by, of those in these departments and of nobody else."""
    rows = session.execute(
        sa.select(Citizen.public_id, Citizen.display_name).where(
            Citizen.public_id.in_(public_ids), Citizen.department_id.in_(department_ids)
        )
    )
    return {row.public_id: row.display_name for row in rows}


def open_samples(session: Session) -> int:
    """How many samples nobody has finished, for the menu."""
    return session.scalar(sa.select(sa.func.count(LogSample.id)).where(LogSample.checked_at.is_(None))) or 0


def drawn_months(session: Session, months: Sequence[str]) -> set[str]:
    """Which of these months have a sample."""
    return set(session.scalars(sa.select(LogSample.month).where(LogSample.month.in_(months))))


def places_of(session: Session, first: date, last: date) -> list[int]:
    """The places of what staff did with people's data on these days, in order: what a sample is drawn from."""
    rows = db.rows(
        session,
        sa.select(AccessLog.position)
        .join(Staff, Staff.account_id == AccessLog.account_id)
        .where(
            between(first, last),
            AccessLog.position.is_not(None),
            AccessLog.emptied_at.is_(None),
            sa.cast(AccessLog.people, sa.Text) != "[]",
        )
        .order_by(AccessLog.position),
    )
    return [row.position for row in rows]
