"""What tests of made to order share: a bench that comes in lengths and colours, and an order for some of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories

from shop.orders import story
from shop.orders.making.models import LineItem, LineMaking
from shop.orders.models import Order, OrderEvent, OrderLine, OrderState, PayWay
from workshop.core import crypto, db
from workshop.production import actions as production
from workshop.production.models import OrderItem, OrderStep, ProductionOrder
from workshop.production.models import OrderState as MakingState
from workshop.products.models import Item, ProductType, VatScheme

NOW = factories.NOW
BASE_URL = factories.BASE_URL
OPTIONS: dict[str, Any] = {
    "længde": [["120", 0], ["150", 0], ["180", 30_000]],
    "farve": [["rå", 0], ["sort", 15_000], ["grøn", 15_000]],
}


class Bought(NamedTuple):
    """An order, by what does not change of it."""

    id: int
    public_id: str


def bench(session: Session, *, sku: str = "HB-01", steps: int = 2) -> ProductType:
    """A bench made to order, by a route of so many steps."""
    factories.department(session)
    route = [factories.task_type(session, name=f"Trin {number}") for number in range(1, steps + 1)]
    kind = factories.product_type(session, sku=sku, name="Havebænk med ryglæn", price_ore=189_500, route=route)
    kind.is_made_to_order = True
    kind.options = OPTIONS
    session.flush()
    return kind


def bought(
    session: Session,
    kind: ProductType,
    *,
    quantity: int = 1,
    lines: int = 1,
    state: OrderState = OrderState.SECURED,
    number: str = "2026-0001",
    own_length_cm: int | None = None,
    pickup_on: date = date(2026, 12, 15),
    now: datetime = NOW,
) -> Bought:
    """An order for benches, paid or confirmed unless the test says otherwise."""
    options = {"farve": "sort"} | ({} if own_length_cm else {"længde": "150"})
    made = Order(
        number=number,
        state=state,
        pay_way=PayWay.AT_PICKUP,
        customer_name="Ane Eksempel",
        customer_email="ane@example.dk",
        customer_phone="20000000",
        pickup_on=pickup_on,
        pickup_from_minute=540,
        pickup_to_minute=720,
        total_ore=204_500 * quantity * lines,
        vat_ore=40_900 * quantity * lines,
        link_hash=crypto.token_hash(number),
        link_expires_at=now,
        placed_at=now,
        secured_at=now if state is OrderState.SECURED else None,
        lines=[
            OrderLine(
                position=position,
                product_type_id=kind.id,
                options=options,
                own_length_cm=own_length_cm,
                title="Havebænk med ryglæn, længde 150 cm, farve sort",
                quantity=quantity,
                unit_price_ore=204_500,
                vat_scheme=VatScheme.STANDARD,
            )
            for position in range(1, lines + 1)
        ],
    )
    session.add(made)
    session.flush()
    return Bought(made.id, made.public_id)


def locked(session: Session, order: Bought) -> Order:
    """The order as an action gets it."""
    found = story.locked(session, order.public_id)
    assert found is not None
    return found


def productions(session: Session) -> list[ProductionOrder]:
    return list(session.scalars(sa.select(ProductionOrder).order_by(ProductionOrder.id)))


def finish_all(session: Session, *, rejected: int = 0) -> list[Item]:
    """Do every step of every open production order; the things that came of it."""
    items: list[Item] = []
    for made in session.scalars(sa.select(ProductionOrder).where(ProductionOrder.state == MakingState.OPEN)).all():
        if rejected:
            production.tell_outcome(session, made, reworked=0, rejected=rejected, version=made.version)
        steps = session.scalars(
            sa.select(OrderStep.id).where(OrderStep.order_id == made.id).order_by(OrderStep.position)
        ).all()
        for step_id in steps:
            items += production.finish_step(session, step_id, base_url=BASE_URL, now=NOW)
    return items


def items_of_line(session: Session) -> list[tuple[int, int, int]]:
    """(line, item, pieces) of everything sold to a line."""
    rows = session.execute(sa.select(LineItem).order_by(LineItem.item_id)).scalars()
    return [(row.order_line_id, row.item_id, row.quantity) for row in rows]


def told(order: Bought) -> list[str]:
    with db.reading() as session:
        return list(
            session.scalars(sa.select(OrderEvent.text).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id))
        )


def counts(session: Session) -> tuple[int, int, int, int]:
    """How many production orders, lines begun, things made, and pieces sold to a line there are."""

    def one(expression: Any) -> int:
        return session.scalar(sa.select(expression)) or 0

    return (
        one(sa.func.count(ProductionOrder.id)),
        one(sa.func.count(LineMaking.order_line_id)),
        one(sa.func.count(OrderItem.item_id)),
        one(sa.func.sum(LineItem.quantity)),
    )
