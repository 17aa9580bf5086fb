"""What visitors ask, and what they wish to hear about."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class ShopQuestion(db.Base):
    """A question about a thing or a product."""

    __tablename__ = "shop_question"
    __table_args__ = (sa.Index(None, "answered_at", "asked_at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    once: Mapped[str] = mapped_column(sa.String(40), unique=True)  # the form's word
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), index=True)
    product_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product_type.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class Wish(db.Base):
    """Somebody wants to hear when there is one like it again. Told once, after the link in the first mail was used."""

    __tablename__ = "wish"
    __table_args__ = (sa.Index(None, "told_at", "confirmed_at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    category: Mapped[str] = mapped_column(sa.String(60))
    product_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product_type.id"))  # None: anything of its kind
    link_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  # confirms it, and ends it
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
