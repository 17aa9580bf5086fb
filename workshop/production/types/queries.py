"""Reads of the kinds of tasks and goods, retired ones among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.text import sort_key
from workshop.production.models import ActivityKind, Demand, RouteStep, TaskStep, TaskType, TaskTypeDemand
from workshop.production.types.models import PermitKind, TaskTypePermit, TaskTypePicture
from workshop.products.models import ProductType


class TaskLine(NamedTuple):
    """A kind of task in the list."""

    key: str
    name: str
    kind: str
    pictogram: str
    is_used: bool
    has_picture: bool


class GoodLine(NamedTuple):
    """A kind of goods in the list."""

    sku: str
    name: str
    price_ore: int
    is_made_to_order: bool
    is_used: bool
    steps: int


class Picture(NamedTuple):
    """How a task is done, as a page shows it."""

    name: str
    width: int
    height: int
    alt_text: str


class TaskParts(NamedTuple):
    """What hangs on a kind of task."""

    steps: tuple[str, ...]
    demand_keys: tuple[str, ...]
    permit_ids: tuple[int, ...]
    picture: Picture | None


def task_lines(session: Session) -> list[TaskLine]:
    """Every kind of task, by kind of work: one question."""
    has_picture = sa.exists().where(TaskTypePicture.task_type_id == TaskType.id)
    rows = session.execute(
        sa.select(TaskType.key, TaskType.name, ActivityKind.name, ActivityKind.pictogram, TaskType.is_used, has_picture)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .order_by(ActivityKind.id, TaskType.is_used.desc(), TaskType.key)
    )
    return [TaskLine(*row) for row in rows]


def good_lines(session: Session) -> list[GoodLine]:
    """Every kind of goods, those in use first, by name: one question."""
    steps = sa.select(sa.func.count()).where(RouteStep.product_type_id == ProductType.id).scalar_subquery()
    rows: Iterable[Any] = session.execute(
        sa.select(
            ProductType.sku,
            ProductType.name,
            ProductType.price_ore,
            ProductType.is_made_to_order,
            ProductType.is_used,
            steps,
        )
    )
    return sorted((GoodLine(*row) for row in rows), key=lambda line: (not line.is_used, sort_key(line.name)))


def task_by_key(session: Session, key: str) -> TaskType | None:
    """A kind of task."""
    return session.scalar(sa.select(TaskType).where(TaskType.key == key))


def task_parts(session: Session, task_id: int) -> TaskParts:
    """The steps, demands, permits and the picture of a kind of task."""
    steps = session.scalars(
        sa.select(TaskStep.text).where(TaskStep.task_type_id == task_id).order_by(TaskStep.position)
    )
    demands = session.scalars(
        sa.select(Demand.key)
        .join(TaskTypeDemand, TaskTypeDemand.demand_id == Demand.id)
        .where(TaskTypeDemand.task_type_id == task_id)
        .order_by(Demand.id)
    )
    permits = session.scalars(
        sa.select(TaskTypePermit.permit_kind_id)
        .where(TaskTypePermit.task_type_id == task_id)
        .order_by(TaskTypePermit.permit_kind_id)
    )
    return TaskParts(tuple(steps), tuple(demands), tuple(permits), pictures_of(session, [task_id]).get(task_id))


def pictures_of(session: Session, task_ids: Iterable[int]) -> dict[int, Picture]:
    """The standing picture of each kind of task that has one, the newest where there are several."""
    rows = session.execute(
        sa.select(
            TaskTypePicture.task_type_id,
            TaskTypePicture.name,
            TaskTypePicture.width,
            TaskTypePicture.height,
            TaskTypePicture.alt_text,
        )
        .where(TaskTypePicture.task_type_id.in_(list(task_ids)))
        .order_by(TaskTypePicture.id)
    )
    return {task_id: Picture(name, width, height, alt) for task_id, name, width, height, alt in rows}


def permits_of(session: Session, task_ids: Iterable[int]) -> dict[int, list[str]]:
    """What each kind of task asks for in permits, in words."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        sa.select(TaskTypePermit.task_type_id, PermitKind.name)
        .join(PermitKind, PermitKind.id == TaskTypePermit.permit_kind_id)
        .where(TaskTypePermit.task_type_id.in_(list(task_ids)))
        .order_by(PermitKind.name)
    )
    for task_id, name in rows:
        found.setdefault(task_id, []).append(name)
    return found


def demands_of(session: Session, task_ids: Iterable[int]) -> dict[int, list[str]]:
    """What each kind of task asks of the body or the head, in words."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        sa.select(TaskTypeDemand.task_type_id, Demand.name)
        .join(Demand, Demand.id == TaskTypeDemand.demand_id)
        .where(TaskTypeDemand.task_type_id.in_(list(task_ids)))
        .order_by(Demand.id)
    )
    for task_id, name in rows:
        found.setdefault(task_id, []).append(name)
    return found


def activity_kinds(session: Session) -> list[ActivityKind]:
    """The workshop's kinds of work, in their order."""
    return list(session.scalars(sa.select(ActivityKind).order_by(ActivityKind.id)))


def demands(session: Session) -> list[Demand]:
    """Everything a task can ask."""
    return list(session.scalars(sa.select(Demand).order_by(Demand.id)))


def permit_kinds(session: Session) -> list[PermitKind]:
    """Every permit, by name."""
    return sorted(session.scalars(sa.select(PermitKind)), key=lambda each: sort_key(each.name))


def route_of(session: Session, kind_id: int) -> list[str]:
    """The keys of the tasks a product is made in, in their order."""
    rows = session.scalars(
        sa.select(TaskType.key)
        .join(RouteStep, RouteStep.task_type_id == TaskType.id)
        .where(RouteStep.product_type_id == kind_id)
        .order_by(RouteStep.position)
    )
    return list(rows)


def picture_by_name(session: Session, name: str) -> TaskTypePicture | None:
    """A picture of how a task is done, by its random name."""
    return session.scalar(sa.select(TaskTypePicture).where(TaskTypePicture.name == name))


def picture_names(session: Session) -> list[str]:
    """The names of them all, so that the check of the photos leaves their files alone."""
    return list(session.scalars(sa.select(TaskTypePicture.name)))


def choosable_tasks(session: Session, also: Collection[str]) -> list[TaskType]:
    """The tasks a route can be made of: those in use, and those it has `also`, by key."""
    wanted = sa.or_(TaskType.is_used, TaskType.key.in_(also))
    return list(session.scalars(sa.select(TaskType).where(wanted).order_by(TaskType.key)))
