import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from support import factories

from workshop.core import db
from workshop.core.access import Role
from workshop.labels.models import LabelDesign

LAYOUT = "/personale/prismaerker/layout"
CHOSEN = {
    "name": "Havemøbler",
    "sheet": "a4_3x7",
    "qr_side": "end",
    "qr_dark": "16,5",
    "order": "number,name,price,info,shop,more",
    "number": "y",
    "title": "y",
    "price": "y",
    "info": "y",
    "size_number": "small",
    "size_title": "large",
    "size_price": "normal",
    "size_info": "normal",
    "size_shop": "normal",
    "size_more": "normal",
}


@pytest.fixture
def desk(client):
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg", roles=[Role.WORKSHOP]).email
        factories.label_sheet(session)
        factories.label_sheet(session, key="roll_62x29")
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    return client


def kept():
    with db.reading() as session:
        return session.query(LabelDesign).all()


def made(desk):
    assert desk.post(f"{LAYOUT}/ny", data=CHOSEN).status_code == 303
    return kept()[0]


def test_a_layout_is_kept_as_it_was_chosen(desk):
    design = made(desk)
    assert design.name == "Havemøbler"
    assert [block["field"] for block in design.blocks] == ["number", "name", "price", "info"]
    assert design.blocks[1] == {"field": "name", "size": "large"}
    assert (design.label_w, design.label_h, design.qr_dark, design.qr_side) == (6350, 3810, 1650, "end")
    assert "Havemøbler" in desk.get(LAYOUT).text
    page = desk.get(f"{LAYOUT}/{design.public_id}").text
    assert 'value="16,5"' in page
    assert re.search(r'id="shop" name="shop" value="y">', page), "a field that was left out stays out"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"qr_dark": "14,9"}, "mindst 15 mm"),
        ({"qr_dark": "35"}, "der skal være hvidt omkring"),
        ({"price": ""}, "Pris, også førpris"),
        ({"number": ""}, "Nummer"),
        ({"title": ""}, "“Navn” på mærket"),
        ({"qr_side": "below", "sheet": "roll_62x29"}, "kan ikke være over koden"),
        ({"name": ""}, "Giv layoutet et navn"),
        ({"qr_dark": "stor"}, "i millimeter"),
    ],
)
def test_a_layout_that_cannot_work_is_not_kept_and_says_what_to_do(desk, changes, sentence):
    data = {name: value for name, value in (CHOSEN | changes).items() if value or name == "name"}
    answer = desk.post(f"{LAYOUT}/ny", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Havemøbler"' in answer.text or not changes.get("name", "x")
    assert kept() == []


def test_a_field_is_moved_without_script(desk):
    page = desk.get(f"{LAYOUT}/ny", query_string=CHOSEN | {"move": "price:up"}).text
    assert 'name="order" value="number,price,name,info,shop,more"' in page
    page = desk.get(f"{LAYOUT}/ny", query_string=CHOSEN | {"move": "number:up"}).text
    assert 'name="order" value="number,name,price,info,shop,more"' in page


def test_the_picture_follows_the_choices_and_can_be_scanned(desk):
    page = desk.get(f"{LAYOUT}/ny", query_string=CHOSEN).text
    address = re.search(r'src="(/[^"]+eksempel\.png[^"]+)"', page)[1].replace("&amp;", "&")
    answer = desk.get(address)
    assert answer.mimetype == "image/png"
    picture = Image.open(BytesIO(answer.data))
    assert [code.text.rsplit("/", 1)[-1] for code in zxingcpp.read_barcodes(picture)] == ["2345678923"]
    small = desk.get(f"{LAYOUT}/ny", query_string=CHOSEN | {"qr_dark": "9"}).text
    assert "eksempel.png" not in small
    assert "mindst 15 mm" in small


def test_two_who_change_the_same_layout_do_not_lose_each_others_work(desk):
    design = made(desk)
    first = CHOSEN | {"version": "1", "qr_dark": "15"}
    assert desk.post(f"{LAYOUT}/{design.public_id}", data=first).status_code == 303
    second = desk.post(f"{LAYOUT}/{design.public_id}", data=CHOSEN | {"version": "1", "qr_dark": "18"})
    assert second.status_code == 422
    assert "et andet vindue" in second.text
    assert kept()[0].qr_dark == 1500


def test_a_layout_goes_out_of_use_and_back_and_no_two_have_one_name(desk):
    design = made(desk)
    assert "hedder Havemøbler" in desk.post(f"{LAYOUT}/ny", data=CHOSEN).text
    desk.post(f"{LAYOUT}/{design.public_id}/brug")
    assert not kept()[0].is_used
    assert "Bruges ikke" in desk.get(LAYOUT).text
    desk.post(f"{LAYOUT}/{design.public_id}/brug", data={"is_used": "1"})
    assert kept()[0].is_used


def test_nobody_finds_a_layout_that_is_not_there(desk):
    assert desk.get(f"{LAYOUT}/findes-ikke").status_code == 404
    assert desk.get(f"{LAYOUT}/eksempel.png").status_code == 404


def test_the_measures_of_a_layout_are_said_to_the_hundredth(desk):
    with db.transaction() as session:
        kept = factories.label_sheet(session, key="egen-1")
        kept.label_w, kept.label_h = 6005, 5005
    assert desk.post(f"{LAYOUT}/ny", data=CHOSEN | {"sheet": "egen-1", "qr_dark": "16"}).status_code == 303
    page = desk.get(LAYOUT).text
    assert "fra 60,05 x 50,05 mm" in page
    assert "16 mm" in page


def test_what_the_script_takes_over_is_on_the_page_it_asks_for(desk):
    for address in (f"{LAYOUT}/ny", "/personale/prismaerker/ark/nyt"):
        page = desk.get(address).text
        assert 'data-preview="vis"' in page
        assert 'id="vis"' in page
        assert "/js/preview." in page
