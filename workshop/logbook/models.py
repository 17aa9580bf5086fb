"""The monthly sample of the access log that a manager goes through."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class LogSample(db.Base):
    """A month's random rows, drawn once, and what the manager found."""

    __tablename__ = "log_sample"
    __table_args__ = db.S

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    month: Mapped[str] = mapped_column(sa.String(7), unique=True)  # 2026-10
    drawn_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    seed: Mapped[str] = mapped_column(sa.String(64))  # so that the draw can be repeated
    drawn_of: Mapped[int] = mapped_column()  # how many rows the month had
    checked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class LogSampleRow(db.Base):
    """One row of a sample: fine, or something to ask about."""

    __tablename__ = "log_sample_row"
    __table_args__ = (sa.UniqueConstraint("sample_id", "position"), db.S)

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(sa.ForeignKey("log_sample.id"), index=True)
    position: Mapped[int] = mapped_column()  # the row's place in the log's chain
    is_fine: Mapped[bool | None] = mapped_column()  # empty: not looked at yet
    note: Mapped[str] = mapped_column(sa.String(300), default="")
