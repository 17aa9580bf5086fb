"""How orders stand towards their money, for the comparison with Stripe's books."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.models import Order, OrderState, PayWay
from shop.payments.reconciling.house import Expects, Standing

AT_ONCE = 500
HOLDS = frozenset({OrderState.SECURED, OrderState.HANDED_OVER, OrderState.CLOSED})


def standings(session: Session, references: Collection[str], since: datetime | None) -> Mapping[str, Standing]:
    """The orders with these public ids, and when `since` is given every one placed since then."""
    columns = sa.select(Order.public_id, Order.number, Order.state, Order.pay_way)
    asked = sorted(references)
    rows: list[Any] = []
    for start in range(0, len(asked), AT_ONCE):
        rows += session.execute(columns.where(Order.public_id.in_(asked[start : start + AT_ONCE]))).all()
    if since is not None:
        rows += session.execute(columns.where(Order.placed_at >= since)).all()
    return {row.public_id: Standing(row.number, _expects(row.state, row.pay_way)) for row in rows}


def _expects(state: OrderState, pay_way: PayWay) -> Expects:
    """An order that is paid when it is fetched expects no money at Stripe; it may have some from an earlier try."""
    if state is OrderState.CANCELLED:
        return Expects.NOTHING
    return Expects.MONEY if state in HOLDS and pay_way is not PayWay.AT_PICKUP else Expects.EITHER
