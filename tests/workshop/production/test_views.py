"""The desk's pages of production."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.core import db
from workshop.core.access import Role
from workshop.production.models import OrderState, OrderStep, ProductionOrder, StepState
from workshop.products.models import Item

PAGE = "/personale/produktion"


def sign_in(client: FlaskClient, role: Role = Role.WORKSHOP, department: str = "trae") -> None:
    with db.transaction() as session:
        at = factories.department(session, key=department, name=department.capitalize())
        email = factories.staff(session, roles=[role], departments=[at]).email
    people.sign_in_staff(client, email)


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    sign_in(client)
    return client


@pytest.fixture
def order(app: Flask) -> str:
    """The public id of an order with two steps."""
    with db.transaction() as session:
        return factories.production_order(session, title="Havebænk i lærk", steps=2).public_id


def step_ids(order: str) -> list[str]:
    with db.reading() as session:
        return list(
            session.scalars(
                sa.select(OrderStep.public_id)
                .join(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
                .where(ProductionOrder.public_id == order)
                .order_by(OrderStep.position)
            )
        )


def state_of(order: str) -> OrderState:
    with db.reading() as session:
        return session.scalars(sa.select(ProductionOrder.state).where(ProductionOrder.public_id == order)).one()


def test_the_board_shows_orders_by_where_they_stand(desk: FlaskClient, order: str) -> None:
    page = desk.get(PAGE).text
    assert "Havebænk i lærk" in page
    assert "Trin 1" in page
    assert "1 åben ordre" in page


def test_an_empty_board_says_what_an_order_is(desk: FlaskClient) -> None:
    assert "Ingen ordrer lige nu" in desk.get(PAGE).text


def test_a_new_order_follows_the_usual_route(desk: FlaskClient) -> None:
    with db.transaction() as session:
        factories.product_type(session, sku="PK-09", name="Plantekasse", route=[factories.task_type(session)])
    assert "Plantekasse (PK-09)" in desk.get(f"{PAGE}/ny").text
    data = {"product": "PK-09", "title": "", "pieces": "4", "department": "trae", "due_on": "2026-12-04"}
    answer = desk.post(f"{PAGE}/ny", data=data)
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Plantekasse" in page
    assert "Slibe træ" in page
    assert "4 stk." in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pieces": "0"}, "mellem 1 og"),
        ({"pieces": "mange"}, ""),
        ({"product": "", "title": ""}, "Skriv, hvad der skal laves."),
        ({"product": "XX-99"}, ""),
        ({"department": "maler"}, ""),
        ({"due_on": "i morgen"}, ""),
    ],
)
def test_an_odd_order_comes_back_as_it_was_typed(desk: FlaskClient, changes: dict[str, str], sentence: str) -> None:
    with db.transaction() as session:
        factories.department(session, key="maler", name="Malerrummet")
    data = {"product": "", "title": "En kasse", "pieces": "1", "department": "trae", "due_on": "", **changes}
    answer = desk.post(f"{PAGE}/ny", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fejl:" in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(ProductionOrder.id))) == 0


def test_finishing_every_step_gives_a_number_once(desk: FlaskClient, order: str) -> None:
    first, last = step_ids(order)
    assert desk.post(f"{PAGE}/{order}/trin/{first}/faerdig").status_code == 303
    for _again in range(2):
        assert desk.post(f"{PAGE}/{order}/trin/{last}/spring-over").status_code == 303
    with db.reading() as session:
        assert session.scalars(sa.select(Item.number)).all() == [1001]
    assert state_of(order) is OrderState.FINISHED
    assert "Nr. 1001" in desk.get(PAGE).text
    page = desk.get("/personale/moebler/1001").text
    assert "Trin 1" in page  # the item's life tells of the finished step, and not of the skipped one
    assert "Trin 2" not in page


def test_a_step_is_added(desk: FlaskClient, order: str) -> None:
    with db.transaction() as session:
        factories.task_type(session, key="gf_paint", name="Male")
    answer = desk.post(f"{PAGE}/{order}/trin", data={"task": "gf_paint", "title": "Male benene", "place": "Malerrum"})
    assert answer.status_code == 303
    assert "Male benene" in desk.get(f"{PAGE}/{order}").text
    assert len(step_ids(order)) == 3


def test_an_unknown_task_comes_back(desk: FlaskClient, order: str) -> None:
    answer = desk.post(f"{PAGE}/{order}/trin", data={"task": "nothing", "title": "Mit navn"})
    assert answer.status_code == 422
    assert 'value="Mit navn"' in answer.text


def test_a_stopped_order_gives_nothing(desk: FlaskClient, order: str) -> None:
    assert desk.post(f"{PAGE}/{order}/stop").status_code == 303
    assert state_of(order) is OrderState.CANCELLED
    assert desk.post(f"{PAGE}/{order}/stop").status_code == 409
    desk.post(f"{PAGE}/{order}/trin/{step_ids(order)[0]}/faerdig")
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Item.id))) == 0


def test_another_department_does_not_see_the_order(client: FlaskClient, order: str) -> None:
    sign_in(client, department="maler")
    assert "Havebænk" not in client.get(PAGE).text
    step = step_ids(order)[0]
    assert client.get(f"{PAGE}/{order}").status_code == 404
    for path in ("stop", "trin", f"trin/{step}/faerdig", f"trin/{step}/spring-over"):
        assert client.post(f"{PAGE}/{order}/{path}", data={"task": "x"}).status_code == 404
    with db.reading() as session:
        assert set(session.scalars(sa.select(OrderStep.state))) == {StepState.WAITING}


def test_a_step_of_another_order_is_not_here(desk: FlaskClient, order: str) -> None:
    with db.transaction() as session:
        other = factories.production_order(session, title="Sofa").public_id
    assert desk.post(f"{PAGE}/{order}/trin/{step_ids(other)[0]}/faerdig").status_code == 404
    assert desk.get(f"{PAGE}/nobody").status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.SALES, 403), (Role.CONSULTANT, 403)])
def test_only_some_roles_read_and_only_the_workshop_changes(
    client: FlaskClient, order: str, role: Role, status: int
) -> None:
    sign_in(client, role)
    assert client.get(PAGE).status_code == status
    assert client.get(f"{PAGE}/ny").status_code == 403
    assert client.post(f"{PAGE}/{order}/stop").status_code == 403


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient, order: str) -> None:
    assert "/personale/log-ind" in client.get(PAGE).location
