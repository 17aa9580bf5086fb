"""Payments as Stripe sees them, the events it sent, and what we still owe it to do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class PaymentState(StrEnum):
    """Where the money is; kept apart from the state of the order."""

    OPENED = "opened"  # a payment page exists, or is about to
    AUTHORISED = "authorised"  # reserved on the card
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"  # the page closed unpaid
    LAPSED = "lapsed"  # the reservation ran out before it was captured
    FAILED = "failed"


class Deed(StrEnum):
    """What has to be done at Stripe."""

    EXPIRE = "expire"  # close the payment page
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class Payment(db.Base):
    """One try to pay one order; a later try is a row of its own. `key` is our permanent idempotency key."""

    __tablename__ = "payment"
    __table_args__ = (
        sa.CheckConstraint("refunded_ore <= captured_ore", name="never_refund_more_than_captured"),
        sa.CheckConstraint("captured_ore <= amount_ore", name="never_capture_more_than_agreed"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True, default=crypto.new_public_id)
    reference: Mapped[str] = mapped_column(sa.String(30), index=True)  # the order's public id
    amount_ore: Mapped[int] = mapped_column()
    is_captured_at_once: Mapped[bool] = mapped_column(default=False)  # prepayment, made to order only
    state: Mapped[PaymentState] = mapped_column(db.choice(PaymentState), default=PaymentState.OPENED)
    session_id: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    page_url: Mapped[str | None] = mapped_column(sa.Text)
    payment_intent_id: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    captured_ore: Mapped[int] = mapped_column(default=0)
    refunded_ore: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    authorised_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    lapses_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # when the card's bank lets a reservation go


class PaymentEvent(db.Base):
    """An event Stripe sent, by its unique id: a repeat ends at this row."""

    __tablename__ = "payment_event"
    __table_args__ = db.W

    event_id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(80))
    object_id: Mapped[str] = mapped_column(sa.String(120))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    outcome: Mapped[str] = mapped_column(sa.String(120), default="")


class FindingKind(StrEnum):
    """What does not fit between Stripe and us."""

    MONEY_WITHOUT_ORDER = "money_without_order"
    ORDER_WITHOUT_MONEY = "order_without_money"
    AMOUNT_DIFFERS = "amount_differs"
    STATE_DIFFERS = "state_differs"


class Finding(db.Base):
    """A difference between Stripe's books and ours, found by a reconciliation; one row as long as it lasts."""

    __tablename__ = "payment_finding"
    __table_args__ = (sa.UniqueConstraint("kind", "object_id"), sa.Index(None, "settled_at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    kind: Mapped[FindingKind] = mapped_column(db.choice(FindingKind))
    object_id: Mapped[str] = mapped_column(sa.String(120))  # Stripe's, or our payment's key where Stripe has none
    reference: Mapped[str] = mapped_column(sa.String(60), default="")
    text: Mapped[str] = mapped_column(sa.String(300))
    found_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class Reconciliation(db.Base):
    """A comparison of Stripe's books with ours: from when to when, and how much was looked at."""

    __tablename__ = "reconciliation"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    from_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ran_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    payments_seen: Mapped[int] = mapped_column()
    found: Mapped[int] = mapped_column()


class PaymentDue(db.Base):
    """Something due at Stripe, written with its cause and carrying its own permanent key."""

    __tablename__ = "payment_due"
    __table_args__ = (sa.Index(None, "done_at", "due_at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    deed: Mapped[Deed] = mapped_column(db.choice(Deed))
    amount_ore: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(sa.String(200), default="")
