"""Reads of what is being made. The work and where it stands, never who does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.production.models import (
    Lacking,
    OrderItem,
    OrderPicture,
    OrderSource,
    OrderState,
    OrderStep,
    ProductionOrder,
    StepState,
    TaskType,
)
from workshop.production.wanted import wanted_words
from workshop.products.drawings import drawing_for
from workshop.products.life import LifeEvent
from workshop.products.models import Item, ItemState, ProductType

DONE = (StepState.FINISHED, StepState.SKIPPED)


class OpenStep(NamedTuple):
    """A step that can be given to somebody, as the week board lists it."""

    step_id: int
    public_id: str
    title: str
    place: str
    position: int
    state: StepState
    task_type_id: int
    order_public_id: str
    order_title: str
    due_on: date | None


class StepLine(NamedTuple):
    """A step of an order as pages show it."""

    order_id: int
    public_id: str
    position: int
    title: str
    place: str
    state: StepState
    finished_at: datetime | None
    task_name: str

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do here."""
        return self.state in DONE


class OrderLine(NamedTuple):
    """An order with its steps and what came out of it."""

    id: int
    public_id: str
    title: str
    pieces: int
    state: OrderState
    due_on: date | None
    created_at: datetime
    source: OrderSource
    reference: str
    idea: str
    reworked: int
    rejected: int
    lacking: Lacking | None
    lacking_note: str
    version: int
    makes_items: bool
    department: str
    wanted: str  # its own measures and options, in words
    drawing: str  # empty for something for itself
    steps: tuple[StepLine, ...]
    numbers: tuple[int, ...]

    @property
    def done(self) -> int:
        """How many steps are behind it."""
        return sum(step.is_done for step in self.steps)

    @property
    def current(self) -> StepLine | None:
        """The first step that is not done yet."""
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def left(self) -> int:
        """How many steps are still to be done."""
        return len(self.steps) - self.done

    @property
    def good(self) -> int:
        """The pieces that are born as items, as far as it has been told."""
        return self.pieces - self.rejected

    @property
    def is_under_way(self) -> bool:
        """Whether anybody has begun."""
        return any(step.state is not StepState.WAITING for step in self.steps)


class Board(NamedTuple):
    """The page of production: orders by where they stand."""

    ready: tuple[OrderLine, ...]
    under_way: tuple[OrderLine, ...]
    waiting: tuple[OrderLine, ...]
    to_approve: tuple[OrderLine, ...]

    @property
    def open_orders(self) -> int:
        """How many orders are not finished."""
        return len(self.in_hand)

    @property
    def in_hand(self) -> tuple[OrderLine, ...]:
        """Everything that is not finished, what is due first at the top."""
        found = [*self.ready, *self.under_way, *self.waiting]
        return tuple(
            sorted(found, key=lambda line: (line.due_on is None, line.due_on or line.created_at.date(), line.id))
        )


class SketchLine(NamedTuple):
    """A sketch or photo of an order as a page shows it."""

    name: str
    width: int
    height: int
    alt_text: str
    step: str  # the title of the step it shows; empty for the whole order


def order_by_public_id(session: Session, public_id: str, department_ids: Collection[int]) -> ProductionOrder | None:
    """An order of these departments; None for one of another department as for one that is not there."""
    return session.scalar(
        sa.select(ProductionOrder).where(
            ProductionOrder.public_id == public_id, ProductionOrder.department_id.in_(department_ids)
        )
    )


def step_of_order(session: Session, order_id: int, public_id: str) -> OrderStep | None:
    """A step by its public id, when it belongs to the order."""
    return session.scalar(sa.select(OrderStep).where(OrderStep.public_id == public_id, OrderStep.order_id == order_id))


def open_steps(session: Session, department_ids: Collection[int]) -> list[OpenStep]:
    """Steps not done yet in open orders of these departments: what is due first, then as the orders came."""
    rows: Iterable[Any] = session.execute(
        sa.select(
            OrderStep.id,
            OrderStep.public_id,
            OrderStep.title,
            OrderStep.place,
            OrderStep.position,
            OrderStep.state,
            OrderStep.task_type_id,
            ProductionOrder.public_id,
            ProductionOrder.title,
            ProductionOrder.due_on,
        )
        .join(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .where(
            ProductionOrder.state == OrderState.OPEN,
            ProductionOrder.department_id.in_(department_ids),
            OrderStep.state.not_in(DONE),
        )
        .order_by(ProductionOrder.due_on.is_(None), ProductionOrder.due_on, ProductionOrder.id, OrderStep.position)
    )
    return [OpenStep(*row) for row in rows]


def board(session: Session, department_ids: Collection[int]) -> Board:
    """Orders of these departments by where they stand: what waits for something stands there, begun or not."""
    unapproved = sa.exists().where(
        OrderItem.order_id == ProductionOrder.id, Item.id == OrderItem.item_id, Item.state == ItemState.MADE
    )
    shown = sa.or_(
        ProductionOrder.state == OrderState.OPEN,
        sa.and_(ProductionOrder.state == OrderState.FINISHED, unapproved),
    )
    lines = _lines(session, ProductionOrder.department_id.in_(department_ids), shown)
    still_open = [line for line in lines if line.state is OrderState.OPEN]
    can_go_on = [line for line in still_open if line.lacking is None]
    return Board(
        ready=tuple(line for line in can_go_on if not line.is_under_way),
        under_way=tuple(line for line in can_go_on if line.is_under_way),
        waiting=tuple(line for line in still_open if line.lacking is not None),
        to_approve=tuple(line for line in lines if line.state is OrderState.FINISHED),
    )


def order_line(session: Session, order_id: int) -> OrderLine:
    """One order with its steps and numbers."""
    return _lines(session, ProductionOrder.id == order_id)[0]


def sketches(session: Session, order_id: int) -> list[SketchLine]:
    """The pictures that go with an order, the first first."""
    rows = session.execute(
        sa.select(
            OrderPicture.name,
            OrderPicture.width,
            OrderPicture.height,
            OrderPicture.alt_text,
            sa.func.coalesce(OrderStep.title, ""),
        )
        .outerjoin(OrderStep, OrderStep.id == OrderPicture.step_id)
        .where(OrderPicture.order_id == order_id)
        .order_by(OrderPicture.id)
    )
    return [SketchLine(*row) for row in rows]


def task_types(session: Session) -> list[TaskType]:
    """Every task that can be given to somebody, by key, which keeps kinds of work together."""
    return list(session.scalars(sa.select(TaskType).where(TaskType.is_used).order_by(TaskType.key)))


def life_of_item(session: Session, item_id: int) -> list[LifeEvent]:
    """The finished steps behind an item: what was done and when."""
    rows = session.execute(
        sa.select(OrderStep.finished_at, OrderStep.title, OrderStep.place)
        .join(OrderItem, OrderItem.order_id == OrderStep.order_id)
        .where(
            OrderItem.item_id == item_id,
            OrderStep.state == StepState.FINISHED,
            OrderStep.finished_at.is_not(None),
        )
        .order_by(OrderStep.position)
    )
    return [LifeEvent(at, title, place) for at, title, place in rows if at is not None]


def _lines(session: Session, *conditions: sa.ColumnElement[bool]) -> list[OrderLine]:
    rows: Sequence[Any] = session.execute(
        sa.select(
            ProductionOrder.id,
            ProductionOrder.public_id,
            ProductionOrder.title,
            ProductionOrder.pieces,
            ProductionOrder.state,
            ProductionOrder.due_on,
            ProductionOrder.created_at,
            ProductionOrder.source,
            ProductionOrder.reference,
            ProductionOrder.idea,
            ProductionOrder.reworked,
            ProductionOrder.rejected,
            ProductionOrder.lacking,
            ProductionOrder.lacking_note,
            ProductionOrder.version,
            ProductionOrder.makes_items,
            Department.name,
            ProductionOrder.options,
            ProductionOrder.length_cm,
            ProductionOrder.width_cm,
            ProductionOrder.height_cm,
            ProductType.sku,
            ProductType.category,
        )
        .join(Department, Department.id == ProductionOrder.department_id)
        .outerjoin(ProductType, ProductType.id == ProductionOrder.product_type_id)
        .where(*conditions)
        .order_by(ProductionOrder.due_on.is_(None), ProductionOrder.due_on, ProductionOrder.id)
    ).all()
    ids = [row[0] for row in rows]
    steps, numbers = _steps(session, ids), _numbers(session, ids)
    found = []
    for *own, options, length, width, height, sku, category in rows:
        wanted = wanted_words(options, length, width, height)
        drawing = drawing_for(sku, category) if sku else ""
        fields: tuple[Any, ...] = (*own, wanted, drawing, tuple(steps[own[0]]), tuple(numbers[own[0]]))
        found.append(OrderLine(*fields))
    return found


def _steps(session: Session, order_ids: Sequence[int]) -> dict[int, list[StepLine]]:
    found: defaultdict[int, list[StepLine]] = defaultdict(list)
    rows = session.execute(
        sa.select(
            OrderStep.order_id,
            OrderStep.public_id,
            OrderStep.position,
            OrderStep.title,
            OrderStep.place,
            OrderStep.state,
            OrderStep.finished_at,
            TaskType.name,
        )
        .join(TaskType, TaskType.id == OrderStep.task_type_id)
        .where(OrderStep.order_id.in_(order_ids))
        .order_by(OrderStep.order_id, OrderStep.position)
    )
    for row in rows:
        found[row[0]].append(StepLine(*row))
    return found


def _numbers(session: Session, order_ids: Sequence[int]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    rows = session.execute(
        sa.select(OrderItem.order_id, Item.number)
        .join(Item, Item.id == OrderItem.item_id)
        .where(OrderItem.order_id.in_(order_ids))
        .order_by(Item.number)
    )
    for order_id, number in rows:
        found[order_id].append(number)
    return found
