"""Whose garden it is, what they ask for, and our quotes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db
from workshop.products.models import VatScheme


class ServicePlace(db.Base):
    """A customer's address and how to reach them. Coordinates are millionths of a degree, typed or imported."""

    __tablename__ = "service_place"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_name: Mapped[str] = mapped_column(sa.String(120))
    customer_email: Mapped[str] = mapped_column(sa.String(254), index=True)
    customer_phone: Mapped[str] = mapped_column(sa.String(30), default="")
    company_name: Mapped[str] = mapped_column(sa.String(150), default="")  # empty: a private customer
    cvr: Mapped[str] = mapped_column(sa.String(8), default="")
    gln: Mapped[str] = mapped_column(sa.String(13), default="")  # given: a public customer
    customer_reference: Mapped[str] = mapped_column(sa.String(80), default="")
    street: Mapped[str] = mapped_column(sa.String(120))
    postcode: Mapped[str] = mapped_column(sa.String(4), index=True)
    town: Mapped[str] = mapped_column(sa.String(60))
    latitude_e6: Mapped[int | None] = mapped_column()
    longitude_e6: Mapped[int | None] = mapped_column()
    access_note: Mapped[str] = mapped_column(sa.String(300), default="")  # gate code, dog, where the key lies
    forgotten_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class RequestState(StrEnum):
    """Who is to answer."""

    NEW = "new"  # we are
    QUOTED = "quoted"  # the customer is
    ACCEPTED = "accepted"
    DECLINED = "declined"  # the customer said no
    REFUSED = "refused"  # we said no
    LAPSED = "lapsed"  # the quote ran out unanswered


class Recurrence(StrEnum):
    """How often somebody comes."""

    NONE = "none"
    WEEKS = "weeks"  # every so many weeks
    MONTHS = "months"  # every so many months
    YEARLY = "yearly"  # on fixed days of the year
    ON_SNOW = "on_snow"


class RuleColumns:
    """The rule of a series and its terms. Days are Danish days; minutes are after midnight by the Danish wall clock."""

    recurrence: Mapped[Recurrence] = mapped_column(db.choice(Recurrence), default=Recurrence.NONE)
    every: Mapped[int] = mapped_column(default=1)  # weeks or months between; the phase is kept from the first day
    weekday: Mapped[int | None] = mapped_column()  # Monday is 0; months: with `nth`
    nth: Mapped[int | None] = mapped_column()  # 1 to 4, or -1 for the month's last such weekday
    day_of_month: Mapped[int | None] = mapped_column()  # skipped where the month has none
    year_days: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # MM-DD
    season_from: Mapped[str | None] = mapped_column(
        sa.String(5)
    )  # MM-DD, included; later than `season_to`: over New Year
    season_to: Mapped[str | None] = mapped_column(sa.String(5))
    early_days: Mapped[int] = mapped_column(default=0)  # how far a visit may be moved from its day
    late_days: Mapped[int] = mapped_column(default=0)
    from_minute: Mapped[int] = mapped_column(default=540)  # the window the customer is told
    to_minute: Mapped[int] = mapped_column(default=720)
    trigger_cm: Mapped[int | None] = mapped_column()  # snow: we come from this depth
    priority: Mapped[int | None] = mapped_column()  # snow: 1 first
    clear_by_minute: Mapped[int | None] = mapped_column()  # snow: cleared by this time of day


class ServiceRequest(db.Base):
    """What somebody asked for, with the estimate they saw. `once` is the form's word: sent twice is once."""

    __tablename__ = "service_request"
    __table_args__ = (
        sa.CheckConstraint("units > 0", name="units_positive"),
        sa.CheckConstraint("sides IS NULL OR sides IN (1, 2)", name="one_side_or_two"),
        sa.Index(None, "state", "created_at"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)  # H2026-0012
    once: Mapped[str] = mapped_column(sa.String(40), unique=True)
    state: Mapped[RequestState] = mapped_column(db.choice(RequestState), default=RequestState.NEW)
    service_kind_id: Mapped[int] = mapped_column(sa.ForeignKey("service_kind.id"))
    place_id: Mapped[int] = mapped_column(sa.ForeignKey("service_place.id"), index=True)
    is_by_phone: Mapped[bool] = mapped_column(default=False)  # typed in by staff
    units: Mapped[Decimal] = mapped_column(sa.Numeric(9, 2))
    height_cm: Mapped[int | None] = mapped_column()
    sides: Mapped[int | None] = mapped_column()  # of a hedge; the top always comes with them
    wants_waste: Mapped[bool] = mapped_column(default=False)
    wants_recurrence: Mapped[Recurrence] = mapped_column(db.choice(Recurrence), default=Recurrence.NONE)
    wishes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # weeks: 2026-W49
    answers: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)  # to the service's own questions
    message: Mapped[str] = mapped_column(sa.Text, default="")
    estimate_ore: Mapped[int] = mapped_column()  # VAT included
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    why: Mapped[str] = mapped_column(sa.String(300), default="")  # of a no, in words the customer reads
    version: Mapped[int] = mapped_column(default=1)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class RequestPhoto(db.Base):
    """A photo the customer sent: re-encoded, under a random name, seen by staff."""

    __tablename__ = "request_photo"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("service_request.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PriceBasis(StrEnum):
    """What the price is for."""

    FIXED = "fixed"  # the same whatever it takes
    PER_UNIT = "per_unit"  # reckoned from what was done


class Billing(StrEnum):
    """When it becomes due for payment."""

    PER_VISIT = "per_visit"
    MONTHLY = "monthly"
    SEASON = "season"


class QuoteState(StrEnum):
    """What became of it."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"  # a newer quote was sent
    LAPSED = "lapsed"


class ServiceQuote(RuleColumns, db.Base):
    """A price with everything it contains. It is never edited: a change is a new quote that replaces it."""

    __tablename__ = "service_quote"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "number"),
        sa.CheckConstraint("total_ore >= 0", name="total_not_negative"),
        sa.CheckConstraint("units > 0", name="units_positive"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("service_request.id"))
    number: Mapped[int] = mapped_column()  # 1, 2, … of the request
    state: Mapped[QuoteState] = mapped_column(db.choice(QuoteState), default=QuoteState.SENT)
    text: Mapped[str] = mapped_column(sa.Text)  # what we do, where, and what if the weather
    basis: Mapped[PriceBasis] = mapped_column(db.choice(PriceBasis), default=PriceBasis.FIXED)
    billing: Mapped[Billing] = mapped_column(db.choice(Billing), default=Billing.PER_VISIT)
    units: Mapped[Decimal] = mapped_column(sa.Numeric(9, 2))
    unit_price_ore: Mapped[int | None] = mapped_column()  # per unit, VAT included; what moves a PER_UNIT price
    total_ore: Mapped[int] = mapped_column()  # a visit, a month or a season, VAT included
    vat_scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme))
    vat_ore: Mapped[int] = mapped_column()
    valid_until: Mapped[date] = mapped_column()  # last day, included
    first_on: Mapped[date | None] = mapped_column()  # the (first) visit; None: agreed later
    ends_on: Mapped[date | None] = mapped_column()  # of an agreement, last day included
    visit_minutes: Mapped[int] = mapped_column()  # the whole crew's visit, clock time
    crew: Mapped[int] = mapped_column()
    terms_version: Mapped[int | None] = mapped_column(sa.ForeignKey("terms.version"))
    sent_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    may_start_early: Mapped[bool] = mapped_column(default=False)  # the two consents, each given by itself
    knows_right_ends: Mapped[bool] = mapped_column(default=False)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class ServiceQuoteLine(db.Base):
    """A part of a quote's price; the parts add up to its total. Øre, VAT included."""

    __tablename__ = "service_quote_line"
    __table_args__ = db.W

    quote_id: Mapped[int] = mapped_column(sa.ForeignKey("service_quote.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(150))
    amount_ore: Mapped[int] = mapped_column()
