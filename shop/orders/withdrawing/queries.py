"""Reads of withdrawals, refunds and complaints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.models import CustomerKind, Order, OrderLine, OrderState
from shop.orders.withdrawing import deadlines, photos
from shop.orders.withdrawing.models import (
    Complaint,
    ComplaintState,
    Refund,
    RefundLine,
    Withdrawal,
    WithdrawalLine,
    WithdrawalState,
)
from shop.orders.withdrawing.photos import PhotoRow
from shop.payments.models import Deed, Payment, PaymentDue
from workshop.accounts.queries import staff_names
from workshop.core import clock
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace

NEWEST = 200
_NUMBER = re.compile(r"(20\d\d)\D{0,3}(\d{1,6})\Z")
_LAST_DIGITS = re.compile(r"[0-9]{1,6}", re.ASCII)
# Of help in a garden: H2026-0012, and its bills H2026-0012-1.
_SERVICE_NUMBER = re.compile(r"\bH\s?(20\d\d)[\s–-]{0,3}(\d{1,6})(?:-\d{1,3})?\Z", re.IGNORECASE)


class WithdrawalRow(NamedTuple):
    """A declaration with the order it belongs to, if that is known."""

    public_id: str
    name: str
    email: str
    order_number: str
    lines_text: str
    received_at: datetime
    deadline_on: date | None
    state: WithdrawalState
    note: str
    ended_at: datetime | None
    by_staff_id: int | None
    order_id: int | None
    order_public_id: str | None
    found_number: str | None
    order_name: str | None
    order_email: str | None
    order_state: OrderState | None
    handed_over_at: datetime | None
    customer_kind: CustomerKind | None
    job_id: int | None
    job_public_id: str | None
    job_number: str | None
    job_company: str | None

    @property
    def is_consumer(self) -> bool:
        """Whether the law gives a right to withdraw: not to a company or the public sector."""
        return self.customer_kind in {None, CustomerKind.PRIVATE} and not self.job_company

    @property
    def is_late(self) -> bool:
        """Whether it came after the last day, as that was computed."""
        return not deadlines.is_in_time(clock.local_day(self.received_at), self.deadline_on)

    @property
    def money_back_by(self) -> date:
        """The day by which the money has to be back."""
        return deadlines.money_back_by(clock.local_day(self.received_at))


class RefundRow(NamedTuple):
    """Money given back. `problem` is Stripe's word for why it said no; `is_on_its_way` while Stripe was not asked."""

    public_id: str
    amount_ore: int
    delivery_ore: int
    vat_ore: int
    means: PayMeans | None
    reason: str
    at: datetime
    by: str
    parts: list[tuple[str, int, int, bool]]  # title, pieces, øre, for sale again
    is_on_its_way: bool
    problem: str


class ComplaintRow(NamedTuple):
    """A complaint with its order and its photos."""

    id: int
    public_id: str
    text: str
    state: ComplaintState
    at: datetime
    answer: str
    answered_at: datetime | None
    order_public_id: str
    order_number: str
    customer_name: str
    customer_email: str
    handed_over_at: datetime | None
    photos: tuple[PhotoRow, ...]


_WITHDRAWAL = (
    sa.select(
        Withdrawal.public_id,
        Withdrawal.name,
        Withdrawal.email,
        Withdrawal.order_number,
        Withdrawal.lines_text,
        Withdrawal.received_at,
        Withdrawal.deadline_on,
        Withdrawal.state,
        Withdrawal.note,
        Withdrawal.ended_at,
        Withdrawal.by_staff_id,
        Withdrawal.order_id,
        Order.public_id,
        Order.number,
        Order.customer_name,
        Order.customer_email,
        Order.state,
        Order.handed_over_at,
        Order.customer_kind,
        Withdrawal.service_job_id,
        ServiceJob.public_id,
        ServiceJob.number,
        sa.func.coalesce(ServicePlace.company_name, "") + sa.func.coalesce(ServicePlace.gln, ""),
    )
    .select_from(Withdrawal)
    .outerjoin(Order, Order.id == Withdrawal.order_id)
    .outerjoin(ServiceJob, ServiceJob.id == Withdrawal.service_job_id)
    .outerjoin(ServicePlace, ServicePlace.id == ServiceJob.place_id)
)
_COMPLAINT = (
    sa.select(
        Complaint.id,
        Complaint.public_id,
        Complaint.text,
        Complaint.state,
        Complaint.at,
        Complaint.answer,
        Complaint.answered_at,
        Order.public_id,
        Order.number,
        Order.customer_name,
        Order.customer_email,
        Order.handed_over_at,
    )
    .select_from(Complaint)
    .join(Order, Order.id == Complaint.order_id)
)


def withdrawals(session: Session) -> list[WithdrawalRow]:
    """Those that wait for us, the oldest first, then the newest of the others."""
    waits = Withdrawal.state == WithdrawalState.RECEIVED
    waiting = session.execute(_WITHDRAWAL.where(waits).order_by(Withdrawal.received_at, Withdrawal.id).limit(NEWEST))
    ended = session.execute(_WITHDRAWAL.where(~waits).order_by(Withdrawal.ended_at.desc()).limit(NEWEST))
    return [WithdrawalRow._make(row) for row in (*waiting, *ended)]


def withdrawal(session: Session, public_id: str) -> WithdrawalRow | None:
    """One declaration."""
    row = session.execute(_WITHDRAWAL.where(Withdrawal.public_id == public_id)).one_or_none()
    return WithdrawalRow._make(row) if row else None


def withdrawals_of(session: Session, order_id: int) -> list[WithdrawalRow]:
    """What was declared about an order, the first first."""
    found = session.execute(_WITHDRAWAL.where(Withdrawal.order_id == order_id).order_by(Withdrawal.id))
    return [WithdrawalRow._make(row) for row in found]


def count_waiting(session: Session) -> int:
    """How many declarations and complaints wait for us."""
    withdrawals = sa.select(sa.func.count(Withdrawal.id)).where(Withdrawal.state == WithdrawalState.RECEIVED)
    complaints = sa.select(sa.func.count(Complaint.id)).where(Complaint.state == ComplaintState.OPEN)
    both = session.execute(sa.select(withdrawals.scalar_subquery(), complaints.scalar_subquery())).one()
    return int(both[0] + both[1])


def chosen_lines(session: Session, public_id: str) -> dict[int, int]:
    """Order line id -> pieces, as they were chosen on the order's own page; empty for one declared without it."""
    rows = session.execute(
        sa.select(WithdrawalLine.order_line_id, WithdrawalLine.quantity)
        .join(Withdrawal, Withdrawal.id == WithdrawalLine.withdrawal_id)
        .where(Withdrawal.public_id == public_id)
    )
    return {row.order_line_id: row.quantity for row in rows}


def waiting_pieces(session: Session, order_id: int) -> dict[int, int]:
    """Order line id -> pieces that were declared on the order's own page and wait for us."""
    rows = session.execute(
        sa.select(WithdrawalLine.order_line_id, sa.func.sum(WithdrawalLine.quantity))
        .join(Withdrawal, Withdrawal.id == WithdrawalLine.withdrawal_id)
        .where(Withdrawal.order_id == order_id, Withdrawal.state == WithdrawalState.RECEIVED)
        .group_by(WithdrawalLine.order_line_id)
    )
    return {line_id: int(pieces) for line_id, pieces in rows}


def receipts_since(session: Session, address: str, moment: datetime) -> int:
    """How many declarations with this mail address we have kept since then, whether or not any order is theirs."""
    count = sa.select(sa.func.count(Withdrawal.id)).where(Withdrawal.received_at > moment, Withdrawal.email == address)
    return session.scalar(count) or 0


def has_receipt(session: Session, public_id: str) -> bool:
    """Whether a receipt was written for a declaration."""
    key = f"withdrawal-received-{public_id}"
    return session.scalar(sa.select(OutboxMail.id).where(OutboxMail.key == key)) is not None


def as_number(text: str) -> str:
    """An order number as it is printed, from what a person may write: `#2026-317`, `Ordre 2026 0317`."""
    found = None if service_number(text) else _NUMBER.search(text.strip())
    return f"{found[1]}-{int(found[2]):04d}" if found else text.strip()


def service_number(text: str) -> str | None:
    """The number of a job in a garden, from what a person may write: `h2026 12`, `Aftale H2026-0012`."""
    found = _SERVICE_NUMBER.search(text.strip())
    return f"H{found[1]}-{int(found[2]):04d}" if found else None


def by_number(session: Session, text: str) -> str | None:
    """The public id of the order with this printed number; its last digits alone will do where they fit only one."""
    found = session.scalar(sa.select(Order.public_id).where(Order.number == as_number(text)))
    if found is not None or not _LAST_DIGITS.fullmatch(text.strip()):
        return found
    ends = sa.select(Order.public_id).where(Order.number.like(f"%-{int(text):04d}")).limit(2)
    fitting = session.scalars(ends).all()
    return fitting[0] if len(fitting) == 1 else None


def unmatched(session: Session) -> list[tuple[int, str]]:
    """(withdrawal id, order public id) of those that wait, and whose number and mail address fit one order."""
    rows = session.execute(
        sa.select(Withdrawal.id, Withdrawal.order_number, Withdrawal.email)
        .where(
            Withdrawal.state == WithdrawalState.RECEIVED,
            Withdrawal.order_id.is_(None),
            Withdrawal.service_job_id.is_(None),
        )
        .order_by(Withdrawal.id)
        .limit(NEWEST)
    ).all()
    if not rows:
        return []
    numbers = {as_number(row.order_number) for row in rows}
    orders = {
        (number, email): public_id
        for number, email, public_id in session.execute(
            sa.select(Order.number, Order.customer_email, Order.public_id).where(Order.number.in_(numbers))
        )
    }
    found = [(row.id, orders.get((as_number(row.order_number), row.email))) for row in rows]
    return [(withdrawal_id, public_id) for withdrawal_id, public_id in found if public_id is not None]


class Suggestion(NamedTuple):
    """An order a declaration could be about, and what of it fits."""

    number: str
    customer_name: str
    customer_email: str
    placed_at: datetime
    is_same_number: bool
    is_same_mail: bool


def suggestions(session: Session, row: WithdrawalRow) -> list[Suggestion]:
    """Orders with this number, address or name, the likelier first; never shown to anybody but staff."""
    number, is_named = (
        as_number(row.order_number),
        sa.func.lower(Order.customer_name) == sa.func.lower(row.name.strip()),
    )
    how_likely = sa.case((Order.number == number, 0), (Order.customer_email == row.email, 1), else_=2)
    found = session.execute(
        sa.select(Order.number, Order.customer_name, Order.customer_email, Order.placed_at)
        .where(sa.or_(Order.number == number, Order.customer_email == row.email, is_named))
        .order_by(how_likely, Order.placed_at.desc())
        .limit(5)
    )
    made = [
        Suggestion(*each, is_same_number=each.number == number, is_same_mail=each.customer_email == row.email)
        for each in found
    ]
    return sorted(made, key=lambda each: (not each.is_same_number, not each.is_same_mail))


def informed_on(session: Session, public_id: str) -> date | None:
    """The day the customer got the contract with the instructions; None while that mail has not gone out."""
    sent = session.scalar(sa.select(OutboxMail.sent_at).where(OutboxMail.key == f"order-secured-{public_id}"))
    return clock.local_day(sent) if sent else None


def deadline_of(session: Session, order: Order) -> date | None:
    """The last day to withdraw from an order; None before hand-over, when it is possible at once."""
    if order.handed_over_at is None:
        return None
    handed_over = clock.local_day(order.handed_over_at)
    return deadlines.last_day_of_goods([handed_over], informed_on(session, order.public_id))


def is_refunded(session: Session, order_id: int, once: str) -> bool:
    """Whether the form with this word has given money back of the order already."""
    found = sa.select(Refund.id).where(Refund.order_id == order_id, Refund.once == once)
    return session.scalar(found) is not None


def refunds_of(session: Session, order_id: int) -> list[RefundRow]:
    """What was given back of an order, the first first."""
    rows = session.scalars(sa.select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)).all()
    if not rows:
        return []
    parts: dict[int, list[tuple[str, int, int, bool]]] = {}
    for refund_id, title, pieces, ore, is_restocked in session.execute(
        sa.select(
            RefundLine.refund_id, OrderLine.title, RefundLine.quantity, RefundLine.amount_ore, RefundLine.is_restocked
        )
        .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
        .where(RefundLine.refund_id.in_([row.id for row in rows]))
        .order_by(OrderLine.position)
    ):
        parts.setdefault(refund_id, []).append((title, pieces, ore, is_restocked))
    names = staff_names(session)
    tries = _tries(session, order_id)
    made = []
    for row in rows:
        newest = next((each for each in tries if f"-{row.public_id}" in each.key), None)
        made.append(
            RefundRow(
                row.public_id,
                row.amount_ore,
                row.delivery_ore,
                row.vat_ore,
                row.means,
                row.reason,
                row.at,
                names.get(row.by_staff_id, "") if row.by_staff_id else "",
                parts.get(row.id, []),
                newest is not None and newest.done_at is None,
                newest.problem if newest is not None and newest.done_at is not None else "",
            )
        )
    return made


def _tries(session: Session, order_id: int) -> Sequence[PaymentDue]:
    """What was asked of Stripe for an order's refunds, the newest first."""
    return session.scalars(
        sa.select(PaymentDue)
        .join(Payment, Payment.id == PaymentDue.payment_id)
        .join(Order, Order.public_id == Payment.reference)
        .where(Order.id == order_id, PaymentDue.deed == Deed.REFUND)
        .order_by(PaymentDue.id.desc())
    ).all()


def complaints(session: Session) -> list[ComplaintRow]:
    """Those that wait for us, the oldest first, then the newest of the others."""
    waits = Complaint.state == ComplaintState.OPEN
    waiting = _complaints(session, _COMPLAINT.where(waits).order_by(Complaint.at, Complaint.id).limit(NEWEST))
    others = _complaints(session, _COMPLAINT.where(~waits).order_by(Complaint.at.desc()).limit(NEWEST))
    return [*waiting, *others]


def complaint(session: Session, public_id: str) -> ComplaintRow | None:
    """One complaint."""
    return next(iter(_complaints(session, _COMPLAINT.where(Complaint.public_id == public_id))), None)


def complaints_of(session: Session, order_id: int) -> list[ComplaintRow]:
    """What a customer complained of, the first first."""
    return _complaints(session, _COMPLAINT.where(Complaint.order_id == order_id).order_by(Complaint.id))


def _complaints(session: Session, found: sa.Select[*tuple[Any, ...]]) -> list[ComplaintRow]:
    rows = [ComplaintRow._make((*row, ())) for row in session.execute(found)]
    pictures = photos.of_complaints(session, [row.id for row in rows])
    return [row._replace(photos=pictures.get(row.id, ())) for row in rows] if pictures else rows
