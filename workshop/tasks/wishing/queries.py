"""Reads of wishes: one's own on the tablet, and those of a department for the staff who plan its work."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from workshop.core.errors import NotHere
from workshop.production.models import ActivityKind, OrderState, OrderStep, ProductionOrder, StepState, TaskType
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.visits.models import Visit, VisitState
from workshop.tasks.wishing.models import TaskWish


class WishRow(NamedTuple):
    """A wish that stands. `text` says it in words; the ids say what work it is about, where it is about any."""

    public_id: str
    text: str
    task_type_id: int | None
    activity_kind_id: int | None
    order_step_id: int | None
    visit_id: int | None
    goal_id: int | None


def open_wishes(session: Session, citizen_ids: Collection[int]) -> dict[int, list[WishRow]]:
    """The wishes that stand, by person, each person's in the order they were made; nobody without one is there.

    A wish for a step or a visit that is over is left out: it can no longer come true. One query.
    """
    if not citizen_ids:
        return {}
    kind = aliased(ActivityKind)
    rows = session.execute(
        sa.select(
            TaskWish,
            OrderStep.title.label("step_title"),
            ProductionOrder.title.label("order_title"),
            ServiceKind.name.label("service"),
            TaskType.name.label("task"),
            kind.name.label("kind"),
        )
        .outerjoin(OrderStep, OrderStep.id == TaskWish.order_step_id)
        .outerjoin(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .outerjoin(Visit, Visit.id == TaskWish.visit_id)
        .outerjoin(ServiceJob, ServiceJob.id == Visit.job_id)
        .outerjoin(ServiceKind, ServiceKind.id == ServiceJob.service_kind_id)
        .outerjoin(TaskType, TaskType.id == TaskWish.task_type_id)
        .outerjoin(kind, kind.id == TaskWish.activity_kind_id)
        .where(TaskWish.citizen_id.in_(citizen_ids), TaskWish.ended_at.is_(None), _can_come_true())
        .order_by(TaskWish.id)
    )
    found: dict[int, list[WishRow]] = {}
    for row in rows:
        wish: TaskWish = row.TaskWish
        step = f"{row.step_title}, {row.order_title}" if row.step_title else ""
        about = step or row.service or row.task or row.kind or ""
        found.setdefault(wish.citizen_id, []).append(_row(wish, about))
    return found


def wish_of(session: Session, citizen_id: int, public_id: str) -> TaskWish:
    """One wish of this person. Raises NotHere for anybody else's."""
    found = session.scalar(
        sa.select(TaskWish).where(TaskWish.citizen_id == citizen_id, TaskWish.public_id == public_id)
    )
    if found is None:
        raise NotHere
    return found


def _can_come_true() -> sa.ColumnElement[bool]:
    step_is_open = sa.and_(
        OrderStep.state.in_((StepState.WAITING, StepState.STARTED)), ProductionOrder.state == OrderState.OPEN
    )
    visit_is_ahead = Visit.state.in_((VisitState.WAITING, VisitState.PLANNED))
    return sa.and_(
        sa.or_(TaskWish.order_step_id.is_(None), step_is_open),
        sa.or_(TaskWish.visit_id.is_(None), visit_is_ahead),
    )


def _row(wish: TaskWish, about: str) -> WishRow:
    quoted = f"“{wish.own_words}”" if about else wish.own_words
    text = " ".join(part for part in (f"{about}:" if wish.own_words and about else about, quoted) if part.strip("“”"))
    return WishRow(
        wish.public_id,
        text,
        wish.task_type_id,
        wish.activity_kind_id,
        wish.order_step_id,
        wish.visit_id,
        wish.goal_id,
    )
