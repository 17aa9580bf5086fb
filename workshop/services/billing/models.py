"""What is due for payment."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db
from workshop.core.money import PayMeans
from workshop.products.models import VatScheme


class ChargeState(StrEnum):
    """How far it is paid."""

    DUE = "due"
    PAID = "paid"
    CANCELLED = "cancelled"


class ServiceCharge(db.Base):
    """Something to be paid, written once for its cause: a visit, a month, a season, or what was done before a no.

    Invoices and their numbers stand above this, in a slice of their own; `number` only names it to the customer.
    """

    __tablename__ = "service_charge"
    __table_args__ = (
        sa.UniqueConstraint("job_id", "cause"),
        sa.CheckConstraint("amount_ore >= 0", name="amount_not_negative"),
        sa.CheckConstraint("state != 'paid' OR paid_at IS NOT NULL", name="paid_has_its_time"),
        sa.Index(None, "state", "made_at"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)  # H2026-0012-3
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("service_job.id"))
    cause: Mapped[str] = mapped_column(sa.String(40))  # visit-381, month-2027-05, season-2027, part
    visit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service_visit.id"), index=True)
    from_on: Mapped[date] = mapped_column()
    to_on: Mapped[date] = mapped_column()
    text: Mapped[str] = mapped_column(sa.String(200))
    amount_ore: Mapped[int] = mapped_column()  # VAT included
    vat_scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme))
    vat_ore: Mapped[int] = mapped_column()
    state: Mapped[ChargeState] = mapped_column(db.choice(ChargeState), default=ChargeState.DUE)
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # the customer has the link
    paid_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    paid_means: Mapped[PayMeans | None] = mapped_column(db.choice(PayMeans))  # None while unpaid; card: the link
    why: Mapped[str] = mapped_column(sa.String(300), default="")  # of a cancelled one
    version: Mapped[int] = mapped_column(default=1)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
