"""Reads of routines: what they are, and how they stand on the days of a week. There is no citizen in any of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.core import clock
from workshop.core.text import sort_key
from workshop.production.models import ActivityKind, TaskType
from workshop.production.routines.closed import closed_days
from workshop.production.routines.models import Routine, RoutineDay, RoutineDayState
from workshop.production.routines.rules import WEEK, falls_on

LONGEST_AWAY = timedelta(days=366)  # how far back stopped ones are still listed


class Row(NamedTuple):
    """A routine as its list shows it."""

    id: int
    public_id: str
    title: str
    weekdays: tuple[int, ...]
    every_weeks: int
    starts_on: date
    ends_on: date | None
    start_minute: int | None
    place: str
    note: str
    kind_key: str
    kind: str
    department: str

    def is_over(self, today: date) -> bool:
        """Whether its last day has been."""
        return self.ends_on is not None and self.ends_on < today


class Stand(NamedTuple):
    """How a routine stands on a day; `state` is None while nobody has been given it."""

    day: date
    state: RoutineDayState | None
    done_on: date | None = None  # the day it was said to be done


class Line(NamedTuple):
    """A routine through a week: how it stands on each of its days, None on the days it does not fall on."""

    routine: Row
    stands: tuple[Stand | None, ...]


class Week(NamedTuple):
    """The days of a week, the routines that fall on them, and the days the house is closed."""

    days: tuple[date, ...]
    lines: tuple[Line, ...]
    closed: dict[date, str]


def routines(session: Session, department_ids: Collection[int], today: date) -> list[Row]:
    """The routines of these departments by kind of work and Danish name; those stopped more than a year ago are out."""
    lately = sa.or_(Routine.ends_on.is_(None), Routine.ends_on >= today - LONGEST_AWAY)
    return _rows(session, lately, Routine.department_id.in_(department_ids))


def routine_by_public_id(session: Session, public_id: str, department_ids: Collection[int]) -> Routine | None:
    """A routine of these departments."""
    return session.scalar(
        sa.select(Routine).where(Routine.public_id == public_id, Routine.department_id.in_(department_ids))
    )


def between(
    session: Session, department_ids: Collection[int], first: date, last: date
) -> list[tuple[date, Row, Stand]]:
    """Every day of every routine between two days, both included, without the days the house is closed; by day, time.

    A day that was given, done or left out before its routine was changed still stands.
    """
    rows = _rows(session, Routine.department_id.in_(department_ids), Routine.starts_on <= last)
    known = _known(session, [row.id for row in rows], first, last)
    closed = closed_days(first, last)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    found = [
        (day, row, known.get((row.id, day)) or Stand(day, None))
        for day in days
        for row in rows
        if (row.id, day) in known or (day not in closed and falls_on(row, day))
    ]
    return sorted(found, key=lambda each: (each[0], each[1].start_minute is None, each[1].start_minute or 0))


def week(session: Session, department_ids: Collection[int], monday: date) -> Week:
    """The routines of a week, day by day; the weekend stands only where something falls on it."""
    last = monday + timedelta(days=WEEK - 1)
    found = between(session, department_ids, monday, last)
    with_work = {day for day, _row, _stand in found}
    days = tuple(
        day
        for day in (monday + timedelta(days=ahead) for ahead in range(WEEK))
        if day.weekday() < 5 or day in with_work
    )
    stands: dict[Row, dict[date, Stand]] = {}
    for day, row, stand in found:
        stands.setdefault(row, {})[day] = stand
    lines = [Line(row, tuple(of_row.get(day) for day in days)) for row, of_row in stands.items()]
    lines.sort(key=lambda line: _order(line.routine))
    return Week(days, tuple(lines), {day: name for day, name in closed_days(monday, last).items() if day in days})


def task_types(session: Session, *, also: int | None = None) -> list[tuple[str, str, str]]:
    """(key, kind of work, name) of the tasks in use, and of one more; house and office first, as most routines are."""
    rows = session.execute(
        sa.select(TaskType.key, ActivityKind.key, ActivityKind.short_name, TaskType.name)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .where(sa.or_(TaskType.is_used, TaskType.id == also))
        .order_by(ActivityKind.id)
    ).all()
    usual = ("canteen", "office", "web_sales", "logistics")
    place = {key: number for number, key in enumerate(usual)}
    ordered = sorted(rows, key=lambda row: (place.get(row[1], len(usual)), sort_key(row[2]), sort_key(row[3])))
    return [(key, kind, name) for key, _kind_key, kind, name in ordered]


def task_type_by_key(session: Session, key: str) -> TaskType | None:
    """A task by its key."""
    return session.scalar(sa.select(TaskType).where(TaskType.key == key))


def _known(session: Session, routine_ids: Sequence[int], first: date, last: date) -> dict[tuple[int, date], Stand]:
    if not routine_ids:
        return {}
    rows = session.execute(
        sa.select(RoutineDay.routine_id, RoutineDay.day, RoutineDay.state, RoutineDay.done_at).where(
            RoutineDay.routine_id.in_(routine_ids), RoutineDay.day.between(first, last)
        )
    )
    return {
        (routine_id, day): Stand(day, state, clock.local_day(done_at) if done_at else None)
        for routine_id, day, state, done_at in rows
    }


def _rows(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Row]:
    rows: Iterable[Any] = session.execute(
        sa.select(
            Routine.id,
            Routine.public_id,
            Routine.title,
            Routine.weekdays,
            Routine.every_weeks,
            Routine.starts_on,
            Routine.ends_on,
            Routine.start_minute,
            Routine.place,
            Routine.note,
            ActivityKind.key,
            ActivityKind.short_name,
            Department.name,
        )
        .join(TaskType, TaskType.id == Routine.task_type_id)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .join(Department, Department.id == Routine.department_id)
        .where(*conditions)
    )
    found = [Row._make((*row[:3], tuple(row[3]), *row[4:])) for row in rows]
    return sorted(found, key=_order)


def _order(row: Row) -> tuple[str, str, int]:
    return sort_key(row.kind), sort_key(row.title), row.id
