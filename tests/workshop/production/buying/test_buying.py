"""What is missing is suggested, what is ordered comes once, and what is late says so."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people
from support.queries import counted

from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.production.buying import actions, queries
from workshop.production.buying.actions import Wanted
from workshop.production.models import MaterialCause, PurchaseFor, PurchaseLine, PurchaseState
from workshop.production.stores import actions as stores
from workshop.production.stores import queries as stock
from workshop.production.stores.ledger import Why
from workshop.products.materials import actions as materials
from workshop.products.models import Material, Origin, ProductMaterial

PAGE = "/personale/produktion/indkoeb"


def wood(session: Session, now: datetime, *, there: str = "4", unit: str = "m", name: str = "Lærkebræt") -> Material:
    made = materials.add_material(session, name=name, unit=unit, unit_cost_ore=3200, origin=Origin.BOUGHT)
    if Decimal(there):
        stores.put_in(session, made, Decimal(there), Why(MaterialCause.BOUGHT, now))
    return made


def line_of(session: Session, material: Material | None, quantity: str, now: datetime, **more: object) -> PurchaseLine:
    once = crypto.new_public_id()
    wanted = Wanted(material, "" if material else "Kaffe", Decimal(quantity), **more)  # type: ignore[arg-type]
    assert actions.want(session, wanted, once=once, now=now, by_staff_id=None)
    found = queries.line_to_change(session, once)
    assert found is not None
    return found


def needs(session: Session, material: Material, quantity: str) -> int:
    kind = factories.product_type(session, route=[factories.task_type(session)])
    session.add(ProductMaterial(product_type_id=kind.id, material_id=material.id, quantity=Decimal(quantity)))
    session.flush()
    return factories.production_order(session, kind=kind).id


def missing(session: Session) -> dict[str, Decimal]:
    return {row.name: row.lacks for row in queries.suggestions(session)}


def test_what_orders_take_and_the_shelf_should_hold_is_suggested_less_what_comes(
    session: Session, now: datetime
) -> None:
    board = wood(session, now)
    assert missing(session) == {}
    needs(session, board, "10")
    assert missing(session) == {"Lærkebræt": Decimal(6)}
    stores.set_limit(session, board, at_least=Decimal(5), supplier="Tømmerhandlen")
    assert missing(session) == {"Lærkebræt": Decimal(11)}
    line_of(session, board, "4", now)
    assert missing(session) == {"Lærkebræt": Decimal(7)}


def test_what_is_put_aside_for_an_order_is_not_missing(session: Session, now: datetime) -> None:
    board = wood(session, now, there="10")
    stores.reserve_all(session, needs(session, board, "10"))
    assert missing(session) == {}
    needs(session, board, "2")
    assert missing(session) == {"Lærkebræt": Decimal(2)}


def test_what_is_only_given_is_not_bought(session: Session, now: datetime) -> None:
    given = materials.add_material(session, name="Møbel", unit="stk", unit_cost_ore=0, origin=Origin.DONATED)
    needs(session, given, "2")
    assert missing(session) == {}
    assert stock.stock_of(session, given.id).lacks == 2


def test_suggestions_are_put_on_the_list_once(session: Session, now: datetime) -> None:
    board = wood(session, now)
    needs(session, board, "10")
    keys = {board.key, "no_such_thing"}
    assert [actions.want_missing(session, keys, now=now, by_staff_id=None) for _tap in range(2)] == [1, 0]
    (group,) = queries.purchase_list(session).wanted
    assert [(line.text, line.quantity) for line in group.lines] == [("Lærkebræt", Decimal(6))]


def test_a_line_is_ordered_and_comes_into_the_stock_once(session: Session, now: datetime) -> None:
    board = wood(session, now)
    line = line_of(session, board, "6", now, supplier="Tømmerhandlen")
    day = date(2026, 12, 1)
    assert [actions.order(session, [line.public_id], expected_on=day) for _tap in range(2)] == [1, 0]
    session.refresh(line)
    assert (line.state, line.expected_on) == (PurchaseState.ORDERED, day)
    came = {"seen": Decimal(6), "now": now, "by_staff_id": None}
    assert actions.receive(session, line, Decimal(6), **came) is None  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="kommet"):
        actions.receive(session, line, Decimal(6), **came)  # type: ignore[arg-type]
    row = stock.stock_of(session, board.id)
    assert (row.quantity, row.coming) == (10, 0)
    assert stock.movements(session, board.id)[0].note == "Tømmerhandlen"


def test_a_part_delivery_splits_the_line(session: Session, now: datetime) -> None:
    board = wood(session, now)
    line = line_of(session, board, "6", now, supplier="Tømmerhandlen", expected_on=date(2026, 12, 1))
    actions.order(session, [line.public_id], expected_on=None)
    session.refresh(line)
    rest = actions.receive(session, line, Decimal("2.5"), seen=Decimal(6), now=now, by_staff_id=None)
    assert rest is not None
    assert (rest.quantity, rest.state, rest.expected_on, rest.supplier) == (
        Decimal("3.5"),
        PurchaseState.ORDERED,
        date(2026, 12, 1),
        "Tømmerhandlen",
    )
    assert (line.quantity, line.state) == (Decimal("2.5"), PurchaseState.RECEIVED)
    row = stock.stock_of(session, board.id)
    assert (row.quantity, row.coming) == (Decimal("6.5"), Decimal("3.5"))
    with pytest.raises(actions.Overtaken, match="3,5"):
        actions.receive(session, rest, Decimal(1), seen=Decimal(6), now=now, by_staff_id=None)


def test_twelve_who_receive_the_same_delivery_receive_it_once(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        board = wood(session, now, there="0")
        board_id, public_id = board.id, line_of(session, board, "6", now).public_id
    gate, results = threading.Barrier(12), []

    def receive() -> None:
        gate.wait()
        try:
            with db.transaction() as session:
                line = queries.line_to_change(session, public_id)
                assert line is not None
                actions.receive(session, line, Decimal(4), seen=Decimal(6), now=now, by_staff_id=None)
            results.append("came")
        except Refusal:
            results.append("refused")

    threads = [threading.Thread(target=receive) for _each in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["came"] + ["refused"] * 11
    with db.reading() as session:
        row = stock.stock_of(session, board_id)
        assert (row.quantity, row.coming) == (4, 2)
        assert stock.faults(session) == []


def test_a_dropped_line_is_missing_again(session: Session, now: datetime) -> None:
    board = wood(session, now)
    needs(session, board, "10")
    line = line_of(session, board, "6", now)
    actions.drop(session, line, now=now)
    actions.drop(session, line, now=now)
    assert missing(session) == {"Lærkebræt": Decimal(6)}
    with pytest.raises(Refusal, match="droppet"):
        actions.receive(session, line, Decimal(6), seen=Decimal(6), now=now, by_staff_id=None)


def test_two_who_edit_a_line_lose_nothing(session: Session, now: datetime) -> None:
    line = line_of(session, None, "4", now)
    seen = actions.mark_of(line)
    wanted = Wanted(None, "", Decimal(5), supplier="Købmanden")
    actions.edit(session, line, seen=seen, wanted=wanted, for_what=PurchaseFor.CANTEEN)
    with pytest.raises(actions.Overtaken):
        actions.edit(session, line, seen=seen, wanted=Wanted(None, "", Decimal(9)), for_what=PurchaseFor.OFFICE)
    assert (line.quantity, line.supplier, line.for_what) == (Decimal(5), "Købmanden", PurchaseFor.CANTEEN)


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


def only_line() -> PurchaseLine:
    with db.reading() as session:
        return session.scalars(sa.select(PurchaseLine)).one()


def test_staff_write_order_and_receive_a_line(desk: FlaskClient, now: datetime) -> None:
    with db.transaction() as session:
        wood(session, now)
    once = crypto.new_public_id()
    sent = {"material": "laerkebraet", "quantity": "12,5", "supplier": "Tømmerhandlen", "once": once}
    assert [desk.post(f"{PAGE}/ny", data=sent).status_code for _tap in range(2)] == [303, 303]
    assert only_line().quantity == Decimal("12.5")
    yesterday = clock.local_day(clock.now()) - timedelta(days=1)
    assert desk.post(f"{PAGE}/bestilt", data={"lines": once, "expected_on": yesterday.isoformat()}).status_code == 303
    page = desk.get(PAGE).text
    assert "1 linje er forsinket" in page
    assert "Skulle være kommet" in page
    came = {"amount": "12,5", "expected": "12,5"}
    assert desk.post(f"{PAGE}/{once}/modtag", data=came).status_code == 303
    again = desk.post(f"{PAGE}/{once}/modtag", data=came)
    assert (again.status_code, "Kommet" in again.text) == (409, True)
    with db.reading() as session:
        assert stock.stock(session)[0].quantity == Decimal("16.5")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Skriv, hvor meget det er."),
        ({"quantity": "2"}, "Skriv, hvad der skal købes, eller vælg et materiale."),
        ({"quantity": "mange", "text": "Kaffe"}, "Skriv mængden med tal"),
        ({"quantity": "0", "text": "Kaffe"}, "Skriv, hvor meget det er."),
        ({"quantity": "1,5", "text": "Kopper", "unit": "stk"}, "Skriv et helt tal."),
        ({"quantity": "1", "text": "Kaffe", "expected_on": "0202-01-01"}, "Se på årstallet igen."),
        ({"quantity": "1", "text": "Kaffe", "once": "x"}, "Siden er for gammel"),
        ({"quantity": "1", "material": "no_such_thing"}, "Vælg en af mulighederne|valg"),
    ],
)
def test_what_cannot_be_bought_is_said(desk: FlaskClient, sent: dict[str, str], sentence: str) -> None:
    answer = desk.post(f"{PAGE}/ny", data={"once": crypto.new_public_id(), "material": "", **sent})
    assert answer.status_code == 422
    assert any(part in answer.text for part in sentence.split("|"))
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(PurchaseLine.id))) == 0


def test_who_may_only_read_sees_no_form(client: FlaskClient, now: datetime) -> None:
    with db.transaction() as session:
        public_id = line_of(session, wood(session, now), "3", now).public_id
        email = factories.staff(session, roles=[Role.MANAGER]).email
    people.sign_in_staff(client, email)
    for path in (PAGE, f"{PAGE}/{public_id}"):
        page = client.get(path)
        assert page.status_code == 200
        assert 'action="/personale/produktion' not in page.text
    assert client.post(f"{PAGE}/{public_id}/drop").status_code == 403


def test_each_has_a_list_of_its_own(desk: FlaskClient, now: datetime) -> None:
    for text, for_what in (("Havregryn", "canteen"), ("Printerpapir", "office"), ("Skruer", "workshop")):
        sent = {"material": "", "text": text, "quantity": "2", "for_what": for_what, "once": crypto.new_public_id()}
        assert desk.post(f"{PAGE}/ny", data=sent).status_code == 303
    page = desk.get(f"{PAGE}?til=canteen").text
    assert ("Havregryn" in page, "Printerpapir" in page, "Skruer" in page) == (True, False, False)
    everything = desk.get(f"{PAGE}?til=nonsense").text
    assert all(text in everything for text in ("Havregryn", "Printerpapir", "Skruer"))
    assert '<option selected value="office">' in desk.get(f"{PAGE}/ny?til=office").text


def test_the_rest_of_a_part_delivery_stays_on_its_list(session: Session, now: datetime) -> None:
    line = line_of(session, None, "6", now)
    line.for_what = PurchaseFor.CANTEEN
    rest = actions.receive(session, line, Decimal(2), seen=Decimal(6), now=now, by_staff_id=None)
    assert rest is not None
    assert rest.for_what is PurchaseFor.CANTEEN


def test_the_list_asks_as_often_for_many_as_for_few(desk: FlaskClient, now: datetime) -> None:
    asked = []
    for how_many in (2, 12):
        with db.transaction() as session:
            for place in range(how_many):
                material = wood(session, now, name=f"Bræt {how_many} {place}", there="1")
                needs(session, material, "9")
                line_of(session, material, "2", now, supplier=f"Handlen {place}")
        desk.get(PAGE)
        with counted() as sent:
            assert f"Bræt {how_many} 1" in desk.get(PAGE).text
        asked.append(len(sent))
    assert asked[0] == asked[1]
