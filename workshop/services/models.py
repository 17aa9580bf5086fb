"""What the garden service offers, and what distance costs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db
from workshop.products.models import SizeClass, VatScheme


class ServiceKind(db.Base):
    """A service with its price model; the formula and its numbers are data the workshop edits."""

    __tablename__ = "service_kind"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)  # of its page: haekklipning
    name: Mapped[str] = mapped_column(sa.String(100))
    intro: Mapped[str] = mapped_column(sa.String(400))
    unit: Mapped[str] = mapped_column(sa.String(20))
    price_model: Mapped[str] = mapped_column(sa.String(200))
    base_ore: Mapped[int | None] = mapped_column()
    per_unit_ore: Mapped[int | None] = mapped_column()
    height_factor_over_cm: Mapped[int | None] = mapped_column()
    height_factor_pct: Mapped[int | None] = mapped_column()
    one_side_pct: Mapped[int | None] = mapped_column()  # of the price per unit, when one side is enough; None: no sides
    waste_removal_ore: Mapped[int | None] = mapped_column()
    min_price_ore: Mapped[int | None] = mapped_column()
    is_travel_charged: Mapped[bool] = mapped_column()
    season_from: Mapped[str | None] = mapped_column(sa.String(5))  # MM-DD, included
    season_to: Mapped[str | None] = mapped_column(sa.String(5))
    recurrence: Mapped[str] = mapped_column(sa.String(20))
    typical_crew: Mapped[int] = mapped_column()
    typical_seconds_per_unit: Mapped[int] = mapped_column()  # the whole crew's visit, clock time
    questions: Mapped[list[str]] = mapped_column(sa.JSON)
    vat_scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme), default=VatScheme.STANDARD)
    is_offered: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)  # above 1: staff have changed it, and a new load leaves it alone


class ServiceTask(db.Base):
    """A task a service consists of."""

    __tablename__ = "service_task"
    __table_args__ = db.W

    service_kind_id: Mapped[int] = mapped_column(sa.ForeignKey("service_kind.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"))


class Postcode(db.Base):
    """A postcode inside the area; zone 0 is the pickup town."""

    __tablename__ = "postcode"
    __table_args__ = db.W

    code: Mapped[str] = mapped_column(sa.String(4), primary_key=True)
    town: Mapped[str] = mapped_column(sa.String(60))
    zone: Mapped[int] = mapped_column()
    latitude_e6: Mapped[int | None] = mapped_column()  # its middle, millionths of a degree; typed or imported
    longitude_e6: Mapped[int | None] = mapped_column()


class DeliveryPrice(db.Base):
    """What bringing one order costs; the largest size in the order counts."""

    __tablename__ = "delivery_price"
    __table_args__ = db.W

    zone: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size_class: Mapped[SizeClass] = mapped_column(db.choice(SizeClass), primary_key=True)
    price_ore: Mapped[int] = mapped_column()


class TravelPrice(db.Base):
    """What a service visit's travel costs."""

    __tablename__ = "travel_price"
    __table_args__ = db.W

    zone: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    price_ore: Mapped[int] = mapped_column()
