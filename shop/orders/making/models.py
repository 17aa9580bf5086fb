"""What is made for a customer: wished for in a basket, then a production order, then things of its own."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db


class BasketMaking(db.Base):
    """Something to be made, in a basket: the product, what was chosen of its options, and an own length if any."""

    __tablename__ = "basket_making"
    __table_args__ = (sa.CheckConstraint("quantity >= 1", name="at_least_one"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(sa.ForeignKey("basket.id", ondelete="CASCADE"), index=True)
    product_type_id: Mapped[int] = mapped_column(sa.ForeignKey("product_type.id"))
    options: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    own_length_cm: Mapped[int | None] = mapped_column()  # made to measure: no right of withdrawal
    quantity: Mapped[int] = mapped_column(default=1)


class LineMaking(db.Base):
    """The production order that a line became. One line, one production order."""

    __tablename__ = "line_making"
    __table_args__ = db.W

    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), primary_key=True)
    production_order_id: Mapped[int] = mapped_column(sa.ForeignKey("production_order.id"), unique=True)
    promised_on: Mapped[date] = mapped_column()
    begun_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # its things are the customer's
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class LineItem(db.Base):
    """A thing that was made for a line, and is sold to it. A thing is one line's at most."""

    __tablename__ = "line_item"
    __table_args__ = (sa.CheckConstraint("quantity >= 1", name="at_least_one"), db.W)

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int] = mapped_column(default=1)
