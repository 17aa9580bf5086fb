"""Orders as the desk meets them: secured by card or to be paid on fetching, at any age."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories

from shop.orders import actions, securing
from shop.orders.models import Order, OrderEvent, OrderLine, PayWay
from shop.orders.pickup import SHIPPED
from shop.payments import queries as payments
from shop.payments.actions import settle
from shop.payments.looking import Seen
from tests.shop.orders.rig import HEAD, basket_with, for_sale, place
from workshop.core import db
from workshop.core.access import Role
from workshop.products.models import Item

TOTAL = 115_000
GONE = {"status": "canceled", "was_tried": True}


def secured(now: datetime, *, pay_way: PayWay = PayWay.AT_PICKUP, title: str = "Havebænk") -> str:
    """An order that holds, of one thing."""
    public_id = place(
        basket_with(*for_sale(title, price_ore=TOTAL), now=now), now=now, pay_way=pay_way, slot=SHIPPED.slots(now)[0]
    ).public_id
    if pay_way is PayWay.CARD:
        shows(public_id, now, status="requires_capture", capturable_ore=TOTAL)
    else:
        with db.transaction() as session:
            securing.secure(session, actions.load(session, public_id), now, HEAD)
    return public_id


def shows(public_id: str, now: datetime, **seen: Any) -> None:
    """Let Stripe show this of the order's payment, and the order follow it."""
    facts = {"reference": public_id, "amount_ore": TOTAL, "currency": "dkk", "session_id": f"cs_{public_id}"}
    facts |= {"session_status": "complete", "payment_intent_id": f"pi_{public_id}"}
    with db.transaction() as session:
        row = payments.newest(session, public_id, is_locked=True)
        assert row is not None
        for outcome in settle(session, row, Seen(**{**facts, **seen}), now):
            securing.follow(session, outcome, now, head=HEAD)


def lapse(public_id: str, now: datetime) -> None:
    """The card's bank lets the money go."""
    shows(public_id, now, cancellation_reason="automatic", **GONE)


def texts(public_id: str) -> list[str]:
    """The order's story."""
    with db.reading() as session:
        found = sa.select(OrderEvent.text).join(Order, Order.id == OrderEvent.order_id)
        return list(session.scalars(found.where(Order.public_id == public_id).order_by(OrderEvent.id)))


def thing_of(public_id: str) -> Item:
    """The order's one thing."""
    with db.reading() as session:
        found = session.scalars(
            sa.select(Item)
            .join(OrderLine, OrderLine.item_id == Item.id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.public_id == public_id)
        ).one()
        session.expunge_all()
        return found


def age(public_id: str, **values: Any) -> None:
    """Let time, or somebody else, have changed the order."""
    with db.transaction() as session:
        session.execute(sa.update(Order).where(Order.public_id == public_id).values(**values))


def sign_in(client: FlaskClient, *roles: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=roles or (Role.SALES,)).email
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
