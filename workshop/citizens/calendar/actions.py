"""An absence of several days, written at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import actions as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.calendar import queries
from workshop.citizens.models import AttendanceEntry, Citizen
from workshop.citizens.queries import AWAY, HERE
from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _

LONGEST = timedelta(days=92)
ABSENCES = (AttendanceMark.NOTIFIED, AttendanceMark.AGREED_AWAY)


def mark_days(
    session: Session,
    *,
    citizen: Citizen,
    first: date,
    last: date,
    mark: AttendanceMark | None,
    now: datetime,
    by_staff_id: int,
) -> int:
    """Write a notice or agreed days off for every agreed day between two, both included; gives how many days.

    No mark takes away what was written of absence. Days on which somebody came stay as they are. Raises Refusal for a
    stretch of more than three months, and one without an agreed day.
    """
    first, last = min(first, last), max(first, last)
    if last - first > LONGEST:
        raise Refusal(_("Det er mere end tre måneder. Del det op."))
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    if mark is None:
        return _take_away(session, citizen, first, last)
    agreed = queries.agreed_days(session, [citizen.id], days).get(citizen.id, set())
    if not agreed:
        raise Refusal(_("Der er ingen aftalte dage imellem de to. Vælg andre dage."))
    here = _days_of(session, citizen, first, last)
    free = sorted(agreed - here)
    for day in free:
        citizens.mark_attendance(
            session,
            citizen=citizen,
            day=day,
            mark=mark,
            now=now,
            by_staff_id=by_staff_id,
            notice_at=now if day >= clock.local_day(now) else None,  # of a day gone by nobody knows when it came
        )
    return len(free)


def _days_of(session: Session, citizen: Citizen, first: date, last: date) -> set[date]:
    wanted = sa.select(AttendanceEntry.day).where(*_between(citizen, first, last), AttendanceEntry.mark.in_(HERE))
    return set(session.scalars(wanted))


def _take_away(session: Session, citizen: Citizen, first: date, last: date) -> int:
    wanted = sa.select(AttendanceEntry).where(*_between(citizen, first, last), AttendanceEntry.mark.in_(AWAY))
    entries = session.scalars(wanted).all()
    for each in entries:
        session.delete(each)
    session.flush()
    return len(entries)


def _between(citizen: Citizen, first: date, last: date) -> tuple[sa.ColumnElement[bool], ...]:
    return AttendanceEntry.citizen_id == citizen.id, AttendanceEntry.day.between(first, last)
