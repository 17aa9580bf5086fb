"""What waits to be made, and when something new could be ready. One promise costs a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.core import clock
from workshop.production.lead_times.rules import LONGEST_DAYS, reckon
from workshop.production.lead_times.rules import Promise as Promise
from workshop.production.models import (
    CapacityDay,
    Lacking,
    OrderSource,
    OrderState,
    OrderStep,
    ProductionOrder,
    StepState,
    StockTarget,
    TaskType,
)
from workshop.products.models import ProductType

DONE = (StepState.FINISHED, StepState.SKIPPED)


def promise(
    session: Session, *, product_type_id: int, pieces: int, now: datetime, waiting: Mapping[int, int] | None = None
) -> Promise:
    """When so many of a product can be ready, if it is asked for now.

    `waiting` is what customers have bought and nobody has put into production yet: pieces by product type id.
    """
    return promises(session, {product_type_id: pieces}, now=now, waiting=waiting)[product_type_id]


def promises(
    session: Session, pieces: Mapping[int, int], *, now: datetime, waiting: Mapping[int, int] | None = None
) -> dict[int, Promise]:
    """When several products can be ready that are asked for together: pieces, and the promise, by product type id.

    What one department makes of them is ready together.
    """
    stands = _stands(session, pieces, waiting or {}, now)
    work: dict[int, int] = {}
    for type_id, number in pieces.items():
        home = stands.homes[type_id]
        work[home] = work.get(home, 0) + stands.minutes[type_id] * max(number, 1)
    return {type_id: stands.promise(type_id, work[stands.homes[type_id]]) for type_id in pieces}


def each_alone(
    session: Session, product_type_ids: Collection[int], *, now: datetime, waiting: Mapping[int, int] | None = None
) -> dict[int, Promise]:
    """When one piece of each can be ready, if nothing else is asked for. As many queries as for one."""
    stands = _stands(session, product_type_ids, waiting or {}, now)
    return {type_id: stands.promise(type_id, stands.minutes[type_id]) for type_id in product_type_ids}


def departments_for(session: Session, product_type_ids: Collection[int]) -> dict[int, int]:
    """Which department makes a product: where it is made for stock, else where it or its kind was made last.

    A product nobody has made yet goes to the first department; 0 where there is none.
    """
    kept = session.execute(
        sa.select(StockTarget.product_type_id, StockTarget.department_id).where(
            StockTarget.product_type_id.in_(product_type_ids)
        )
    )
    targets = {row.product_type_id: row.department_id for row in kept}
    newest = (
        sa.select(sa.func.max(ProductionOrder.id))
        .join(ProductType, ProductType.id == ProductionOrder.product_type_id)
        .group_by(ProductionOrder.product_type_id)
    )
    made = session.execute(
        sa.select(ProductType.id, ProductType.category, ProductionOrder.department_id)
        .join(ProductType, ProductType.id == ProductionOrder.product_type_id)
        .where(ProductionOrder.id.in_(newest))
        .order_by(ProductionOrder.id)
    ).all()
    by_type = {row.id: row.department_id for row in made}
    by_category = {row.category: row.department_id for row in made}
    categories = session.execute(
        sa.select(ProductType.id, ProductType.category).where(ProductType.id.in_(product_type_ids))
    ).all()
    first = session.scalar(sa.select(sa.func.min(Department.id))) or 0
    return {
        row.id: targets.get(row.id) or by_type.get(row.id) or by_category.get(row.category) or first
        for row in categories
    }


def queue_minutes(session: Session) -> dict[int, int]:
    """The minutes of work left in open orders, by department.

    An idea without a day, and an order that waits for a decision, keeps nobody from anything. What a product usually
    takes counts by the share of its steps that is left; a one-off counts what its steps usually take.
    """
    is_left = OrderStep.state.not_in(DONE)
    rows = session.execute(
        sa.select(
            ProductionOrder.department_id,
            ProductionOrder.pieces,
            ProductType.typical_work_minutes,
            sa.func.count(OrderStep.id).label("steps"),
            sa.func.coalesce(sa.func.sum(sa.case((is_left, 1), else_=0)), 0).label("left"),
            sa.func.coalesce(sa.func.sum(sa.case((is_left, TaskType.typical_minutes), else_=0)), 0).label("minutes"),
        )
        .outerjoin(ProductType, ProductType.id == ProductionOrder.product_type_id)
        .outerjoin(OrderStep, OrderStep.order_id == ProductionOrder.id)
        .outerjoin(TaskType, TaskType.id == OrderStep.task_type_id)
        .where(
            ProductionOrder.state == OrderState.OPEN,
            sa.or_(ProductionOrder.lacking.is_(None), ProductionOrder.lacking != Lacking.DECISION),
            sa.or_(ProductionOrder.source != OrderSource.IDEA, ProductionOrder.due_on.is_not(None)),
        )
        .group_by(
            ProductionOrder.id,
            ProductionOrder.department_id,
            ProductionOrder.pieces,
            ProductType.typical_work_minutes,
        )
    )
    queues: dict[int, int] = {}
    for row in rows:
        if row.typical_work_minutes is not None and row.steps:
            minutes = row.typical_work_minutes * row.pieces * row.left // row.steps
        elif row.typical_work_minutes is not None:
            minutes = row.typical_work_minutes * row.pieces
        else:
            minutes = row.minutes * row.pieces
        queues[row.department_id] = queues.get(row.department_id, 0) + int(minutes)
    return queues


class _Stands(NamedTuple):
    """What the days are reckoned from: minutes and home by product type, queue and capacity by department."""

    today: date
    minutes: dict[int, int]
    homes: dict[int, int]
    queues: dict[int, int]
    capacity: dict[int, dict[date, int]]

    def promise(self, product_type_id: int, work_minutes: int) -> Promise:
        home = self.homes[product_type_id]
        return reckon(
            today=self.today,
            queue_minutes=self.queues.get(home, 0),
            work_minutes=work_minutes,
            capacity=self.capacity.get(home, {}),
        )


def _stands(session: Session, product_type_ids: Collection[int], waiting: Mapping[int, int], now: datetime) -> _Stands:
    minutes = _work_minutes(session, {*product_type_ids, *waiting})
    homes = departments_for(session, minutes)
    queues = queue_minutes(session)
    for type_id, number in waiting.items():
        queues[homes[type_id]] = queues.get(homes[type_id], 0) + minutes[type_id] * number
    today = clock.local_day(now)
    return _Stands(today, minutes, homes, queues, _capacity(session, today))


def _work_minutes(session: Session, product_type_ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        sa.select(ProductType.id, ProductType.typical_work_minutes).where(ProductType.id.in_(product_type_ids))
    )
    return {row.id: row.typical_work_minutes for row in rows}


def _capacity(session: Session, today: date) -> dict[int, dict[date, int]]:
    rows = session.execute(
        sa.select(CapacityDay.department_id, CapacityDay.day, CapacityDay.team_minutes).where(
            CapacityDay.day > today, CapacityDay.day <= today + timedelta(days=LONGEST_DAYS)
        )
    )
    found: dict[int, dict[date, int]] = {}
    for row in rows:
        found.setdefault(row.department_id, {})[row.day] = row.team_minutes
    return found
