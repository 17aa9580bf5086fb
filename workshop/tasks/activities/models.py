"""What people do together on the board that makes nothing: exercise, a shared meeting, a talk by somebody."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class GroupActivity(db.Base):
    """An activity on a day of the board, such as the weekly exercise: attendance only, no body data (A10)."""

    __tablename__ = "group_activity"
    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes"),
        sa.CheckConstraint("start_minute BETWEEN 0 AND 1439", name="start"),
        sa.Index(None, "day"),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    series: Mapped[str] = mapped_column(sa.String(30), default="", index=True)  # the same each week; empty: once
    activity_kind_id: Mapped[int] = mapped_column(sa.ForeignKey("activity_kind.id"))
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"))
    title: Mapped[str] = mapped_column(sa.String(100))
    place: Mapped[str] = mapped_column(sa.String(100), default="")
    day: Mapped[date] = mapped_column()
    start_minute: Mapped[int] = mapped_column()  # minutes after midnight, Danish wall clock
    minutes: Mapped[int] = mapped_column()
    cancelled_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))


class GroupActivityPart(db.Base):
    """Somebody who is to take part, and whether they did. Nothing else is written about it."""

    __tablename__ = "group_activity_part"
    __table_args__ = db.D

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("group_activity.id"), primary_key=True)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), primary_key=True, index=True)
    took_part: Mapped[bool | None] = mapped_column()  # empty: not said yet
    said_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
