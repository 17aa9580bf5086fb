"""Which piece of work a round is about: a card of the board, a step of an order, a visit, a task, or a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.production.models import OrderState, OrderStep, ProductionOrder, StepState, TaskType
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitResource, VisitState
from workshop.tasks.garden import queries as garden
from workshop.tasks.marks import Quality
from workshop.tasks.models import Assignment, AssignmentState, RecordStatus, TaskRecord
from workshop.tasks.queries import assignment_for, record_by_id
from workshop.tasks.results import MOST_MINUTES, Job
from workshop.tasks.team import queries

CARD, STEP, VISIT, TASK, RECORD = "tavle", "trin", "besoeg", "opgave", "registrering"
HAPPENS = (VisitState.PLANNED, VisitState.ON_THE_WAY, VisitState.STARTED, VisitState.DONE)


@dataclass(frozen=True)
class Found:
    """A piece of work and what the round says about it. `minutes` is what a turn tends to take, in minutes."""

    job: Job
    heading: str
    minutes: int
    sentences: tuple[tuple[str, str], ...]  # (what is on the button, what it looks like in this task)
    can_end_step: bool = False


class Given(NamedTuple):
    """Somebody who was given the work."""

    sort_name: str
    name: str
    public_id: str


class Choice(NamedTuple):
    """Something that can be recorded: its kind and id in the address, what it is called, and who was given it."""

    kind: str
    ident: str
    title: str
    people: Sequence[Given] = ()
    is_written: bool = False


def find(session: Session, actor: Actor, kind: str, ident: str, day: date | None, now: datetime) -> Found:
    """The work at an address. `day` is used where the address itself has none; without it, it is today.

    Raises NotHere for what is not there, or belongs to a department that is not the actor's.
    """
    today = day or clock.local_day(now)
    if kind == CARD:
        return _found(session, _of_card(assignment_for(session, actor, ident)))
    if kind == STEP:
        return _of_step(session, actor, ident, day, now)
    if kind == VISIT:
        return _of_visit(session, actor, ident)
    if kind == TASK:
        task = session.scalar(sa.select(TaskType).where(TaskType.key == ident, TaskType.is_used))
        if task is None:
            raise NotHere
        return _found(session, Job(task.id, task.name, today))
    if kind == RECORD:
        queries.parts_of(session, actor, ident)
        record = record_by_id(session, ident)
        if record.status is not RecordStatus.DRAFT:
            raise NotHere
        return of_record(session, record)
    raise NotHere


def of_record(session: Session, record: TaskRecord) -> Found:
    """The work a record tells of."""
    return _found(session, queries.job_of(record))


def choices(session: Session, actor: Actor, day: date) -> list[Choice]:
    """What people of the actor's departments have been given that day, each piece of work once, and their visits.

    What is confirmed for everybody who was given it comes last.
    """
    confirmed = sa.exists().where(
        TaskRecord.assignment_id == Assignment.id, TaskRecord.status == RecordStatus.CONFIRMED
    )
    rows = session.execute(
        sa.select(Assignment, Citizen.sort_name, Citizen.display_name, Citizen.public_id, confirmed)
        .join(Citizen, Citizen.id == Assignment.citizen_id)
        .where(
            Assignment.day == day,
            Assignment.state != AssignmentState.CANCELLED,
            Citizen.department_id.in_(actor.department_ids),
        )
        .order_by(Assignment.start_minute.is_(None), Assignment.start_minute, Assignment.id)
    )
    cards: dict[Job, Assignment] = {}
    people: dict[Job, set[Given]] = {}
    waiting: set[Job] = set()
    for card, sort_name, name, public_id, is_confirmed in rows:
        job = _of_card(card)
        # Steps and visits are one piece of work under however many titles their people have.
        key = replace(job, task_type_id=0, title="") if job.order_step_id or job.visit_id else job
        cards.setdefault(key, card)
        people.setdefault(key, set()).add(Given(sort_name, name, public_id))
        if not is_confirmed:
            waiting.add(key)
    taken = {job.visit_id for job in cards}
    found = [
        Choice(CARD, card.public_id, card.title, sorted(people[key]), key not in waiting) for key, card in cards.items()
    ]
    found += [each for number, each in _visits_on(session, actor, day) if number not in taken]
    return sorted(found, key=lambda each: each.is_written)


def offered(session: Session, actor: Actor) -> tuple[list[Choice], list[Choice]]:
    """Steps of open orders, and every task there is, for what nobody was given."""
    steps = session.execute(
        sa.select(OrderStep.public_id, ProductionOrder.title, OrderStep.title)
        .join(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .where(ProductionOrder.state == OrderState.OPEN, ProductionOrder.department_id.in_(actor.department_ids))
        .order_by(ProductionOrder.title, ProductionOrder.id, OrderStep.position)
    )
    tasks_there = session.execute(
        sa.select(TaskType.key, TaskType.name).where(TaskType.is_used).order_by(TaskType.name, TaskType.id)
    )
    return (
        [Choice(STEP, public_id, f"{order}: {step}") for public_id, order, step in steps],
        [Choice(TASK, key, name) for key, name in tasks_there],
    )


def _of_card(card: Assignment) -> Job:
    return Job(card.task_type_id, card.title, card.day, card.order_step_id, card.visit_id, card.routine_day_id)


def _of_step(session: Session, actor: Actor, ident: str, day: date | None, now: datetime) -> Found:
    row = session.execute(
        sa.select(OrderStep, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .where(OrderStep.public_id == ident, ProductionOrder.department_id.in_(actor.department_ids))
    ).one_or_none()
    if row is None:
        raise NotHere
    step, order = row
    ended = step.finished_at or order.finished_at or now
    return _found(session, Job(step.task_type_id, step.title, day or clock.local_day(ended), order_step_id=step.id))


def _of_visit(session: Session, actor: Actor, ident: str) -> Found:
    visit = garden.visit(session, actor.department_ids, ident)
    kinds = garden.tasks_of(session, visit.service_kind_id) if visit is not None else []
    if visit is None or visit.day is None or not kinds:
        raise NotHere
    return _found(session, Job(kinds[0].id, kinds[0].name, visit.day, visit_id=visit.id))


def _found(session: Session, job: Job) -> Found:
    task = session.get_one(TaskType, job.task_type_id)
    heading, minutes, can_end = job.title, task.typical_minutes, False
    if job.order_step_id is not None:
        row = session.execute(
            sa.select(ProductionOrder.title, ProductionOrder.state, OrderStep.state.label("step"))
            .join(OrderStep, OrderStep.order_id == ProductionOrder.id)
            .where(OrderStep.id == job.order_step_id)
        ).one()
        heading = f"{row.title}: {job.title}" if row.title != job.title else job.title
        can_end = row.state is OrderState.OPEN and row.step not in (StepState.FINISHED, StepState.SKIPPED)
    if job.visit_id is not None:
        visit = session.get_one(Visit, job.visit_id)
        heading, minutes = session.get_one(ServiceJob, visit.job_id).title, visit.minutes
    return Found(job, heading, min(minutes, MOST_MINUTES), _sentences(task), can_end)


def _sentences(task: TaskType) -> tuple[tuple[str, str], ...]:
    said = (task.quality_redo, task.quality_fix, task.quality_ok, task.quality_better)
    return tuple((quality.label, words) for quality, words in zip(Quality, said, strict=True) if words)


def _visits_on(session: Session, actor: Actor, day: date) -> list[tuple[int, Choice]]:
    rows = session.execute(
        sa.select(Visit.id, Visit.public_id, ServiceJob.title)
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .where(Visit.day == day, Visit.state.in_(HAPPENS), is_ours(actor))
        .order_by(Visit.start_minute, Visit.id)
    )
    return [(number, Choice(VISIT, public_id, title)) for number, public_id, title in rows]


def is_ours(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether a team of the actor's departments is on the visit."""
    return (
        sa.exists()
        .where(VisitResource.visit_id == Visit.id, VisitResource.resource_id == Resource.id)
        .where(Resource.kind == ResourceKind.TEAM, Resource.department_id.in_(actor.department_ids))
    )
