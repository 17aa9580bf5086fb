"""Baskets, orders, and what an order holds of the stock."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.core import crypto, db
from workshop.core.money import PayMeans
from workshop.products.models import SizeClass, VatScheme


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
    PREPAID = "prepaid"  # taken at once, with an express yes; only for what is made to order


class Fulfilment(StrEnum):
    """How the customer gets it."""

    PICKUP = "pickup"
    DELIVERY = "delivery"


class CustomerKind(StrEnum):
    """Who buys; it decides what the order has to say about them."""

    PRIVATE = "private"
    COMPANY = "company"
    PUBLIC = "public"


class Channel(StrEnum):
    """Where the order came from."""

    WEB = "web"
    PHONE = "phone"  # typed in by staff


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
    basket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("basket.id", ondelete="SET NULL"), index=True)
    customer_name: Mapped[str] = mapped_column(sa.String(120))
    customer_email: Mapped[str] = mapped_column(sa.String(254), index=True)
    customer_phone: Mapped[str] = mapped_column(sa.String(30))
    message: Mapped[str] = mapped_column(sa.Text, default="")
    channel: Mapped[Channel] = mapped_column(db.choice(Channel), default=Channel.WEB)
    customer_kind: Mapped[CustomerKind] = mapped_column(db.choice(CustomerKind), default=CustomerKind.PRIVATE)
    company_name: Mapped[str] = mapped_column(sa.String(150), default="")
    cvr: Mapped[str] = mapped_column(sa.String(8), default="")
    gln: Mapped[str] = mapped_column(sa.String(13), default="")
    customer_reference: Mapped[str] = mapped_column(sa.String(80), default="")
    fulfilment: Mapped[Fulfilment] = mapped_column(db.choice(Fulfilment), default=Fulfilment.PICKUP)
    street: Mapped[str] = mapped_column(sa.String(120), default="")  # where it is delivered
    postcode: Mapped[str] = mapped_column(sa.String(4), default="")
    town: Mapped[str] = mapped_column(sa.String(60), default="")
    delivery_ore: Mapped[int] = mapped_column(default=0)  # VAT included, part of the total
    pickup_on: Mapped[date] = mapped_column()  # the day it is fetched or delivered
    pickup_from_minute: Mapped[int] = mapped_column()  # minutes after midnight, Danish wall clock
    pickup_to_minute: Mapped[int] = mapped_column()
    total_ore: Mapped[int] = mapped_column()  # VAT included
    vat_ore: Mapped[int] = mapped_column()
    link_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    link_expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    terms_version: Mapped[int | None] = mapped_column(sa.ForeignKey("terms.version"))
    has_agreed_prepayment: Mapped[bool] = mapped_column(default=False)
    handover_code: Mapped[str | None] = mapped_column(sa.String(10), unique=True)  # shown by the customer, gets it out
    paid_means: Mapped[PayMeans | None] = mapped_column(db.choice(PayMeans))  # how it was paid at the desk
    confirm_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)  # pay at pickup: the mail's link
    placed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    secured_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    packed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    cancel_cause: Mapped[CancelCause | None] = mapped_column(db.choice(CancelCause))
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # who typed it in
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[OrderLine]] = relationship(lazy="raise", order_by="OrderLine.position")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class OrderLine(db.Base):
    """A line with name, price and VAT scheme as they were when it was bought."""

    __tablename__ = "order_line"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "position"),
        sa.CheckConstraint("(item_id IS NULL) != (product_type_id IS NULL)", name="a_thing_or_a_product"),
        sa.CheckConstraint("returned >= 0 AND returned <= quantity", name="returned_within_quantity"),
        sa.CheckConstraint("own_length_cm IS NULL OR item_id IS NULL", name="stock_is_never_made_to_measure"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_order.id"))
    position: Mapped[int] = mapped_column()
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), index=True)
    product_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product_type.id"))  # made to order
    options: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    own_length_cm: Mapped[int | None] = mapped_column()  # made to measure, as the customer wrote it
    size_class: Mapped[SizeClass] = mapped_column(db.choice(SizeClass), default=SizeClass.M)
    returned: Mapped[int] = mapped_column(default=0)  # pieces the customer gave back
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
