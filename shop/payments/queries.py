"""Reads about payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.payments.looking import Seen
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from workshop.core import db


class MoneyRow(NamedTuple):
    """Where the money of an order is. Øre, VAT included."""

    payment_id: int
    reference: str
    state: PaymentState
    amount_ore: int
    captured_ore: int
    refunded_ore: int
    opened_at: datetime
    expires_at: datetime
    lapses_at: datetime | None
    is_refund_due: bool
    authorised_at: datetime | None

    @property
    def left_ore(self) -> int:
        """What was taken and not given back."""
        return self.captured_ore - self.refunded_ore


_REFUND = sa.exists().where(PaymentDue.payment_id == Payment.id, PaymentDue.deed == Deed.REFUND)
_MONEY = (  # put together once; every page of an order asks it
    sa.select(
        Payment.id,
        Payment.reference,
        Payment.state,
        Payment.amount_ore,
        Payment.captured_ore,
        Payment.refunded_ore,
        Payment.opened_at,
        Payment.expires_at,
        Payment.lapses_at,
        _REFUND,
        Payment.authorised_at,
    )
    .where(Payment.reference.in_(sa.bindparam("references", expanding=True)))
    .order_by(Payment.id)
)


def money(session: Session, references: Sequence[str]) -> dict[str, MoneyRow]:
    """Reference -> its newest payment, for those that have one."""
    rows = db.rows(session, _MONEY, {"references": list(references)})
    return {row.reference: MoneyRow._make(row) for row in rows}


def newest(session: Session, reference: str, *, is_locked: bool = False) -> Payment | None:
    """The newest try to pay, as a row one may change."""
    found = sa.select(Payment).where(Payment.reference == reference).order_by(Payment.id.desc()).limit(1)
    if is_locked:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def may_be_paid(session: Session, payment: Payment) -> bool:
    """Whether its page may still be open: nobody has closed it and looked."""
    closed = sa.select(PaymentDue.id).where(
        PaymentDue.payment_id == payment.id, PaymentDue.deed == Deed.EXPIRE, PaymentDue.done_at.is_not(None)
    )
    return payment.state is PaymentState.OPENED and session.scalar(closed) is None


def payment_behind(session: Session, seen: Seen) -> Payment | None:
    """Our row for what Stripe showed: by page, by payment, else the newest of its reference; locked for a change."""
    known = sa.select(Payment).with_for_update().execution_options(populate_existing=True)
    by_page = known.where(Payment.session_id == seen.session_id)
    by_payment = known.where(Payment.payment_intent_id == seen.payment_intent_id)
    found = session.scalar(by_page) if seen.session_id else None
    if found is None and seen.payment_intent_id:
        found = session.scalar(by_payment)
    if found is None and seen.reference:
        found = session.scalar(known.where(Payment.reference == seen.reference).order_by(Payment.id.desc()).limit(1))
    return found
