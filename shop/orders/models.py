"""Baskets, orders, and what an order holds of the stock."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.core import crypto, db
from workshop.products.models import VatScheme


class OrderState(StrEnum):
    """Decision 12. Money is kept apart, in the payment."""

    PLACED = "placed"
    SECURED = "secured"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"


class CancelCause(StrEnum):
    """Why an order ended without a sale; only what lapsed may come back when its money arrives late."""

    LAPSED = "lapsed"
    CUSTOMER = "customer"
    STAFF = "staff"
    REPLACED = "replaced"  # the same basket was tried again


class PayWay(StrEnum):
    """How the customer pays."""

    CARD = "card"
    AT_PICKUP = "at_pickup"


class Basket(db.Base):
    """What a visitor has put aside; it holds nothing back from others. Appears at the first POST."""

    __tablename__ = "basket"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    seen_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


class BasketLine(db.Base):
    """A thing in a basket."""

    __tablename__ = "basket_line"
    __table_args__ = (sa.CheckConstraint("quantity >= 1", name="at_least_one"), db.W)

    basket_id: Mapped[int] = mapped_column(sa.ForeignKey("basket.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(default=1)


class Order(db.Base):
    """What a customer bought. Opens by random public id, and only with the link's token or its cookie."""

    __tablename__ = "customer_order"
    __table_args__ = (sa.Index(None, "state", "placed_at"), db.W)

    LINK_LASTS_DAYS = 90

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)  # 2026-0317
    state: Mapped[OrderState] = mapped_column(db.choice(OrderState), default=OrderState.PLACED)
    attention: Mapped[str] = mapped_column(sa.String(300), default="")  # why staff have to look
    pay_way: Mapped[PayWay] = mapped_column(db.choice(PayWay))
    basket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("basket.id", ondelete="SET NULL"))
    customer_name: Mapped[str] = mapped_column(sa.String(120))
    customer_email: Mapped[str] = mapped_column(sa.String(254), index=True)
    customer_phone: Mapped[str] = mapped_column(sa.String(30))
    message: Mapped[str] = mapped_column(sa.Text, default="")
    pickup_on: Mapped[date] = mapped_column()
    pickup_from_minute: Mapped[int] = mapped_column()  # minutes after midnight, Danish wall clock
    pickup_to_minute: Mapped[int] = mapped_column()
    total_ore: Mapped[int] = mapped_column()  # VAT included
    vat_ore: Mapped[int] = mapped_column()
    link_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    link_expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    confirm_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)  # pay at pickup: the mail's link
    placed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    secured_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    cancel_cause: Mapped[CancelCause | None] = mapped_column(db.choice(CancelCause))
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[OrderLine]] = relationship(lazy="raise", order_by="OrderLine.position")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class OrderLine(db.Base):
    """A line with name, price and VAT scheme as they were when it was bought."""

    __tablename__ = "order_line"
    __table_args__ = (sa.UniqueConstraint("order_id", "position"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_order.id"))
    position: Mapped[int] = mapped_column()
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(150))
    quantity: Mapped[int] = mapped_column(default=1)
    unit_price_ore: Mapped[int] = mapped_column()
    vat_scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme))


class Hold(db.Base):
    """What an order keeps from others until it is paid; released or turned into a sale exactly once."""

    __tablename__ = "hold"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "item_id"),
        sa.CheckConstraint("quantity >= 1", name="at_least_one"),
        sa.Index(None, "ended_at", "until"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_order.id"))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), index=True)
    quantity: Mapped[int] = mapped_column(default=1)
    until: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class OrderEvent(db.Base):
    """A line in the order's story."""

    __tablename__ = "order_event"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_order.id"), index=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    text: Mapped[str] = mapped_column(sa.String(300))
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
