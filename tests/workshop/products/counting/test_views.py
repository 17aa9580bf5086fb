"""The desk's pages for counting: scan, say how many, undo, look at what differs, correct the stock."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.products import actions as products
from workshop.products import queries as things
from workshop.products.counting import queries
from workshop.products.models import CountState, Item

PAGE = "/personale/moebler/optaelling"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


def thing(title: str = "Bænk", quantity: int = 1, place: str = "") -> Item:
    with db.transaction() as session:
        made = factories.item(session, title=title, quantity=quantity, now=clock.now())
        made.place = place
        session.flush()
        session.refresh(made)
        session.expunge(made)
    return made


def begin(desk: FlaskClient, place: str = "") -> str:
    answer = desk.post(PAGE, data={"place": place})
    assert answer.status_code == 303
    return str(answer.location)


def quantity(number: int) -> int:
    with db.reading() as session:
        found = things.item_by_number(session, number)
        assert found is not None
        return found.quantity


def test_the_whole_round(desk: FlaskClient) -> None:
    bench, batch, lost = thing(place="Hylde 1"), thing("Pinde", 40), thing("Kommode", place="Hylde 2")
    address = begin(desk)
    assert "Kommode" in desk.get(address).text
    assert desk.post(f"{address}/set", data={"code": str(bench.number)}).location == address
    page = desk.get(address).text
    assert "1 ting er set" in page
    assert f"Nr. {bench.number} er set." in page
    asks = desk.post(f"{address}/set", data={"code": f"https://butik.example/q/{batch.qr_token}"}).location
    assert "Hvor mange er der?" in desk.get(asks).text
    assert desk.post(asks, data={"pieces": "37"}).location == address
    assert "allerede talt: 37" in desk.get(asks).text
    assert desk.post(f"{address}/afslut").status_code == 303
    result = desk.get(address).text
    assert "1 passer ikke med lageret" in result
    assert "−3" in result
    assert "1 blev ikke set" in result
    sent = {"ret": [str(batch.number)], "vaek": [str(lost.number)]}
    for _press in range(2):
        assert desk.post(f"{address}/ret", data=sent).status_code == 303
    assert [quantity(each.number) for each in (bench, batch, lost)] == [1, 37, 0]
    assert "Lageret er rettet" in desk.get(address).text
    assert "Lageret er rettet" in desk.get(PAGE).text
    assert "Optælling 1" in desk.get(f"/personale/moebler/{batch.number}/lager").text


def test_undo_takes_it_out_again(desk: FlaskClient) -> None:
    bench = thing()
    address = begin(desk)
    desk.post(f"{address}/set", data={"code": str(bench.number)})
    assert desk.post(f"{address}/nr/{bench.number}/fortryd").location == address
    assert "0 ting er set" in desk.get(address).text


def test_undo_after_counting_again_puts_the_earlier_number_back(desk: FlaskClient) -> None:
    batch = thing("Pinde", 40)
    address = begin(desk)
    page = f"{address}/nr/{batch.number}"
    desk.post(page, data={"pieces": "37"})
    desk.get(address)
    desk.post(page, data={"pieces": "3"})
    assert f'action="{page}/fortryd?foer=37"' in desk.get(address).text
    assert desk.post(f"{page}/fortryd?foer=37").location == address
    assert "er igen talt til 37 styk" in desk.get(address).text
    assert "allerede talt: 37" in desk.get(page).text
    for odd in ("-1", "10000", "9" * 40):
        assert desk.post(f"{page}/fortryd?foer={odd}").status_code in {409, 422}
    assert "allerede talt: 37" in desk.get(page).text


def test_a_place_that_is_chosen_is_counted_alone(desk: FlaskClient) -> None:
    thing("Hernede", place="Hylde 1")
    thing("Deroppe", place="Hylde 2")
    page = desk.get(begin(desk, "Hylde 1")).text
    assert "Tæl på Hylde 1" in page
    assert "Hernede" in page
    assert "Deroppe" not in page
    assert desk.post(PAGE, data={"place": "Månen"}).status_code == 422


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Scan mærket, eller skriv nummeret."),
        ("99999", "Det nummer kender vi ikke."),
        ("9" * 30, "Det nummer kender vi ikke."),
        ("https://ond.example/q/../../etc", "Det nummer kender vi ikke."),
        ("x" * 400, "Det er for langt."),
    ],
)
def test_what_is_no_number_of_ours_is_said(desk: FlaskClient, typed: str, sentence: str) -> None:
    answer = desk.post(f"{begin(desk)}/set", data={"code": typed})
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("typed", ["", "-1", "mange", "99999", "9" * 40])
def test_an_odd_number_of_pieces_is_refused_with_what_was_typed(desk: FlaskClient, typed: str) -> None:
    batch = thing("Pinde", 40)
    answer = desk.post(f"{begin(desk)}/nr/{batch.number}", data={"pieces": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


def test_a_sold_thing_is_told_apart(desk: FlaskClient) -> None:
    bench = thing()
    with db.transaction() as session:
        products.hold(session, bench.id, 1)
        products.sell_held(session, bench.id, 1, reference="2026-0001", now=clock.now())
    address = begin(desk)
    desk.post(f"{address}/set", data={"code": str(bench.number)})
    assert "venter på sin kunde" in desk.get(address).text


def test_what_a_customer_pays_for_is_named_and_the_ticks_stay(desk: FlaskClient) -> None:
    batch, lost = thing("Pinde", 5), thing("Kommode")
    address = begin(desk)
    desk.post(f"{address}/nr/{batch.number}", data={"pieces": "3"})
    desk.post(f"{address}/afslut")
    with db.transaction() as session:
        products.hold(session, batch.id, 4)
    answer = desk.post(f"{address}/ret", data={"ret": [str(batch.number)], "vaek": [str(lost.number)]})
    assert answer.status_code == 409
    assert f"Nr. {batch.number} er ved at blive betalt" in answer.text
    assert len(re.findall(r'type="checkbox"[^>]* checked', answer.text)) == 2
    assert [quantity(each.number) for each in (batch, lost)] == [5, 1]
    odd = {"ret": ["x", "-1", "9" * 30, "²"], "vaek": [""]}
    assert desk.post(f"{address}/ret", data=odd).status_code == 303
    assert [quantity(each.number) for each in (batch, lost)] == [5, 1]


def test_a_count_can_be_opened_again_and_dropped(desk: FlaskClient) -> None:
    bench = thing()
    address = begin(desk)
    assert desk.post(f"{address}/afslut").status_code == 409
    desk.post(f"{address}/set", data={"code": str(bench.number)})
    desk.post(f"{address}/afslut")
    assert desk.post(f"{address}/set", data={"code": str(bench.number)}).status_code == 409
    desk.post(f"{address}/taelvidere")
    assert "Vi er færdige" in desk.get(address).text
    assert desk.post(f"{address}/drop").location == PAGE
    assert "Droppet" in desk.get(address).text
    with db.reading() as session:
        found = queries.count_by_id(session, address.rpartition("/")[2])
        assert found is not None
        assert found.state is CountState.DROPPED


def test_what_is_not_there_is_not_found(desk: FlaskClient, app: Flask) -> None:
    address = begin(desk)
    for path in (f"{PAGE}/ukendt", f"{address}/nr/99999"):
        assert desk.get(path).status_code == 404
    for path in (f"{PAGE}/ukendt/afslut", f"{PAGE}/ukendt/ret", f"{PAGE}/ukendt/drop", f"{address}/nr/99999/fortryd"):
        assert desk.post(path).status_code == 404


def test_only_those_who_work_with_things_count(client: FlaskClient) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.CONSULTANT]).email
    people.sign_in_staff(client, email)
    assert client.get(PAGE).status_code == 403


def test_a_long_count_asks_the_database_no_more_than_a_short_one(desk: FlaskClient) -> None:
    address = begin(desk)

    def asked() -> int:
        desk.get(address)
        with counted() as sent:
            assert desk.get(address).status_code == 200
        return len(sent)

    def more(how_many: int) -> None:
        for _each in range(how_many):
            desk.post(f"{address}/set", data={"code": str(thing().number)})
            thing("Ikke set", place="Hylde 1")

    more(2)
    few = asked()
    more(10)
    assert asked() == few
    desk.post(f"{address}/afslut")
    assert asked() <= few
