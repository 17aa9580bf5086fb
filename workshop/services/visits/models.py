"""Visits, what they need of teams and vehicles, and what shows that they were made. Nothing here says who came."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db

QUARTERS_A_DAY = 96


class ResourceKind(StrEnum):
    """What can be in one place at a time."""

    TEAM = "team"
    VEHICLE = "vehicle"
    TOOL = "tool"


class Resource(db.Base):
    """A team, a vehicle or a machine. A team is a name and its equipment; who is in it is not known here."""

    __tablename__ = "service_resource"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    kind: Mapped[ResourceKind] = mapped_column(db.choice(ResourceKind))
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    equipment: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class VisitState(StrEnum):
    """How far a visit is."""

    WAITING = "waiting"  # its day or its team is not settled
    PLANNED = "planned"
    ON_THE_WAY = "on_the_way"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"
    NOT_DONE = "not_done"  # we came, or should have, and it could not be done


class Visit(db.Base):
    """One visit. `occasion` says why it is there, once for each job: its day by the rule, an alarm, or a word.

    `original_on` is its day by the rule and never moves; `day` is where it stands now.
    """

    __tablename__ = "service_visit"
    __table_args__ = (
        sa.UniqueConstraint("job_id", "occasion"),
        sa.CheckConstraint("start_minute IS NULL OR start_minute BETWEEN 0 AND 1439", name="start_within_a_day"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        sa.CheckConstraint("state != 'done' OR done_at IS NOT NULL", name="done_has_its_time"),
        sa.Index(None, "day", "state"),
        sa.Index(None, "state", "day"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("service_job.id"))
    occasion: Mapped[str] = mapped_column(sa.String(40))  # 2027-06-20, snow-17, extra-…
    original_on: Mapped[date | None] = mapped_column()
    day: Mapped[date | None] = mapped_column()
    start_minute: Mapped[int | None] = mapped_column()  # when the team is to begin, Danish wall clock
    is_second_pass: Mapped[bool] = mapped_column(default=False)  # of the doubled autumn hour
    minutes: Mapped[int] = mapped_column()  # true elapsed time set aside
    from_minute: Mapped[int] = mapped_column()  # the window the customer was told
    to_minute: Mapped[int] = mapped_column()
    position: Mapped[int | None] = mapped_column()  # in its team's round, where staff have chosen it
    state: Mapped[VisitState] = mapped_column(db.choice(VisitState), default=VisitState.WAITING)
    is_moved: Mapped[bool] = mapped_column(default=False)  # somebody chose its day: the rule no longer does
    snow_alarm_id: Mapped[int | None] = mapped_column(sa.ForeignKey("snow_alarm.id"), index=True)
    told_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # the customer knows the day
    on_way_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    units_done: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 2))  # a price per unit is reckoned from these
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # to the customer, about the visit
    why: Mapped[str] = mapped_column(sa.String(300), default="")  # cancelled, or not done
    version: Mapped[int] = mapped_column(default=1)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class VisitResource(db.Base):
    """What a visit needs."""

    __tablename__ = "visit_resource"
    __table_args__ = db.W

    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("service_visit.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("service_resource.id"), primary_key=True, index=True)


class BookedQuarter(db.Base):
    """A quarter of an hour in which a team, a vehicle or a machine is taken. The key itself forbids a second visit.

    `starts_at` is UTC, so the doubled hour of autumn has eight quarters and the missing one of spring none.
    """

    __tablename__ = "booked_quarter"
    __table_args__ = db.W

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("service_resource.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(db.UtcDateTime, primary_key=True)
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("service_visit.id"), index=True)


class VisitPhase(StrEnum):
    """When a photo was taken."""

    BEFORE = "before"
    AFTER = "after"


class VisitPhoto(db.Base):
    """A photo of a visit: re-encoded, under a random name. The customer sees it once staff have seen nobody on it."""

    __tablename__ = "visit_photo"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("service_visit.id"), index=True)
    phase: Mapped[VisitPhase] = mapped_column(db.choice(VisitPhase))
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    is_shown: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class VisitMaterial(db.Base):
    """What was used on a visit: grit, salt, soil. The text stands where there is no material of ours."""

    __tablename__ = "visit_material"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("service_visit.id"), index=True)
    text: Mapped[str] = mapped_column(sa.String(120))
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))
    unit: Mapped[str] = mapped_column(sa.String(20))
