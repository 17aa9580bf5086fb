"""The work card on the tablet, and what was used: told of the order, never of a person, and always to be skipped."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, photos

from tests.workshop.production.stores.test_stores import wood
from tests.workshop.tasks.rig import give
from workshop.core import clock, db
from workshop.core.images import store
from workshop.production import numbering
from workshop.production.models import (
    Demand,
    MaterialCause,
    MaterialMovement,
    OrderMaterial,
    OrderStep,
    ProductionOrder,
    TaskStep,
    TaskType,
    TaskTypeDemand,
)
from workshop.production.pictures import actions as pictures
from workshop.production.stores import actions as stores
from workshop.production.stores import queries
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.products.models import ItemMaterial, Material
from workshop.products.photos import serving

ONCE = "x" * 22


def told_card(app: Flask) -> tuple[str, str]:
    """The step of an order whose task asks a lot, and the name of its own picture."""
    with db.transaction() as session:
        order = factories.production_order(session, steps=1, title="Bænk til præsten")
        step = session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id)).one()
        task = session.get_one(TaskType, step.task_type_id)
        task.tools, task.is_instruction_required = ["kapsav", "anslag"], True
        noise, saw = Demand(key="noise", name="Larm", plain_text="x"), PermitKind(name="Må bruge kap- og rundsav")
        session.add_all([noise, saw, TaskStep(task_type_id=task.id, position=1, text="Stil dit anslag.")])
        session.flush()
        session.add(TaskTypeDemand(task_type_id=task.id, demand_id=noise.id))
        session.add(TaskTypePermit(task_type_id=task.id, permit_kind_id=saw.id))
        photo = store(photos.jpeg(), serving.store())
        now = clock.now()
        pictures.add_picture(session, order, photo, alt_text="Sådan", now=now, by_staff_id=None, step=step)
        return step.public_id, photo.name


def with_wood(house, there: str = "9") -> tuple[str, int]:
    """The public id of Mona's task, the last step of an order, and its order, with 5 m put aside."""
    with db.transaction() as session:
        board = wood(session, clock.now(), there=there)
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        stores.need(session, step.order_id, board, Decimal(5))
        stores.reserve(session, step.order_id, board, None)
        order_id = step.order_id
    return give(house.mona, step=house.step), order_id


def stands(order_id: int) -> tuple[str, ...]:
    with db.reading() as session:
        (line,) = session.scalars(sa.select(OrderMaterial).where(OrderMaterial.order_id == order_id))
        row = queries.stock_of(session, line.material_id)
        return tuple(f"{each.normalize():f}" for each in (row.quantity, line.reserved, line.used))


def finished(client: FlaskClient, task: str) -> str:
    client.post(f"/vaerksted/opgaver/{task}/faerdig")
    return client.post(f"/vaerksted/opgaver/{task}/svar").location


def test_the_card_says_all_that_the_task_asks_and_shows_its_picture(house, mona: FlaskClient, app: Flask) -> None:
    with app.app_context():
        step, name = told_card(app)
    task = give(house.mona, step=step)
    page = mona.get(f"/vaerksted/opgaver/{task}").text
    for words in ("Bænk til præsten", "Stil dit anslag.", "kapsav, anslag", "larm", "støvmaske", "glat at røre ved"):
        assert words in page, words
    assert "Kræver: må bruge kap- og rundsav" in page
    assert f"{name}-800.jpg" in page
    assert mona.get(f"/vaerksted/opgaver/{task}/billede/{name}-800.jpg").status_code == 200
    assert task in mona.get("/vaerksted/opgaver").text


def test_nobody_sees_the_card_or_the_pictures_of_anothers_task(house, mona: FlaskClient, app: Flask) -> None:
    with app.app_context():
        step, name = told_card(app)
    other, own = give(house.yusuf, step=step), give(house.mona)
    for path in (f"{other}", f"{other}/materialer", f"{other}/billede/{name}-800.jpg", f"{own}/billede/{name}-800.jpg"):
        assert mona.get(f"/vaerksted/opgaver/{path}").status_code == 404, path
    assert mona.post(f"/vaerksted/opgaver/{other}/materialer", data={"deed": "alt", "once": ONCE}).status_code == 404


def test_whoever_ends_the_order_is_asked_and_all_of_it_is_used_once(house, mona: FlaskClient) -> None:
    task, order_id = with_wood(house)
    assert finished(mona, task).endswith("/materialer")
    assert stands(order_id) == ("9", "5", "0"), "nothing is guessed"
    page = mona.get(f"/vaerksted/opgaver/{task}/materialer").text
    assert "Blev det hele brugt?" in page
    assert "Spring over" in page
    for _tap in range(2):
        assert mona.post(f"/vaerksted/opgaver/{task}/materialer", data={"deed": "alt", "once": ONCE}).status_code == 303
    assert stands(order_id) == ("4", "0", "5")
    with db.reading() as session:
        used = session.scalars(sa.select(MaterialMovement).where(MaterialMovement.cause == MaterialCause.USED)).one()
        assert (used.by_staff_id, used.order_id, used.note) == (None, order_id, "")
        assert session.scalars(sa.select(ItemMaterial.quantity)).one() == 5


def test_what_was_not_used_goes_back_and_some_of_it_can_be_told(house, mona: FlaskClient) -> None:
    task, order_id = with_wood(house)
    path = f"/vaerksted/opgaver/{task}/materialer"
    finished(mona, task)
    with db.reading() as session:
        key = session.scalars(sa.select(Material.key)).one()
    assert mona.post(path, data={"deed": "tal", "once": ONCE, f"brugt-{key}": "3,5"}).status_code == 303
    assert stands(order_id) == ("5.5", "1.5", "3.5")
    assert mona.post(path, data={"deed": "intet", "once": ONCE}).status_code == 303
    assert stands(order_id) == ("5.5", "0", "3.5")


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "Eller spring over"), ("mange", "med tal"), ("99", "Skriv højst 9")]
)
def test_what_cannot_be_is_said_and_kept(house, mona: FlaskClient, typed: str, sentence: str) -> None:
    task, order_id = with_wood(house)
    with db.reading() as session:
        key, name = session.execute(sa.select(Material.key, Material.name)).one()
    data = {"deed": "tal", "once": ONCE, f"brugt-{key}": typed}
    answer = mona.post(f"/vaerksted/opgaver/{task}/materialer", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (typed == "") != (f"{name}: " in answer.text)  # several can be typed at once: which one was it?
    assert re.search(rf'name="brugt-{key}" value="{typed}"', answer.text)
    assert stands(order_id) == ("9", "5", "0")


def test_a_task_whose_order_has_nothing_put_aside_asks_nothing(house, mona: FlaskClient) -> None:
    task = give(house.mona, step=house.step)
    assert "/materialer" not in finished(mona, task)


def test_the_card_says_what_the_customer_chose_and_not_how_it_is_numbered(house, mona: FlaskClient) -> None:
    with db.transaction() as session:
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        order = session.get_one(ProductionOrder, step.order_id)
        order.options = {"farve": "sort", numbering.CHOICE: numbering.ONE}
    page = mona.get(f"/vaerksted/opgaver/{give(house.mona, step=house.step)}").text
    assert "Ønsket: farve sort<" in page
    assert "numre " not in page


def test_a_task_one_has_a_break_from_says_so_and_goes_on_first(house, mona: FlaskClient) -> None:
    task = give(house.mona)
    card = f"/vaerksted/opgaver/{task}"
    mona.post(f"{card}/start")
    assert "Du holder pause." not in mona.get(card).text
    mona.post(f"{card}/pause")
    page = mona.get(card).text
    assert "Du holder pause." in page
    assert page.index(f'formaction="{card}/videre"') < page.index("Jeg er færdig")
