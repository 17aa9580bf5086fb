"""An order by phone: found by number or name, made to order or not, written down once at the price that was said."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from shop.orders.models import Channel, CustomerKind, Fulfilment, Order, OrderState, PayWay
from shop.orders.phone import picking
from shop.orders.phone.picking import Picked, PickedMaking, PickedThing
from shop.orders.pickup import SHIPPED
from tests.shop.orders.desk.scene import sign_in, texts
from tests.shop.orders.making import rig as making
from tests.shop.orders.rig import for_sale, item
from workshop.core import clock, db
from workshop.products.models import Item, ItemState, SizeClass
from workshop.services.models import DeliveryPrice, Postcode

TELEFON = "/personale/ordrer/telefon"
ANE = {"navn": "Ane Eksempel", "telefon": "00 00 00 00", "kunde": "private"}


def slot(kind: Fulfilment = Fulfilment.PICKUP) -> str:
    return f"{kind.value}:{SHIPPED.slots(clock.now(), kind)[0].key}"


def orders() -> list[Order]:
    with db.reading() as session:
        found = session.scalars(sa.select(Order).order_by(Order.id)).all()
        session.expunge_all()
        return list(found)


def send(client: FlaskClient, things: str, **typed: Any) -> Any:
    """Fill in the form as its page shows it, and send it."""
    page = client.get(f"{TELEFON}/kunde?{things}").text
    hidden = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in ("once", "total")}  # type: ignore[index]  # the page has them
    return client.post(f"{TELEFON}/kunde?{things}", data={**hidden, **ANE, "tid": slot(), **typed})


def test_things_are_found_by_number_and_by_name_and_picked_once(client: FlaskClient) -> None:
    bench, table = for_sale("Havebænk", "Bærbar skammel")
    sign_in(client)
    for words in (str(table.number), "bærbar", "baerbar skam"):
        found = client.get(TELEFON, query_string={"q": words}).text
        assert "Bærbar skammel" in found
        assert "Havebænk" not in found
    answer = client.get(f"{TELEFON}?vare={table.number}&nummer={bench.number}&antal=1")
    assert answer.location == f"{TELEFON}?vare={table.number}&vare={bench.number}"
    assert client.get(f"{answer.location}&fjern={table.number}").location == f"{TELEFON}?vare={bench.number}"


def test_a_name_written_as_it_is_heard_is_found_too(client: FlaskClient) -> None:
    for_sale("Havebænk", "Bærbar skammel")
    sign_in(client)
    for words in ("havebenk", "havebæng", "bænke til haven"):
        found = client.get(TELEFON, query_string={"q": words}).text
        assert ("Havebænk" in found, "Bærbar skammel" in found) == (True, False), words
    assert "Havebænk" not in client.get(TELEFON, query_string={"q": "cykel"}).text


def test_an_order_by_phone_holds_at_once_and_is_paid_when_it_is_fetched(client: FlaskClient) -> None:
    bench = for_sale("Havebænk")[0]
    sign_in(client)
    answer = send(client, f"vare={bench.number}", mail="ane@example.dk")
    (made,) = orders()
    assert (answer.status_code, answer.location) == (303, f"/personale/ordrer/{made.public_id}")
    assert (made.channel, made.pay_way, made.state) == (Channel.PHONE, PayWay.AT_PICKUP, OrderState.SECURED)
    assert made.by_staff_id is not None
    assert item(bench.id).state is ItemState.SOLD
    assert texts(made.public_id)[0] == "Bestilt på telefonen."


def test_the_same_form_twice_is_one_order(client: FlaskClient) -> None:
    bench = for_sale("Havebænk")[0]
    sign_in(client)
    page = client.get(f"{TELEFON}/kunde?vare={bench.number}").text
    once = re.search(r'name="once"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]  # the page has it
    typed = {**ANE, "tid": slot(), "once": once, "total": "115000"}
    places = {client.post(f"{TELEFON}/kunde?vare={bench.number}", data=typed).location for _press in range(2)}
    assert places == {f"/personale/ordrer/{orders()[0].public_id}"}
    assert len(orders()) == 1


@pytest.mark.parametrize("is_made", [False, True])
def test_a_double_click_at_the_same_moment_is_one_order_and_both_lead_to_it(client: FlaskClient, is_made: bool) -> None:
    with db.transaction() as session:
        sku = making.bench(session).sku
    things = f"lav={sku}~1~~længde=150~farve=sort" if is_made else f"vare={for_sale('Havebænk')[0].number}"
    total = "204500" if is_made else "115000"
    hands = [client.application.test_client() for _each in range(4)]
    for hand in hands:
        hand.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(hand)
    page = hands[0].get(f"{TELEFON}/kunde?{things}").text
    once = re.search(r'name="once"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]  # the page has it
    time = re.findall(r'value="(pickup:[^"]+)"', page)[0]
    typed = {**ANE, "tid": time, "once": once, "total": total}
    together = Barrier(len(hands))

    def press(hand: FlaskClient) -> tuple[int, str | None]:
        together.wait()
        answer = hand.post(f"{TELEFON}/kunde?{things}", data=typed)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(len(hands)) as pool:
        answers = set(pool.map(press, hands))
    assert len(orders()) == 1
    assert answers == {(303, f"/personale/ordrer/{once}")}


def test_what_was_sold_meanwhile_is_said_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    bench = for_sale("Havebænk")[0]
    sign_in(client)
    page = client.get(f"{TELEFON}/kunde?vare={bench.number}").text
    once = re.search(r'name="once"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]  # the page has it
    with db.transaction() as session:
        session.execute(sa.update(Item).where(Item.id == bench.id).values(state=ItemState.SOLD, quantity=0))
    typed = {**ANE, "tid": slot(), "once": once, "total": "115000"}
    answer = client.post(f"{TELEFON}/kunde?vare={bench.number}", data=typed)
    assert answer.status_code == 422
    assert "solgt" in answer.text
    assert 'value="Ane Eksempel"' in answer.text
    assert orders() == []
    assert client.get(f"{TELEFON}/kunde?vare={bench.number}").status_code == 303  # back to the things


def test_delivery_is_priced_and_said_before_it_is_ordered(client: FlaskClient) -> None:
    bench = for_sale("Havebænk")[0]
    with db.transaction() as session:
        size = session.get_one(Item, bench.id).size_class
        session.merge(Postcode(code="3230", town="Græsted", zone=1))
        session.merge(DeliveryPrice(zone=1, size_class=size, price_ore=24_900))
    sign_in(client)
    brought = {"tid": slot(Fulfilment.DELIVERY), "vej": "Eksempelvej 4", "postnr": "3230"}
    first = send(client, f"vare={bench.number}", **brought)
    assert first.status_code == 422
    assert "Sig prisen til kunden" in first.text
    assert orders() == []
    assert send(client, f"vare={bench.number}", **brought, total=str(115_000 + 24_900)).status_code == 303
    (made,) = orders()
    assert (made.fulfilment, made.town, made.delivery_ore) == (Fulfilment.DELIVERY, "Græsted", 24_900)
    assert made.total_ore == 139_900


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"navn": ""}, "Skriv kundens navn."),
        ({"telefon": "12"}, "8 cifre"),
        ({"mail": "ane"}, "Mailadressen"),
        ({"tid": ""}, "Vælg en af tiderne."),
        ({"tid": "pickup:2020-01-01-540"}, "Vælg en af tiderne."),
        ({"kunde": "company"}, "Skriv navnet på firmaet"),
        ({"kunde": "public", "firma": "Skolen", "ean": "123"}, "EAN-nummeret"),
        ({"kunde": "company", "firma": "Caféen", "cvr": "123"}, "CVR-nummeret"),
    ],
)
def test_a_form_that_is_not_in_order_comes_back_with_its_sentence(
    client: FlaskClient, wrong: dict[str, str], sentence: str
) -> None:
    bench = for_sale("Havebænk")[0]
    sign_in(client)
    answer = send(client, f"vare={bench.number}", **wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert orders() == []


def test_where_we_do_not_go_is_said(client: FlaskClient) -> None:
    bench = for_sale("Havebænk")[0]
    sign_in(client)
    answer = send(client, f"vare={bench.number}", tid=slot(Fulfilment.DELIVERY), vej="Eksempelvej 4", postnr="9990")
    assert answer.status_code == 422
    summary = answer.text.split('class="error-summary"')[1].split("</div>")[0]
    assert summary.count("Vi leverer ikke til 9990") == summary.count("<li>") == 1
    assert orders() == []


def test_the_things_are_changed_beside_the_customer_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    bench, table = for_sale("Havebænk", "Bord", price_ore=100_000)
    sign_in(client)
    more = send(client, f"vare={bench.number}", tag=str(table.number), besked="Ring på ved porten")
    assert (more.status_code, orders()) == (200, []), "a number that is typed is never passed over by the large button"
    assert f"kunde?vare={bench.number}&amp;vare={table.number}" in more.text
    assert all(typed in more.text for typed in ('value="Ane Eksempel"', "Ring på ved porten", 'value="200000"'))
    less = send(client, f"vare={bench.number}&vare={table.number}", fjern=str(bench.number))
    assert (less.status_code, orders()) == (200, [])
    assert f'kunde?vare={table.number}"' in less.text
    assert 'value="Ane Eksempel"' in less.text
    nothing = send(client, f"vare={bench.number}", fjern=str(bench.number))
    assert (nothing.status_code, orders()) == (200, [])
    for wrong, status in (("den blå", 422), ("999999999", 200)):
        answer = send(client, f"vare={bench.number}", tag=wrong)
        assert (answer.status_code, orders()) == (status, [])
        assert 'value="Ane Eksempel"' in answer.text


def test_a_company_is_written_down_as_one(client: FlaskClient) -> None:
    bench = for_sale("Havebænk")[0]
    sign_in(client)
    assert send(client, f"vare={bench.number}", kunde="company", firma="Caféen", reference="Uge 48").status_code == 303
    (made,) = orders()
    assert (made.customer_kind, made.company_name) == (CustomerKind.COMPANY, "Caféen")
    assert (made.customer_reference, made.customer_email) == ("Uge 48", "")


def test_something_is_made_to_order_with_the_day_it_can_be_there(client: FlaskClient) -> None:
    with db.transaction() as session:
        kind = making.bench(session)
        kind.size_class = SizeClass.L
        sku = kind.sku
    sign_in(client)
    form = client.get(f"{TELEFON}/lav/{sku}").text
    assert "Farve" in form
    wrong = client.get(f"{TELEFON}/lav/{sku}", query_string={"valg-0": "180", "valg-1": "lilla", "antal": "1"})
    assert wrong.status_code == 422
    picked = client.get(f"{TELEFON}/lav/{sku}", query_string={"valg-0": "180", "valg-1": "sort", "antal": "1"})
    assert picked.status_code == 303
    things = picked.location.partition("?")[2]
    assert "Kan være klar" in client.get(picked.location).text
    times = re.findall(r'value="(pickup:[^"]+)"', client.get(f"{TELEFON}/kunde?{things}").text)
    assert send(client, things, tid=times[0]).status_code == 303
    (made,) = orders()
    assert made.total_ore == 189_500 + 30_000 + 15_000
    assert "Sæt i gang" in client.get(f"/personale/ordrer/{made.public_id}").text


@pytest.mark.once
def test_what_is_picked_is_read_as_it_was_written() -> None:
    picked = Picked((PickedThing(1042, 1), PickedThing(7, 3)), (PickedMaking("HB-01", 2, 163, (("farve", "grøn"),)),))
    assert picking.read(MultiDict(picked.address)) == picked
    odd = MultiDict({"vare": ["0x", "x2", "1" * 30, "12x999", "12"], "lav": ["~", "HB-01~x~", "HB-01~1~~farve"]})
    assert picking.read(odd) == Picked((PickedThing(12, 1),))
