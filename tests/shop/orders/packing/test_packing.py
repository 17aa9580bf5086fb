"""The packing list and the delivery list: what to find, where it goes, what is to be paid; on a page and on paper."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from shop.orders import actions
from shop.orders.models import Fulfilment
from shop.orders.packing import queries
from tests.shop.orders.desk.scene import age, secured, sign_in
from tests.shop.orders.making import rig as making
from tests.shop.orders.rig import order
from workshop.core import clock, db
from workshop.core.money import PayMeans
from workshop.products.models import SizeClass

ADDRESS = {"fulfilment": Fulfilment.DELIVERY, "street": "Eksempelvej 4 & 6", "postcode": "3230", "town": "Græsted"}


def day_of(public_id: str) -> str:
    return order(public_id).pickup_on.isoformat()


def test_the_packing_list_names_things_and_places_by_the_hour(client: FlaskClient) -> None:
    first, second = secured(clock.now(), title="Havebænk"), secured(clock.now(), title="Skammel")
    age(second, pickup_from_minute=720, pickup_to_minute=840, pickup_on=order(first).pickup_on)
    sign_in(client)
    page = client.get("/personale/ordrer/pakkeliste", query_string={"dag": day_of(first)}).text
    assert page.index("Kl. 9–12") < page.index("Havebænk") < page.index("Kl. 12–14") < page.index("Skammel")
    assert "20000000" not in page, "a packing list hangs where everybody sees it"
    client.post(f"/personale/ordrer/{first}/pakket")
    with db.reading() as session:
        assert [(each.orders, each.packed) for each in queries.days(session)] == [(2, 1)]


def test_the_delivery_list_goes_by_postcode_and_says_what_to_collect(client: FlaskClient) -> None:
    far, near = secured(clock.now(), title="Havebænk"), secured(clock.now(), title="Bord")
    age(far, **ADDRESS | {"postcode": "3250", "town": "Gilleleje"})
    age(near, **ADDRESS)
    sign_in(client)
    page = client.get("/personale/ordrer/levering").text
    assert page.index("3230 Græsted") < page.index("3250 Gilleleje")
    assert "Skal betale 1.150" in page
    assert "Størrelse" in page
    assert 'href="https://www.openstreetmap.org/search?query=Eksempelvej+4+%26+6%2C+3230+Gr%C3%A6sted' in page
    assert 'src="http' not in page, "nothing of another host is loaded"


def test_a_town_in_letters_no_printer_has_stops_no_list(client: FlaskClient) -> None:
    public_id = secured(clock.now())
    age(public_id, **ADDRESS | {"town": "Græsted \U0001f33b\x1b"})
    sign_in(client)
    for list_name in ("pakkeliste", "levering"):
        answer = client.get(f"/personale/ordrer/{list_name}.pdf", query_string={"dag": day_of(public_id)})
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")


def test_what_is_handed_over_leaves_the_lists(client: FlaskClient) -> None:
    public_id = secured(clock.now())
    day = order(public_id).pickup_on
    with db.reading() as session:
        assert len(queries.parcels(session, day)) == 1
    with db.transaction() as session:
        actions.hand_over(session, public_id, means=PayMeans.CASH, now=clock.now(), by_staff_id=None)
    with db.reading() as session:
        assert queries.parcels(session, day) == []
        assert queries.days(session) == []


def test_what_is_still_being_made_says_so_and_has_its_own_numbers_afterwards(client: FlaskClient) -> None:
    with db.transaction() as session:
        bought = making.bought(session, making.bench(session))
    day = order(bought.public_id).pickup_on
    with db.reading() as session:
        parcel = queries.parcels(session, day)[0]
    assert not parcel.is_made
    assert [thing.number for thing in parcel.things] == [None]
    assert parcel.size is SizeClass.M


@pytest.mark.parametrize("paper", ["pakkeliste.pdf", "levering.pdf"])
@pytest.mark.parametrize("message", ["", "Vi er to.\n#set page(width: 1mm) \\ $x$ «» 🪑"])
def test_the_lists_are_printed_whatever_the_customer_wrote(client: FlaskClient, paper: str, message: str) -> None:
    public_id = secured(clock.now())
    age(public_id, message=message, customer_name="#strong[Ane] \\ Eksempel", **ADDRESS)
    sign_in(client)
    answer = client.get(f"/personale/ordrer/{paper}", query_string={"dag": day_of(public_id)})
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert client.get(f"/personale/ordrer/{paper}", query_string={"dag": "2026-02-30"}).status_code == 200
