"""Kinds of work, and the orders by which things get made. Nothing here says who."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.core import crypto, db
from workshop.products.models import ProductType


class OrderState(StrEnum):
    """A production order is open until its pieces are on the floor."""

    OPEN = "open"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """A step waits, is worked on, or is done."""

    WAITING = "waiting"
    STARTED = "started"
    FINISHED = "finished"
    SKIPPED = "skipped"


class ActivityKind(db.Base):
    """One of the workshop's kinds of work."""

    __tablename__ = "activity_kind"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    short_name: Mapped[str] = mapped_column(sa.String(40))
    pictogram: Mapped[str] = mapped_column(sa.String(40))


class Demand(db.Base):
    """Something a task asks of the body or the head."""

    __tablename__ = "demand"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    plain_text: Mapped[str] = mapped_column(sa.String(300))


class TaskType(db.Base):
    """A task somebody can do."""

    __tablename__ = "task_type"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    activity_kind_id: Mapped[int] = mapped_column(sa.ForeignKey("activity_kind.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    plain_text: Mapped[str] = mapped_column(sa.String(400))
    typical_minutes: Mapped[int] = mapped_column()  # one turn, for planning a day; never a target
    is_instruction_required: Mapped[bool] = mapped_column()
    protective_gear: Mapped[list[str]] = mapped_column(sa.JSON)
    quality_ok: Mapped[str] = mapped_column(sa.String(400))  # what "I orden" looks like
    is_batchable: Mapped[bool] = mapped_column()

    activity_kind: Mapped[ActivityKind] = relationship(lazy="raise")


class TaskTypeDemand(db.Base):
    """What a task asks."""

    __tablename__ = "task_type_demand"
    __table_args__ = db.W

    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"), primary_key=True)
    demand_id: Mapped[int] = mapped_column(sa.ForeignKey("demand.id"), primary_key=True)


class TaskStep(db.Base):
    """A line on the task card."""

    __tablename__ = "task_step"
    __table_args__ = (sa.UniqueConstraint("task_type_id", "position"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"))
    position: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(sa.String(300))


class RouteStep(db.Base):
    """The usual way to make a product: its tasks in order."""

    __tablename__ = "route_step"
    __table_args__ = db.W

    product_type_id: Mapped[int] = mapped_column(sa.ForeignKey("product_type.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"))


class ProductionOrder(db.Base):
    """Something to be made, for stock or for a customer."""

    __tablename__ = "production_order"
    __table_args__ = (sa.CheckConstraint("pieces >= 1", name="at_least_one_piece"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    title: Mapped[str] = mapped_column(sa.String(150))
    product_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product_type.id"))
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    pieces: Mapped[int] = mapped_column(default=1)
    state: Mapped[OrderState] = mapped_column(db.choice(OrderState), default=OrderState.OPEN, index=True)
    due_on: Mapped[date | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))

    product_type: Mapped[ProductType | None] = relationship(lazy="raise")
    steps: Mapped[list[OrderStep]] = relationship(lazy="raise", order_by="OrderStep.position", back_populates="order")


class OrderStep(db.Base):
    """A step of an order: one task, under its own name when it has one."""

    __tablename__ = "order_step"
    __table_args__ = (sa.UniqueConstraint("order_id", "position"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("production_order.id"))
    position: Mapped[int] = mapped_column()
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"))
    title: Mapped[str] = mapped_column(sa.String(150))
    place: Mapped[str] = mapped_column(sa.String(60), default="")
    state: Mapped[StepState] = mapped_column(db.choice(StepState), default=StepState.WAITING)
    finished_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    order: Mapped[ProductionOrder] = relationship(lazy="raise", back_populates="steps")
    task_type: Mapped[TaskType] = relationship(lazy="raise")


class OrderItem(db.Base):
    """An item that came out of an order; each item has one origin."""

    __tablename__ = "order_item"
    __table_args__ = db.W

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("production_order.id"), index=True)


class CapacityDay(db.Base):
    """What a department can do on a day, in team minutes rounded to half days. The one number that crosses the wall."""

    __tablename__ = "capacity_day"
    __table_args__ = db.W

    day: Mapped[date] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), primary_key=True)
    team_minutes: Mapped[int] = mapped_column()
