import pytest
from support import factories

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.labels import actions, queries
from workshop.labels.models import LabelSheet

SHEETS = "/personale/prismaerker/ark"
MEASURES = {
    "name": "A4, 16 mærker",
    "vendor_code": "Avery L7162",
    "page": "A4",
    "columns": "2",
    "rows": "8",
    "label_w": "99,1",
    "label_h": "33,9",
    "margin_left": "4,65",
    "margin_top": "12,9",
    "pitch_x": "101,6",
    "pitch_y": "33,9",
}


@pytest.fixture
def desk(client):
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg", roles=[Role.WORKSHOP]).email
        factories.label_sheet(session)
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    return client


def own():
    with db.reading() as session:
        return next((sheet for sheet in queries.sheets(session) if sheet.key.startswith("egen-")), None)


def test_a_sheet_is_seen_to_scale_before_it_is_kept(desk):
    page = desk.get(f"{SHEETS}/nyt", query_string=MEASURES).text
    assert 'viewBox="0 0 210 297"' in page
    assert page.count('class="sheet-drawing__label"') == 16
    assert 'x="106.25" y="46.8" width="99.1" height="33.9"' in page
    assert own() is None
    assert desk.post(f"{SHEETS}/nyt", data=MEASURES).status_code == 303
    assert (own().columns, own().margin_left, own().label_h) == (2, 465, 3390)
    assert "A4, 16 mærker" in desk.get(SHEETS).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pitch_y": "30"}, "oven i hinanden nedad"),
        ({"columns": "3"}, "til højre går ud over papiret"),
        ({"label_h": ""}, "Skriv mærkets højde"),
        ({"rows": "otte"}, "Skriv antallet med et tal"),
        ({"margin_top": "12.9.1"}, "i millimeter"),
        ({"rows": "999", "columns": "999"}, "højst have 300"),
        ({"name": "Ark a4_3x7"}, "Giv det et andet navn"),
        ({"page": "bog"}, "Ret én ting"),
    ],
)
def test_a_sheet_that_cannot_be_printed_is_not_kept(desk, changes, sentence):
    answer = desk.post(f"{SHEETS}/nyt", data=MEASURES | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Avery L7162"' in answer.text
    assert own() is None


def test_a_roll_asks_for_its_label_alone(desk):
    roll = {"name": "Rulle, 57 x 32 mm", "page": "roll", "label_w": "57", "label_h": "32"}
    assert 'viewBox="0 0 57 32"' in desk.get(f"{SHEETS}/nyt", query_string=roll).text
    assert desk.post(f"{SHEETS}/nyt", data=roll).status_code == 303
    assert (own().columns, own().rows, own().pitch_x) == (1, 1, 5700)


def test_a_sheet_that_was_printed_on_keeps_its_measures(desk):
    desk.post(f"{SHEETS}/nyt", data=MEASURES)
    address = f"{SHEETS}/{own().key}"
    assert desk.post(address, data=MEASURES | {"margin_top": "13"}).status_code == 303
    assert own().margin_top == 1300
    with db.transaction() as session:
        item = factories.item(session, title="Bænk", price_ore=10_000)
        actions.make_job(
            session, item_ids=[item.id], sheet_key=own().key, start_cell=1, now=clock.now(), by_staff_id=None
        )
    refused = desk.post(address, data=MEASURES | {"margin_top": "12"})
    assert refused.status_code == 422
    assert "Lav et nyt ark" in refused.text
    assert desk.post(address, data=MEASURES | {"margin_top": "13", "name": "De gode"}).status_code == 303
    assert (own().name, own().margin_top) == ("De gode", 1300)
    assert desk.post(f"{address}/slet").status_code == 409


def test_only_the_workshops_own_sheets_can_be_changed_or_removed(desk):
    assert desk.get(f"{SHEETS}/a4_3x7").status_code == 404
    assert desk.post(f"{SHEETS}/a4_3x7/slet").status_code == 404
    desk.post(f"{SHEETS}/nyt", data=MEASURES)
    assert desk.post(f"{SHEETS}/{own().key}/slet").status_code == 303
    with db.reading() as session:
        assert session.query(LabelSheet).count() == 1
