"""The week on the desk's wall: who does what on which day, and what has nobody yet. One's own department only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core.access import Actor
from workshop.production.models import ActivityKind, OrderState, OrderStep, ProductionOrder, StepState, TaskType
from workshop.production.routines import queries as routines
from workshop.production.routines.closed import closed_days
from workshop.production.routines.models import Routine, RoutineDay
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits.models import Visit
from workshop.tasks.garden import queries as garden
from workshop.tasks.garden.queries import VisitRow
from workshop.tasks.models import Assignment, AssignmentState

WORKDAYS = 5
NOT_DONE = (StepState.WAITING, StepState.STARTED)


class Person(NamedTuple):
    """Somebody on a card; `is_away` is a notice or an absence of that day, never a cause."""

    assignment_id: str
    citizen_id: int
    citizen_public_id: str
    name: str
    picture: str
    state: AssignmentState
    is_away: bool


@dataclass
class Card:
    """A task of a day with everybody who has it."""

    title: str
    order_title: str | None
    place: str
    start_minute: int | None
    kind: str
    people: list[Person] = field(default_factory=list)

    @property
    def state(self) -> AssignmentState:
        """Finished when everybody is, begun when somebody has."""
        states = {person.state for person in self.people}
        if states == {AssignmentState.FINISHED}:
            return AssignmentState.FINISHED
        if states == {AssignmentState.PLANNED}:
            return AssignmentState.PLANNED
        return AssignmentState.STARTED

    @property
    def needs_people(self) -> bool:
        """Whether everybody who has it is away."""
        return self.state is not AssignmentState.FINISHED and all(person.is_away for person in self.people)


class OpenRoutine(NamedTuple):
    """A routine of a day that nobody has been given."""

    public_id: str
    title: str
    start_minute: int | None
    place: str
    kind: str


@dataclass(frozen=True)
class Column:
    """A day of the board: who does what, the routines and visits nobody has yet, and the holiday it is, if any."""

    day: date
    cards: list[Card]
    routines: list[OpenRoutine]
    visits: list[VisitRow]
    closed: str = ""


class OpenStep(NamedTuple):
    """A step of an order that somebody can be given."""

    public_id: str
    title: str
    order_title: str
    place: str
    due_on: date | None
    typical_minutes: int


# Which of the board's four colours a kind of work has.
LOOKS = {"service": "service", "restoration": "restore", "vehicles": "restore"} | dict.fromkeys(
    ("canteen", "office", "web_sales", "logistics"), "house"
)


def week(session: Session, actor: Actor, first: date, today: date) -> list[Column]:
    """The days from a Monday on, for the actor's departments: the five, and one of the weekend that has work on it.

    From `today` on each has the routines that fall on it and wait for somebody.
    """
    days = [first + timedelta(days=offset) for offset in range(7)]
    rows = session.execute(_assignments(actor.department_ids, days[0], days[-1])).all()
    away = citizens.away_between(session, {row.citizen_id for row in rows}, days[0], days[-1])
    cards: dict[tuple[object, ...], Card] = {}
    for row in rows:
        key = (
            row.day,
            row.order_step_id or row.task_type_id,
            row.routine_day_id,
            row.visit_id,
            row.title,
            row.start_minute,
        )
        card = cards.setdefault(
            key,
            Card(row.title, row.order_title, row.place or "", row.start_minute, LOOKS.get(row.kind, "make")),
        )
        card.people.append(
            Person(
                row.public_id,
                row.citizen_id,
                row.citizen_public_id,
                row.display_name,
                row.picture,
                row.state,
                (row.citizen_id, row.day) in away,
            )
        )
    waiting = _open_routines(session, actor, max(days[0], today), days[-1])
    visits = garden.without_people(session, actor.department_ids, max(days[0], today), days[-1])
    closed = closed_days(days[0], days[-1])
    columns = [
        Column(
            day,
            [card for key, card in cards.items() if key[0] == day],
            waiting.get(day, []),
            [visit for visit in visits if visit.day == day],
            closed.get(day, ""),
        )
        for day in days
    ]
    return [
        column
        for column in columns
        if column.cards or column.routines or column.visits or column.day.weekday() < WORKDAYS
    ]


def _open_routines(session: Session, actor: Actor, first: date, last: date) -> dict[date, list[OpenRoutine]]:
    found: dict[date, list[OpenRoutine]] = {}
    if first > last:
        return found
    for day, row, stand in routines.between(session, actor.department_ids, first, last):
        if stand.state is None:
            look = LOOKS.get(row.kind_key, "make")
            found.setdefault(day, []).append(OpenRoutine(row.public_id, row.title, row.start_minute, row.place, look))
    return found


def has_work_on(session: Session, actor: Actor, day: date) -> bool:
    """Whether anybody in the actor's departments has a task that day."""
    return session.execute(_assignments(actor.department_ids, day, day).limit(1)).first() is not None


def people_on(columns: Iterable[Column]) -> list[str]:
    """The public ids of everybody on the board, once each, for the audit door."""
    return sorted({person.citizen_public_id for column in columns for card in column.cards for person in card.people})


def only(columns: Iterable[Column], look: str) -> list[Column]:
    """The board with one kind of work alone."""
    return [
        replace(
            column,
            cards=[card for card in column.cards if card.kind == look],
            routines=[each for each in column.routines if each.kind == look],
            visits=column.visits if look == LOOKS["service"] else [],
        )
        for column in columns
    ]


def without_people(session: Session, actor: Actor) -> list[OpenStep]:
    """The steps of open orders that nobody has, the most urgent order first."""
    taken = sa.select(Assignment.order_step_id).where(
        Assignment.order_step_id.is_not(None),
        Assignment.state.in_((AssignmentState.PLANNED, AssignmentState.STARTED)),
    )
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


def _assignments(departments: Collection[int], first: date, last: date) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Assignment.public_id,
            Assignment.day,
            Assignment.title,
            Assignment.state,
            Assignment.start_minute,
            Assignment.order_step_id,
            Assignment.routine_day_id,
            Assignment.visit_id,
            Assignment.task_type_id,
            ProductionOrder.title.label("order_title"),
            sa.func.coalesce(OrderStep.place, Routine.place, ServicePlace.street).label("place"),
            ActivityKind.key.label("kind"),
            Citizen.id.label("citizen_id"),
            Citizen.public_id.label("citizen_public_id"),
            Citizen.display_name,
            Citizen.picture,
        )
        .join(Citizen, Citizen.id == Assignment.citizen_id)
        .join(TaskType, TaskType.id == Assignment.task_type_id)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .outerjoin(OrderStep, OrderStep.id == Assignment.order_step_id)
        .outerjoin(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .outerjoin(RoutineDay, RoutineDay.id == Assignment.routine_day_id)
        .outerjoin(Routine, Routine.id == RoutineDay.routine_id)
        .outerjoin(Visit, Visit.id == Assignment.visit_id)
        .outerjoin(ServiceJob, ServiceJob.id == Visit.job_id)
        .outerjoin(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(
            Assignment.day.between(first, last),
            Assignment.state != AssignmentState.CANCELLED,
            Citizen.department_id.in_(departments),
        )
        .order_by(
            Assignment.day,
            Assignment.start_minute.is_(None),
            Assignment.start_minute,
            Assignment.title,
            Citizen.sort_name,
        )
    )
