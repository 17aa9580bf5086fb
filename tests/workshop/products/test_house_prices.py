"""House prices: the fixed prices of what the workshop always has, and the things born from them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.core import db
from workshop.core.access import Role
from workshop.products import actions as products
from workshop.products import queries
from workshop.products.house_prices import actions
from workshop.products.house_prices.queries import house_prices
from workshop.products.models import HousePrice, Item

PAGE = "/personale/moebler/huspriser"
LONG_AGO = factories.NOW - timedelta(days=90)
TYPED = {"name": "Brændeknuder", "category": "brænde-og-optænding", "unit": "net", "price": "40"}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def nets(app: Flask) -> tuple[int, list[int]]:
    """The id of a house price of 40 kr., and the numbers of two nets born from it, the second of them sold."""
    with db.transaction() as session:
        house = actions.add_house_price(
            session, name="Brændeknuder", category="brænde-og-optænding", unit="net", price_ore=4_000
        )
        made = products.add_items(
            session,
            product_type_id=None,
            title="Brændeknuder",
            pieces=2,
            base_url=factories.BASE_URL,
            now=LONG_AGO,
            category=house.category,
            house_price_id=house.id,
            price_ore=house.price_ore,
        )
        for item in made:
            products.approve(session, item, now=LONG_AGO, by_staff_id=None)
        products.hold(session, made[1].id, 1)
        products.sell_held(session, made[1].id, 1, reference="2026-0001", now=LONG_AGO)
        return house.id, [item.number for item in made]


def stored(house_price_id: int) -> HousePrice:
    with db.reading() as session:
        return session.get_one(HousePrice, house_price_id)


def item(number: int) -> Item:
    with db.reading() as session:
        found = queries.item_by_number(session, number)
        assert found is not None
        return found


def history(number: int) -> list[int]:
    with db.reading() as session:
        return [line.price_ore for line in queries.price_history(session, item(number).id)]


def version_on(page: str) -> str:
    found = re.search(r'name="version" type="hidden" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_house_price_is_added_and_listed(desk: FlaskClient) -> None:
    assert "Ingen huspriser endnu" in desk.get(PAGE).text
    assert desk.post(f"{PAGE}/ny", data=TYPED).status_code == 303
    page = desk.get(PAGE).text
    assert "Brændeknuder er gemt." in page
    assert "40\u00a0kr. pr. net" in page
    assert "Brænde og optænding" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Giv husprisen et navn."),
        ({"name": "x" * 121}, "Skriv højst 120 tegn."),
        ({"unit": ""}, "Skriv, hvad én er, for eksempel net eller sæk."),
        ({"price": ""}, "Skriv prisen."),
        ({"price": "0,50"}, "Prisen skal være mindst 1 kr."),
        ({"price": "9999999"}, "Prisen er for høj."),
        ({"price": "dyr"}, "Skriv prisen med tal"),
        ({"category": "biler"}, ""),
    ],
)
def test_a_wrong_house_price_comes_back_as_it_was_typed(
    desk: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    answer = desk.post(f"{PAGE}/ny", data={**TYPED, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fejl:" in answer.text
    assert f'value="{typed.get("price", "40")}"' in answer.text
    with db.reading() as session:
        assert house_prices(session) == []


def test_two_house_prices_cannot_have_one_name(desk: FlaskClient, nets: tuple[int, list[int]]) -> None:
    answer = desk.post(f"{PAGE}/ny", data={**TYPED, "price": "55"})
    assert answer.status_code == 422
    assert "Der er allerede en huspris med det navn." in answer.text
    assert 'value="55"' in answer.text


def test_a_new_price_reaches_the_unsold_only_when_that_is_asked_for(
    desk: FlaskClient, nets: tuple[int, list[int]]
) -> None:
    house, (unsold, sold) = nets
    page = desk.get(f"{PAGE}/{house}").text
    assert "Sæt også den nye pris på det, der ikke er solgt endnu" in page
    assert "1 ting." in page
    assert desk.post(f"{PAGE}/{house}", data={**TYPED, "price": "45", "version": version_on(page)}).status_code == 303
    assert (stored(house).price_ore, item(unsold).price_ore) == (4_500, 4_000)
    page = desk.get(f"{PAGE}/{house}").text
    data = {**TYPED, "price": "50", "version": version_on(page), "is_for_unsold": "y"}
    assert desk.post(f"{PAGE}/{house}", data=data).status_code == 303
    assert "1 ting har fået den nye pris." in desk.get(PAGE).text
    assert (stored(house).price_ore, item(unsold).price_ore, item(sold).price_ore) == (5_000, 5_000, 4_000)
    assert history(unsold) == [5_000, 4_000]
    assert history(sold) == [4_000]
    assert "Tove Ravnsbjerg" in desk.get(f"/personale/moebler/{unsold}").text


def test_the_unsold_can_be_given_the_price_later(desk: FlaskClient, nets: tuple[int, list[int]]) -> None:
    house, (unsold, _sold) = nets
    desk.post(f"{PAGE}/{house}", data={**TYPED, "price": "45", "version": str(stored(house).version)})
    data = {**TYPED, "price": "45", "version": str(stored(house).version), "is_for_unsold": "y"}
    assert desk.post(f"{PAGE}/{house}", data=data).status_code == 303
    assert item(unsold).price_ore == 4_500


def test_two_who_change_it_at_once_both_see_both(desk: FlaskClient, nets: tuple[int, list[int]]) -> None:
    house, (unsold, _sold) = nets
    seen = version_on(desk.get(f"{PAGE}/{house}").text)
    assert desk.post(f"{PAGE}/{house}", data={**TYPED, "price": "45", "version": seen}).status_code == 303
    mine = {**TYPED, "price": "60", "version": seen, "is_for_unsold": "y"}
    answer = desk.post(f"{PAGE}/{house}", data=mine)
    assert answer.status_code == 409
    assert "En anden har gemt dette imens" in answer.text
    assert "45\u00a0kr. pr. net" in answer.text
    assert 'value="60"' in answer.text
    assert (stored(house).price_ore, item(unsold).price_ore) == (4_500, 4_000)
    again = {**mine, "version": version_on(answer.text)}
    assert desk.post(f"{PAGE}/{house}", data=again).status_code == 303
    assert (stored(house).price_ore, item(unsold).price_ore) == (6_000, 6_000)


def test_a_page_without_its_version_changes_nothing(desk: FlaskClient, nets: tuple[int, list[int]]) -> None:
    house, _numbers = nets
    for odd in ("", "x", "9" * 40, "²"):
        assert desk.post(f"{PAGE}/{house}", data={**TYPED, "price": "60", "version": odd}).status_code == 409
    assert stored(house).price_ore == 4_000


def test_a_retired_house_price_can_be_used_again(desk: FlaskClient, nets: tuple[int, list[int]]) -> None:
    house, (unsold, _sold) = nets
    assert desk.post(f"{PAGE}/{house}/tag-ud").status_code == 303
    assert not stored(house).is_used
    assert "Bruges ikke mere" in desk.get(PAGE).text
    assert item(unsold).price_ore == 4_000
    assert desk.post(f"{PAGE}/{house}/tag-i-brug").status_code == 303
    assert stored(house).is_used


def test_what_is_not_there_is_not_there(desk: FlaskClient) -> None:
    for path in ("/99", "/99/tag-ud", "/99/tag-i-brug"):
        assert desk.post(f"{PAGE}{path}", data={**TYPED, "version": "1"}).status_code == 404


def test_a_consultant_may_read_them_and_change_none(client: FlaskClient, nets: tuple[int, list[int]]) -> None:
    house, _numbers = nets
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.CONSULTANT]).email
    people.sign_in_staff(client, email)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Ny huspris" not in page.text
    assert client.get(f"{PAGE}/{house}").status_code == 403
    assert client.post(f"{PAGE}/{house}", data={**TYPED, "price": "1"}).status_code == 403
    assert client.post(f"{PAGE}/{house}/tag-ud").status_code == 403
    assert stored(house).price_ore == 4_000
