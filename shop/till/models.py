"""Sales at the door. Series of invoices and the day's count stand above them, in a slice of their own."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.core import crypto, db
from workshop.core.money import PayMeans
from workshop.products.models import VatScheme


class TillSale(db.Base):
    """What somebody bought at the door, and how they paid. `once` is the form's word: the same sale twice is once."""

    __tablename__ = "till_sale"
    __table_args__ = (sa.Index(None, "sold_at"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)  # S2026-0042
    once: Mapped[str] = mapped_column(sa.String(40), unique=True)
    means: Mapped[PayMeans] = mapped_column(db.choice(PayMeans))
    total_ore: Mapped[int] = mapped_column()  # VAT included
    vat_ore: Mapped[int] = mapped_column()
    receipt_email: Mapped[str] = mapped_column(sa.String(254), default="")
    sold_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    undone_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))

    lines: Mapped[list[TillSaleLine]] = relationship(lazy="raise", order_by="TillSaleLine.position")


class TillSaleLine(db.Base):
    """A line with name, price and VAT scheme as they were. A line without a thing is typed in: a cup of coffee."""

    __tablename__ = "till_sale_line"
    __table_args__ = (sa.CheckConstraint("quantity >= 1", name="at_least_one"), db.W)

    sale_id: Mapped[int] = mapped_column(sa.ForeignKey("till_sale.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(150))
    quantity: Mapped[int] = mapped_column(default=1)
    unit_price_ore: Mapped[int] = mapped_column()
    vat_scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme))
