"""A new thing at the desk: three ways, numbered once, taken back while it can be."""

from __future__ import annotations

import re
import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.core import db
from workshop.core.access import Role
from workshop.products import actions as products
from workshop.products.adding import actions, queries
from workshop.products.adding.actions import NewThing
from workshop.products.models import HousePrice, Item, ItemState, Origin

PAGE = "/personale/moebler/ny"
ONCE = "et-ord-fra-formen"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    people.sign_in_staff(client, email)
    return client


def items() -> list[Item]:
    with db.reading() as session:
        return list(session.scalars(sa.select(Item).order_by(Item.number)))


def bench_sku() -> str:
    with db.transaction() as session:
        return factories.product_type(session, name="Havebænk i lærk").sku


def house_price(*, is_used: bool = True) -> str:
    with db.transaction() as session:
        made = HousePrice(
            name="Brændeknuder", category="brænde-og-optænding", unit="net", price_ore=4_000, is_used=is_used
        )
        session.add(made)
        session.flush()
        return str(made.id)


def once_of(page: str) -> str:
    found = re.search(r'name="once"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_thing_of_the_catalogue_gets_its_number_words_and_price(desk: FlaskClient) -> None:
    sku = bench_sku()
    once = once_of(desk.get(PAGE).text)
    data = {"kind": sku, "pieces": "1", "numbering": "each", "place": "Reol 3", "once": once}
    answer = desk.post(f"{PAGE}/katalog", data=data)
    assert (answer.status_code, answer.location) == (303, f"{PAGE}/lavet/{once}")
    item = items()[0]
    assert (item.title, item.place, item.state, item.quantity) == ("Havebænk i lærk", "Reol 3", ItemState.MADE, 1)
    page = desk.get(answer.location).text
    assert f"Den fik nr. {item.number}" in page
    assert "Print mærke" in page
    assert f"/personale/moebler/{item.number}#billeder" in page
    assert desk.get("/personale/moebler?soeg=reol").text.count(f"/personale/moebler/{item.number}") == 1


def test_several_pieces_get_a_number_each_or_one_together(desk: FlaskClient) -> None:
    sku = bench_sku()
    data = {"kind": sku, "pieces": "3", "numbering": "each", "once": "hver-sit-nummer"}
    page = desk.get(desk.post(f"{PAGE}/katalog", data=data).location).text
    desk.post(f"{PAGE}/katalog", data={**data, "numbering": "one", "once": "et-til-dem-alle"})
    found = items()
    assert [item.quantity for item in found] == [1, 1, 1, 3]
    assert [item.is_one_of_a_kind for item in found] == [True, True, True, False]
    assert f"De fik nr. {found[0].number} til {found[2].number}" in page


def test_a_house_price_gives_one_number_with_its_price(desk: FlaskClient) -> None:
    price = house_price()
    page = desk.get(f"{PAGE}/fast").text
    assert "Brændeknuder, 40" in page
    assert "pr. net" in page
    desk.post(f"{PAGE}/fast", data={"price": price, "pieces": "12", "once": once_of(page)})
    item = items()[0]
    assert (item.title, item.price_ore, item.quantity, item.house_price_id) == ("Brændeknuder", 4_000, 12, int(price))
    assert item.category == "brænde-og-optænding"


def test_a_house_price_that_was_taken_out_of_use_meanwhile_is_refused(desk: FlaskClient) -> None:
    price = house_price(is_used=False)
    answer = desk.post(f"{PAGE}/fast", data={"price": price, "pieces": "1", "once": ONCE})
    assert answer.status_code == 422
    assert items() == []


def test_without_house_prices_the_page_says_so(desk: FlaskClient) -> None:
    assert "Ingen huspriser endnu" in desk.get(f"{PAGE}/fast").text


def test_a_piece_there_is_one_of_needs_no_name_and_keeps_where_it_is_from(desk: FlaskClient) -> None:
    data = {"title": "", "category": "restaurerede-møbler", "origin": "donated", "once": ONCE}
    page = desk.get(desk.post(f"{PAGE}/unik", data=data).location).text
    item = items()[0]
    assert (item.title, item.origin, item.price_ore) == ("", Origin.DONATED, None)
    assert "Uden navn endnu" in page
    assert "Print mærke" not in page
    assert "Uden navn endnu" in desk.get("/personale/moebler").text
    assert desk.get(f"/personale/moebler/{item.number}").status_code == 200
    with db.reading() as session:
        assert queries.made(session, ONCE)[0].slug == str(item.number)


def test_pressing_twice_makes_one(desk: FlaskClient) -> None:
    data = {"title": "Grøn kommode", "category": "restaurerede-møbler", "origin": "bought", "once": ONCE}
    first, second = desk.post(f"{PAGE}/unik", data=data), desk.post(f"{PAGE}/unik", data=data)
    assert first.location == second.location
    assert len(items()) == 1
    assert "Der er kun én" in desk.get(second.location).text
    desk.post(f"{PAGE}/unik", data={**data, "once": "et-andet-ord"})
    assert len(items()) == 2


def add_at_once(way: str) -> int:
    """Eight threads press the same button at the same moment; how many things that makes."""
    barrier = threading.Barrier(8)

    def press() -> None:
        barrier.wait()
        with db.transaction() as session:
            values = {"once": ONCE, "base_url": factories.BASE_URL, "now": factories.NOW, "by_staff_id": None}
            if way == "guarded":
                actions.add(session, NewThing(title="Kommode"), **values)
            else:
                actions._numbered(session, NewThing(title="Kommode"), **values)

    threads = [threading.Thread(target=press) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(items())


def test_eight_presses_at_one_moment_make_one_thing(app: Flask) -> None:
    assert add_at_once("guarded") == 1


def test_without_the_guard_they_make_eight(app: Flask) -> None:
    assert add_at_once("unguarded") == 8


@pytest.mark.parametrize(
    ("way", "data"),
    [
        ("katalog", {"kind": "", "pieces": "1", "numbering": "each"}),
        ("katalog", {"kind": "ukendt", "pieces": "1", "numbering": "each"}),
        ("katalog", {"kind": "HB", "pieces": "0", "numbering": "each"}),
        ("katalog", {"kind": "HB", "pieces": "1001", "numbering": "each"}),
        ("katalog", {"kind": "HB", "pieces": "to", "numbering": "each"}),
        ("katalog", {"kind": "HB", "pieces": "1", "numbering": "begge"}),
        ("fast", {"price": "999", "pieces": "1"}),
        ("fast", {"price": "", "pieces": "1"}),
        ("unik", {"title": "x" * 121, "category": "stole", "origin": "bought"}),
        ("unik", {"title": "Stol", "category": "ukendt", "origin": "bought"}),
        ("unik", {"title": "Stol", "category": "stole", "origin": "stjålet"}),
        ("unik", {"title": "Stol", "category": "stole", "origin": "bought", "place": "x" * 61}),
    ],
)
def test_what_cannot_be_is_asked_for_again_and_nothing_is_made(
    desk: FlaskClient, way: str, data: dict[str, str]
) -> None:
    with db.transaction() as session:
        factories.product_type(session, sku="HB")
    house_price()
    answer = desk.post(f"{PAGE}/{way}", data={**data, "once": ONCE})
    assert answer.status_code == 422
    assert once_of(answer.text) == ONCE
    assert items() == []


@pytest.mark.parametrize("once", ["", "kort", "x" * 41, "mellem rum her"])
def test_a_form_without_its_word_is_too_old(desk: FlaskClient, once: str) -> None:
    data = {"title": "Stol", "category": "stole", "origin": "bought", "once": once}
    assert desk.post(f"{PAGE}/unik", data=data).status_code == 422
    assert items() == []


def test_a_thing_just_made_can_be_taken_back(desk: FlaskClient) -> None:
    sku = bench_sku()
    desk.post(f"{PAGE}/katalog", data={"kind": sku, "pieces": "2", "numbering": "each", "once": ONCE})
    answer = desk.post(f"{PAGE}/lavet/{ONCE}/fortryd")
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert [(item.state, item.quantity) for item in items()] == [(ItemState.WITHDRAWN, 0)] * 2
    with db.transaction() as session:
        assert factories.item(session).number == products.FIRST_ITEM_NUMBER + 2


def test_what_is_for_sale_already_is_not_taken_back(desk: FlaskClient) -> None:
    desk.post(f"{PAGE}/katalog", data={"kind": bench_sku(), "pieces": "1", "numbering": "each", "once": ONCE})
    with db.transaction() as session:
        item = session.scalars(sa.select(Item)).one()
        products.approve(session, item, now=factories.NOW, by_staff_id=None)
    assert "Fortryd" not in desk.get(f"{PAGE}/lavet/{ONCE}").text
    assert desk.post(f"{PAGE}/lavet/{ONCE}/fortryd").status_code == 409
    assert items()[0].state is ItemState.FOR_SALE


@pytest.mark.parametrize("once", ["ukendt-ord-her", "%00%00%00%00%00%00%00%00%00%00%00", "kort"])
def test_a_word_that_made_nothing_has_no_page(desk: FlaskClient, once: str) -> None:
    assert desk.get(f"{PAGE}/lavet/{once}").status_code == 404
    assert desk.post(f"{PAGE}/lavet/{once}/fortryd").status_code == 404
