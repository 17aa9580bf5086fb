"""The desk's pages: what waits under what, the way to the next press, and the same few questions for many orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from support.queries import counted

from shop.orders import actions
from shop.orders.desk import queries
from shop.orders.desk.queries import Waits
from shop.orders.house import actions as house
from shop.orders.house import queries as house_queries
from shop.orders.models import OrderState, PayWay
from shop.orders.pickup import SHIPPED
from tests.shop.orders.desk.scene import HEAD, age, lapse, secured, sign_in
from tests.shop.orders.making import rig as making
from tests.shop.orders.rig import order
from tests.shop.orders.withdrawing.scene import declare
from workshop.core import clock, db
from workshop.core.access import Role


def waiting() -> dict[Waits, list[str]]:
    with db.reading() as session:
        found = queries.desk(session, clock.now()).waiting
    return {need: [row.order.public_id for row in rows] for need, rows in found.items() if rows}


def test_every_order_stands_once_under_what_it_waits_for(client: FlaskClient) -> None:
    now = clock.now()
    names = ("attention", "lapsing", "make", "pack", "late", "ready", "later")
    made: dict[str, str] = {}
    for name in names:
        way = PayWay.CARD if name in {"attention", "lapsing"} else PayWay.AT_PICKUP
        age_of = timedelta(days=5, minutes=1) if name == "lapsing" else timedelta()
        if name == "make":
            with db.transaction() as session:
                made[name] = making.bought(session, making.bench(session), number="2026-0900").public_id
        else:
            made[name] = secured(now - age_of, pay_way=way, title=name)
            age(made[name], customer_email=f"{name}@example.dk")
    lapse(made["attention"], now)
    for name in ("ready", "late"):
        with db.transaction() as session:
            actions.make_ready(session, made[name], head=HEAD, now=now, by_staff_id=None)
    today = clock.local_day(now)
    age(made["ready"], pickup_on=today + timedelta(days=1))
    age(made["late"], pickup_on=today - timedelta(days=1))
    age(made["later"], pickup_on=SHIPPED.opening_day_after(today, 9))
    assert waiting() == {Waits(name): [made[name]] for name in names}
    with db.reading() as session:
        assert queries.count_waiting(session) == len(names)
    sign_in(client)
    page = client.get("/personale/ordrer").text
    places = [page.index(f'id="venter-{name}"') for name in names]
    assert places == sorted(places)
    assert all(f'href="#venter-{name}"' in page for name in names)
    assert "Hentes i morgen" in page


def test_an_order_for_a_day_we_have_closed_says_so_until_it_is_moved(client: FlaskClient) -> None:
    public_id = secured(clock.now())
    sign_in(client)
    pages = ("/personale/ordrer", f"/personale/ordrer/{public_id}")
    assert not any("I har lukket den dag" in client.get(page).text for page in pages)
    with db.transaction() as session:
        house.close_day(session, order(public_id).pickup_on, "", now=clock.now(), by_staff_id=None)
    assert all("I har lukket den dag" in client.get(page).text for page in pages)
    with db.reading() as session:
        slot = house_queries.calendar(session).slots(clock.now())[0]
    client.post(f"/personale/ordrer/{public_id}/tid", data={"tid": slot.key})
    assert not any("I har lukket den dag" in client.get(page).text for page in pages)


def test_a_withdrawal_whose_money_is_late_is_seen_on_the_desk(client: FlaskClient) -> None:
    sign_in(client)
    declare(clock.now() - timedelta(days=14))
    assert "1 fortrydelse" in client.get("/personale/ordrer").text
    assert "over fristen" not in client.get("/personale/ordrer").text
    declare(clock.now() - timedelta(days=15), once="b" * 22, order_number="2026-0002", email="bo@example.dk")
    page = client.get("/personale/ordrer").text
    assert "2 fortrydelser" in page
    assert "1 over fristen" in page


def test_what_is_set_into_production_from_the_list_leads_back_to_it(client: FlaskClient) -> None:
    with db.transaction() as session:
        public_id = making.bought(session, making.bench(session), number="2026-0901").public_id
    sign_in(client)
    begin = f"/personale/ordrer/{public_id}/produktion"
    assert client.post(begin, data={"fra": "bord"}).location == "/personale/ordrer#ordre-2026-0901"
    assert client.post(begin).location == f"/personale/ordrer/{public_id}"


def test_the_way_from_packed_to_ready_to_the_code(client: FlaskClient) -> None:
    public_id = secured(clock.now())
    sign_in(client)
    assert "Er pakket" in client.get("/personale/ordrer").text
    for _press in range(2):
        assert client.post(f"/personale/ordrer/{public_id}/pakket").status_code == 303
    assert "Meld klar" in client.get("/personale/ordrer").text
    client.post(f"/personale/ordrer/{public_id}/klar")
    code = order(public_id).handover_code
    for answer in (
        client.get("/personale/ordrer/udlever", query_string={"kode": code}),
        client.get(f"/personale/ordrer/udlever/{code}"),
        client.get(
            "/personale/ordrer/udlever", query_string={"kode": f"http://localhost/personale/ordrer/udlever/{code}"}
        ),
    ):
        assert (answer.status_code, answer.location) == (303, f"/personale/ordrer/{public_id}#udlever")
    wrong = client.get("/personale/ordrer/udlever", query_string={"kode": "ABC999"})
    assert wrong.status_code == 422
    assert 'value="ABC999"' in wrong.text


def test_who_goes_through_a_list_stays_on_it(client: FlaskClient) -> None:
    public_id = secured(clock.now())
    sign_in(client)
    press, number = f"/personale/ordrer/{public_id}/pakket", order(public_id).number
    assert client.post(press).location == f"/personale/ordrer/{public_id}"
    assert client.post(press, data={"fra": "bord"}).location == f"/personale/ordrer#ordre-{number}"
    there = client.post(press, data={"fra": "pakkeliste", "dag": "2026-12-01"})
    assert there.location == "/personale/ordrer/pakkeliste?dag=2026-12-01" + f"#ordre-{number}"
    assert client.post(press, data={"fra": "//ond.example"}).location == f"/personale/ordrer/{public_id}"


def test_the_code_opens_nothing_for_who_is_not_staff(client: FlaskClient) -> None:
    code = order(secured(clock.now())).handover_code
    assert "/personale/log-ind" in client.get(f"/personale/ordrer/udlever/{code}").location
    sign_in(client, Role.WORKSHOP)
    assert client.get(f"/personale/ordrer/udlever/{code}").status_code == 403


def test_handing_over_asks_how_it_was_paid(client: FlaskClient) -> None:
    public_id = secured(clock.now())
    sign_in(client)
    page = client.get(f"/personale/ordrer/{public_id}").text.replace("\u00a0", " ")
    assert "Kunden skal betale 1.150 kr." in page
    for data in ({}, {"betalt": "invoice"}, {"betalt": "guld"}):
        answer = client.post(f"/personale/ordrer/{public_id}/udlever", data=data)
        assert answer.status_code == 422
        assert "Vælg" in answer.text
    assert client.post(f"/personale/ordrer/{public_id}/udlever", data={"betalt": "cash"}).status_code == 303
    assert "Betalt kontant" in client.get(f"/personale/ordrer/{public_id}").text
    assert "Betal penge tilbage" in client.get(f"/personale/ordrer/{public_id}").text


def test_a_lapsed_reservation_offers_its_one_press(client: FlaskClient) -> None:
    now = clock.now()
    public_id = secured(now, pay_way=PayWay.CARD)
    lapse(public_id, now)
    sign_in(client)
    assert "Bed kunden betale ved afhentning" in client.get(f"/personale/ordrer/{public_id}").text
    client.post(f"/personale/ordrer/{public_id}/betal-ved-afhentning")
    page = client.get(f"/personale/ordrer/{public_id}").text
    assert "Bed kunden betale" not in page
    assert "Hvordan har kunden betalt?" in page
    assert order(public_id).state is OrderState.SECURED


def test_a_time_is_moved_to_one_that_is_offered(client: FlaskClient) -> None:
    public_id = secured(clock.now())
    sign_in(client)
    slot = SHIPPED.slots(clock.now())[2]
    assert slot.text in client.get(f"/personale/ordrer/{public_id}/tid").text
    assert client.post(f"/personale/ordrer/{public_id}/tid", data={"tid": "2020-01-01-540"}).status_code == 422
    assert client.post(f"/personale/ordrer/{public_id}/tid", data={"tid": slot.key}).status_code == 303
    assert order(public_id).pickup_on == slot.day


@pytest.mark.parametrize(
    "path",
    ["/personale/ordrer", "/personale/ordrer?q=bænk", "/personale/ordrer/pakkeliste", "/personale/ordrer/levering"],
)
def test_a_list_asks_as_often_for_many_orders_as_for_few(client: FlaskClient, path: str) -> None:
    sign_in(client)

    def asked() -> int:
        client.get(path)
        with counted() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    def more(start: int, stop: int) -> None:
        for number in range(start, stop):
            public_id = secured(clock.now(), title=f"Bænk {number}")
            brought = {"fulfilment": "delivery"} if path.endswith("levering") else {}
            age(public_id, customer_email=f"kunde{number}@example.dk", **brought)

    more(0, 2)
    few = asked()
    more(2, 12)
    assert asked() == few
