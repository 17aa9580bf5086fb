"""What a department can do on the coming days: the one number that goes over to the side of work and sale.

It is reckoned from the agreed weeks and published in whole half days of the team (240 minutes), so that an order can be
given a day. It must not tell of a person. Therefore
- a week is spread evenly over its workdays, so nobody's weekday shows;
- days known to be away count only where at least three people are away in that week, so one or two absences change
  nothing at all, however the rounding falls;
- a department of fewer than three people is published as half a day, whoever they are and whatever they agreed.
Only part of what is agreed is counted on, as experience has it. No cause, no head count, no name leaves here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.citizens.models import AttendanceEntry, Citizen, Enrolment, WeekPlanDay
from workshop.citizens.queries import AWAY
from workshop.core import clock, db
from workshop.production.lead_times.rules import is_workday
from workshop.production.models import CapacityDay

HALF_DAY = 240  # minutes of work of the whole team
WEEKS = 12
COMING_PERCENT = 80
FEWEST_AWAY = 3
FEWEST_PEOPLE = 3


class Agreed(NamedTuple):
    """One person's agreed minutes of one day."""

    person: int
    day: date
    minutes: int


def team_minutes(
    agreed: Iterable[Agreed], away: Collection[tuple[int, date]], workdays: Iterable[date]
) -> dict[date, int]:
    """The published number of each workday of one department, from who agreed to what and who is known to be away."""
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in workdays:
        weeks.setdefault(_week(day), []).append(day)
    plans: dict[tuple[int, int], list[Agreed]] = {}
    for each in agreed:
        plans.setdefault(_week(each.day), []).append(each)
    return {
        day: minutes
        for week, days in weeks.items()
        for minutes in [_of_week([each for each in plans.get(week, []) if each.day in days], away, len(days))]
        for day in days
    }


def _of_week(agreed: list[Agreed], away: Collection[tuple[int, date]], workdays: int) -> int:
    people = {each.person for each in agreed}
    if not people:
        return 0
    if len(people) < FEWEST_PEOPLE:
        return HALF_DAY
    gone = [each for each in agreed if (each.person, each.day) in away]
    total = sum(each.minutes for each in agreed)
    if len({each.person for each in gone}) >= FEWEST_AWAY:
        total -= sum(each.minutes for each in gone)
    counted_on = total * COMING_PERCENT // 100 // workdays
    return max(counted_on // HALF_DAY * HALF_DAY, HALF_DAY)


def _week(day: date) -> tuple[int, int]:
    year, week, _weekday = day.isocalendar()
    return year, week


def sweep(now: datetime) -> int:
    """Publish what has changed; how many days were written. Nothing is written while nothing differs."""
    with db.reading() as session:
        if not _differences(session, clock.local_day(now)):
            return 0
    with db.transaction() as session:
        return publish(session, now=now)


def publish(session: Session, *, now: datetime) -> int:
    """Write the coming weeks of every department where they differ from what stands there; how many days did."""
    # Two workers may come at once; the second waits, and then finds nothing different. Keys into the rows stay free.
    session.execute(sa.select(Department.id).order_by(Department.id).with_for_update(key_share=True)).all()
    different = _differences(session, clock.local_day(now))
    for (department_id, day), minutes in different.items():
        session.merge(CapacityDay(department_id=department_id, day=day, team_minutes=minutes))
    session.flush()
    return len(different)


def _differences(session: Session, today: date) -> dict[tuple[int, date], int]:
    """(department, day) of all that should stand otherwise than it does."""
    first = today - timedelta(days=today.weekday())
    last = first + timedelta(weeks=WEEKS + 1, days=-1)
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    workdays = [day for day in days if is_workday(day)]
    agreed, away = _agreed(session, workdays), _away(session, first, last)
    stands = {
        (row.department_id, row.day): row.team_minutes
        for row in session.execute(
            sa.select(CapacityDay.department_id, CapacityDay.day, CapacityDay.team_minutes).where(
                CapacityDay.day.between(first, last)
            )
        )
    }
    return {
        (department_id, day): minutes
        for department_id in session.scalars(sa.select(Department.id).order_by(Department.id))
        for day, minutes in team_minutes(agreed.get(department_id, []), away, workdays).items()
        if day > today and stands.get((department_id, day)) != minutes
    }


def _agreed(session: Session, workdays: Collection[date]) -> dict[int, list[Agreed]]:
    """What everybody with a stay has agreed to, by department; each day by the plan's version that holds on it."""
    last = max(workdays)
    plans: dict[int, dict[date, dict[int, int]]] = {}
    for row in session.execute(
        sa.select(WeekPlanDay.citizen_id, WeekPlanDay.valid_from, WeekPlanDay.weekday, WeekPlanDay.minutes).where(
            WeekPlanDay.valid_from <= last
        )
    ):
        plans.setdefault(row.citizen_id, {}).setdefault(row.valid_from, {})[row.weekday] = row.minutes
    stays = session.execute(
        sa.select(Citizen.id, Citizen.department_id, Enrolment.started_on, Enrolment.ends_on)
        .join(Enrolment, Enrolment.citizen_id == Citizen.id)
        .where(Citizen.is_active, sa.or_(Enrolment.ends_on.is_(None), Enrolment.ends_on >= min(workdays)))
    )
    found: dict[int, set[Agreed]] = {}
    for stay in stays:
        covered = [day for day in workdays if stay.started_on <= day and (stay.ends_on is None or day <= stay.ends_on)]
        for day in covered:
            minutes = _minutes_on(plans.get(stay.id, {}), day)
            if minutes:
                found.setdefault(stay.department_id, set()).add(Agreed(stay.id, day, minutes))
    return {department_id: sorted(agreed) for department_id, agreed in found.items()}


def _minutes_on(versions: Mapping[date, Mapping[int, int]], day: date) -> int:
    newest = max((valid_from for valid_from in versions if valid_from <= day), default=None)
    return versions[newest].get(day.weekday(), 0) if newest is not None else 0


def _away(session: Session, first: date, last: date) -> set[tuple[int, date]]:
    rows = session.execute(
        sa.select(AttendanceEntry.citizen_id, AttendanceEntry.day).where(
            AttendanceEntry.day.between(first, last), AttendanceEntry.mark.in_(AWAY)
        )
    )
    return {(row.citizen_id, row.day) for row in rows}
