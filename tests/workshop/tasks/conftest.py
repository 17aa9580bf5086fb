"""A workshop with people in it, for the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.labels.models import LabelSheet, Page
from workshop.production.models import OrderStep


@dataclass(frozen=True)
class House:
    """Public ids and keys of a small workshop: Mona and Yusuf in one department, Ida in another, a tablet in each."""

    mona: str
    yusuf: str
    ida: str
    monas_id: int
    yusufs_id: int
    tablet_id: int
    tablet_key: str
    other_key: str
    lone: str
    seller: str
    away: str
    step: str
    task_key: str


@pytest.fixture
def house(app: Flask) -> House:
    """The workshop today, whatever day it is: everybody is expected every day of the week."""
    now = clock.now()
    began = clock.local_day(now) - timedelta(days=60)
    with db.transaction() as session:
        trae = factories.department(session)
        metal = factories.department(session, key="metal", name="Metal")
        mona, yusuf, ida = (
            people.citizen(session, name=name, picture=picture, at=at, started_on=began, weekdays=range(7), now=now)
            for name, picture, at in (("Mona", "raev", trae), ("Yusuf", "ugle", trae), ("Ida", "sol", metal))
        )
        tablet, key = people.tablet(session, at=trae, now=now)
        _other, other_key = people.tablet(session, at=metal, now=now)
        lone = factories.staff(session, name="Lone", now=now)
        seller = factories.staff(session, name="Sus", roles=[Role.SALES], now=now)
        away = factories.staff(session, name="Max", departments=[metal], now=now)
        order = factories.production_order(session, title="Bænk til haven", steps=1, at=trae, now=now)
        task = factories.task_type(session, name="Fej gulvet")
        step = session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id)).one()
        return House(
            mona.public_id, yusuf.public_id, ida.public_id, mona.id, yusuf.id, tablet.id, key, other_key,
            lone.email, seller.email, away.email, step.public_id, task.key,
        )  # fmt: skip


@pytest.fixture
def mona(house: House, app: Flask) -> FlaskClient:
    """Mona at the tablet."""
    return people.at_tablet(app, house.tablet_key, house.mona)


@pytest.fixture
def yusuf(house: House, app: Flask) -> FlaskClient:
    """Yusuf at the tablet."""
    return people.at_tablet(app, house.tablet_key, house.yusuf)


@pytest.fixture
def lone(house: House, app: Flask) -> FlaskClient:
    """A workshop leader at the desk."""
    return people.at_desk(app, house.lone)


@pytest.fixture
def bench(house) -> int:
    """The number of a bench that lies in the workshop."""
    with db.transaction() as session:
        made = factories.item(session, is_for_sale=False)
        return made.number


@pytest.fixture
def roll(house) -> None:
    """The roll of labels beside the tablet."""
    with db.transaction() as session:
        session.add(
            LabelSheet(
                key="roll_62x29", name="Rulle", page=Page.ROLL, columns=1, rows=1, label_w=6200, label_h=2900,
                margin_top=0, margin_left=0, pitch_x=6200, pitch_y=2900,
            )
        )  # fmt: skip


@pytest.fixture
def kinds_of_work(house) -> None:
    """The two tasks of the catalogue that are done on the tablet itself."""
    with db.transaction() as session:
        factories.task_type(session, key="lo_print_labels", name="Printe prismærker", kind="logistics")
        factories.task_type(session, key="lo_stocktake", name="Tælle lageret", kind="logistics")
