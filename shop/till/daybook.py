"""The day's book: all money that went over the counter on a Danish day, in and out, whatever it was for.

It is what is held up against the cash box and the lists of MobilePay and the terminal, so a row is the moment at which
money changed hands and never changes afterwards: what is given back is a row of its own, on the day it is given back.
Money on an invoice and by Stripe never lies in the box, and is not here. The day's count stands above this read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.actions import PAID_BY
from shop.orders.models import Order, OrderEvent, PayWay
from shop.orders.withdrawing.models import Refund
from shop.payments.actions import BY_HAND
from shop.payments.models import Payment, PaymentDue
from shop.till.models import TillSale, TillSaleLine
from workshop.accounts.queries import staff_names
from workshop.core import clock
from workshop.core.money import PayMeans
from workshop.production.repairs.models import RepairJob
from workshop.services.billing.models import ServiceCharge

OVER_THE_COUNTER = (PayMeans.CASH, PayMeans.MOBILEPAY, PayMeans.CARD)


class What(StrEnum):
    """Why money changed hands."""

    SALE = "sale"
    SALE_BACK = "sale_back"
    ORDER = "order"  # paid when it was fetched or brought, or afterwards because the card said no
    ORDER_BACK = "order_back"
    REPAIR = "repair"
    BILL = "bill"  # of the garden service, paid to whoever was there
    BILL_BACK = "bill_back"


class Entry(NamedTuple):
    """A row of the book. `public_id` opens what it is about, `number` is how people call that."""

    what: What
    at: datetime
    means: PayMeans
    amount_ore: int  # VAT included; below zero when it was given back
    public_id: str
    number: str
    department_id: int | None  # whose card it is, where departments keep cards of their own
    titles: str  # what was sold at the counter
    by: str  # who took the money or gave it back; empty where its own page tells it


class Sum(NamedTuple):
    """A day's money by one means. Øre, VAT included, both of zero or more."""

    means: PayMeans
    in_ore: int
    out_ore: int

    @property
    def left_ore(self) -> int:
        """What the day left of it; below zero when more was given back than came in."""
        return self.in_ore - self.out_ore


def of_day(session: Session, day: date) -> list[Entry]:
    """All of a Danish day, the newest first. The same few questions, however much there was."""
    first, until = clock.at(day, datetime.min.time()), clock.at(day + timedelta(days=1), datetime.min.time())
    kinds = [kind(first, until) for kind in (_sales, _sales_back, _orders, _orders_back, _repairs, _bills, _bills_back)]
    found = sa.union_all(*kinds).subquery()
    rows = session.execute(
        sa.select(found).order_by(found.c.at.desc(), found.c.number.desc(), found.c.what.desc())
    ).all()
    titles = _titles(session, {row.public_id for row in rows if row.what in {What.SALE, What.SALE_BACK}})
    names = staff_names(session) if rows else {}
    return [
        Entry(
            What(row.what),
            row.at,
            row.means,
            row.amount_ore,
            row.public_id,
            row.number,
            row.department_id,
            "; ".join(titles.get(row.public_id, ())),
            names.get(row.by_staff_id, ""),
        )
        for row in rows
    ]


def by_means(entries: Sequence[Entry]) -> list[Sum]:
    """What came in and went out by each means that was used."""
    return [
        Sum(means, sum(ore for ore in moved if ore > 0), -sum(ore for ore in moved if ore < 0))
        for means in OVER_THE_COUNTER
        if (moved := [each.amount_ore for each in entries if each.means is means])
    ]


def _row(
    what: What,
    at: Any,
    means: Any,
    amount_ore: Any,
    public_id: Any,
    number: Any,
    by_staff_id: Any = None,
    department_id: Any = None,
) -> sa.Select[*tuple[Any, ...]]:
    """A kind of row; all of them have the same columns."""
    nobody = sa.cast(sa.null(), sa.Integer)
    return sa.select(
        sa.literal(what.value).label("what"),
        at.label("at"),
        means.label("means"),
        amount_ore.label("amount_ore"),
        public_id.label("public_id"),
        number.label("number"),
        (nobody if by_staff_id is None else by_staff_id).label("by_staff_id"),
        (nobody if department_id is None else department_id).label("department_id"),
    )


def _sales(first: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    sale = TillSale
    return _row(
        What.SALE, sale.sold_at, sale.means, sale.total_ore, sale.public_id, sale.number, sale.by_staff_id
    ).where(sale.sold_at >= first, sale.sold_at < until)


def _sales_back(first: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    sale = TillSale
    return _row(
        What.SALE_BACK, sale.undone_at, sale.means, -sale.total_ore, sale.public_id, sale.number, sale.undone_by_id
    ).where(sale.undone_at >= first, sale.undone_at < until)


def _orders(first: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Paid at hand-over; where the card said no after that, at the moment the order's story tells."""
    told = (
        sa.select(sa.func.min(OrderEvent.at))
        .where(OrderEvent.order_id == Order.id, OrderEvent.at >= Order.handed_over_at)
        .where(OrderEvent.text.in_([PAID_BY[means] for means in OVER_THE_COUNTER]))
        .scalar_subquery()
    )
    at_once = Order.pay_way == PayWay.AT_PICKUP
    at = sa.case((at_once, Order.handed_over_at), else_=sa.func.coalesce(told, Order.handed_over_at))
    return _row(What.ORDER, at, Order.paid_means, Order.total_ore, Order.public_id, Order.number).where(
        Order.paid_means.in_(OVER_THE_COUNTER),
        Order.handed_over_at < until,
        sa.or_(sa.not_(at_once), Order.handed_over_at >= first),
        at >= first,
        at < until,
    )


def _orders_back(first: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    back = Refund
    return (
        _row(What.ORDER_BACK, back.at, back.means, -back.amount_ore, Order.public_id, Order.number, back.by_staff_id)
        .join(Order, Order.id == back.order_id)
        .where(back.means.in_(OVER_THE_COUNTER), back.at >= first, back.at < until)
    )


def _repairs(first: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    job, number = RepairJob, sa.cast(RepairJob.number, sa.String(20))
    return _row(
        What.REPAIR,
        job.ended_at,
        job.paid_means,
        job.price_ore,
        job.public_id,
        number,
        job.handed_by_id,
        job.department_id,
    ).where(job.paid_means.in_(OVER_THE_COUNTER), job.ended_at >= first, job.ended_at < until)


def _bills(first: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Cash and MobilePay; a card there is the link. One that was called off since was paid all the same."""
    bill = ServiceCharge
    return _row(What.BILL, bill.paid_at, bill.paid_means, bill.amount_ore, bill.public_id, bill.number).where(
        bill.paid_means.in_((PayMeans.CASH, PayMeans.MOBILEPAY)), bill.paid_at >= first, bill.paid_at < until
    )


def _bills_back(first: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Money that would not go back to a card, and was given by hand instead."""
    due, bill = PaymentDue, ServiceCharge
    means = sa.func.substr(due.problem, len(BY_HAND) + 1)
    return (
        _row(What.BILL_BACK, due.done_at, means, -due.amount_ore, bill.public_id, bill.number)
        .join(Payment, Payment.id == due.payment_id)
        .join(bill, bill.public_id == Payment.reference)
        .where(due.problem.in_([f"{BY_HAND}{means}" for means in OVER_THE_COUNTER]))
        .where(due.done_at >= first, due.done_at < until)
    )


def _titles(session: Session, public_ids: set[str]) -> dict[str, list[str]]:
    """Public id of a sale -> what was sold."""
    found: dict[str, list[str]] = {}
    if public_ids:
        rows = session.execute(
            sa.select(TillSale.public_id, TillSaleLine.title)
            .join(TillSaleLine, TillSaleLine.sale_id == TillSale.id)
            .where(TillSale.public_id.in_(public_ids))
            .order_by(TillSaleLine.sale_id, TillSaleLine.position)
        )
        for public_id, title in rows:
            found.setdefault(public_id, []).append(title)
    return found
