"""Finished work that no record tells of. Read from the people's side: the work itself knows nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.access import Actor
from workshop.production.models import OrderState, OrderStep, ProductionOrder
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.models import Visit, VisitState
from workshop.tasks.models import RecordStatus, TaskRecord
from workshop.tasks.team.jobs import is_ours
from workshop.tasks.unrecorded.models import DoneByStaff

TELLS = (RecordStatus.DRAFT, RecordStatus.CONFIRMED)
LOOKS_BACK = timedelta(days=90)  # what is older than that, nobody remembers well enough to write down
MOST_SHOWN = 100
ORDER, VISIT = "ordre", "besoeg"


class Untold(NamedTuple):
    """A finished order or visit. `steps` are (public id, title) of an order's steps, to be recorded one by one."""

    kind: str
    ident: str
    title: str
    ended_at: datetime
    steps: Sequence[tuple[str, str]]


def untold(session: Session, actor: Actor, now: datetime) -> list[Untold]:
    """What no record tells of in the actor's departments, the newest first."""
    orders = session.execute(
        _orders(
            actor,
            now,
            ProductionOrder.id,
            ProductionOrder.public_id,
            ProductionOrder.title,
            ProductionOrder.finished_at,
        )
        .order_by(ProductionOrder.finished_at.desc())
        .limit(MOST_SHOWN)
    ).all()
    steps: dict[int, list[tuple[str, str]]] = {}
    for order_id, public_id, title in session.execute(
        sa.select(OrderStep.order_id, OrderStep.public_id, OrderStep.title)
        .where(OrderStep.order_id.in_([row.id for row in orders]))
        .order_by(OrderStep.order_id, OrderStep.position)
    ):
        steps.setdefault(order_id, []).append((public_id, title))
    visits = session.execute(
        _visits(actor, now, Visit.public_id, ServiceJob.title, Visit.done_at)
        .order_by(Visit.done_at.desc())
        .limit(MOST_SHOWN)
    )
    found = [Untold(ORDER, row.public_id, row.title, row.finished_at, steps.get(row.id, [])) for row in orders]
    found += [Untold(VISIT, public_id, title, done_at, []) for public_id, title, done_at in visits]
    return sorted(found, key=lambda each: each.ended_at, reverse=True)


def count(session: Session, actor: Actor, now: datetime) -> int:
    """How much that is."""
    orders = sa.select(sa.func.count()).select_from(_orders(actor, now, ProductionOrder.id).subquery())
    visits = sa.select(sa.func.count()).select_from(_visits(actor, now, Visit.id).subquery())
    return (session.scalar(orders) or 0) + (session.scalar(visits) or 0)


def one(session: Session, actor: Actor, kind: str, ident: str, now: datetime) -> int | None:
    """The id of a finished order or visit of the actor's departments that no record tells of."""
    if kind == ORDER:
        wanted: sa.Select[int] = _orders(actor, now, ProductionOrder.id).where(ProductionOrder.public_id == ident)
        return session.scalar(wanted)
    if kind == VISIT:
        wanted = _visits(actor, now, Visit.id).where(Visit.public_id == ident)
        return session.scalar(wanted)
    return None


def is_finished(session: Session, actor: Actor, kind: str, ident: str) -> bool:
    """Whether there is such a finished order or visit in the actor's departments, told of or not."""
    if kind == ORDER:
        order = sa.select(ProductionOrder.id).where(
            ProductionOrder.public_id == ident,
            ProductionOrder.state == OrderState.FINISHED,
            ProductionOrder.department_id.in_(actor.department_ids),
        )
        return session.scalar(order) is not None
    visit = sa.select(Visit.id).where(Visit.public_id == ident, Visit.state == VisitState.DONE, is_ours(actor))
    return kind == VISIT and session.scalar(visit) is not None


def _orders(actor: Actor, now: datetime, *columns: Any) -> sa.Select[Any]:
    has_steps = sa.exists().where(OrderStep.order_id == ProductionOrder.id)
    is_told = (
        sa.exists()
        .where(TaskRecord.order_step_id == OrderStep.id, OrderStep.order_id == ProductionOrder.id)
        .where(TaskRecord.status.in_(TELLS))
    )
    by_staff = sa.exists().where(DoneByStaff.order_id == ProductionOrder.id)
    return sa.select(*columns).where(
        ProductionOrder.state == OrderState.FINISHED,
        ProductionOrder.department_id.in_(actor.department_ids),
        ProductionOrder.finished_at >= now - LOOKS_BACK,
        has_steps,
        ~is_told,
        ~by_staff,
    )


def _visits(actor: Actor, now: datetime, *columns: Any) -> sa.Select[Any]:
    is_told = sa.exists().where(TaskRecord.visit_id == Visit.id, TaskRecord.status.in_(TELLS))
    by_staff = sa.exists().where(DoneByStaff.visit_id == Visit.id)
    return (
        sa.select(*columns)
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .where(
            Visit.state == VisitState.DONE,
            Visit.done_at >= now - LOOKS_BACK,
            is_ours(actor),
            ~is_told,
            ~by_staff,
        )
    )
