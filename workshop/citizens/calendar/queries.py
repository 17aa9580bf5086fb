"""Two weeks of everybody in a department: agreed or not, and what was written. As many questions for ten as for two."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import AttendanceEntry, Enrolment, WeekPlanDay
from workshop.citizens.queries import PersonRow
from workshop.core.access import Actor

SHOWN = timedelta(days=13)  # two weeks, the first day and this many more
WORKDAYS = 5


class Cell(NamedTuple):
    """One day of one person; the mark is empty until somebody has written one."""

    day: date
    is_staying: bool
    is_agreed: bool
    mark: AttendanceMark | None


class Line(NamedTuple):
    """A person and their days."""

    person: PersonRow
    cells: Sequence[Cell]


def lines(session: Session, actor: Actor, monday: date) -> list[Line]:
    """Everybody of the actor's departments who stays on one of the days, by Danish name.

    Monday to Friday, and a day of the weekend where somebody is agreed for it or something is written.
    """
    days = [monday + timedelta(days=each) for each in range(SHOWN.days + 1)]
    people = citizens.everyone(session, actor, monday)
    ids = [each.id for each in people]
    stays = _stays(session, ids, days[0], days[-1])
    agreed = agreed_days(session, ids, days)
    marks = _marks(session, ids, days[0], days[-1])
    found = []
    for each in people:
        cells = [
            Cell(
                day, _is_staying(stays.get(each.id, []), day), day in agreed.get(each.id, ()), marks.get((each.id, day))
            )
            for day in days
        ]
        if any(cell.is_staying or cell.mark for cell in cells):
            found.append(Line(each, cells))
    return _without_empty_weekends(found)


def agreed_days(session: Session, citizen_ids: Collection[int], days: Sequence[date]) -> dict[int, set[date]]:
    """Which of the days each person is agreed for, in the week plan that holds on each, while they stay."""
    rows = session.execute(
        sa.select(WeekPlanDay.citizen_id, WeekPlanDay.valid_from, WeekPlanDay.weekday).where(
            WeekPlanDay.citizen_id.in_(citizen_ids), WeekPlanDay.valid_from <= max(days)
        )
    )
    versions: dict[int, dict[date, set[int]]] = {}
    for citizen_id, valid_from, weekday in rows:
        versions.setdefault(citizen_id, {}).setdefault(valid_from, set()).add(weekday)
    stays = _stays(session, citizen_ids, min(days), max(days))
    return {
        citizen_id: {
            day
            for day in days
            if day.weekday() in _version(of_one, day) and _is_staying(stays.get(citizen_id, []), day)
        }
        for citizen_id, of_one in versions.items()
    }


def _version(versions: dict[date, set[int]], day: date) -> set[int]:
    return versions.get(max((each for each in versions if each <= day), default=day), set())


def _stays(
    session: Session, ids: Collection[int], first: date, last: date
) -> dict[int, list[tuple[date, date | None]]]:
    rows = session.execute(
        sa.select(Enrolment.citizen_id, Enrolment.started_on, Enrolment.ends_on).where(
            Enrolment.citizen_id.in_(ids),
            Enrolment.started_on <= last,
            sa.or_(Enrolment.ends_on.is_(None), Enrolment.ends_on >= first),
        )
    )
    found: dict[int, list[tuple[date, date | None]]] = {}
    for citizen_id, started_on, ends_on in rows:
        found.setdefault(citizen_id, []).append((started_on, ends_on))
    return found


def _is_staying(stays: Sequence[tuple[date, date | None]], day: date) -> bool:
    return any(start <= day and (end is None or day <= end) for start, end in stays)


def _marks(session: Session, ids: Collection[int], first: date, last: date) -> dict[tuple[int, date], AttendanceMark]:
    rows = session.execute(
        sa.select(AttendanceEntry.citizen_id, AttendanceEntry.day, AttendanceEntry.mark).where(
            AttendanceEntry.citizen_id.in_(ids), AttendanceEntry.day.between(first, last)
        )
    )
    return {(citizen_id, day): mark for citizen_id, day, mark in rows}


def _without_empty_weekends(found: list[Line]) -> list[Line]:
    used = {cell.day for line in found for cell in line.cells if cell.is_agreed or cell.mark}
    return [
        Line(line.person, [each for each in line.cells if each.day.weekday() < WORKDAYS or each.day in used])
        for line in found
    ]
