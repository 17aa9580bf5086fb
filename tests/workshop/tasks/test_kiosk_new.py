"""A new thing in four steps: what it is, photo, price, label. Each can be undone, and nothing is lost on the way."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from support import factories, people

from tests.workshop.tasks.rig import count
from workshop.core import clock, db
from workshop.products import actions as products
from workshop.products.codes import actions as codes
from workshop.products.codes.queries import BlankCode
from workshop.products.models import Item, ItemPhoto, ItemState
from workshop.tasks.kiosk import birth, queries


def key_on(page: str) -> str:
    found = re.search(r'name="gang" value="([^"]+)"', page)
    assert found, "the page carries no key"
    return found[1]


def begin(at: FlaskClient, kind: str = "slags:borde") -> int:
    """A new thing of a kind; gives its number."""
    answer = at.post("/vaerksted/nyt", data={"slags": kind, "gang": key_on(at.get("/vaerksted/nyt").text)})
    assert answer.status_code == 303, answer.text
    return int(answer.location.split("/")[-2])


def item_of(number: int) -> Item:
    with db.reading() as session:
        return session.scalars(sa.select(Item).where(Item.number == number)).one()


def take_photo(at: FlaskClient, number: int) -> None:
    body = io.BytesIO()
    Image.new("1", (640, 480)).save(body, "PNG")
    body.seek(0)
    page = f"/vaerksted/moebler/{number}/foto"
    assert at.post(page, data={"photo": (body, "x.png")}, content_type="multipart/form-data").status_code == 303


@pytest.mark.usefixtures("roll")
def test_a_table_is_made_photographed_priced_and_labelled_alone(mona: FlaskClient) -> None:
    number = begin(mona)
    page = f"/vaerksted/moebler/{number}"
    assert "1 af 4" in mona.get(f"{page}/navn").text
    assert mona.post(f"{page}/navn", data={"title": "Lille bord"}).location == f"{page}/foto"
    assert "2 af 4" in mona.get(f"{page}/foto").text
    take_photo(mona, number)
    assert "3 af 4" in mona.get(f"{page}/pris").text
    assert mona.post(f"{page}/pris", data={"svar": "godt", "ore": "34500"}).location == f"{page}/maerke"
    assert "4 af 4" in mona.get(f"{page}/maerke").text
    job = mona.post(f"{page}/maerke").location.partition("job=")[2]
    done = mona.post(f"{page}/maerke/{job}/godt", follow_redirects=True).text
    assert "Personalet ser på den." in done
    made = item_of(number)
    assert (made.title, made.proposed_ore, made.price_ore, made.state) == ("Lille bord", 34_500, None, ItemState.MADE)
    assert "Gør færdig" not in mona.get("/vaerksted/hjem").text


def test_two_taps_on_a_tile_make_one_thing(mona: FlaskClient) -> None:
    key = key_on(mona.get("/vaerksted/nyt").text)
    first, second = (mona.post("/vaerksted/nyt", data={"slags": "slags:borde", "gang": key}).location for _tap in "12")
    assert first == second
    assert count(Item) == 1
    assert begin(mona) != int(first.split("/")[-2]), "another showing of the page makes another thing"


def test_a_key_of_somebody_elses_making_makes_a_thing_of_its_own(mona: FlaskClient) -> None:
    for key in ("", "x", "'; DROP TABLE item; --" * 3, "æ" * 20):
        assert mona.post("/vaerksted/nyt", data={"slags": "slags:stole", "gang": key}).status_code == 303
    assert count(Item) == 4


@pytest.mark.parametrize("kind", ["", "slags:", "slags:ukendt", "type:XX-99", "borde", "type:"])
def test_a_kind_nobody_knows_is_asked_for_again(mona: FlaskClient, kind: str) -> None:
    answer = mona.post("/vaerksted/nyt", data={"slags": kind})
    assert answer.status_code == 422
    assert "Vælg en slags." in answer.text
    assert count(Item) == 0


def test_what_is_made_lately_stands_first_and_has_its_name(mona: FlaskClient) -> None:
    with db.transaction() as session:
        kind = factories.product_type(session, sku="HB-77", name="Rolig bænk", price_ore=89_500)
        factories.item(session, kind=kind, title="", price_ore=None, is_for_sale=False, now=clock.now())
    assert "Rolig bænk" in mona.get("/vaerksted/nyt").text
    answer = mona.post("/vaerksted/nyt", data={"slags": "type:HB-77"})
    assert answer.location.endswith("/foto"), "a known thing needs no name"
    number = int(answer.location.split("/")[-2])
    assert item_of(number).title == "Rolig bænk"
    page = mona.get(f"/vaerksted/moebler/{number}/pris").text
    assert "895" in page
    assert "Passer godt" not in page, "its price is set"
    assert mona.post(f"/vaerksted/moebler/{number}/pris", data={"svar": "godt", "ore": "100"}).status_code == 422
    assert mona.post(f"/vaerksted/moebler/{number}/pris", data={"svar": "godt", "ore": "10000"}).status_code == 409


def test_what_is_begun_is_there_again_after_the_lock(house, mona: FlaskClient) -> None:
    number = begin(mona)
    mona.get("/vaerksted")  # the pictures: whoever was there is out
    assert mona.get("/vaerksted/hjem").status_code == 303
    people.sign_in_citizen(mona, house.tablet_key, house.yusuf)
    page = mona.get("/vaerksted/hjem").text
    assert f"Gør færdig: nr. {number}" in page
    assert "Mona" not in page
    assert mona.get(f"/vaerksted/moebler/{number}/videre").location.endswith("/foto")


def test_what_was_begun_goes_on_where_it_was_left(mona: FlaskClient) -> None:
    number = begin(mona)
    take_photo(mona, number)
    assert mona.get(f"/vaerksted/moebler/{number}/videre").location.endswith("/pris")
    mona.post(f"/vaerksted/moebler/{number}/pris", data={"svar": "godt", "ore": "5000"})
    assert mona.get(f"/vaerksted/moebler/{number}/videre").location.endswith("/maerke")


def test_a_thing_begun_by_mistake_can_be_regretted_and_its_number_never_comes_again(mona: FlaskClient) -> None:
    number = begin(mona)
    assert f"Skal nr. {number} væk?" in mona.get(f"/vaerksted/moebler/{number}/fortryd").text
    for _tap in range(2):
        assert mona.post(f"/vaerksted/moebler/{number}/fortryd").location == "/vaerksted/hjem"
    gone = item_of(number)
    assert (gone.state, gone.quantity) == (ItemState.WITHDRAWN, 0)
    assert "Gør færdig" not in mona.get("/vaerksted/hjem").text
    assert begin(mona) == number + 1


def test_only_what_was_numbered_on_this_tablet_can_be_regretted_there(mona: FlaskClient, bench: int) -> None:
    mona.get(f"/vaerksted/moebler/{bench}/videre")
    assert mona.get(f"/vaerksted/moebler/{bench}/fortryd").status_code == 409
    assert mona.post(f"/vaerksted/moebler/{bench}/fortryd").status_code == 409
    assert item_of(bench).state is ItemState.MADE


def test_the_last_photo_can_be_undone_until_staff_approve_it(mona: FlaskClient, yusuf: FlaskClient) -> None:
    number = begin(mona)
    page = f"/vaerksted/moebler/{number}/foto"
    take_photo(mona, number)
    take_photo(mona, number)
    assert "Fortryd billedet" in mona.get(page).text
    yusuf.post(f"{page}/fortryd")
    assert count(ItemPhoto) == 2, "another browser did not take them"
    mona.post(f"{page}/fortryd")
    assert count(ItemPhoto) == 1
    with db.transaction() as session:
        session.execute(sa.update(ItemPhoto).values(approved_at=clock.now()))
    assert "Fortryd billedet" not in mona.get(page).text
    mona.post(f"{page}/fortryd")
    assert count(ItemPhoto) == 1


def test_a_name_is_suggested_and_can_be_skipped(mona: FlaskClient) -> None:
    number = begin(mona, "slags:havebænke")
    page = mona.get(f"/vaerksted/moebler/{number}/navn").text
    assert 'value="Bænk"' in page
    assert "Spring over" in page
    answer = mona.post(f"/vaerksted/moebler/{number}/navn", data={"title": "  "})
    assert answer.status_code == 422
    assert "Skriv et navn. Eller spring over." in answer.text
    assert mona.post(f"/vaerksted/moebler/{number}/navn", data={"title": "x" * 200}).status_code == 422
    assert item_of(number).title == ""


def test_what_is_approved_keeps_its_name(mona: FlaskClient) -> None:
    with db.transaction() as session:
        number = factories.item(session).number
    assert mona.get(f"/vaerksted/moebler/{number}/navn").status_code == 409
    assert mona.post(f"/vaerksted/moebler/{number}/navn", data={"title": "Andet"}).status_code == 409


def test_the_price_goes_up_and_down_without_being_kept(mona: FlaskClient) -> None:
    number = begin(mona)
    page = f"/vaerksted/moebler/{number}/pris"
    first = mona.get(page).text
    assert 'name="ore" value="9000"' in first
    assert 'name="ore" value="11000"' in first
    assert 'type="hidden" name="ore" value="11000"' in mona.get(f"{page}?ore=11000").text
    assert 'type="hidden" name="ore" value="125000"' in mona.get(page, query_string={"kr": "1.250"}).text
    assert item_of(number).proposed_ore is None


@pytest.mark.parametrize(
    ("typed", "says"), [("mange", "kun tal"), ("1", "for lav"), ("-4", "kun tal"), ("9" * 30, "kun tal")]
)
def test_a_price_that_is_none_is_asked_for_again(mona: FlaskClient, typed: str, says: str) -> None:
    number = begin(mona)
    answer = mona.get(f"/vaerksted/moebler/{number}/pris", query_string={"kr": typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{typed}"' in answer.text


def test_a_proposed_price_can_be_taken_back_or_left_to_staff(mona: FlaskClient) -> None:
    number = begin(mona)
    page = f"/vaerksted/moebler/{number}/pris"
    mona.post(page, data={"svar": "godt", "ore": "25000"})
    assert item_of(number).proposed_ore == 25_000
    assert mona.post(page, data={"svar": "fortryd"}).location == page
    assert item_of(number).proposed_ore is None
    assert mona.post(page, data={"svar": "ved_ikke"}).location.endswith("/maerke")
    assert "Der er ingen pris endnu." in mona.get(f"/vaerksted/moebler/{number}/maerke").text
    for data in ({"svar": "godt"}, {"svar": "godt", "ore": "abc"}, {"svar": "andet", "ore": "5000"}, {}):
        assert mona.post(page, data=data).status_code == 422
    assert mona.post(f"/vaerksted/moebler/{number}/faerdig").location.endswith(f"{number}?ny=1")


def test_what_is_for_sale_shows_its_price_only(mona: FlaskClient) -> None:
    with db.transaction() as session:
        number = factories.item(session).number
    page = f"/vaerksted/moebler/{number}/pris"
    assert "Passer godt" not in mona.get(page).text
    assert mona.post(page, data={"svar": "godt", "ore": "5000"}).status_code == 409
    assert item_of(number).proposed_ore is None


@pytest.fixture
def blank(house) -> BlankCode:
    """A code that was printed ahead."""
    with db.transaction() as session:
        made = codes.reserve(session, 1, base_url=factories.BASE_URL, now=clock.now(), by_staff_id=None)[0]
        assert made.number
        return BlankCode(made.number, made.token)


def test_a_label_printed_ahead_becomes_a_new_thing_with_its_number(mona: FlaskClient, blank: BlankCode) -> None:
    page = f"/vaerksted/nyt/kode/{blank.token}"
    for typed in (str(blank.number), f"https://butik.example/q/{blank.token}", blank.token.upper()):
        assert mona.get("/vaerksted/scan", query_string={"nr": typed}).location == page
    assert f"Mærket har nr. {blank.number}." in mona.get(page).text
    assert mona.post(page, data={"slags": "slags:stole"}).location.endswith(f"/{blank.number}/navn")
    assert mona.post(page, data={"slags": "slags:borde"}).location.endswith(f"/{blank.number}/videre"), "a second tap"
    assert mona.get(page).location.endswith(f"/{blank.number}")
    assert count(Item) == 1
    assert item_of(blank.number).qr_token == blank.token


def test_a_label_printed_ahead_can_go_on_a_thing_that_has_a_number(
    mona: FlaskClient, bench: int, blank: BlankCode
) -> None:
    page = f"/vaerksted/nyt/kode/{blank.token}"
    assert mona.post(f"{page}/gammel", data={"nr": "4711"}).status_code == 422
    assert mona.post(f"{page}/gammel", data={"nr": str(bench)}).location.endswith(f"/{bench}")
    assert mona.get("/vaerksted/scan", query_string={"nr": str(blank.number)}).location.endswith(f"/{bench}")
    assert mona.post(page, data={"slags": "slags:stole"}).location.endswith(f"/{bench}/videre")
    assert count(Item) == 1


def test_a_label_on_the_wrong_thing_is_taken_off_again(
    mona: FlaskClient, yusuf: FlaskClient, bench: int, blank: BlankCode
) -> None:
    page = f"/vaerksted/nyt/kode/{blank.token}"
    mona.post(f"{page}/gammel", data={"nr": f"Nr. {bench}"})
    assert "Tag det nye mærke af igen" in mona.get(f"/vaerksted/moebler/{bench}").text
    assert "Tag det nye mærke af igen" not in yusuf.get(f"/vaerksted/moebler/{bench}").text
    assert yusuf.post(f"{page}/fri").status_code == 409, "only where it was put on"
    assert mona.post(f"{page}/fri").location == page
    assert mona.get("/vaerksted/scan", query_string={"nr": str(blank.number)}).location == page, "it is free again"
    assert mona.post(f"{page}/fri").status_code == 409, "a second tap takes nothing more off"


def test_a_label_printed_ahead_does_not_go_on_a_sold_thing(mona: FlaskClient, bench: int, blank: BlankCode) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Item).values(state=ItemState.SOLD, quantity=0, sold_at=clock.now()))
    answer = mona.post(f"/vaerksted/nyt/kode/{blank.token}/gammel", data={"nr": str(bench)})
    assert answer.status_code == 422
    assert f"Nr. {bench} er solgt. Se på nummeret igen." in answer.text


def test_a_code_that_is_none_of_ours_is_not_found(mona: FlaskClient) -> None:
    for path in ("", "/gammel"):
        assert mona.post(f"/vaerksted/nyt/kode/zzzzzzzzzz{path}", data={"slags": "slags:stole"}).status_code == 404
    assert mona.get("/vaerksted/nyt/kode/zzzzzzzzzz").status_code == 404


def test_a_sold_thing_is_shown_and_left_alone(mona: FlaskClient) -> None:
    with db.transaction() as session:
        item = factories.item(session)
        products.hold(session, item.id, 1)
        products.sell_held(session, item.id, 1, reference="1", now=clock.now())
        number = item.number
    page = f"/vaerksted/moebler/{number}"
    assert "Den er solgt." in mona.get(page).text
    for path in ("/foto", "/pris", "/maerke"):
        assert "Den er solgt." in mona.get(f"{page}{path}").text
    assert mona.get(f"{page}/videre").status_code == 303
    body = io.BytesIO()
    Image.new("1", (640, 480)).save(body, "PNG")
    body.seek(0)
    refused = mona.post(f"{page}/foto", data={"photo": (body, "x.png")}, content_type="multipart/form-data")
    assert refused.status_code == 409
    assert count(ItemPhoto) == 0
    assert mona.post(f"{page}/maerke").status_code == 409


def test_nothing_of_who_made_it_is_kept_with_the_thing(app: Flask, house) -> None:
    with db.transaction() as session:
        kind = queries.kind_by_key(session, "slags:borde")
        assert kind is not None
        key = birth.new_key()
        first = birth.be_born(session, kind, key=key, base_url=factories.BASE_URL, now=clock.now())
        assert birth.be_born(session, kind, key=key, base_url=factories.BASE_URL, now=clock.now()).id == first.id
        rows = session.execute(sa.text("SELECT reference, by_staff_id FROM stock_movement")).all()
    assert [tuple(row) for row in rows] == [(f"tablet {key}", None)]
