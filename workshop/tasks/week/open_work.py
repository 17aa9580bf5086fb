"""The work of some days that somebody could have a part in: steps of orders, visits, and days of routines.

Nothing of it says who. Whoever chooses among it, the citizen or staff, does so by day and title.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.text import sort_key
from workshop.production.models import OrderState, OrderStep, ProductionOrder, StepState, TaskType
from workshop.production.routines import queries as routines
from workshop.production.routines.models import Routine, RoutineDayState
from workshop.services.models import ServiceTask
from workshop.tasks.garden import queries as garden
from workshop.tasks.models import Assignment, AssignmentState

NOT_DONE = (StepState.WAITING, StepState.STARTED)


class OpenWork(NamedTuple):
    """Something that can be worked on; `day` is empty for a step that has no day yet.

    `needs_people` says that nobody has it. One of the three ids says what it is, `public_id` is that of the same thing.
    """

    kind: Literal["step", "visit", "routine"]
    title: str
    day: date | None
    task_type_id: int
    order_step_id: int | None
    visit_id: int | None
    routine_id: int | None
    needs_people: bool
    public_id: str
    of_what: str  # the order a step belongs to; otherwise empty
    start_minute: int | None
    minutes: int  # it usually takes so long, once


def open_work(session: Session, first: date, last: date, department_ids: Collection[int]) -> list[OpenWork]:
    """What can be worked on between two days, both included, in these departments; by day and Danish title.

    A step that somebody has on another day is not of these days; one without a day is.
    """
    found = [
        *_steps(session, first, last, department_ids),
        *_visits(session, first, last, department_ids),
        *_routines(session, first, last, department_ids),
    ]
    return sorted(
        found,
        key=lambda each: (each.day is None, each.day or first, sort_key(each.title), sort_key(each.of_what)),
    )


def in_hands(first: date) -> sa.ColumnElement[bool]:
    """Whether an assignment keeps its work from waiting: begun, or planned for `first` or later.

    What was planned for a day gone by and never begun is in nobody's hands any more.
    """
    return sa.or_(
        Assignment.state == AssignmentState.STARTED,
        sa.and_(Assignment.state == AssignmentState.PLANNED, Assignment.day >= first),
    )


def _steps(session: Session, first: date, last: date, department_ids: Collection[int]) -> list[OpenWork]:
    held = (
        sa.select(
            Assignment.order_step_id,
            sa.func.min(sa.case((Assignment.day.between(first, last), Assignment.day))).label("day"),
        )
        .where(Assignment.order_step_id.is_not(None), in_hands(first))
        .group_by(Assignment.order_step_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            OrderStep.id,
            OrderStep.public_id,
            OrderStep.title,
            OrderStep.task_type_id,
            ProductionOrder.title,
            TaskType.typical_minutes,
            held.c.order_step_id,
            held.c.day,
        )
        .join(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .join(TaskType, TaskType.id == OrderStep.task_type_id)
        .outerjoin(held, held.c.order_step_id == OrderStep.id)
        .where(
            ProductionOrder.state == OrderState.OPEN,
            ProductionOrder.department_id.in_(department_ids),
            OrderStep.state.in_(NOT_DONE),
            sa.or_(held.c.order_step_id.is_(None), held.c.day.is_not(None)),
        )
        .order_by(ProductionOrder.id, OrderStep.position)
    )
    return [
        OpenWork("step", title, day, task, step_id, None, None, taken is None, public_id, order, None, minutes)
        for step_id, public_id, title, task, order, minutes, taken, day in rows
    ]


def _visits(session: Session, first: date, last: date, department_ids: Collection[int]) -> list[OpenWork]:
    rows = garden.between(session, department_ids, first, last)
    tasks = _main_tasks(session, {visit.service_kind_id for visit, _has_people in rows})
    return [
        OpenWork(
            "visit", visit.title, visit.day, tasks[visit.service_kind_id], None, visit.id, None, not has_people,
            visit.public_id, "", visit.start_minute, visit.minutes,
        )
        for visit, has_people in rows
        if visit.service_kind_id in tasks
    ]  # fmt: skip


def _main_tasks(session: Session, kinds: Collection[int]) -> dict[int, int]:
    """What a service mostly is, by service; looking at a job was done before it was agreed, and comes last."""
    if not kinds:
        return {}
    rows = session.execute(
        sa.select(ServiceTask.service_kind_id, TaskType.id)
        .join(TaskType, TaskType.id == ServiceTask.task_type_id)
        .where(ServiceTask.service_kind_id.in_(kinds), TaskType.is_used)
        .order_by(TaskType.key == garden.SITE_VISIT, ServiceTask.position)
    )
    found: dict[int, int] = {}
    for kind, task in rows:
        found.setdefault(kind, task)
    return found


def _routines(session: Session, first: date, last: date, department_ids: Collection[int]) -> list[OpenWork]:
    days = routines.between(session, department_ids, first, last)
    if not days:
        return []
    wanted = {row.id for _day, row, _stand in days}
    kinds = {
        routine_id: (task, minutes)
        for routine_id, task, minutes in session.execute(
            sa.select(Routine.id, TaskType.id, TaskType.typical_minutes)
            .join(TaskType, TaskType.id == Routine.task_type_id)
            .where(Routine.id.in_(wanted))
        )
    }
    return [
        OpenWork(
            "routine", row.title, day, kinds[row.id][0], None, None, row.id, stand.state is None,
            row.public_id, "", row.start_minute, kinds[row.id][1],
        )
        for day, row, stand in days
        if stand.state in (None, RoutineDayState.DUE)
    ]  # fmt: skip
