"""What can be given to somebody: steps of orders, routines, plain tasks; and what a task on the board belongs to."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from workshop.core.access import Actor
from workshop.production.models import ActivityKind, OrderState, OrderStep, ProductionOrder, TaskType
from workshop.production.routines import queries as routines
from workshop.production.routines.models import Routine, RoutineDay
from workshop.services.visits.models import Visit
from workshop.tasks.models import Assignment
from workshop.tasks.week.open_work import NOT_DONE, in_hands


class OpenStep(NamedTuple):
    """A step of an order that somebody can be given."""

    public_id: str
    title: str
    order_title: str
    place: str
    due_on: date | None
    typical_minutes: int


def without_people(session: Session, actor: Actor, today: date) -> list[OpenStep]:
    """The steps of open orders that nobody has, the most urgent order first."""
    taken = sa.select(Assignment.order_step_id).where(Assignment.order_step_id.is_not(None), in_hands(today))
    return _steps(session, actor, OrderStep.id.not_in(taken))


def steps_to_give(session: Session, actor: Actor) -> list[OpenStep]:
    """Every step that is not done, taken or not: two can share one."""
    return _steps(session, actor)


def _steps(session: Session, actor: Actor, *conditions: sa.ColumnElement[bool]) -> list[OpenStep]:
    rows = session.execute(
        sa.select(
            OrderStep.public_id,
            OrderStep.title,
            ProductionOrder.title,
            OrderStep.place,
            ProductionOrder.due_on,
            TaskType.typical_minutes,
        )
        .join(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .join(TaskType, TaskType.id == OrderStep.task_type_id)
        .where(
            ProductionOrder.state == OrderState.OPEN,
            ProductionOrder.department_id.in_(actor.department_ids),
            OrderStep.state.in_(NOT_DONE),
            *conditions,
        )
        .order_by(ProductionOrder.due_on.is_(None), ProductionOrder.due_on, ProductionOrder.id, OrderStep.position)
    )
    return [OpenStep(*row) for row in rows]


def step_public_id(session: Session, step_id: int | None) -> str | None:
    """The public id of a step."""
    return None if step_id is None else session.scalar(sa.select(OrderStep.public_id).where(OrderStep.id == step_id))


def visit_public_id(session: Session, visit_id: int | None) -> str | None:
    """The public id of a visit."""
    return None if visit_id is None else session.scalar(sa.select(Visit.public_id).where(Visit.id == visit_id))


def open_step(session: Session, actor: Actor, public_id: str) -> OrderStep | None:
    """A step of the actor's departments that is not done, by public id."""
    return session.scalar(
        sa.select(OrderStep)
        .join(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .where(
            OrderStep.public_id == public_id,
            ProductionOrder.department_id.in_(actor.department_ids),
            OrderStep.state.in_(NOT_DONE),
        )
    )


def routine_of_day(session: Session, routine_day_id: int | None) -> tuple[str, date] | None:
    """The routine's public id and its day, of a task that is one."""
    if routine_day_id is None:
        return None
    row = session.execute(
        sa.select(Routine.public_id, RoutineDay.day)
        .join(RoutineDay, RoutineDay.routine_id == Routine.id)
        .where(RoutineDay.id == routine_day_id)
    ).one()
    return row[0], row[1]


def routines_to_give(session: Session, actor: Actor, today: date) -> list[tuple[str, str, str, int | None]]:
    """(public id, kind of work, title, start minute) of the routines that go on."""
    going = routines.routines(session, actor.department_ids, today)
    return [(row.public_id, row.kind, row.title, row.start_minute) for row in going if not row.is_over(today)]


def task_types(session: Session) -> list[tuple[str, str, str]]:
    """(key, kind of work, name) of every task in use, by kind and name."""
    rows = session.execute(
        sa.select(TaskType.key, ActivityKind.short_name, TaskType.name)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .where(TaskType.is_used)
        .order_by(ActivityKind.id, TaskType.name)
    )
    return [(key, kind, name) for key, kind, name in rows]


def task_type_by_key(session: Session, key: str) -> TaskType | None:
    """A task by its key."""
    return session.scalar(sa.select(TaskType).where(TaskType.key == key))


def step_ids(step_id: InstrumentedAttribute[int | None]) -> sa.ScalarSelect[str]:
    """The public id of the step a row points at, beside the row."""
    return sa.select(OrderStep.public_id).where(OrderStep.id == step_id).scalar_subquery()


def visit_ids(visit_id: InstrumentedAttribute[int | None]) -> sa.ScalarSelect[str]:
    """The public id of the visit a row points at, beside the row."""
    return sa.select(Visit.public_id).where(Visit.id == visit_id).scalar_subquery()
