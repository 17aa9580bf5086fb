"""What was agreed with a customer, and when it rests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db
from workshop.products.models import VatScheme
from workshop.services.requests.models import Billing, PriceBasis, RuleColumns


class JobState(StrEnum):
    """Whether there is more to come."""

    ACTIVE = "active"
    ENDED = "ended"  # all done, or the agreement ran out or was ended
    WITHDRAWN = "withdrawn"  # the customer changed their mind by law


class ServiceJob(RuleColumns, db.Base):
    """An accepted quote: one visit, or an agreement with a rule. Prices are those that were agreed."""

    __tablename__ = "service_job"
    __table_args__ = (sa.Index(None, "state", "ends_on"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)  # the request's
    quote_id: Mapped[int] = mapped_column(sa.ForeignKey("service_quote.id"), unique=True)
    place_id: Mapped[int] = mapped_column(sa.ForeignKey("service_place.id"), index=True)
    service_kind_id: Mapped[int] = mapped_column(sa.ForeignKey("service_kind.id"))
    state: Mapped[JobState] = mapped_column(db.choice(JobState), default=JobState.ACTIVE)
    title: Mapped[str] = mapped_column(sa.String(150))
    text: Mapped[str] = mapped_column(sa.Text)  # what was agreed
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # staff's own
    equipment: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # to bring, for the day list
    basis: Mapped[PriceBasis] = mapped_column(db.choice(PriceBasis))
    billing: Mapped[Billing] = mapped_column(db.choice(Billing))
    units: Mapped[Decimal] = mapped_column(sa.Numeric(9, 2))
    unit_price_ore: Mapped[int | None] = mapped_column()
    total_ore: Mapped[int] = mapped_column()  # a visit, a month or a season, VAT included
    vat_scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme))
    visit_minutes: Mapped[int] = mapped_column()
    crew: Mapped[int] = mapped_column()
    starts_on: Mapped[date] = mapped_column()  # the phase of the rule is kept from here
    ends_on: Mapped[date | None] = mapped_column()  # last day, included
    laid_until: Mapped[date | None] = mapped_column()  # visits are written down ahead, up to this day
    agreed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    may_start_early: Mapped[bool] = mapped_column(default=False)
    knows_right_ends: Mapped[bool] = mapped_column(default=False)
    withdraw_until: Mapped[date] = mapped_column()  # last day of the right, as computed at the agreement
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    why: Mapped[str] = mapped_column(sa.String(300), default="")
    version: Mapped[int] = mapped_column(default=1)


class JobPause(db.Base):
    """Days on which a series rests, both included. Exceptions keep their own day."""

    __tablename__ = "job_pause"
    __table_args__ = (sa.CheckConstraint("from_on <= to_on", name="from_before_to"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("service_job.id"), index=True)
    from_on: Mapped[date] = mapped_column()
    to_on: Mapped[date] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # None: the customer
