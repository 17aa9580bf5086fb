"""The desk's pages of materials: in within seconds, once, and what an order is made of."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from support import factories, people
from support.photos import jpeg
from support.queries import counted

from workshop.core import crypto, db, images, photo_store
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.production import queries as orders
from workshop.production.models import MaterialCause, MaterialMovement, ProductionOrder
from workshop.production.stores import actions, queries
from workshop.production.stores.ledger import Why
from workshop.products.materials import actions as materials
from workshop.products.models import Material, Origin, ProductMaterial
from workshop.products.photos import checking

LAGER = "/personale/produktion/lager"


@pytest.fixture
def board(app: Flask, now: datetime) -> str:
    """The key of a material of which there are 4.5 m."""
    with db.transaction() as session:
        made = materials.add_material(session, name="Lærkebræt", unit="m", unit_cost_ore=3200, origin=Origin.BOUGHT)
        actions.put_in(session, made, Decimal("4.5"), Why(MaterialCause.BOUGHT, now))
        return made.key


@pytest.fixture
def order(board: str) -> str:
    """The public id of an order that takes 6 m of it."""
    with db.transaction() as session:
        kind = factories.product_type(session, route=[factories.task_type(session)])
        material = session.scalars(sa.select(Material)).one()
        session.add(ProductMaterial(product_type_id=kind.id, material_id=material.id, quantity=Decimal(6)))
        session.flush()
        return factories.production_order(session, kind=kind, title="Bænk til Ane").public_id


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


def there_is() -> tuple[Decimal, Decimal]:
    with db.reading() as session:
        (row,) = queries.stock(session)
    return row.quantity, row.reserved


def gift(board: str, **more: object) -> dict[str, object]:
    return {"material": board, "amount": "2,5", "cause": "reclaimed", "once": crypto.new_public_id(), **more}


def test_two_taps_put_it_in_once(desk: FlaskClient, board: str) -> None:
    sent = gift(board, note="Fra en byggeplads")
    assert [desk.post(f"{LAGER}/ind", data=sent).status_code for _tap in range(2)] == [303, 303]
    assert there_is() == (7, 0)
    page = desk.get(f"{LAGER}/materiale/{board}").text
    assert "7\xa0m på lager" in page
    assert "+2,5" in page
    assert "Fra en byggeplads" in page
    assert "Tove Ravnsbjerg" in page


def test_a_photo_of_what_came_is_kept_and_seen_by_staff_only(
    desk: FlaskClient, board: str, settings: Settings, now: datetime
) -> None:
    sent = gift(board)
    for _tap in range(2):
        assert desk.post(f"{LAGER}/ind", data={**sent, "photo": (jpeg(), "palle.jpg")}).status_code == 303
    with db.reading() as session:
        (name,) = queries.photo_names(session)
    store = photo_store.of(settings)
    assert {each.name for each in store.files()} == set(images.files_of(name)), "the second tap leaves no files"
    seen = desk.get(f"{LAGER}/foto/{name}-400.jpg")
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert desk.get(f"{LAGER}/foto/x-400.jpg").status_code == 404
    assert desk.get(f"/foto/{name}-400.jpg").status_code == 404
    assert f"{name}-1600.jpg" in desk.get(f"{LAGER}/materiale/{board}").text
    later = now.replace(year=now.year + 1)
    assert checking.check(store, later).removed == ()
    with db.transaction() as session:
        session.execute(sa.update(MaterialMovement).values(photo_name=None))
    assert set(checking.check(store, later).removed) == set(images.files_of(name)), "the control"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"material": ""}, "Vælg, hvad der er kommet."),
        ({"amount": ""}, "Skriv, hvor meget det er."),
        ({"amount": "0"}, "Skriv, hvor meget det er."),
        ({"amount": "mange"}, "Skriv mængden med tal"),
        ({"amount": "99999"}, "Så meget kan der ikke stå på lager"),
        ({"cause": "used"}, "Vælg, hvor det kommer fra."),
        ({"cause": ""}, "Vælg, hvor det kommer fra."),
        ({"once": "x"}, "Siden er for gammel"),
        ({"note": "x" * 201}, "Teksten er for lang"),
    ],
)
def test_what_cannot_come_in_is_said_and_kept(
    desk: FlaskClient, board: str, changed: dict[str, str], sentence: str
) -> None:
    answer = desk.post(f"{LAGER}/ind", data=gift(board, **{"amount": "98000", **changed}))
    if changed.get("amount") == "99999":
        assert answer.status_code == 422
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert there_is() == (Decimal("4.5"), 0)


def test_a_file_that_is_no_photo_is_refused_and_nothing_comes_in(desk: FlaskClient, board: str) -> None:
    answer = desk.post(f"{LAGER}/ind", data=gift(board, photo=(jpeg().__class__(b"x"), "a.jpg")))
    assert (answer.status_code, "ikke et billede" in answer.text) == (422, True)
    assert there_is() == (Decimal("4.5"), 0)


def test_counting_throwing_away_and_setting_a_limit(desk: FlaskClient, board: str) -> None:
    page = f"{LAGER}/materiale/{board}"
    assert desk.post(f"{page}/talt", data={"counted": "4", "seen": "1"}).status_code == 303
    old = desk.post(f"{page}/talt", data={"counted": "3", "seen": "1"})
    assert (old.status_code, "Der står nu 4\xa0m" in old.text) == (409, True)
    out = {"thrown": "1", "reason": "Råd", "once": crypto.new_public_id()}
    assert [desk.post(f"{page}/ud", data=out).status_code for _tap in range(2)] == [303, 303]
    too_much = desk.post(f"{page}/ud", data={**out, "thrown": "9", "once": crypto.new_public_id()})
    assert (too_much.status_code, "Der er 3\xa0m. Skriv højst 3." in too_much.text) == (422, True)
    assert desk.post(f"{page}/mindst", data={"at_least": "5", "supplier": "Tømmerhandlen"}).status_code == 303
    assert "1 materiale er der for lidt af" in desk.get(LAGER).text
    assert desk.post(f"{LAGER}/materiale/no_such/talt", data={"counted": "1", "seen": "0"}).status_code == 404


def test_an_orders_page_puts_aside_uses_and_brings_back(desk: FlaskClient, order: str, board: str) -> None:
    page = f"/personale/produktion/{order}/materialer"
    assert "Mangler 1,5\xa0m" in desk.get(page).text

    def deed(name: str, amount: str) -> int:
        sent = {"material": board, "amount": amount, "deed": name, "once": crypto.new_public_id()}
        return desk.post(page, data=sent).status_code

    assert deed("til-side", "") == 303
    assert there_is() == (Decimal("4.5"), Decimal("4.5"))
    assert deed("brugt", "4,5") == 303
    assert deed("brugt", "1") == 422
    assert deed("tilbage", "2") == 303
    assert deed("behov", "8") == 303
    assert deed("noget", "8") == 422
    assert there_is() == (2, 0)
    assert "Der er 2\xa0m. Skriv højst 2." in desk.post(
        page, data={"material": board, "amount": "7", "deed": "brugt", "once": crypto.new_public_id()}
    ).text  # fmt: skip


def test_everything_is_put_aside_and_used_from_the_orders_own_page(desk: FlaskClient, order: str) -> None:
    page = f"/personale/produktion/{order}/materialer/alt"
    for name, left in (("til-side", (Decimal("4.5"), Decimal("4.5"))), ("brugt", (0, 0))):
        assert desk.post(page, data={"deed": name, "once": crypto.new_public_id()}).status_code == 303
        assert there_is() == left
    assert desk.post(page, data={"deed": "noget", "once": crypto.new_public_id()}).status_code == 404


def test_the_part_on_the_orders_page_asks_one_question(desk: FlaskClient, app: Flask, order: str) -> None:
    with db.reading() as session:
        order_id = session.scalars(sa.select(ProductionOrder.id)).one()
        line = orders.order_line(session, order_id)

    class Anybody:
        def may(self, permission: str) -> bool:
            return permission == "production:edit"

    with app.test_request_context("/personale/produktion"), counted() as sent:
        html = render_template_string('{% include "production/_materials.html" %}', order=line, actor=Anybody())
    assert len(sent) == 1
    assert "Mangler 1,5\xa0m" in html
    assert "Læg det til side, der er" in html
    assert "Det til side er brugt" not in html


def test_an_order_of_another_department_is_not_here(client: FlaskClient, order: str) -> None:
    with db.transaction() as session:
        at = factories.department(session, key="have", name="Haven")
        email = factories.staff(session, departments=[at]).email
    people.sign_in_staff(client, email)
    path = f"/personale/produktion/{order}/materialer"
    assert client.get(path).status_code == client.post(f"{path}/alt", data={}).status_code == 404


def test_who_may_only_read_sees_no_form(client: FlaskClient, board: str, order: str) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.MANAGER]).email
    people.sign_in_staff(client, email)
    for path in (LAGER, f"{LAGER}/materiale/{board}", f"/personale/produktion/{order}/materialer"):
        page = client.get(path)
        assert page.status_code == 200
        assert 'action="/personale/produktion' not in page.text.replace(f'action="{LAGER}" role', "")
    assert client.get(f"{LAGER}/ind").status_code == 403
    assert client.post(f"{LAGER}/materiale/{board}/talt", data={}).status_code == 403


def test_the_stock_asks_as_often_for_many_as_for_few(desk: FlaskClient, now: datetime) -> None:
    asked = []
    for how_many in (2, 12):
        with db.transaction() as session:
            for place in range(how_many):
                name = f"Bræt {how_many} {place}"
                made = materials.add_material(session, name=name, unit="m", unit_cost_ore=1, origin=Origin.BOUGHT)
                actions.put_in(session, made, Decimal(3), Why(MaterialCause.BOUGHT, now))
        desk.get(LAGER)
        with counted() as sent:
            assert f"Bræt {how_many} 1" in desk.get(LAGER).text
        asked.append(len(sent))
    assert asked[0] == asked[1]
