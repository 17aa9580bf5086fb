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
from workshop.production.models import ActivityKind, OrderStep, ProductionOrder, TaskType
from workshop.production.routines import queries as routines
from workshop.production.routines.closed import closed_days
from workshop.production.routines.models import Routine, RoutineDay
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits.models import Visit
from workshop.tasks.activities import queries as activities
from workshop.tasks.activities.queries import ActivityRow
from workshop.tasks.garden import queries as garden
from workshop.tasks.garden.queries import VisitRow
from workshop.tasks.models import Assignment, AssignmentState
from workshop.tasks.week.people import Expected, expected
from workshop.tasks.week.shown import WORKDAYS


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
    """A task of a day with everybody who has it; the ids say what it belongs to, for giving it to one more."""

    title: str
    order_title: str | None
    place: str
    start_minute: int | None
    kind: str
    day: date
    step: str | None
    routine: str | None
    task_key: str
    is_visit: bool
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

    @property
    def can_move(self) -> bool:
        """Whether it is anybody's to move: a visit has its day elsewhere, and what is begun stays."""
        return not self.is_visit and any(person.state is AssignmentState.PLANNED for person in self.people)


class OpenRoutine(NamedTuple):
    """A routine of a day that nobody has been given."""

    public_id: str
    title: str
    start_minute: int | None
    place: str
    kind: str


@dataclass(frozen=True)
class Column:
    """A day of the board: who does what, what has nobody yet, who is expected, and the holiday it is, if any."""

    day: date
    cards: list[Card]
    routines: list[OpenRoutine]
    visits: list[VisitRow]
    activities: list[ActivityRow]
    expected: list[Expected]
    closed: str = ""

    @property
    def entries(self) -> list[Card | ActivityRow]:
        """Tasks and what people do together, by time of day."""
        both: list[Card | ActivityRow] = [*self.cards, *self.activities]
        return sorted(both, key=lambda each: (each.start_minute is None, each.start_minute or 0))

    @property
    def busy(self) -> set[int]:
        """The citizens who have something that day."""
        at_work = {person.citizen_id for card in self.cards for person in card.people}
        together = {part.citizen_id for each in self.activities if not each.is_cancelled for part in each.people}
        return at_work | together


# Which of the board's colours a kind of work has.
LOOKS = {"service": "service", "restoration": "restore", "vehicles": "restore"} | dict.fromkeys(
    ("canteen", "office", "web_sales", "logistics"), "house"
)
TOGETHER = "together"


def week(session: Session, actor: Actor, first: date, today: date) -> list[Column]:
    """The days from a Monday on, for the actor's departments: the five, and one of the weekend that has work on it.

    From `today` on each has the routines and visits that fall on it and wait for somebody.
    """
    days = [first + timedelta(days=offset) for offset in range(7)]
    cards = _cards(session, actor, days[0], days[-1])
    waiting = _open_routines(session, actor, max(days[0], today), days[-1])
    visits = garden.without_people(session, actor.department_ids, max(days[0], today), days[-1])
    together = activities.between(session, actor.department_ids, days[0], days[-1])
    people = expected(session, actor, days[0], days[-1])
    closed = closed_days(days[0], days[-1])
    columns = [
        Column(
            day,
            [card for card in cards if card.day == day],
            waiting.get(day, []),
            [visit for visit in visits if visit.day == day],
            [each for each in together if each.day == day],
            people.get(day, []),
            closed.get(day, ""),
        )
        for day in days
    ]
    return [each for each in columns if each.entries or each.routines or each.visits or each.day.weekday() < WORKDAYS]


def _cards(session: Session, actor: Actor, first: date, last: date) -> list[Card]:
    rows = session.execute(_assignments(actor.department_ids, first, last)).all()
    away = citizens.away_between(session, {row.citizen_id for row in rows}, first, last)
    cards: dict[tuple[object, ...], Card] = {}
    for row in rows:
        work = row.order_step_id, row.task_type_id, row.routine_day_id, row.visit_id
        card = cards.setdefault((row.day, *work, row.title, row.start_minute), _card(row))
        is_away = (row.citizen_id, row.day) in away
        who = row.public_id, row.citizen_id, row.citizen_public_id, row.display_name, row.picture, row.state
        card.people.append(Person(*who, is_away))
    return list(cards.values())


def _card(row: Any) -> Card:
    return Card(
        row.title,
        row.order_title,
        row.place or "",
        row.start_minute,
        LOOKS.get(row.kind, "make"),
        row.day,
        row.step,
        row.routine,
        row.task_key,
        row.visit_id is not None,
    )


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
    return sorted(
        {person.citizen_public_id for column in columns for each in column.entries for person in each.people}
        | {person.public_id for column in columns for person in column.expected}
    )


def only(columns: Iterable[Column], look: str) -> list[Column]:
    """The board with one kind of work alone."""
    return [
        replace(
            column,
            cards=[card for card in column.cards if card.kind == look],
            routines=[each for each in column.routines if each.kind == look],
            visits=column.visits if look == LOOKS["service"] else [],
            activities=column.activities if look == TOGETHER else [],
        )
        for column in columns
    ]


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
            OrderStep.public_id.label("step"),
            Routine.public_id.label("routine"),
            TaskType.key.label("task_key"),
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
