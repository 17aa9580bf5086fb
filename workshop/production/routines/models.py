"""A task that comes again, and the days it falls on."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class Routine(db.Base):
    """A task on fixed weekdays, each week or every second or third. The phase is kept from its first day."""

    __tablename__ = "routine"
    __table_args__ = (sa.CheckConstraint("every_weeks BETWEEN 1 AND 12", name="every_weeks_sensible"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    title: Mapped[str] = mapped_column(sa.String(150))
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"), index=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    weekdays: Mapped[list[int]] = mapped_column(sa.JSON)  # Monday is 0
    every_weeks: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column()  # last day, included
    start_minute: Mapped[int | None] = mapped_column()  # minutes after midnight, Danish wall clock
    place: Mapped[str] = mapped_column(sa.String(60), default="")
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class RoutineDayState(StrEnum):
    """Whether it was done that day."""

    DUE = "due"
    DONE = "done"
    SKIPPED = "skipped"


class RoutineDay(db.Base):
    """A routine on one day; there once somebody is given it, does it, or says it is left out."""

    __tablename__ = "routine_day"
    __table_args__ = (sa.UniqueConstraint("routine_id", "day"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    routine_id: Mapped[int] = mapped_column(sa.ForeignKey("routine.id"))
    day: Mapped[date] = mapped_column(index=True)
    state: Mapped[RoutineDayState] = mapped_column(db.choice(RoutineDayState), default=RoutineDayState.DUE)
    done_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
