"""Which orders wait for somebody, and for what; and what one order's money still has before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shop.orders.asking.models import ShopQuestion
from shop.orders.desk.searching import found_by
from shop.orders.house import queries as house
from shop.orders.making.models import LineMaking
from shop.orders.models import Order, OrderLine, OrderState, PayWay
from shop.orders.pickup import Calendar
from shop.orders.queries import COLUMNS, LineRow, OrderRow, lines_of
from shop.orders.withdrawing.deadlines import rule_on
from shop.orders.withdrawing.models import Complaint, ComplaintState, Withdrawal, WithdrawalState
from shop.payments import queries as payments
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from shop.payments.queries import MoneyRow
from workshop.core import clock
from workshop.core.mail import OutboxMail

WARN_AFTER = timedelta(days=5)  # of a reservation on a card, which lasts about seven
WARN_BEFORE = timedelta(days=2)  # where the bank has said when it ends: some keep an amount for less than seven days
PACK_AHEAD_OPENING_DAYS = 2
NEWEST_OLDER = 60
MOST_FOUND = 200
# Money that is not reserved any more, and was never taken.
GONE = frozenset({PaymentState.LAPSED, PaymentState.VOIDED, PaymentState.EXPIRED, PaymentState.FAILED})
_OPEN = (OrderState.SECURED, OrderState.NEEDS_ATTENTION)


class Waits(StrEnum):
    """What an order waits for, the most pressing first."""

    ATTENTION = "attention"
    LAPSING = "lapsing"
    MAKE = "make"
    PACK = "pack"
    LATE = "late"
    READY = "ready"
    LATER = "later"
    CUSTOMER = "customer"


class Making(NamedTuple):
    """How far what is made for an order has come: lines to make, begun and done."""

    lines: int
    begun: int
    done: int
    promised_on: date | None

    @property
    def is_done(self) -> bool:
        """Whether everything is made."""
        return self.done == self.lines


class DeskRow(NamedTuple):
    """An order as a line of the desk's lists."""

    order: OrderRow
    lines: tuple[LineRow, ...]
    money: MoneyRow | None
    making: Making | None
    waits: Waits | None
    is_past: bool  # the time they chose is over
    kept_until: datetime | None  # pay at pickup: when it goes back on the shelf
    is_closed_day: bool  # we have closed the day it was agreed for

    @property
    def titles(self) -> str:
        """What it is, in one line."""
        # What was taken out before hand-over is nothing to find or make ready; afterwards it is still what was bought.
        counted = [
            (line.title, line.quantity if self.order.handed_over_at else line.quantity - line.returned)
            for line in self.lines
        ]
        return "; ".join(title + (f" × {pieces}" if pieces > 1 else "") for title, pieces in counted if pieces)


class Desk(NamedTuple):
    """The desk's page: what waits, under what it waits for, and what is over."""

    waiting: dict[Waits, list[DeskRow]]
    older: list[DeskRow]
    withdrawals: int
    overdue_withdrawals: int  # whose money should be back by now
    complaints: int
    questions: int


class DueRow(NamedTuple):
    """Something due at Stripe for an order: done, under way, or refused."""

    deed: Deed
    amount_ore: int
    due_at: datetime
    done_at: datetime | None
    attempts: int
    problem: str


class LetterRow(NamedTuple):
    """A mail about an order."""

    public_id: str
    subject: str
    due_at: datetime
    sent_at: datetime | None


def waits_for(
    order: OrderRow, money: MoneyRow | None, making: Making | None, *, pack_until: date, now: datetime
) -> Waits | None:
    """What an order waits for; None when it is over. `pack_until` is the last day that is packed for now."""
    if order.state is OrderState.NEEDS_ATTENTION or order.attention:
        return Waits.ATTENTION
    if order.state is OrderState.PLACED:
        return Waits.CUSTOMER
    if order.state is not OrderState.SECURED:
        return None
    if is_lapsing(order, money, now):
        return Waits.LAPSING
    if making is not None and not making.is_done:
        return Waits.MAKE
    if order.ready_at is None:
        return Waits.PACK if order.packed_at or order.pickup_on <= pack_until else Waits.LATER
    return Waits.LATE if order.slot_ends_at <= now else Waits.READY


def is_lapsing(order: OrderRow, money: MoneyRow | None, now: datetime) -> bool:
    """Whether the card's bank will soon let the reserved money go, with the things still here."""
    return (
        order.pay_way is PayWay.CARD
        and order.handed_over_at is None
        and money is not None
        and money.state is PaymentState.AUTHORISED
        and money.authorised_at is not None
        and now >= _warned_at(money.authorised_at, money.lapses_at)
    )


def _warned_at(authorised_at: datetime, lapses_at: datetime | None) -> datetime:
    latest = authorised_at + WARN_AFTER
    return min(latest, lapses_at - WARN_BEFORE) if lapses_at else latest


def desk(session: Session, now: datetime) -> Desk:
    """Everything that waits, and the newest of what is over."""
    calendar = house.calendar(session)
    is_open = sa.or_(Order.state.in_((*_OPEN, OrderState.PLACED)), Order.attention != "")
    waiting = sa.select(*COLUMNS).where(is_open).order_by(Order.pickup_on, Order.pickup_from_minute, Order.id)
    older = sa.select(*COLUMNS).where(~is_open, Order.secured_at.is_not(None)).order_by(Order.id.desc())
    orders = _orders(session, waiting)
    over = _orders(session, older.limit(NEWEST_OLDER))
    rows = _rows(session, [*orders, *over], calendar, now)
    by_need: dict[Waits, list[DeskRow]] = {need: [] for need in Waits}
    for row in rows[: len(orders)]:
        if row.waits is not None:
            by_need[row.waits].append(row)
    return Desk(by_need, rows[len(orders) :], *_letters(session, now))


def search(session: Session, words: str, now: datetime) -> list[DeskRow]:
    """Orders by number, customer, company, phone, hand-over code or what was bought; the newest first."""
    newest = sa.select(*COLUMNS).order_by(Order.placed_at.desc(), Order.id.desc()).limit(MOST_FOUND)
    return _rows(session, _orders(session, newest.where(found_by(words))), house.calendar(session), now)


def count_waiting(session: Session) -> int:
    """How many orders wait for us: to be made, packed, handed over or looked at."""
    is_ours = sa.or_(Order.state.in_(_OPEN), Order.attention != "")
    return session.scalar(sa.select(sa.func.count(Order.id)).where(is_ours)) or 0


def dues(session: Session, reference: str) -> list[DueRow]:
    """Everything that was or is due at Stripe for one order, the first first."""
    columns = [getattr(PaymentDue, field) for field in DueRow._fields]
    rows = session.execute(
        sa.select(*columns)
        .join(Payment, Payment.id == PaymentDue.payment_id)
        .where(Payment.reference == reference)
        .order_by(PaymentDue.id)
    )
    return [DueRow(*row) for row in rows]


def letters(session: Session, public_id: str) -> list[LetterRow]:
    """What we have written to the customer about an order, the first first."""
    columns = [getattr(OutboxMail, field) for field in LetterRow._fields]
    about = OutboxMail.key.contains(public_id, autoescape=True)
    return [LetterRow(*row) for row in session.execute(sa.select(*columns).where(about).order_by(OutboxMail.id))]


def with_lines(session: Session, public_id: str) -> Order | None:
    """The order as its contract is written from."""
    return session.scalar(sa.select(Order).where(Order.public_id == public_id).options(selectinload(Order.lines)))


def making_of(session: Session, order_ids: Sequence[int]) -> dict[int, Making]:
    """Order id -> how far what is made for it has come; an order of stock alone is not in it."""
    rows = session.execute(
        sa.select(
            OrderLine.order_id,
            sa.func.count(OrderLine.id),
            sa.func.count(LineMaking.order_line_id),
            sa.func.count(LineMaking.done_at),
            sa.func.max(LineMaking.promised_on),
        )
        .outerjoin(LineMaking, LineMaking.order_line_id == OrderLine.id)
        .where(
            OrderLine.order_id.in_(order_ids),
            OrderLine.product_type_id.is_not(None),
            OrderLine.returned < OrderLine.quantity,
        )
        .group_by(OrderLine.order_id)
    )
    return {row[0]: Making(*row[1:]) for row in rows}


def _orders(session: Session, found: sa.Select[Any]) -> list[OrderRow]:
    return [OrderRow._make(row) for row in session.execute(found)]


def _rows(session: Session, orders: Sequence[OrderRow], calendar: Calendar, now: datetime) -> list[DeskRow]:
    ids = [order.id for order in orders]
    lines: dict[int, list[LineRow]] = {}
    for line in lines_of(session, ids):
        lines.setdefault(line.order_id, []).append(line)
    money = payments.money(session, [order.public_id for order in orders])
    making = making_of(session, ids)
    pack_until = calendar.opening_day_after(clock.local_day(now), PACK_AHEAD_OPENING_DAYS)
    kept = _kept(calendar, orders)

    def row(order: OrderRow) -> DeskRow:
        paid, made = money.get(order.public_id), making.get(order.id)
        waits = waits_for(order, paid, made, pack_until=pack_until, now=now)
        is_kept = order.pay_way is PayWay.AT_PICKUP and order.state is OrderState.SECURED and not order.is_delivery
        return DeskRow(
            order,
            tuple(lines.get(order.id, ())),
            paid,
            made,
            waits,
            order.handed_over_at is None and order.slot_ends_at <= now,
            kept[order.pickup_on] if is_kept else None,
            is_closed_day(order, calendar, now),
        )

    return [row(order) for order in orders]


def _kept(calendar: Calendar, orders: Iterable[OrderRow]) -> dict[date, datetime]:
    return {day: calendar.kept_until(day) for day in {order.pickup_on for order in orders}}


def is_closed_day(order: OrderRow, calendar: Calendar, now: datetime) -> bool:
    """Whether an order still waits for a day that we have closed since; its customer would come in vain."""
    is_waiting = order.handed_over_at is None and order.state in (*_OPEN, OrderState.PLACED)
    return is_waiting and order.pickup_on in calendar.closed and order.pickup_on >= clock.local_day(now)


def _letters(session: Session, now: datetime) -> tuple[int, int, int, int]:
    """How many withdrawals, those of them over their day, complaints and questions wait for us, in one question."""
    waits, today = Withdrawal.state == WithdrawalState.RECEIVED, clock.local_day(now)
    overdue = clock.at(today - timedelta(days=rule_on(today).days), time())
    row = session.execute(
        sa.select(
            sa.select(sa.func.count(Withdrawal.id)).where(waits).scalar_subquery(),
            sa.select(sa.func.count(Withdrawal.id)).where(waits, Withdrawal.received_at < overdue).scalar_subquery(),
            sa.select(sa.func.count(Complaint.id)).where(Complaint.state == ComplaintState.OPEN).scalar_subquery(),
            sa.select(sa.func.count(ShopQuestion.id)).where(ShopQuestion.answered_at.is_(None)).scalar_subquery(),
        )
    ).one()
    return row[0], row[1], row[2], row[3]
