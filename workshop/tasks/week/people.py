"""The people of a week: who is expected on which day, and what somebody said no to or did not get to.

Always in the order of names, and never anything about a cause.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import AttendanceEntry, Citizen, Enrolment, WeekPlanDay
from workshop.citizens.queries import AWAY
from workshop.core.access import Actor
from workshop.production.models import TaskType
from workshop.production.routines.closed import closed_days
from workshop.tasks.changing import in_other_hands
from workshop.tasks.models import Assignment, AssignmentState
from workshop.tasks.week.giving import step_ids, visit_ids

LEFT_FOR = timedelta(weeks=4)  # how far back somebody may still come across what was never begun


class Expected(NamedTuple):
    """Somebody a day is agreed with; `is_away` is a notice or an absence, never a cause."""

    citizen_id: int
    public_id: str
    name: str
    picture: str
    start_minute: int | None
    minutes: int | None
    is_away: bool


class Stay(NamedTuple):
    """Somebody with a stay, between its first and its last day."""

    citizen_id: int
    public_id: str
    name: str
    picture: str
    started_on: date
    ends_on: date | None


class Loose(NamedTuple):
    """A task that is in nobody's hands though somebody was given it."""

    assignment_id: str
    citizen_public_id: str
    name: str
    title: str
    day: date
    task_key: str
    step: str | None
    visit: str | None


def expected(session: Session, actor: Actor, first: date, last: date) -> dict[date, list[Expected]]:
    """Who is expected on each day between two, both included, in the actor's departments; by Danish name.

    Whoever came on a day that was not agreed is there too. Nobody is on a day the house is closed. Three questions.
    """
    stays = _stays(session, actor.department_ids, first, last)
    plans = _plans(session, {stay.citizen_id for stay in stays}, last)
    marks = {
        (citizen_id, day): mark
        for citizen_id, day, mark in session.execute(
            sa.select(AttendanceEntry.citizen_id, AttendanceEntry.day, AttendanceEntry.mark).where(
                AttendanceEntry.day.between(first, last),
                AttendanceEntry.citizen_id.in_({stay.citizen_id for stay in stays}),
            )
        )
    }
    closed = closed_days(first, last)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    found: dict[date, list[Expected]] = {day: [] for day in days if day not in closed}
    for day, listed in found.items():
        for stay in stays:
            agreed = agreed_on(plans.get(stay.citizen_id, {}), day)
            mark = marks.get((stay.citizen_id, day))
            covers = stay.started_on <= day and (stay.ends_on is None or day <= stay.ends_on)
            if covers and (agreed is not None or (mark is not None and mark.is_present)):
                start, minutes = agreed or (None, None)
                listed.append(Expected(*stay[:4], start, minutes, mark in AWAY))
    return found


def agreed_on(versions: Mapping[date, Mapping[int, tuple[int, int]]], day: date) -> tuple[int, int] | None:
    """(start minute, minutes) agreed for a day, by the version of the week plan that holds on it."""
    newest = max((valid_from for valid_from in versions if valid_from <= day), default=None)
    return versions[newest].get(day.weekday()) if newest is not None else None


def agreed_between(session: Session, citizen_id: int, first: date, last: date) -> dict[date, tuple[int, int]]:
    """(start minute, minutes) of one person's agreed days between two days, both included, where a stay covers them."""
    versions = _plans(session, [citizen_id], last).get(citizen_id, {})
    stays = session.execute(
        sa.select(Enrolment.started_on, Enrolment.ends_on).where(Enrolment.citizen_id == citizen_id)
    ).all()
    found = {}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        hours = agreed_on(versions, day)
        if hours and any(stay.started_on <= day and (stay.ends_on is None or day <= stay.ends_on) for stay in stays):
            found[day] = hours
    return found


def turned_down(session: Session, actor: Actor, first: date, last: date) -> list[Loose]:
    """Tasks of these days that somebody said no to and nobody has instead; by day, title and name."""
    return _loose(
        session,
        actor,
        Assignment.declined_at.is_not(None),
        Assignment.state == AssignmentState.CANCELLED,
        Assignment.day.between(first, last),
        ~in_other_hands(),
    )


def left_lying(session: Session, actor: Actor, today: date) -> list[Loose]:
    """Tasks of days gone by that were never begun; by day, title and name."""
    return _loose(
        session,
        actor,
        Assignment.state == AssignmentState.PLANNED,
        Assignment.visit_id.is_(None),
        Assignment.day.between(today - LEFT_FOR, today - timedelta(days=1)),
    )


def _loose(session: Session, actor: Actor, *conditions: sa.ColumnElement[bool]) -> list[Loose]:
    rows = session.execute(
        sa.select(
            Assignment.public_id,
            Citizen.public_id,
            Citizen.display_name,
            Assignment.title,
            Assignment.day,
            TaskType.key,
            step_ids(Assignment.order_step_id),
            visit_ids(Assignment.visit_id),
        )
        .join(Citizen, Citizen.id == Assignment.citizen_id)
        .join(TaskType, TaskType.id == Assignment.task_type_id)
        .where(Citizen.department_id.in_(actor.department_ids), *conditions)
        .order_by(Assignment.day, Assignment.title, Citizen.sort_name, Assignment.id)
    )
    return [Loose(*row) for row in rows]


def _stays(session: Session, department_ids: Collection[int], first: date, last: date) -> list[Stay]:
    rows = session.execute(
        sa.select(
            Citizen.id,
            Citizen.public_id,
            Citizen.display_name,
            Citizen.picture,
            Enrolment.started_on,
            Enrolment.ends_on,
        )
        .join(Enrolment, Enrolment.citizen_id == Citizen.id)
        .where(
            Citizen.is_active,
            Citizen.department_id.in_(department_ids),
            Enrolment.started_on <= last,
            sa.or_(Enrolment.ends_on.is_(None), Enrolment.ends_on >= first),
        )
        .order_by(Citizen.sort_name, Citizen.id)
    )
    return [Stay(*row) for row in rows]


def _plans(
    session: Session, citizen_ids: Collection[int], last: date
) -> dict[int, dict[date, dict[int, tuple[int, int]]]]:
    """(start minute, minutes) by weekday, by first day of the version, by citizen."""
    found: dict[int, dict[date, dict[int, tuple[int, int]]]] = {}
    for row in session.execute(
        sa.select(
            WeekPlanDay.citizen_id,
            WeekPlanDay.valid_from,
            WeekPlanDay.weekday,
            WeekPlanDay.start_minute,
            WeekPlanDay.minutes,
        ).where(WeekPlanDay.valid_from <= last, WeekPlanDay.citizen_id.in_(citizen_ids))
    ):
        version = found.setdefault(row.citizen_id, {}).setdefault(row.valid_from, {})
        version[row.weekday] = (row.start_minute, row.minutes)
    return found
