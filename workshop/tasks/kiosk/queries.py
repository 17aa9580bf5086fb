"""Reads of the tablet's own pages: what one can have made, what lies half done, and who is in the kitchen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.production.models import ActivityKind, TaskType
from workshop.products.drawings import drawing_for
from workshop.products.models import Item, ItemPhoto, ItemState, ProductType
from workshop.products.sections import CATEGORY_NAMES, category_name
from workshop.tasks.models import Assignment, AssignmentState

LATELY = timedelta(days=120)
MOST_KINDS = 6
KITCHEN = "canteen"  # the kind of work in the kitchen


class Kind(NamedTuple):
    """Something a new thing can be: a product type, or a category where there is none."""

    key: str  # what the tile sends: `type:HB-01` or `slags:havebænke`
    name: str
    drawing: str
    category: str
    product_type_id: int | None = None


class HalfDone(NamedTuple):
    """A thing that is on its way, as the first page offers it."""

    number: int
    title: str
    drawing: str


def lately_made(session: Session, now: datetime) -> list[Kind]:
    """The product types somebody has made in the last months, the latest first."""
    rows = session.execute(
        sa.select(ProductType.id, ProductType.sku, ProductType.name, ProductType.category)
        .join(Item, Item.product_type_id == ProductType.id)
        .where(Item.born_at > now - LATELY, ProductType.is_used)
        .group_by(ProductType.id, ProductType.sku, ProductType.name, ProductType.category)
        .order_by(sa.func.max(Item.born_at).desc(), ProductType.sku)
        .limit(MOST_KINDS)
    )
    return [_type(*row) for row in rows]


def categories() -> list[Kind]:
    """Every category as a kind of its own, in the order of the shelves."""
    return [
        Kind(f"slags:{category}", category_name(category), drawing_for("", category), category)
        for category in CATEGORY_NAMES
    ]


def kind_by_key(session: Session, key: str) -> Kind | None:
    """The kind a tile stands for; None for a word that stands for none."""
    sort, _colon, value = key.partition(":")
    if sort == "slags":
        return next((kind for kind in categories() if kind.category == value), None)
    if sort != "type" or not value.isprintable():  # what a database would choke on is no key of ours
        return None
    row = session.execute(
        sa.select(ProductType.id, ProductType.sku, ProductType.name, ProductType.category).where(
            ProductType.sku == value
        )
    ).first()
    return _type(*row) if row else None


def half_done(session: Session, numbers: Sequence[int]) -> list[HalfDone]:
    """Those of these things that are still in the workshop, in the order they were asked for."""
    rows = session.execute(
        sa.select(Item.number, Item.title, Item.drawing).where(
            Item.number.in_(numbers), Item.state == ItemState.MADE, Item.quantity > 0
        )
    )
    found = {row.number: HalfDone(*row) for row in rows}
    return [found[number] for number in numbers if number in found]


def has_photo(session: Session, item: Item) -> bool:
    """Whether anybody has taken a photo of it."""
    return session.scalar(sa.select(ItemPhoto.id).where(ItemPhoto.item_id == item.id).limit(1)) is not None


def first_names(session: Session, citizen_ids: Collection[str]) -> dict[str, str]:
    """What these people are called, by public id: for the pictures of a house that has decided to name them."""
    rows = session.execute(
        sa.select(Citizen.public_id, Citizen.display_name).where(Citizen.public_id.in_(list(citizen_ids)))
    )
    return {row.public_id: row.display_name for row in rows}


def _type(type_id: int, sku: str, name: str, category: str) -> Kind:
    return Kind(f"type:{sku}", name, drawing_for(sku, category), category, type_id)


def works_in_kitchen(session: Session, citizen_id: int, day: date) -> bool:
    """Whether the person has a task in the kitchen on a day."""
    found = (
        sa.select(Assignment.id)
        .join(TaskType, TaskType.id == Assignment.task_type_id)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .where(
            Assignment.citizen_id == citizen_id,
            Assignment.day == day,
            Assignment.state != AssignmentState.CANCELLED,
            ActivityKind.key == KITCHEN,
        )
    )
    return session.scalar(found.limit(1)) is not None


def is_in_kitchen(session: Session, task_type_id: int) -> bool:
    """Whether a task is work in the kitchen."""
    of_task = sa.select(ActivityKind.key).join(TaskType, TaskType.activity_kind_id == ActivityKind.id)
    return session.scalar(of_task.where(TaskType.id == task_type_id)) == KITCHEN
