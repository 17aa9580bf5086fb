"""What happens when somebody scans: a visitor, staff at the desk, and a code that is on nothing yet."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.products import queries as products
from workshop.products.codes import actions, queries
from workshop.products.models import Item, ItemState

DESK = "/personale/moebler"


def sign_in(client: FlaskClient, role: Role = Role.WORKSHOP) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[role]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    return sign_in(client)


@pytest.fixture
def bench(app: Flask) -> tuple[int, str]:
    """The number and the token of a bench that is for sale."""
    with db.transaction() as session:
        item = factories.item(session, title="Havebænk i lærk")
        return item.number, item.qr_token


@pytest.fixture
def blank(app: Flask) -> tuple[int, str]:
    """The number and the token of a code printed ahead."""
    with db.transaction() as session:
        code = actions.reserve(session, 1, base_url=factories.BASE_URL, now=factories.NOW, by_staff_id=None)[0]
        return code.number or 0, code.token


def stored(number: int) -> Item:
    with db.reading() as session:
        found = products.item_by_number(session, number)
        assert found is not None
        return found


def leads_to(token: str) -> int | None:
    with db.reading() as session:
        found = queries.item_by_token(session, token)
        return found.number if found else None


def test_an_old_code_and_a_bound_one_lead_a_visitor_to_todays_page(
    client: FlaskClient, bench: tuple[int, str], blank: tuple[int, str]
) -> None:
    number, old = bench
    with db.transaction() as session:
        item = session.get_one(Item, stored(number).id)
        actions.renew(session, item, base_url=factories.BASE_URL, now=factories.NOW, by_staff_id=None)
        code = queries.blank_by_token(session, blank[1])
        assert code is not None
        actions.bind_to_item(session, code, item, now=factories.NOW, by_staff_id=None)
    for address in (f"/q/{old}", f"/Q/{old.upper()}", f"/q/{stored(number).qr_token}", f"/q/{blank[1]}"):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (302, f"/vare/{number}")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_visitor_cannot_tell_a_blank_code_from_one_that_is_nobodys(
    client: FlaskClient, blank: tuple[int, str]
) -> None:
    unknown = client.get("/q/2222222222")
    for address in (f"/q/{blank[1]}", f"/Q/{blank[1].upper()}"):
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (404, unknown.text)
    assert dict(client.get(f"/q/{blank[1]}").headers) == dict(unknown.headers)


@pytest.mark.parametrize("token", ["%00%00%00%00%00%00%00%00%00%00", "a" * 11, "ååååååååå", "%ff%ff"])
def test_a_token_that_cannot_be_one_is_an_unknown_code(client: FlaskClient, token: str) -> None:
    assert client.get(f"/q/{token}").status_code == 404


def test_staff_who_scan_a_blank_code_are_asked_what_it_is_on(desk: FlaskClient, blank: tuple[int, str]) -> None:
    answer = desk.get(f"/Q/{blank[1].upper()}")
    assert (answer.status_code, answer.location) == (302, f"{DESK}/kode/{blank[1]}")
    page = desk.get(answer.location).text
    assert "Koden er ny. Hvad sidder den på?" in page
    assert f"nr. {blank[0]}" in page


def test_a_citizen_who_scans_a_blank_code_stays_at_the_tablet(app: Flask, blank: tuple[int, str]) -> None:
    with db.transaction() as session:
        now = clock.now()
        key = people.tablet(session, now=now)[1]
        public_id = people.citizen(session, weekdays=range(7), now=now).public_id
    at_tablet = people.at_tablet(app, key, public_id)
    answer = at_tablet.get(f"/Q/{blank[1].upper()}")
    assert (answer.status_code, answer.location) == (302, f"/vaerksted/nyt/kode/{blank[1]}")
    assert at_tablet.get(f"{DESK}/kode/{blank[1]}").status_code in {303, 403}


def test_staff_who_may_not_add_things_learn_nothing_of_a_blank_code(
    client: FlaskClient, blank: tuple[int, str]
) -> None:
    sign_in(client, Role.CONSULTANT)
    assert client.get(f"/q/{blank[1]}").status_code == 404
    assert client.get(f"{DESK}/kode/{blank[1]}").status_code == 403
    assert client.get(f"{DESK}/scan?nr={blank[0]}").status_code == 422


def test_a_new_thing_gets_the_number_of_the_label_and_needs_no_name(desk: FlaskClient, blank: tuple[int, str]) -> None:
    number, token = blank
    answer = desk.post(f"{DESK}/kode/{token}/ny", data={"kind": "", "category": "stole", "title": ""})
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert f"Den fik nr. {number}" in page
    assert "Uden navn endnu" in page
    item = stored(number)
    assert (item.title, item.category, item.qr_token, item.state) == ("", "stole", token, ItemState.MADE)
    assert desk.get(f"/q/{token}").location == f"{DESK}/{number}"
    assert desk.get(f"{DESK}/kode/{token}").location == f"{DESK}/{number}"


def test_a_new_thing_of_the_catalogue_brings_its_words_along(desk: FlaskClient, blank: tuple[int, str]) -> None:
    with db.transaction() as session:
        kind = factories.product_type(session, name="Plantekasse", category="plantekasser", price_ore=49_500)
        sku = kind.sku
    desk.post(f"{DESK}/kode/{blank[1]}/ny", data={"kind": sku, "category": "stole", "title": ""})
    item = stored(blank[0])
    assert (item.title, item.category, item.price_ore) == ("Plantekasse", "plantekasser", 49_500)


def test_a_thing_that_has_a_number_is_opened_by_the_code_and_that_can_be_undone(
    desk: FlaskClient, bench: tuple[int, str], blank: tuple[int, str]
) -> None:
    number, token = bench[0], blank[1]
    answer = desk.post(f"{DESK}/kode/{token}/paa", data={"nr": f" {number} "})
    assert (answer.status_code, answer.location) == (303, f"{DESK}/{number}")
    page = desk.get(answer.location).text
    assert f"Koden åbner nu nr. {number}, Havebænk i lærk." in page
    assert f'action="{DESK}/kode/{token}/fri"' in page
    assert desk.get(f"{DESK}?soeg={blank[0]}").location == f"{DESK}/{number}"
    assert desk.post(f"{DESK}/kode/{token}/fri").location == f"{DESK}/kode/{token}"
    assert leads_to(token) is None
    assert desk.post(f"{DESK}/kode/{token}/fri").status_code == 404


def test_a_code_somebody_else_used_meanwhile_is_refused_in_words(
    desk: FlaskClient, bench: tuple[int, str], blank: tuple[int, str]
) -> None:
    desk.post(f"{DESK}/kode/{blank[1]}/paa", data={"nr": str(bench[0])})
    with db.transaction() as session:
        other = factories.item(session).number
    for address, data in (("ny", {"kind": "", "category": "stole", "title": "Stol"}), ("paa", {"nr": str(other)})):
        answer = desk.post(f"{DESK}/kode/{blank[1]}/{address}", data=data)
        assert answer.status_code == 409
        assert f"Koden sidder allerede på nr. {bench[0]}." in answer.text
    assert leads_to(blank[1]) == bench[0]


@pytest.mark.parametrize("typed", ["", "99999999", "bænk", "9" * 60])
def test_a_number_of_nothing_is_asked_for_again_with_what_was_typed(
    desk: FlaskClient, blank: tuple[int, str], typed: str
) -> None:
    answer = desk.post(f"{DESK}/kode/{blank[1]}/paa", data={"nr": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert leads_to(blank[1]) is None


def test_a_name_too_long_or_a_kind_we_have_not_is_asked_for_again(desk: FlaskClient, blank: tuple[int, str]) -> None:
    for data in ({"kind": "", "category": "stole", "title": "x" * 121}, {"kind": "ukendt", "category": "stole"}):
        assert desk.post(f"{DESK}/kode/{blank[1]}/ny", data=data).status_code == 422
    assert leads_to(blank[1]) is None


@pytest.mark.parametrize("way", ["ny", "paa", "fri"])
def test_a_code_that_is_nobodys_cannot_be_put_on_anything(desk: FlaskClient, bench: tuple[int, str], way: str) -> None:
    data = {"kind": "", "category": "stole", "title": "Stol", "nr": str(bench[0])}
    for token in ("2222222222", "%00", "a"):
        assert desk.post(f"{DESK}/kode/{token}/{way}", data=data).status_code == 404
    assert desk.get(f"{DESK}/kode/2222222222").status_code == 404


def test_the_scan_page_opens_what_is_typed_or_read(
    desk: FlaskClient, bench: tuple[int, str], blank: tuple[int, str]
) -> None:
    number, token = bench
    for typed in (str(number), f"https://butik.example/q/{token}", f"HTTPS://BUTIK.EXAMPLE/Q/{token.upper()}"):
        answer = desk.get(f"{DESK}/scan", query_string={"nr": typed})
        assert (answer.status_code, answer.location) == (303, f"{DESK}/{number}")
    answer = desk.get(f"{DESK}/scan", query_string={"nr": str(blank[0])})
    assert answer.location == f"{DESK}/kode/{blank[1]}"
    answer = desk.get(f"{DESK}/scan", query_string={"nr": "99999"})
    assert answer.status_code == 422
    assert 'value="99999"' in answer.text
    assert "Vi har ikke noget med det nummer" in answer.text
    assert "data-scan" in desk.get(f"{DESK}/scan").text


def test_a_new_code_is_made_and_the_old_one_still_works(desk: FlaskClient, bench: tuple[int, str]) -> None:
    number, old = bench
    answer = desk.post(f"{DESK}/{number}/ny-kode")
    assert (answer.status_code, answer.location) == (303, f"{DESK}/{number}")
    assert stored(number).qr_token != old
    assert leads_to(old) == number
    assert desk.post(f"{DESK}/999999/ny-kode").status_code == 404
