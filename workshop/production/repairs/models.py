"""A thing that came in to be restored or repaired, its photos, and the parts that went into it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db
from workshop.core.money import PayMeans


class JobKind(StrEnum):
    """What came in."""

    FURNITURE = "furniture"
    BICYCLE = "bicycle"
    MOPED = "moped"
    CAR = "car"
    OTHER = "other"


class Whose(StrEnum):
    """Whose it is. A customer's own stays theirs, whatever we do to it."""

    BOUGHT = "bought"
    DONATED = "donated"
    CUSTOMER = "customer"


class JobState(StrEnum):
    """How far it is. Whether somebody works on it is told by its production order."""

    RECEIVED = "received"
    ASSESSED = "assessed"  # looked through, with a plan; a customer's has been given a price
    AGREED = "agreed"  # the customer said yes, or it is ours and we go on
    DONE = "done"
    HANDED_BACK = "handed_back"
    KEPT = "kept"  # it was ours and is now a numbered thing
    DECLINED = "declined"  # nothing came of it; a customer's still has to be fetched


class RepairJob(db.Base):
    """A card for one thing that came in. The code is on the customer's slip, and gets the thing handed back."""

    __tablename__ = "repair_job"
    __table_args__ = (
        sa.CheckConstraint("quoted_ore IS NULL OR quoted_ore >= 0", name="quote_not_negative"),
        sa.CheckConstraint("price_ore IS NULL OR price_ore >= 0", name="price_not_negative"),
        sa.CheckConstraint("whose != 'customer' OR item_id IS NULL", name="customers_own_is_never_ours"),
        sa.Index(None, "state", "received_at"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    number: Mapped[int] = mapped_column(unique=True)  # printed on the slip and the card
    kind: Mapped[JobKind] = mapped_column(db.choice(JobKind))
    whose: Mapped[Whose] = mapped_column(db.choice(Whose))
    state: Mapped[JobState] = mapped_column(db.choice(JobState), default=JobState.RECEIVED)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(150))
    marks: Mapped[str] = mapped_column(sa.String(120), default="")  # frame number, number plate, what it is known by
    faults: Mapped[str] = mapped_column(sa.Text, default="")  # what is wrong, or what the owner wishes
    plan: Mapped[str] = mapped_column(sa.Text, default="")  # what we will do
    place: Mapped[str] = mapped_column(sa.String(60), default="")
    owner_name: Mapped[str] = mapped_column(sa.String(120), default="")
    owner_email: Mapped[str] = mapped_column(sa.String(254), default="")
    owner_phone: Mapped[str] = mapped_column(sa.String(30), default="")
    code: Mapped[str] = mapped_column(sa.String(10), unique=True)
    link_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  # of the link where the owner answers
    quoted_ore: Mapped[int | None] = mapped_column()  # VAT included
    quote_until: Mapped[date | None] = mapped_column()
    price_ore: Mapped[int | None] = mapped_column()  # what it came to, VAT included; never above the quote
    promised_on: Mapped[date | None] = mapped_column()
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("production_order.id"), unique=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), unique=True)
    test_note: Mapped[str] = mapped_column(sa.String(300), default="")
    tested_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    paid_means: Mapped[PayMeans | None] = mapped_column(db.choice(PayMeans))
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    assessed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
    handed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # who gave it back


class PhotoPhase(StrEnum):
    """When a photo was taken."""

    BEFORE = "before"
    AFTER = "after"


class RepairPhoto(db.Base):
    """A photo of a thing before or after: re-encoded, under a random name, seen by staff and at the bench."""

    __tablename__ = "repair_photo"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("repair_job.id"), index=True)
    phase: Mapped[PhotoPhase] = mapped_column(db.choice(PhotoPhase))
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    alt_text: Mapped[str] = mapped_column(sa.String(200), default="")
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class RepairPart(db.Base):
    """A part or a piece of agreed work on the card, with its price. Øre, VAT included."""

    __tablename__ = "repair_part"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("unit_price_ore >= 0", name="price_not_negative"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("repair_job.id"), index=True)
    text: Mapped[str] = mapped_column(sa.String(150))
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(10, 3))
    unit_price_ore: Mapped[int] = mapped_column()
    material_id: Mapped[int | None] = mapped_column(sa.ForeignKey("material.id"), index=True)
