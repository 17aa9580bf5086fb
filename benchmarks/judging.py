"""Holding the stand-in's book up against ours after a soak: the book is what really happened to the money."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from shop.orders.models import Order, OrderLine, OrderState
from shop.payments.models import Payment, PaymentDue
from shop.payments.reconciling import books, differing
from shop.payments.reconciling.house import House
from workshop.core import db
from workshop.core.mail import OutboxMail
from workshop.products.models import Item, ItemState
from workshop.products.stock import queries as stock

HOLDS = (OrderState.SECURED, OrderState.HANDED_OVER, OrderState.CLOSED)


@dataclass(frozen=True)
class Money:
    """One payment somebody made, by the stand-in's book."""

    payment: str
    reference: str
    amount: int
    received: int
    refunds: tuple[int, ...]
    keys: tuple[str, ...]
    status: str

    @property
    def is_kept(self) -> bool:
        """Whether money of it still lies there for us."""
        return self.status == "requires_capture" or self.received > sum(self.refunds)


def judge(app: Flask, ledger: Path, *, has_to_compare: bool = True) -> dict[str, Any]:
    """How many of each fault there are; all of them should be 0. Comparing asks Stripe about every payment."""
    money = _money(ledger)
    with db.reading() as session:
        orders = {row.public_id: row for row in session.execute(_orders())}
        ours = session.execute(sa.select(Payment.payment_intent_id, Payment.captured_ore))
        captured = {row.payment_intent_id: row.captured_ore for row in ours}
        kept = [each for each in money if each.is_kept]
        by_buyer = Counter(
            (orders[each.reference].customer_email, orders[each.reference].basket_id)
            for each in kept
            if each.reference in orders
        )
        return {
            "payments": len(money),
            "secured_but_lost": sum(not _holds(orders, each.reference) for each in kept),
            "without_money": _without_money(orders, money),
            "paid_twice": sum(count - 1 for count in by_buyer.values()),
            "captured_wrong": sum(
                each.received not in (0, each.amount) or captured.get(each.payment, 0) != each.received
                for each in money
            ),
            "refunded_twice": sum(_is_twice(each) for each in money),
            "mailed_twice": _mailed_twice(session),
            **_stock(session),
            "left_due": _left_due(session),
            "found_by_comparison": _compared(app, session) if has_to_compare else 0,
        }


def _money(ledger: Path) -> list[Money]:
    with closing(sqlite3.connect(ledger)) as book:
        book.row_factory = sqlite3.Row
        refunds: dict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in book.execute("SELECT payment, amount, json_extract(metadata, '$.key') AS key FROM refund"):
            refunds[row["payment"]].append(row)
        rows = book.execute(
            "SELECT id, json_extract(metadata, '$.reference') AS reference, amount, received, status FROM payment"
            " WHERE charge IS NOT NULL"
        )
        return [
            Money(
                row["id"],
                row["reference"] or "",
                row["amount"],
                row["received"],
                tuple(each["amount"] for each in refunds[row["id"]]),
                tuple(each["key"] for each in refunds[row["id"]]),
                row["status"],
            )
            for row in rows
        ]


def _orders() -> sa.Select[Any]:
    columns: list[Any] = [Order.public_id, Order.state, Order.pay_way, Order.customer_email, Order.basket_id]
    return sa.select(*columns)


def _holds(orders: dict[str, Any], reference: str) -> bool:
    return reference in orders and orders[reference].state in HOLDS


def _without_money(orders: dict[str, Any], money: Iterable[Money]) -> int:
    """Orders that hold and were never paid; one that was refunded after hand-over was."""
    paid = {each.reference for each in money if each.status != "canceled"}
    return sum(
        row.state in HOLDS and row.pay_way.value != "at_pickup" and row.public_id not in paid for row in orders.values()
    )


def _is_twice(each: Money) -> bool:
    return len(each.keys) > len(set(each.keys)) or len(each.refunds) > 1 or sum(each.refunds) > each.received


def _mailed_twice(session: Session) -> int:
    """Mails that say the same to the same customer, beyond the first."""
    said = session.execute(
        sa.select(sa.func.count(OutboxMail.id)).group_by(OutboxMail.recipient, OutboxMail.subject, OutboxMail.body)
    ).scalars()
    return sum(count - 1 for count in said)


def _stock(session: Session) -> dict[str, int]:
    """Things with several owners, and things whose numbers are not the sum of what happened to them."""
    holders = session.execute(
        sa.select(OrderLine.item_id, sa.func.count())
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.state.in_(HOLDS), OrderLine.item_id.is_not(None), OrderLine.returned < OrderLine.quantity)
        .group_by(OrderLine.item_id)
    ).all()
    owned = {item_id for item_id, _count in holders}
    gone = set(session.scalars(sa.select(Item.id).where(Item.state.in_((ItemState.SOLD, ItemState.HANDED_OVER)))))
    return {
        "oversold": sum(count > 1 for _item, count in holders),
        "stock_off": len(owned ^ gone) + len(list(stock.faults(session))),
    }


def _left_due(session: Session) -> int:
    dues = session.scalar(sa.select(sa.func.count(PaymentDue.id)).where(PaymentDue.done_at.is_(None))) or 0
    mails = session.scalar(sa.select(sa.func.count(OutboxMail.id)).where(OutboxMail.sent_at.is_(None))) or 0
    return dues + mails


def _compared(app: Flask, session: Session) -> int:
    """Payments of ours that differ from Stripe's, had the nightly comparison looked right now."""
    around: House = app.extensions["reconciling"]
    rows = session.scalars(sa.select(Payment)).all()
    gateway = around.gateway()
    with app.app_context():
        return sum(
            differing.of_payment(row, books.read_one(gateway, row.session_id, row.payment_intent_id)) is not None
            for row in rows
            if row.session_id or row.payment_intent_id
        )
