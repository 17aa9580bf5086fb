"""Alarms of snow."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class AlarmSource(StrEnum):
    """Where an alarm came from."""

    HAND = "hand"
    FORECAST = "forecast"


class AlarmState(StrEnum):
    """What staff made of it."""

    PROPOSED = "proposed"
    CALLED_OUT = "called_out"
    DISMISSED = "dismissed"


class SnowAlarm(db.Base):
    """Snow that lies or is expected. It calls nobody out: staff do. `cause` is a form's word or the forecast's hour."""

    __tablename__ = "snow_alarm"
    __table_args__ = (sa.CheckConstraint("depth_cm >= 1", name="some_snow"), sa.Index(None, "state", "raised_at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    cause: Mapped[str] = mapped_column(sa.String(60), unique=True)
    source: Mapped[AlarmSource] = mapped_column(db.choice(AlarmSource))
    state: Mapped[AlarmState] = mapped_column(db.choice(AlarmState), default=AlarmState.PROPOSED)
    depth_cm: Mapped[int] = mapped_column()
    from_at: Mapped[datetime] = mapped_column(db.UtcDateTime)  # lies, or is expected to lie
    text: Mapped[str] = mapped_column(sa.String(300), default="")
    raised_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
