"""Reads about tasks and records: one person's own, and what the staff of a department see of theirs."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.citizens.queries import NotYours
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.production.models import ActivityKind, OrderStep, ProductionOrder, TaskType
from workshop.production.routines.models import Routine, RoutineDay
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits.models import Visit
from workshop.tasks.changing import newest_record
from workshop.tasks.models import Assignment, AssignmentState, RecordStatus, TaskRecord
from workshop.tasks.regretting import can_be_had_again


class OwnTask(NamedTuple):
    """A task on the tablet. `colleagues` counts the others who have the same work that day; it names nobody."""

    public_id: str
    title: str
    state: AssignmentState
    start_minute: int | None
    finished_at: datetime | None
    order_title: str | None
    place: str | None
    pictogram: str
    plain_text: str
    colleagues: int
    is_paused: bool
    may_take_back: bool  # finished, nobody has confirmed it, and no thing got its number by it


class Declined(NamedTuple):
    """A task somebody said no to, and that nobody else has."""

    public_id: str
    title: str
    pictogram: str


class Mate(NamedTuple):
    """Somebody on a card of the board, for the staff who plan the week."""

    assignment: Assignment
    citizen_public_id: str
    name: str
    picture: str


def assignment_for(session: Session, actor: Actor, public_id: str) -> Assignment:
    """A person's own task, or one of somebody in the staff's department. Raises NotHere for all others."""
    row = session.execute(
        sa.select(Assignment, Citizen.account_id, Citizen.department_id, Citizen.public_id)
        .join(Citizen, Citizen.id == Assignment.citizen_id)
        .where(Assignment.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotHere
    assignment, account_id, department_id, citizen_public_id = row
    if actor.is_citizen:
        is_theirs = account_id == actor.account_id
    else:
        is_theirs = actor.may("week:read") and department_id in actor.department_ids
    if not is_theirs:
        raise NotYours([citizen_public_id])
    found: Assignment = assignment
    return found


def is_known_to(session: Session, actor: Actor, public_id: str) -> bool:
    """Whether the actor may know of this assignment."""
    try:
        assignment_for(session, actor, public_id)
    except NotHere:
        return False
    return True


def own_tasks(session: Session, citizen_id: int, day: date) -> list[OwnTask]:
    """The person's tasks of the day, and what they began earlier and have not finished; begun ones first."""
    other = sa.orm.aliased(Assignment)
    colleagues = (
        sa.select(sa.func.count())
        .where(
            sa.or_(
                other.order_step_id == Assignment.order_step_id,
                other.routine_day_id == Assignment.routine_day_id,
                other.visit_id == Assignment.visit_id,
            ),
            other.day == Assignment.day,
            other.citizen_id != Assignment.citizen_id,
            other.state != AssignmentState.CANCELLED,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            Assignment.public_id,
            Assignment.title,
            Assignment.state,
            Assignment.start_minute,
            Assignment.finished_at,
            ProductionOrder.title,
            sa.func.coalesce(OrderStep.place, Routine.place, ServicePlace.street),
            sa.func.coalesce(sa.func.nullif(TaskType.pictogram, ""), ActivityKind.pictogram),
            TaskType.plain_text,
            colleagues,
            Assignment.paused_at.is_not(None),
            sa.exists().where(
                TaskRecord.assignment_id == Assignment.id,
                TaskRecord.status == RecordStatus.DRAFT,
                TaskRecord.item_id.is_(None),
                TaskRecord.print_job_id.is_(None),
                TaskRecord.stock_count_id.is_(None),
            ),
        )
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
            Assignment.citizen_id == citizen_id,
            Assignment.state != AssignmentState.CANCELLED,
            sa.or_(Assignment.day == day, sa.and_(Assignment.day < day, Assignment.state == AssignmentState.STARTED)),
        )
        .order_by(Assignment.start_minute.is_(None), Assignment.start_minute, Assignment.id)
    )
    order = {AssignmentState.STARTED: 0, AssignmentState.PLANNED: 1, AssignmentState.FINISHED: 2}
    return sorted((OwnTask(*row) for row in rows), key=lambda task: order[task.state])


def own_declined(session: Session, citizen_id: int, day: date) -> list[Declined]:
    """The tasks of a day the person said no to and can still have again, in the order they were given."""
    rows = session.execute(
        sa.select(
            Assignment.public_id,
            Assignment.title,
            sa.func.coalesce(sa.func.nullif(TaskType.pictogram, ""), ActivityKind.pictogram),
        )
        .join(TaskType, TaskType.id == Assignment.task_type_id)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .where(
            Assignment.citizen_id == citizen_id,
            Assignment.day == day,
            Assignment.state == AssignmentState.CANCELLED,
            Assignment.declined_at.is_not(None),
            can_be_had_again(),
        )
        .order_by(Assignment.id)
    )
    return [Declined(*row) for row in rows]


def own_week(session: Session, citizen_id: int, first: date, last: date) -> list[tuple[date, int | None, str]]:
    """(day, start minute, title) of the person's tasks between two days, both included."""
    rows = session.execute(
        sa.select(Assignment.day, Assignment.start_minute, Assignment.title)
        .where(
            Assignment.citizen_id == citizen_id,
            Assignment.day.between(first, last),
            Assignment.state != AssignmentState.CANCELLED,
        )
        .order_by(Assignment.day, Assignment.start_minute.is_(None), Assignment.start_minute, Assignment.id)
    )
    return [(day, minute, title) for day, minute, title in rows]


def record_by_id(session: Session, public_id: str) -> TaskRecord:
    """A record by its public id; whoever asks must have shown that they may. Raises NotHere."""
    record = session.scalar(sa.select(TaskRecord).where(TaskRecord.public_id == public_id))
    if record is None:
        raise NotHere
    return record


def record_of(session: Session, assignment: Assignment) -> TaskRecord:
    """The newest version of what was written about an assignment. Raises NotHere while it is not finished."""
    record = newest_record(session, assignment.id)
    if record is None:
        raise NotHere
    return record


def mates_of(session: Session, assignment: Assignment) -> list[Mate]:
    """Everybody who has the same card of the board: the same work on the same day at the same time."""
    same_work = (
        Assignment.order_step_id == assignment.order_step_id
        if assignment.order_step_id is not None
        else sa.and_(Assignment.order_step_id.is_(None), Assignment.task_type_id == assignment.task_type_id)
    )
    department = sa.select(Citizen.department_id).where(Citizen.id == assignment.citizen_id).scalar_subquery()
    rows = session.execute(
        sa.select(Assignment, Citizen.public_id, Citizen.display_name, Citizen.picture)
        .join(Citizen, Citizen.id == Assignment.citizen_id)
        .where(
            same_work,
            Assignment.routine_day_id.is_not_distinct_from(assignment.routine_day_id),
            Assignment.visit_id.is_not_distinct_from(assignment.visit_id),
            Assignment.title == assignment.title,
            Assignment.day == assignment.day,
            Assignment.start_minute.is_not_distinct_from(assignment.start_minute),
            Assignment.state != AssignmentState.CANCELLED,
            Citizen.department_id == department,
        )
        .order_by(Citizen.sort_name)
    )
    return [Mate(*row) for row in rows]
