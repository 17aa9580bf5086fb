"""Somebody at the tablet asked for a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class HelpWish(StrEnum):
    """What one asks for: a hand with the task, or somebody to talk with."""

    HELP = "help"
    TALK = "talk"


class HelpCall(db.Base):
    """A call for help. It says that somebody asked, never why."""

    __tablename__ = "help_call"
    __table_args__ = (sa.Index(None, "answered_at", "asked_at"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id"))
    assignment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assignment.id"))
    wish: Mapped[HelpWish] = mapped_column(db.choice(HelpWish))
    asked_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # "jeg klarer det nu"
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # who went there
