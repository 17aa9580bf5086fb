"""The desk's pages about things, and the photos everybody sees."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from support import factories, people
from support.queries import counted

from workshop.core import db
from workshop.core.access import Role
from workshop.products import actions, queries
from workshop.products.models import Item, ItemState, PriceChange

PAGE = "/personale/moebler"


def sign_in(client: FlaskClient, role: Role = Role.WORKSHOP) -> None:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg", roles=[role]).email
    people.sign_in_staff(client, email)


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    sign_in(client)
    return client


@pytest.fixture
def bench(app: Flask) -> int:
    """The number of a bench that is for sale at 1.150 kr."""
    with db.transaction() as session:
        return factories.item(session, title="Havebænk i lærk", price_ore=115_000).number


def stored(number: int) -> Item:
    with db.reading() as session:
        found = queries.item_by_number(session, number)
        assert found is not None
        return found


def picture() -> io.BytesIO:
    """A photo as a telephone takes it, place and all."""
    body = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Tove Ravnsbjerg hjemme"
    Image.new("RGB", (900, 600), "brown").save(body, "JPEG", exif=exif)
    body.seek(0)
    return body


def test_the_list_shows_what_is_not_sold_and_search_finds_the_rest(desk: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        sold = factories.item(session, title="Kommode, grøn")
        actions.hold(session, sold.id, 1)
        actions.sell_held(session, sold.id, 1, reference="2026-0001", now=factories.NOW)
        factories.item(session, title="Taburet", price_ore=None, is_for_sale=False)
    page = desk.get(PAGE).text
    assert "Havebænk i lærk" in page
    assert "Taburet" in page
    assert "Kommode" not in page
    assert "1 venter på at blive godkendt" in page
    found = desk.get(PAGE, query_string={"soeg": "groen"}).text
    assert "Kommode, grøn" in found
    assert "Havebænk" not in found
    only = desk.get(PAGE, query_string={"tilstand": "til-godkendelse"}).text
    assert "Taburet" in only
    assert "Havebænk" not in only


def test_the_list_says_when_nothing_fits(desk: FlaskClient, bench: int) -> None:
    assert "Ingen møbler passer til det" in desk.get(PAGE, query_string={"soeg": "%"}).text
    assert "Ingen møbler her" in desk.get(PAGE, query_string={"tilstand": "taget-ud", "side": "9999999999"}).text


def test_the_page_of_a_thing_tells_its_price_words_and_life(desk: FlaskClient, bench: int) -> None:
    page = desk.get(f"{PAGE}/{bench}").text
    for words in ("Havebænk i lærk", f"Nr. {bench}", "1.150\u00a0kr.", "Færdig og fik sit nummer", "Sat til salg"):
        assert words in page


def test_the_life_tells_of_the_label(desk: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        factories.label_sheet(session)
    job = desk.post(f"/personale/prismaerker/nr/{bench}").location
    assert "Mærke printet" not in desk.get(f"{PAGE}/{bench}").text
    desk.post(f"{job}/udskrevet")
    assert "Mærke printet" in desk.get(f"{PAGE}/{bench}").text


def test_a_new_price_is_kept_with_its_history(desk: FlaskClient, bench: int) -> None:
    assert desk.post(f"{PAGE}/{bench}/pris", data={"price": "995,50"}).status_code == 303
    assert stored(bench).price_ore == 99_550
    page = desk.get(f"{PAGE}/{bench}").text
    assert "995,50\u00a0kr." in page
    assert "1.150\u00a0kr." in page
    assert "Tove Ravnsbjerg" in page  # staff set prices, and it says so


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("12,345678", "Skriv højst to tal efter kommaet"),
        ("-1", "En pris kan ikke være under 0 kr."),
        ("", "Skriv prisen."),
        ("dyr", "Skriv prisen med tal"),
        ("0", "Prisen skal være mindst 1 kr."),
        ("9999999", "Prisen er for høj"),
    ],
)
def test_an_odd_price_comes_back_with_a_sentence(desk: FlaskClient, bench: int, typed: str, sentence: str) -> None:
    answer = desk.post(f"{PAGE}/{bench}/pris", data={"price": typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed}"' in answer.text
    assert "<title>Fejl:" in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(PriceChange.id))) == 1


def test_approving_puts_a_thing_up_for_sale_and_withdrawing_takes_it_out(desk: FlaskClient) -> None:
    with db.transaction() as session:
        number = factories.item(session, is_for_sale=False).number
    assert desk.post(f"{PAGE}/{number}/godkend").status_code == 303
    assert stored(number).state is ItemState.FOR_SALE
    assert desk.post(f"{PAGE}/{number}/tag-ud").status_code == 303
    assert stored(number).state is ItemState.WITHDRAWN


def test_approving_without_a_price_is_refused_with_a_way_on(desk: FlaskClient) -> None:
    with db.transaction() as session:
        number = factories.item(session, price_ore=None, is_for_sale=False).number
    answer = desk.post(f"{PAGE}/{number}/godkend")
    assert answer.status_code == 409
    assert "Sæt en pris først" in answer.text


def test_words_are_saved(desk: FlaskClient, bench: int) -> None:
    words = {"title": "Bænk, grøn", "description": "Malet i uge 47.", "measures": "150 cm", "place": "Væg B"}
    answer = desk.post(f"{PAGE}/{bench}/oplysninger", data={**words, "version": stored(bench).version})
    assert answer.status_code == 303
    assert (stored(bench).title, stored(bench).place) == ("Bænk, grøn", "Væg B")


def test_two_who_write_at_once_see_both_and_lose_neither(desk: FlaskClient, bench: int) -> None:
    seen = stored(bench).version
    first = {"title": "Bænk, grøn", "description": "", "measures": "", "place": "Væg B"}
    second = {"title": "Bænk, rød", "description": "Slidt.", "measures": "", "place": ""}
    assert desk.post(f"{PAGE}/{bench}/oplysninger", data={**first, "version": seen}).status_code == 303
    answer = desk.post(f"{PAGE}/{bench}/oplysninger", data={**second, "version": seen})
    assert answer.status_code == 409
    assert "Bænk, grøn" in answer.text
    assert 'value="Bænk, rød"' in answer.text
    assert stored(bench).title == "Bænk, grøn"
    now_seen = stored(bench).version
    assert f'name="version" type="hidden" value="{now_seen}"' in answer.text
    assert desk.post(f"{PAGE}/{bench}/oplysninger", data={**second, "version": now_seen}).status_code == 303
    assert stored(bench).title == "Bænk, rød"


@pytest.mark.parametrize("changes", [{"title": ""}, {"title": "x" * 121}, {"version": ""}, {"version": "-1"}])
def test_odd_words_come_back(desk: FlaskClient, bench: int, changes: dict[str, str]) -> None:
    words = {"title": "Bænk", "description": "", "measures": "", "place": "", "version": "1", **changes}
    assert desk.post(f"{PAGE}/{bench}/oplysninger", data=words).status_code == 422
    assert stored(bench).title == "Havebænk i lærk"


@pytest.mark.parametrize("number", ["4711", "2147483648", "99999999999999999999", "0"])
def test_a_number_nobody_has_is_not_here(desk: FlaskClient, number: str) -> None:
    assert desk.get(f"{PAGE}/{number}").status_code == 404
    for deed in ("pris", "godkend", "tag-ud", "oplysninger", "billeder"):
        data = {"price": "10", "title": "x", "version": "1", "photo": (picture(), "x.jpg")}
        assert desk.post(f"{PAGE}/{number}/{deed}", data=data).status_code == 404


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient, bench: int) -> None:
    for path in (PAGE, f"{PAGE}/{bench}"):
        assert "/personale/log-ind" in client.get(path).location


@pytest.mark.parametrize(
    ("role", "may_read", "may_change"),
    [(Role.SALES, True, True), (Role.CONSULTANT, True, False), (Role.MANAGER, True, False), (Role.ADMIN, False, False)],
)
def test_roles_see_and_do_what_is_theirs(
    client: FlaskClient, bench: int, role: Role, may_read: bool, may_change: bool
) -> None:
    sign_in(client, role)
    page = client.get(f"{PAGE}/{bench}")
    assert (page.status_code == 200, page.status_code == 403) == (may_read, not may_read)
    assert ("Gem prisen" in page.text) == may_change
    assert client.post(f"{PAGE}/{bench}/pris", data={"price": "10"}).status_code == (303 if may_change else 403)
    assert client.post(f"{PAGE}/{bench}/tag-ud").status_code == (303 if may_change else 403)


def test_a_post_from_another_site_is_refused(desk: FlaskClient, bench: int) -> None:
    answer = desk.post(f"{PAGE}/{bench}/tag-ud", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert stored(bench).state is ItemState.FOR_SALE


def test_the_page_costs_the_same_however_long_the_life(desk: FlaskClient, bench: int) -> None:
    with counted() as before:
        desk.get(f"{PAGE}/{bench}")
    with db.transaction() as session:
        item = queries.item_to_change(session, bench)
        assert item is not None
        for price in range(10):
            actions.set_price(session, item, 100_000 + price * 100, now=factories.NOW, by_staff_id=None)
    with counted() as after:
        desk.get(f"{PAGE}/{bench}")
    assert len(after) == len(before)


def test_a_number_typed_in_full_opens_the_thing_at_once(desk: FlaskClient, bench: int) -> None:
    answer = desk.get(f"{PAGE}?soeg={bench}")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}/{bench}")
    assert desk.get(f"{PAGE}?soeg=99{bench}").status_code == 200


def test_the_list_can_be_narrowed_to_a_kind_and_a_place(desk: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        stool = factories.item(session, title="Skammel", category="stole")
        stool.place = "Reol 3"
        session.flush()
    page = desk.get(f"{PAGE}?slags=stole").text
    assert "Skammel" in page
    assert "Havebænk i lærk" not in page
    assert 'value="stole" selected' in page
    page = desk.get(f"{PAGE}?plads=Reol+3&tilstand=til-salg").text
    assert "Skammel" in page
    assert "Havebænk i lærk" not in page
    assert "plads=Reol+3" in page.replace("%20", "+")
    for strange in ("slags=ukendt", "plads=%00", "slags=%27%22%3C"):
        assert desk.get(f"{PAGE}?{strange}").status_code == 200
