"""Things that tests need, made with sensible defaults; whatever matters to a test is named in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import actions as accounts
from workshop.accounts.models import Department, Staff
from workshop.core.access import Role
from workshop.core.identity import WorkshopVersion, newest
from workshop.labels.models import LabelSheet, Page
from workshop.production import actions as production
from workshop.production.models import ActivityKind, ProductionOrder, RouteStep, TaskType
from workshop.products import actions as products
from workshop.products.models import Item, ProductType, SizeClass

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BASE_URL = "https://butik.example"
PASSWORD = "en lang adgangskode"
_counter = itertools.count(1)


def department(session: Session, *, key: str = "trae", name: str = "Træhallen") -> Department:
    """The department with this key, made when it is not there."""
    found = session.scalar(sa.select(Department).where(Department.key == key))
    return found or accounts.add_department(session, key, name)


def staff(
    session: Session,
    *,
    name: str = "Lone",
    email: str = "",
    roles: Iterable[Role] = (Role.WORKSHOP,),
    departments: Iterable[Department] | None = None,
    now: datetime = NOW,
) -> Staff:
    """A member of staff who signs in with PASSWORD."""
    at = departments if departments is not None else [department(session)]
    return accounts.add_staff(
        session,
        name=name,
        email=email or f"person{next(_counter)}@butik.example",
        password=PASSWORD,
        roles=roles,
        departments=[each.id for each in at],
        now=now,
        cheap=True,
    )


def workshop(session: Session, *, name: str = "Værket på Havnen", now: datetime = NOW) -> WorkshopVersion:
    """Who the workshop is; said once."""
    found = newest(session)
    if found is None:
        found = WorkshopVersion(
            version=1,
            name=name,
            short_name="Værket",
            address="Havnegade 12",
            postcode="4200",
            town="Slagelse",
            phone="58 12 34 56",
            email="kontakt@vaerket.example",
            cvr="13585628",
            made_at=now,
        )
        session.add(found)
        session.flush()
    return found


def task_type(
    session: Session,
    *,
    key: str = "",
    name: str = "Slibe træ",
    typical_minutes: int = 45,
    kind: str = "garden_furniture",
) -> TaskType:
    """A task of the kind of work with this key, which is made when it is not there."""
    activity = session.scalar(sa.select(ActivityKind).where(ActivityKind.key == kind))
    if activity is None:
        activity = ActivityKind(key=kind, name="Havemøbler", short_name="Havemøbler", pictogram="bench")
        session.add(activity)
        session.flush()
    made = TaskType(
        key=key or f"gf_{next(_counter)}",
        activity_kind_id=activity.id,
        name=name,
        plain_text="Du sliber, til træet er glat.",
        typical_minutes=typical_minutes,
        is_instruction_required=False,
        protective_gear=["støvmaske"],
        quality_ok="Træet er glat at røre ved.",
        is_batchable=True,
    )
    session.add(made)
    session.flush()
    return made


def product_type(
    session: Session,
    *,
    sku: str = "",
    name: str = "Havebænk i lærk",
    category: str = "havebænke",
    price_ore: int = 115_000,
    size_class: SizeClass = SizeClass.L,
    route: Sequence[TaskType] = (),
) -> ProductType:
    """Something the workshop makes, by the tasks of `route` in order."""
    made = ProductType(
        sku=sku or f"HB-{next(_counter)}",
        name=name,
        category=category,
        description="En rolig bænk. Der er plads til to.",
        material_text="Lærk",
        length_cm=150,
        width_cm=60,
        height_cm=85,
        weight_g=28_000,
        price_ore=price_ore,
        is_made_to_order=False,
        options={},
        size_class=size_class,
        is_unique=False,
        care="Giv den olie hvert forår.",
        safety="Stil den på et plant underlag.",
        typical_work_minutes=300,
    )
    session.add(made)
    session.flush()
    for position, task in enumerate(route, 1):
        session.add(RouteStep(product_type_id=made.id, position=position, task_type_id=task.id))
    session.flush()
    return made


def item(
    session: Session,
    *,
    title: str = "Havebænk i lærk",
    price_ore: int | None = 115_000,
    quantity: int = 1,
    category: str = "havebænke",
    is_for_sale: bool = True,
    kind: ProductType | None = None,
    base_url: str = BASE_URL,
    now: datetime = NOW,
) -> Item:
    """A numbered thing, for sale unless the test says otherwise; more than one of it is a batch."""
    made = products.add_items(
        session,
        product_type_id=kind.id if kind else None,
        title=title,
        pieces=quantity,
        base_url=base_url,
        now=now,
        is_batch=quantity > 1,
        category=category,
    )[0]
    if price_ore is not None:
        products.set_price(session, made, price_ore, now=now, by_staff_id=None)
    if is_for_sale:
        products.approve(session, made, now=now, by_staff_id=None)
    session.flush()
    return made


def label_sheet(session: Session, *, key: str = "a4_3x7") -> LabelSheet:
    """A sheet of 21 labels, or a roll of 62 x 29 mm when its key begins with `roll`; lengths in hundredths of a mm."""
    roll = {
        "page": Page.ROLL,
        "columns": 1,
        "rows": 1,
        "label_w": 6200,
        "label_h": 2900,
        "pitch_x": 6200,
        "pitch_y": 2900,
    }
    a4 = {"page": Page.A4, "columns": 3, "rows": 7, "label_w": 6350, "label_h": 3810, "pitch_x": 6600, "pitch_y": 3810}
    margins = (
        {"margin_top": 0, "margin_left": 0} if key.startswith("roll") else {"margin_top": 1515, "margin_left": 725}
    )
    made = LabelSheet(key=key, name=f"Ark {key}", **(roll if key.startswith("roll") else a4), **margins)
    session.add(made)
    session.flush()
    return made


def production_order(
    session: Session,
    *,
    title: str = "",
    pieces: int = 1,
    steps: int = 2,
    kind: ProductType | None = None,
    at: Department | None = None,
    due_on: date | None = None,
    now: datetime = NOW,
) -> ProductionOrder:
    """An open order with `steps` steps of a product type made for it, or of `kind`."""
    made_kind = kind or product_type(session, route=[task_type(session, name=f"Trin {n}") for n in range(1, steps + 1)])
    return production.open_order(
        session,
        product_type_id=made_kind.id,
        title=title,
        pieces=pieces,
        department_id=(at or department(session)).id,
        due_on=due_on,
        now=now,
        by_staff_id=None,
    )
