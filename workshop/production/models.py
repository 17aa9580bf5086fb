"""Kinds of work, and the orders by which things get made. Nothing here says who."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
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


class OrderSource(StrEnum):
    """Why something is made."""

    SHOP = "shop"  # a customer has bought it made to order
    STOCK = "stock"  # there are fewer on the shelf than there should be
    IDEA = "idea"  # somebody had one
    REPAIR = "repair"  # something came in to be restored or repaired
    OTHER = "other"


class Lacking(StrEnum):
    """What an order waits for that work alone does not bring."""

    PEOPLE = "people"
    MATERIAL = "material"
    DECISION = "decision"


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
    quality_redo: Mapped[str] = mapped_column(sa.String(400), default="")  # what "Gøres om" looks like
    quality_fix: Mapped[str] = mapped_column(sa.String(400), default="")  # "Rettes til"
    quality_ok: Mapped[str] = mapped_column(sa.String(400))  # what "I orden" looks like
    quality_better: Mapped[str] = mapped_column(sa.String(400), default="")  # "Bedre end bedt om"
    pictogram: Mapped[str] = mapped_column(sa.String(40), default="")  # empty: that of its kind of activity
    is_batchable: Mapped[bool] = mapped_column()
    tools: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # what to have at hand, for the work card
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

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


class CutPart(db.Base):
    """A part of a product, as it is sawn. Its length is reckoned from the product's own measures.

    Length in mm is `per_length` times the product's length, and so on for width and height, in hundredths, plus
    `plus_mm`: a slat under a seat is 100 hundredths of the length and -56 mm.
    """

    __tablename__ = "cut_part"
    __table_args__ = (
        sa.UniqueConstraint("product_type_id", "position"),
        sa.CheckConstraint("pieces >= 1", name="at_least_one_piece"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_type_id: Mapped[int] = mapped_column(sa.ForeignKey("product_type.id"))
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(sa.String(100))
    pieces: Mapped[int] = mapped_column()  # in one product
    material_id: Mapped[int | None] = mapped_column(sa.ForeignKey("material.id"), index=True)
    per_length: Mapped[int] = mapped_column(default=0)
    per_width: Mapped[int] = mapped_column(default=0)
    per_height: Mapped[int] = mapped_column(default=0)
    plus_mm: Mapped[int] = mapped_column(default=0)


class StockTarget(db.Base):
    """How many of a product there should always be: "altid to plantekasser på lager"."""

    __tablename__ = "stock_target"
    __table_args__ = (sa.CheckConstraint("at_least >= 1", name="at_least_one"), db.W)

    product_type_id: Mapped[int] = mapped_column(sa.ForeignKey("product_type.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"))
    at_least: Mapped[int] = mapped_column()


class ProductionOrder(db.Base):
    """Something to be made, for stock or for a customer."""

    __tablename__ = "production_order"
    __table_args__ = (
        sa.CheckConstraint("pieces >= 1", name="at_least_one_piece"),
        sa.CheckConstraint("reworked >= 0 AND rejected >= 0 AND rejected <= pieces", name="outcome_within_pieces"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    title: Mapped[str] = mapped_column(sa.String(150))
    product_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product_type.id"))
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    pieces: Mapped[int] = mapped_column(default=1)
    state: Mapped[OrderState] = mapped_column(db.choice(OrderState), default=OrderState.OPEN, index=True)
    due_on: Mapped[date | None] = mapped_column()
    makes_items: Mapped[bool] = mapped_column(default=True)  # False: a note on the wall, or a customer's own thing
    source: Mapped[OrderSource] = mapped_column(db.choice(OrderSource), default=OrderSource.OTHER)
    reference: Mapped[str] = mapped_column(sa.String(60), default="")  # the shop order's printed number; never a name
    idea: Mapped[str] = mapped_column(sa.Text, default="")
    options: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)  # chosen of the product type's own
    length_cm: Mapped[int | None] = mapped_column()  # where they differ from the product type's
    width_cm: Mapped[int | None] = mapped_column()
    height_cm: Mapped[int | None] = mapped_column()
    reworked: Mapped[int] = mapped_column(default=0)  # pieces that had to be gone over again
    rejected: Mapped[int] = mapped_column(default=0)  # pieces that became nothing; the rest are good
    lacking: Mapped[Lacking | None] = mapped_column(db.choice(Lacking))
    lacking_note: Mapped[str] = mapped_column(sa.String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
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


class OrderPicture(db.Base):
    """A sketch or a photo that goes with an order: re-encoded, under a random name, seen by staff and at the bench."""

    __tablename__ = "order_picture"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("production_order.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_step.id"), index=True)  # None: the whole order
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    alt_text: Mapped[str] = mapped_column(sa.String(200), default="")
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


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


class MaterialCause(StrEnum):
    """Why there is more or less of a material."""

    BOUGHT = "bought"
    DONATED = "donated"
    RECLAIMED = "reclaimed"
    USED = "used"
    LEFT_OVER = "left_over"
    COUNTED = "counted"
    SCRAPPED = "scrapped"


class MaterialStock(db.Base):
    """How much there is of a material, in its own unit, and how much of that is promised to open orders."""

    __tablename__ = "material_stock"
    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        sa.CheckConstraint("reserved >= 0 AND reserved <= quantity", name="reserved_within_quantity"),
        db.W,
    )

    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id"), primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3), default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3), default=Decimal(0))
    at_least: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3), default=Decimal(0))  # below it, buy
    supplier: Mapped[str] = mapped_column(sa.String(100), default="")


class MaterialMovement(db.Base):
    """A change of what there is of a material, with its cause; written in the same block as the change."""

    __tablename__ = "material_movement"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id"), index=True)
    change: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3))
    cause: Mapped[MaterialCause] = mapped_column(db.choice(MaterialCause))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("production_order.id"), index=True)
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    reference: Mapped[str] = mapped_column(sa.String(60), default="", index=True)  # of the form, so it counts once
    photo_name: Mapped[str | None] = mapped_column(sa.String(40))  # of what was donated or reclaimed
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class OrderMaterial(db.Base):
    """What an order needs of a material, has promised to it, and has used. Left over is what came back."""

    __tablename__ = "order_material"
    __table_args__ = (
        sa.CheckConstraint("needed >= 0 AND reserved >= 0 AND used >= 0 AND left_over >= 0", name="not_negative"),
        db.W,
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("production_order.id"), primary_key=True)
    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id"), primary_key=True, index=True)
    needed: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3), default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3), default=Decimal(0))
    used: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3), default=Decimal(0))
    left_over: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3), default=Decimal(0))


class PurchaseState(StrEnum):
    """A line of the purchase list."""

    WANTED = "wanted"
    ORDERED = "ordered"
    RECEIVED = "received"
    DROPPED = "dropped"


class PurchaseFor(StrEnum):
    """Whose list it stands on."""

    WORKSHOP = "workshop"
    CANTEEN = "canteen"
    OFFICE = "office"


class PurchaseLine(db.Base):
    """Something to be bought, a material or anything else, from whom and when it should come."""

    __tablename__ = "purchase_line"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    material_id: Mapped[int | None] = mapped_column(sa.ForeignKey("material.id"), index=True)
    text: Mapped[str] = mapped_column(sa.String(200))
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3))
    unit: Mapped[str] = mapped_column(sa.String(20), default="")
    supplier: Mapped[str] = mapped_column(sa.String(100), default="")
    for_what: Mapped[PurchaseFor] = mapped_column(db.choice(PurchaseFor), default=PurchaseFor.WORKSHOP)
    expected_on: Mapped[date | None] = mapped_column()
    state: Mapped[PurchaseState] = mapped_column(db.choice(PurchaseState), default=PurchaseState.WANTED)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("production_order.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
