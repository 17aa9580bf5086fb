"""What there should always be on the shelf, and the one order for what is short."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.accounts.models import Department
from workshop.core import db
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.production import actions as production
from workshop.production.models import OrderSource, OrderState, ProductionOrder, StockTarget
from workshop.production.targets import actions, queries
from workshop.products import actions as products

PAGE = "/personale/produktion/lagermaal"
BASE = "https://butik.example"


def target(session: Session, at_least: int = 5, sku: str = "PK-09") -> StockTarget:
    kind = factories.product_type(session, sku=sku, name="Plantekasse", route=[factories.task_type(session)])
    at = factories.department(session)
    actions.set_target(session, kind.id, department_id=at.id, at_least=at_least, department_ids={at.id})
    return session.get_one(StockTarget, kind.id)


def line(session: Session, found: StockTarget) -> queries.TargetLine:
    said = queries.target_line(session, found.product_type_id)
    assert said is not None
    return said


def made(session: Session, found: StockTarget, now: datetime, pieces: int = 1, *, is_for_sale: bool = False) -> None:
    items = products.add_items(
        session, product_type_id=found.product_type_id, title="", pieces=pieces, base_url=BASE, now=now
    )
    for item in items if is_for_sale else []:
        products.set_price(session, item, 30_000, now=now, by_staff_id=None)
        products.approve(session, item, now=now, by_staff_id=None)


def test_what_is_for_sale_made_and_on_its_way_counts_towards_a_target(session: Session, now: datetime) -> None:
    found = target(session, at_least=9)
    made(session, found, now, pieces=2, is_for_sale=True)
    made(session, found, now)
    order = production.open_order(
        session, product_type_id=found.product_type_id, title="", pieces=3, department_id=found.department_id,
        due_on=None, now=now, by_staff_id=None,
    )  # fmt: skip
    production.tell_outcome(session, order, reworked=0, rejected=1, version=order.version)
    said = line(session, found)
    assert (said.for_sale, said.made, said.on_order, said.short) == (2, 1, 2, 4)


def test_what_a_customer_has_bought_beforehand_does_not_fill_the_shelf(session: Session, now: datetime) -> None:
    found = target(session)
    production.open_order(
        session, product_type_id=found.product_type_id, title="", pieces=3, department_id=found.department_id,
        due_on=None, now=now, by_staff_id=None, source=OrderSource.SHOP,
    )  # fmt: skip
    assert line(session, found).short == 5


def test_what_is_short_is_ordered_once_by_the_usual_route(session: Session, now: datetime) -> None:
    found = target(session)
    order = actions.order_what_is_short(session, found, now=now, by_staff_id=None)
    assert order is not None
    assert (order.pieces, order.title, order.source) == (5, "Plantekasse, 5 stk.", OrderSource.STOCK)
    assert actions.order_what_is_short(session, found, now=now, by_staff_id=None) is None
    production.cancel_order(session, order, now=now)
    assert line(session, found).short == 5  # what is stopped is short again


def test_twenty_taps_at_once_open_one_order(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        type_id = target(session).product_type_id
    opened: list[bool] = []
    gate = threading.Barrier(20)

    def tap() -> None:
        gate.wait()
        with db.transaction() as session:
            found = session.get_one(StockTarget, type_id)
            opened.append(actions.order_what_is_short(session, found, now=now, by_staff_id=None) is not None)

    threads = [threading.Thread(target=tap) for _each in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(opened), sum(opened)) == (20, 1)
    with db.reading() as session:
        assert session.scalars(sa.select(ProductionOrder.pieces)).all() == [5]


def test_a_target_is_changed_by_its_own_department_and_removed(session: Session) -> None:
    found = target(session)
    other = factories.department(session, key="maler", name="Malerrummet")
    with pytest.raises(Refusal, match="En anden afdeling"):
        actions.set_target(
            session, found.product_type_id, department_id=other.id, at_least=1, department_ids={other.id}
        )
    mine = {found.department_id}
    actions.set_target(
        session, found.product_type_id, department_id=found.department_id, at_least=7, department_ids=mine
    )
    assert (found.at_least, queries.targets(session, [other.id])) == (7, [])
    with pytest.raises(Refusal):
        actions.set_target(
            session, found.product_type_id, department_id=found.department_id, at_least=0, department_ids=mine
        )
    actions.remove_target(session, found)
    assert queries.targets(session, mine) == []


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
        factories.product_type(session, sku="PK-09", name="Plantekasse")
    people.sign_in_staff(client, email)
    return client


def test_a_target_is_set_ordered_and_removed_at_the_desk(desk: FlaskClient) -> None:
    assert "Der er ingen lagermål endnu" in desk.get(PAGE).text
    assert desk.post(PAGE, data={"product": "PK-09", "at_least": "2", "department": "trae"}).status_code == 303
    assert "Mangler 2" in desk.get(PAGE).text
    answers = [desk.post(f"{PAGE}/PK-09/ordre") for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    page = desk.get(answers[0].location).text
    assert "Til lager" in page
    assert "Der mangler ikke flere" in page  # what the second tap was told
    with db.reading() as session:
        orders = session.scalars(sa.select(ProductionOrder)).all()
        assert [(order.pieces, order.state) for order in orders] == [(2, OrderState.OPEN)]
    assert desk.post(f"{PAGE}/PK-09/fjern").status_code == 303
    assert desk.post(f"{PAGE}/PK-09/fjern").status_code == 404


@pytest.mark.parametrize("changes", [{"product": ""}, {"product": "XX"}, {"at_least": "0"}, {"at_least": "mange"}])
def test_an_odd_target_comes_back_as_it_was_typed(desk: FlaskClient, changes: dict[str, str]) -> None:
    data = {"product": "PK-09", "at_least": "2", "department": "trae", **changes}
    answer = desk.post(PAGE, data=data)
    assert answer.status_code == 422
    assert "<title>Fejl:" in answer.text


def test_the_target_of_another_department_is_not_here(desk: FlaskClient) -> None:
    with db.transaction() as session:
        found = target(session, sku="PK-10")
        elsewhere: Department = factories.department(session, key="maler", name="Malerrummet")
        found.department_id = elsewhere.id
    assert desk.post(f"{PAGE}/PK-10/ordre").status_code == 404
    assert "En anden afdeling" in desk.post(PAGE, data={"product": "PK-10", "at_least": "2"}).text
