"""Withdrawals as they were received, money given back line by line, and complaints with their photos."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db
from workshop.core.money import PayMeans


class WithdrawalState(StrEnum):
    """What we made of it."""

    RECEIVED = "received"
    SETTLED = "settled"
    REFUSED = "refused"


class Withdrawal(db.Base):
    """What somebody declared, word for word. Which order it is about is found by staff or by us, never told back."""

    __tablename__ = "withdrawal"
    __table_args__ = (sa.Index(None, "state", "received_at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    once: Mapped[str] = mapped_column(sa.String(40), unique=True)  # the form's word
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    order_number: Mapped[str] = mapped_column(sa.String(30))
    lines_text: Mapped[str] = mapped_column(sa.Text, default="")  # what it is about, in their words; empty: all of it
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer_order.id"), index=True)
    service_job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service_job.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    deadline_on: Mapped[date | None] = mapped_column()  # last day on which it could be declared, as computed then
    state: Mapped[WithdrawalState] = mapped_column(db.choice(WithdrawalState), default=WithdrawalState.RECEIVED)
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class WithdrawalLine(db.Base):
    """A line somebody chose on the page of their own order."""

    __tablename__ = "withdrawal_line"
    __table_args__ = (sa.CheckConstraint("quantity >= 1", name="at_least_one"), db.W)

    withdrawal_id: Mapped[int] = mapped_column(sa.ForeignKey("withdrawal.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(default=1)


class Refund(db.Base):
    """Money given back for lines of an order. `means` is None when it goes back to the card by itself."""

    __tablename__ = "refund"
    __table_args__ = (sa.CheckConstraint("amount_ore > 0", name="amount_positive"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    once: Mapped[str] = mapped_column(sa.String(40), unique=True)  # the form's word: twice is once
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_order.id"), index=True)
    withdrawal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("withdrawal.id"), index=True)
    amount_ore: Mapped[int] = mapped_column()  # VAT included, delivery included
    delivery_ore: Mapped[int] = mapped_column(default=0)  # of it
    vat_ore: Mapped[int] = mapped_column()  # of it: the difference to the VAT of what is left (decision 32)
    means: Mapped[PayMeans | None] = mapped_column(db.choice(PayMeans))
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class RefundLine(db.Base):
    """What of a line is given back, and whether the thing is for sale again."""

    __tablename__ = "refund_line"
    __table_args__ = (sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"), db.W)

    refund_id: Mapped[int] = mapped_column(sa.ForeignKey("refund.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column()  # pieces that came back; none when only the price was lowered
    amount_ore: Mapped[int] = mapped_column()
    is_restocked: Mapped[bool] = mapped_column(default=False)


class ComplaintState(StrEnum):
    """Whether it waits for us."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Complaint(db.Base):
    """Something is wrong with what was bought (two years by law)."""

    __tablename__ = "complaint"
    __table_args__ = (sa.Index(None, "state", "at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_order.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ComplaintState] = mapped_column(db.choice(ComplaintState), default=ComplaintState.OPEN)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class ComplaintPhoto(db.Base):
    """A photo of what is wrong: re-encoded, under a random name, seen by staff and by who holds the order."""

    __tablename__ = "complaint_photo"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(sa.ForeignKey("complaint.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
