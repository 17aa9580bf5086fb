"""What is known of one person for some days, and the open work of those days. Never more than one person at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core.access import Actor
from workshop.production.models import TaskType
from workshop.production.routines.closed import closed_days
from workshop.production.routines.models import RoutineDay
from workshop.progression.models import DevelopmentPlan, Goal
from workshop.progression.queries import OPEN_STATES
from workshop.progression.suggesting.reasons import Facts, Suggestion, suggestion
from workshop.services.visits.models import Visit
from workshop.tasks.activities.queries import OwnActivity, own_between
from workshop.tasks.models import Assignment, AssignmentState, TaskCompetenceLink
from workshop.tasks.week import minding
from workshop.tasks.week.open_work import OpenWork, open_work
from workshop.tasks.week.people import agreed_between
from workshop.tasks.wishing.queries import WishRow, open_wishes


class Known(NamedTuple):
    """The suggestions for one person, what stands in their week already, and what they wish for in general."""

    suggestions: list[Suggestion]
    own: list[tuple[date, int | None, str]]
    wishes: list[WishRow]
    agreed: dict[date, tuple[int, int]]


def known(session: Session, actor: Actor, citizen: Citizen, first: date, last: date, *, sees_goals: bool) -> Known:
    """All open work of the days for one person, by day and title, each with its reasons.

    Work they have already is left out; it stands in `own`. The number of questions does not grow with the work.
    """
    mine = _own(session, citizen.id, first, last)
    together = own_between(session, citizen.id, first, last)
    has = {each.work for each in mine if each.state is not AssignmentState.CANCELLED}
    work = [each for each in open_work(session, first, last, [citizen.department_id]) if _key(each) not in has]
    tasks = {each.task_type_id for each in work}
    agreed = agreed_between(session, citizen.id, first, last)
    closed = closed_days(first, last)
    agreed = {day: hours for day, hours in agreed.items() if day not in closed}
    wishes = open_wishes(session, [citizen.id]).get(citizen.id, [])
    found = minding.of(session, actor, [citizen.id], tasks, first)
    facts = Facts(
        name=citizen.display_name,
        agreed=agreed,
        away=frozenset(day for _id, day in citizens.away_between(session, [citizen.id], first, last)),
        busy=_by_day(mine, together),
        goals=_goals(session, citizen.id, tasks, first) if sees_goals else {},
        wishes=wishes,
        kinds=_kinds(session, tasks),
        minding={task: each for (_citizen, task), each in found.items()},
        said_no=frozenset(each.work[:2] for each in mine if each.is_declined),
    )
    return Known([suggestion(each, facts) for each in work], _listed(mine, together), wishes, agreed)


class _Own(NamedTuple):
    work: tuple[str, int | None, date | None]
    day: date
    start_minute: int | None
    minutes: int  # what a visit was set aside; otherwise what the task usually takes
    title: str
    state: AssignmentState
    is_declined: bool


def _own(session: Session, citizen_id: int, first: date, last: date) -> list[_Own]:
    rows = session.execute(
        sa.select(
            Assignment.day,
            Assignment.start_minute,
            sa.func.coalesce(Visit.minutes, TaskType.typical_minutes).label("minutes"),
            Assignment.title,
            Assignment.state,
            Assignment.declined_at.is_not(None).label("is_declined"),
            Assignment.order_step_id,
            Assignment.visit_id,
            RoutineDay.routine_id,
        )
        .join(TaskType, TaskType.id == Assignment.task_type_id)
        .outerjoin(RoutineDay, RoutineDay.id == Assignment.routine_day_id)
        .outerjoin(Visit, Visit.id == Assignment.visit_id)
        .where(Assignment.citizen_id == citizen_id, Assignment.day.between(first, last))
        .order_by(Assignment.day, Assignment.start_minute.is_(None), Assignment.start_minute, Assignment.id)
    )
    return [
        _Own(
            _work(row.order_step_id, row.visit_id, row.routine_id, row.day),
            row.day,
            row.start_minute,
            row.minutes,
            row.title,
            row.state,
            row.is_declined,
        )
        for row in rows
    ]


def _work(
    step: int | None, visit: int | None, routine: int | None, day: date | None
) -> tuple[str, int | None, date | None]:
    if step is not None:
        return "step", step, None
    return ("visit", visit, None) if visit is not None else ("routine", routine, day)


def _key(work: OpenWork) -> tuple[str, int | None, date | None]:
    return _work(work.order_step_id, work.visit_id, work.routine_id, work.day)


def _listed(mine: Collection[_Own], together: Collection[OwnActivity]) -> list[tuple[date, int | None, str]]:
    """What stands in the person's days: tasks and what they do together with others."""
    tasks = [(each.day, each.start_minute, each.title) for each in mine if each.state is not AssignmentState.CANCELLED]
    others = [(each.day, each.start_minute, each.title) for each in together]
    return sorted([*tasks, *others], key=lambda each: (each[0], each[1] is None, each[1] or 0, each[2]))


def _by_day(mine: Collection[_Own], together: Collection[OwnActivity]) -> dict[date, list[tuple[int | None, int, str]]]:
    """(start minute, minutes, title) of everything that takes the person's time, by day."""
    tasks = [
        (each.day, each.start_minute, each.minutes, each.title)
        for each in mine
        if each.state is not AssignmentState.CANCELLED
    ]
    found: dict[date, list[tuple[int | None, int, str]]] = {}
    for day, start, minutes, title in [*tasks, *((a.day, a.start_minute, a.minutes, a.title) for a in together)]:
        found.setdefault(day, []).append((start, minutes, title))
    return found


def _goals(session: Session, citizen_id: int, task_type_ids: Collection[int], day: date) -> dict[int, list[str]]:
    """The titles of the person's open goals that each task can show something for, by task."""
    valid = sa.and_(
        TaskCompetenceLink.valid_from <= day,
        sa.or_(TaskCompetenceLink.valid_to.is_(None), TaskCompetenceLink.valid_to >= day),
    )
    rows = session.execute(
        sa.select(TaskCompetenceLink.task_type_id, Goal.title)
        .join(Goal, Goal.competence_id == TaskCompetenceLink.competence_id)
        .join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
        .where(
            DevelopmentPlan.citizen_id == citizen_id,
            Goal.state.in_(OPEN_STATES),
            TaskCompetenceLink.task_type_id.in_(task_type_ids),
            valid,
        )
        .order_by(Goal.id)
    )
    found: dict[int, list[str]] = {}
    for task_type_id, title in rows:
        found.setdefault(task_type_id, []).append(title)
    return found


def _kinds(session: Session, task_type_ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(sa.select(TaskType.id, TaskType.activity_kind_id).where(TaskType.id.in_(task_type_ids)))
    return {row.id: row.activity_kind_id for row in rows}


def first_day(agreed: Collection[date], first: date, last: date) -> date:
    """The first of these days the person comes; with none of them, the first."""
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return next((day for day in days if day in agreed), first)
