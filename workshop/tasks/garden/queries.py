"""Reads for putting people on visits. What is asked of the garden service is where and when, never who asked for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.production.models import TaskType
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceTask
from workshop.services.requests.models import ServicePlace
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitResource
from workshop.tasks.garden.actions import OPEN_STATES, TO_COME
from workshop.tasks.models import Assignment, AssignmentState, TeamMember

SITE_VISIT = "se_site_visit"


class VisitRow(NamedTuple):
    """A visit as those see it who go along."""

    id: int
    public_id: str
    title: str
    service_kind_id: int
    street: str
    town: str
    day: date | None
    start_minute: int | None
    minutes: int
    crew: int


class TeamRow(NamedTuple):
    """A team, and how many are usually in it."""

    id: int
    public_id: str
    name: str
    people: int


def _visits(department_ids: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    """Those a team of these departments is on: another department's round is not ours to see."""
    ours = (
        sa.exists()
        .where(VisitResource.visit_id == Visit.id, VisitResource.resource_id == Resource.id)
        .where(Resource.kind == ResourceKind.TEAM, Resource.department_id.in_(department_ids))
    )
    return (
        sa.select(
            Visit.id,
            Visit.public_id,
            ServiceJob.title,
            ServiceJob.service_kind_id,
            ServicePlace.street,
            ServicePlace.town,
            Visit.day,
            Visit.start_minute,
            Visit.minutes,
            ServiceJob.crew,
        )
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(ours)
    )


def visit(session: Session, department_ids: Collection[int], public_id: str) -> VisitRow | None:
    """A visit that a team of these departments is on."""
    row = session.execute(_visits(department_ids).where(Visit.public_id == public_id)).one_or_none()
    return VisitRow(*row) if row else None


def without_people(session: Session, department_ids: Collection[int], first: date, last: date) -> list[VisitRow]:
    """Visits between two days, both included, that have a team and nobody to go along yet."""
    return [visit for visit, has_people in between(session, department_ids, first, last) if not has_people]


def between(session: Session, department_ids: Collection[int], first: date, last: date) -> list[tuple[VisitRow, bool]]:
    """Visits to come between two days, both included, and whether anybody goes along yet."""
    taken = sa.exists().where(Assignment.visit_id == Visit.id, Assignment.state != AssignmentState.CANCELLED)
    wanted = _visits(department_ids).add_columns(taken)
    wanted = wanted.where(Visit.day.between(first, last), Visit.state.in_(TO_COME))
    rows = session.execute(wanted.order_by(Visit.day, Visit.start_minute, Visit.id))
    return [(VisitRow(*row[:-1]), row[-1]) for row in rows]


def tasks_of(session: Session, service_kind_id: int) -> list[TaskType]:
    """What a service consists of, its main task first; looking at a job is over once it is agreed, and stands last."""
    found = session.scalars(
        sa.select(TaskType)
        .join(ServiceTask, ServiceTask.task_type_id == TaskType.id)
        .where(ServiceTask.service_kind_id == service_kind_id, TaskType.is_used)
        .order_by(ServiceTask.position)
    )
    return sorted(found, key=lambda task: task.key == SITE_VISIT)


def going(session: Session, visit_id: int) -> dict[int, tuple[str, AssignmentState]]:
    """Key of their task and how far they are, by citizen, of everybody who goes along or did."""
    rows = session.execute(
        sa.select(Assignment.citizen_id, TaskType.key, Assignment.state)
        .join(TaskType, TaskType.id == Assignment.task_type_id)
        .where(Assignment.visit_id == visit_id, Assignment.state != AssignmentState.CANCELLED)
    )
    return {citizen_id: (key, state) for citizen_id, key, state in rows}


def is_begun(state: AssignmentState) -> bool:
    """Whether somebody can no longer be taken off."""
    return state not in OPEN_STATES or state is AssignmentState.STARTED


def usual_people(session: Session, visit_id: int) -> set[int]:
    """The citizens who are usually in the visit's team."""
    return set(
        session.scalars(
            sa.select(TeamMember.citizen_id)
            .join(VisitResource, VisitResource.resource_id == TeamMember.resource_id)
            .where(VisitResource.visit_id == visit_id)
        )
    )


def teams(session: Session, department_ids: Collection[int]) -> list[TeamRow]:
    """The teams of these departments that are in use."""
    rows = session.execute(
        sa.select(Resource.id, Resource.public_id, Resource.name, sa.func.count(TeamMember.citizen_id))
        .outerjoin(TeamMember, TeamMember.resource_id == Resource.id)
        .where(Resource.kind == ResourceKind.TEAM, Resource.is_used, Resource.department_id.in_(department_ids))
        .group_by(Resource.id, Resource.public_id, Resource.name)
        .order_by(Resource.name)
    )
    return [TeamRow(*row) for row in rows]


def team_by_public_id(session: Session, department_ids: Collection[int], public_id: str) -> Resource | None:
    """A team of these departments."""
    return session.scalar(
        sa.select(Resource).where(
            Resource.public_id == public_id,
            Resource.kind == ResourceKind.TEAM,
            Resource.department_id.in_(department_ids),
        )
    )


def members(session: Session, team_id: int) -> set[int]:
    """The citizens who are usually in a team."""
    return set(session.scalars(sa.select(TeamMember.citizen_id).where(TeamMember.resource_id == team_id)))
