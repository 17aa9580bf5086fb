"""What there should always be, what there is, and what is on its way."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.core.text import sort_key
from workshop.production.models import OrderSource, OrderState, ProductionOrder, StockTarget
from workshop.products.models import Item, ItemState, ProductType


class TargetLine(NamedTuple):
    """A target with what counts towards it, in pieces."""

    sku: str
    name: str
    department: str
    at_least: int
    for_sale: int  # without those a customer is paying for
    made: int  # waiting for approval
    on_order: int  # in open orders, without those rejected and those a customer has bought beforehand

    @property
    def short(self) -> int:
        """How many are missing; none when there are enough."""
        return max(self.at_least - self.for_sale - self.made - self.on_order, 0)


def targets(session: Session, department_ids: Collection[int]) -> list[TargetLine]:
    """The targets of these departments, those that lack most first."""
    found = _lines(session, StockTarget.department_id.in_(department_ids))
    return sorted(found, key=lambda line: (-line.short, sort_key(line.name)))


def target_line(session: Session, product_type_id: int) -> TargetLine | None:
    """One target as it stands."""
    return next(iter(_lines(session, StockTarget.product_type_id == product_type_id)), None)


def target_by_sku(session: Session, sku: str, department_ids: Collection[int]) -> StockTarget | None:
    """The target of a product, when it is made in one of these departments."""
    return session.scalar(
        sa.select(StockTarget)
        .join(ProductType, ProductType.id == StockTarget.product_type_id)
        .where(ProductType.sku == sku, StockTarget.department_id.in_(department_ids))
    )


def _lines(session: Session, condition: sa.ColumnElement[bool]) -> list[TargetLine]:
    def pieces(state: ItemState) -> sa.ScalarSelect[int]:
        there = sa.select(sa.func.coalesce(sa.func.sum(Item.quantity - Item.held), 0))
        return there.where(Item.product_type_id == StockTarget.product_type_id, Item.state == state).scalar_subquery()

    on_order = (
        sa.select(sa.func.coalesce(sa.func.sum(ProductionOrder.pieces - ProductionOrder.rejected), 0))
        .where(
            ProductionOrder.product_type_id == StockTarget.product_type_id,
            ProductionOrder.state == OrderState.OPEN,
            ProductionOrder.source != OrderSource.SHOP,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            ProductType.sku,
            ProductType.name,
            Department.name,
            StockTarget.at_least,
            pieces(ItemState.FOR_SALE),
            pieces(ItemState.MADE),
            on_order,
        )
        .join(ProductType, ProductType.id == StockTarget.product_type_id)
        .join(Department, Department.id == StockTarget.department_id)
        .where(condition)
    )
    return [TargetLine(*row) for row in rows]
