"""Opening hours, closed days, the shop's own texts, and its terms in versions."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shop.orders.models import Fulfilment
from workshop.core import db


class OpeningSlot(db.Base):
    """A time on a weekday in which customers fetch, or we deliver. Minutes after midnight, Danish wall clock."""

    __tablename__ = "opening_slot"
    __table_args__ = (
        sa.UniqueConstraint("fulfilment", "weekday", "from_minute"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_of_week"),
        sa.CheckConstraint("from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440", name="within_a_day"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fulfilment: Mapped[Fulfilment] = mapped_column(db.choice(Fulfilment), default=Fulfilment.PICKUP)
    weekday: Mapped[int] = mapped_column()  # Monday is 0
    from_minute: Mapped[int] = mapped_column()
    to_minute: Mapped[int] = mapped_column()


class ClosedDay(db.Base):
    """A day we are closed beside the holidays."""

    __tablename__ = "closed_day"
    __table_args__ = db.W

    day: Mapped[date] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(120), default="")
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class ShopText(db.Base):
    """A text of the shop that staff have written themselves; without a row the shipped one stands."""

    __tablename__ = "shop_text"
    __table_args__ = db.W

    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    body: Mapped[str] = mapped_column(sa.Text)
    changed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class Terms(db.Base):
    """The shop's terms. A version is never edited; an order keeps the one it was made under."""

    __tablename__ = "terms"
    __table_args__ = db.W

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
