"""Orders for what is made to order, for what is brought, and those staff type in: the rules behind the checkout."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from shop.orders import placing, securing, story, sweeps
from shop.orders.customers import Customer, Delivery
from shop.orders.house import queries as house
from shop.orders.house.models import ClosedDay, OpeningSlot, ShopText, Terms
from shop.orders.letterhead import Letterhead
from shop.orders.making import actions as making
from shop.orders.making.models import BasketMaking
from shop.orders.models import CancelCause, Channel, CustomerKind, Fulfilment, Hold, Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED, SHIPPED_HOURS, Slot
from shop.orders.placing import Placed, StaffWish
from shop.orders.writing import CODE_SIGNS
from shop.payments import queries as payments
from shop.payments.actions import settle
from shop.payments.looking import Seen
from shop.payments.models import Deed, PaymentDue, PaymentState
from tests.shop.orders.making import rig as made
from tests.shop.orders.rig import ANE, HEAD, basket_with, for_sale, item, mails_about, order, payment, place
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.products.models import Item, ItemState, ProductType, SizeClass, VatScheme
from workshop.services.models import DeliveryPrice, Postcode

COMPANY = Customer("Bo Ek", "bo@example.dk", "20000001", "Hej", CustomerKind.COMPANY, "Ek ApS", "10150817")
SKOVVEJ = Delivery("Skovvej 7", "3230")


@pytest.fixture(autouse=True)
def _house(app: Flask) -> None:
    """A shop that brings things to Græsted, and makes benches to order."""
    with db.transaction() as session:
        session.add(Postcode(code="3230", town="Græsted", zone=1))
        session.add_all(DeliveryPrice(zone=1, size_class=size, price_ore=14_900) for size in SizeClass)
        made.bench(session)


def bench() -> ProductType:
    with db.reading() as session:
        found = session.scalars(sa.select(ProductType)).one()
        session.expunge_all()
        return found


def wished(now: datetime, *, own_length_cm: int | None = None, token: str | None = None) -> str:
    options = {"farve": "sort"} | ({} if own_length_cm else {"længde": "150"})
    with db.transaction() as session:
        return making.wish(
            session,
            token,
            product_type=bench(),
            options=options,
            own_length_cm=own_length_cm,
            quantity=1,
            now=now,
        )


def late(now: datetime) -> Slot:
    """A time when anything is made."""
    return SHIPPED.slots(now + timedelta(days=120))[0]


def buy(token: str, now: datetime, **changes: Any) -> Placed:
    asked: dict[str, Any] = {
        "customer": ANE,
        "slot": late(now),
        "pay_way": PayWay.PREPAID,
        "agreed_ore": 204_500,
        "has_agreed_prepayment": True,
    }
    with db.transaction() as session:
        return placing.place(session, token=token, head=HEAD, now=now, **{**asked, **changes})


def shows_paid(public_id: str, now: datetime, amount_ore: int) -> None:
    """Stripe took the money at once."""
    seen = Seen(
        reference=public_id,
        amount_ore=amount_ore,
        currency="dkk",
        session_id="cs_1",
        session_status="complete",
        payment_intent_id="pi_1",
        status="succeeded",
        received_ore=amount_ore,
    )
    with db.transaction() as session:
        row = payments.newest(session, public_id, is_locked=True)
        assert row is not None
        for outcome in settle(session, row, seen, now):
            securing.follow(session, outcome, now, head=HEAD)


def test_a_prepaid_order_is_secured_by_money_that_is_already_taken(now: datetime) -> None:
    placed = buy(wished(now), now)
    assert payment(placed.public_id).is_captured_at_once
    for _time in range(3):
        shows_paid(placed.public_id, now, 204_500)
    found = order(placed.public_id)
    assert (found.state, found.has_agreed_prepayment) == (OrderState.SECURED, True)
    assert payment(placed.public_id).state is PaymentState.CAPTURED
    (mail,) = mails_about(placed.public_id)
    assert "fordi varen laves til dig. Det har du sagt ja til." in mail.body
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(BasketMaking)) == 0


@pytest.mark.parametrize(("way", "lasts"), [(PayWay.AT_PICKUP, placing.CONFIRM), (PayWay.PREPAID, placing.HOLD)])
def test_what_is_only_to_be_made_ends_too_when_nobody_pays(now: datetime, way: PayWay, lasts: timedelta) -> None:
    """It holds nothing of the stock, so no hold runs out."""
    placed = buy(wished(now), now, pay_way=way, has_agreed_prepayment=way is PayWay.PREPAID)
    sweeps.release_lapsed(HEAD, now + lasts - timedelta(seconds=1))
    assert order(placed.public_id).state is OrderState.PLACED
    for _time in range(2):
        sweeps.release_lapsed(HEAD, now + lasts)
    if way is PayWay.PREPAID:  # its payment page is closed first, and the answer decides
        with db.reading() as session:
            assert session.scalars(sa.select(PaymentDue.deed)).all() == [Deed.EXPIRE]
        assert order(placed.public_id).state is OrderState.PLACED
    else:
        assert order(placed.public_id).cancel_cause is CancelCause.LAPSED
        assert [mail.subject.split()[0] for mail in mails_about(placed.public_id)] == ["Bekræft", "Ordre"]


def test_the_line_keeps_what_was_chosen(now: datetime) -> None:
    placed = buy(wished(now, own_length_cm=137), now)
    with db.transaction() as session:
        found = story.locked(session, placed.public_id)
        assert found is not None
        (line,) = found.lines
        assert (line.item_id, line.product_type_id) == (None, bench().id)
        assert (line.options, line.own_length_cm, line.unit_price_ore) == ({"farve": "sort"}, 137, 204_500)
        assert (line.vat_scheme, found.total_ore, found.vat_ore) == (VatScheme.STANDARD, 204_500, 40_900)
        assert "137" in line.title


def test_the_same_order_again_is_the_first_one_and_every_change_is_another(now: datetime) -> None:
    token = wished(now)
    first = buy(token, now)
    assert buy(token, now) == first
    asked = {"customer": ANE, "pay_way": PayWay.AT_PICKUP, "has_agreed_prepayment": False}
    with pytest.raises(placing.UnpaidBefore):
        buy(token, now, **asked)


@pytest.mark.parametrize(
    "change",
    [
        {"customer": COMPANY},
        {"customer": Customer("Ane Eksempel", "ane@example.dk", "20000000", "En anden besked")},
        {"delivery": SKOVVEJ, "agreed_ore": 129_900},
        {"slot": SHIPPED.slots(datetime.fromisoformat("2027-06-01T09:00:00+00:00"))[0]},
    ],
)
def test_a_changed_reservation_takes_the_place_of_the_first(now: datetime, change: dict[str, Any]) -> None:
    token = basket_with(*for_sale("Havebænk"), now=now)
    asked = {"pay_way": PayWay.AT_PICKUP, "agreed_ore": 115_000, "has_agreed_prepayment": False}
    first = buy(token, now, **asked)
    assert buy(token, now, **asked) == first
    second = buy(token, now, **{**asked, **change})
    assert second != first
    assert buy(token, now, **{**asked, **change}) == second
    assert (order(first.public_id).state, order(second.public_id).state) == (OrderState.CANCELLED, OrderState.PLACED)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pay_way": PayWay.CARD}, "kan ikke betales på den måde"),
        ({"has_agreed_prepayment": False}, "Sæt kryds"),
        ({"slot": Slot(datetime.fromisoformat("2026-11-26").date(), 540, 720)}, "Det kan først være færdigt"),
        ({"agreed_ore": 204_499}, "Prisen er ændret"),
        ({"delivery": Delivery("Vej 1", "9000")}, "Vi leverer ikke til 9000"),
    ],
)
def test_no_order_comes_of_what_does_not_go_together(now: datetime, change: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        buy(wished(now), now, **change)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0


def test_what_stands_ready_is_never_paid_in_advance(now: datetime) -> None:
    token = basket_with(*for_sale("Havebænk"), now=now)
    with pytest.raises(Refusal, match="kan ikke betales på den måde"):
        buy(token, now, agreed_ore=115_000)
    wished(now, token=token)
    for way in (PayWay.CARD, PayWay.PREPAID):
        with pytest.raises(Refusal, match="kan ikke betales på den måde"):
            buy(token, now, agreed_ore=319_500, pay_way=way)
    assert buy(token, now, agreed_ore=319_500, pay_way=PayWay.AT_PICKUP).payment_id is None


def test_every_order_has_a_code_of_its_own_and_the_newest_terms(now: datetime) -> None:
    first = place(basket_with(*for_sale("Bænk"), now=now), now=now).public_id
    with db.transaction() as session:
        session.add_all(Terms(version=number, body=f"Vilkår {number}", made_at=now) for number in (1, 2))
    second = place(basket_with(*for_sale("Bord"), now=now), now=now).public_id
    assert (order(first).terms_version, order(second).terms_version) == (None, 2)
    codes = [order(each).handover_code or "" for each in (first, second)]
    assert len(set(codes)) == 2
    assert all(len(code) == 6 and set(code) <= set(CODE_SIGNS) for code in codes)
    assert not set("ILO01") & set(CODE_SIGNS)


def test_who_is_brought_it_confirms_that_it_is_brought(app: Flask) -> None:
    now = clock.now()  # the page asks what time it is, and a day later it says that nobody has confirmed
    token = basket_with(*for_sale("Havebænk"), now=now)
    reserved = {"pay_way": PayWay.AT_PICKUP, "agreed_ore": 129_900, "has_agreed_prepayment": False}
    public_id = buy(token, now, delivery=SKOVVEJ, **reserved).public_id
    (asked,) = mails_about(public_id)
    path = HEAD.with_tokens(asked.body).split(HEAD.base_url)[1].split()[0]
    page = app.test_client().get(path).text.replace("\u00a0", " ")
    assert "Vi kommer" in page
    assert "Skovvej 7, 3230 Græsted. Du betaler, når vi kommer." in page
    assert "Ja, jeg vil have det leveret" in page
    for text in (page, asked.body):
        assert "Skovvej 7, 3230 Græsted" in text
        assert "Du henter" not in text


def by_staff(now: datetime, **changes: Any) -> Placed:
    with db.transaction() as session:
        staff_id = session.scalar(sa.text("select account_id from staff")) or made.factories.staff(session).account_id
        asked: dict[str, Any] = {"things": [], "wishes": [], "customer": ANE, "slot": late(now), "delivery": None}
        return placing.place_by_staff(session, **{**asked, **changes}, head=HEAD, now=now, by_staff_id=int(staff_id))


def test_an_order_on_the_phone_holds_at_once_and_is_paid_when_it_is_fetched(now: datetime) -> None:
    thing, boxes = for_sale("Havebænk", price_ore=100_000)[0], for_sale("Fuglekasse", price_ore=9_900, pieces=5)[0]
    wish = StaffWish(bench().id, {"farve": "sort", "længde": "150"}, None, 2)
    placed = by_staff(now, things=[(thing.id, 1), (boxes.id, 1), (boxes.id, 2)], wishes=[wish], delivery=SKOVVEJ)
    found = order(placed.public_id)
    assert (found.channel, found.pay_way, found.state) == (Channel.PHONE, PayWay.AT_PICKUP, OrderState.SECURED)
    assert found.by_staff_id is not None
    assert found.total_ore == 100_000 + 3 * 9_900 + 2 * 204_500 + 14_900
    assert (found.fulfilment, found.town) == (Fulfilment.DELIVERY, "Græsted")
    assert item(thing.id).state is ItemState.SOLD
    assert item(boxes.id).quantity == 2
    assert [mail.subject.split()[0] for mail in mails_about(placed.public_id)] == ["Tak"]
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Hold.ended_at.is_(None))) == 0


def test_the_form_sent_twice_is_one_order_on_the_phone(now: datetime) -> None:
    (boxes,) = for_sale("Fuglekasse", pieces=5)
    once = "a-random-word-of-form1"
    assert by_staff(now, things=[(boxes.id, 1)], once=once) == by_staff(now, things=[(boxes.id, 1)], once=once)
    assert item(boxes.id).quantity == 4
    assert by_staff(now, things=[(boxes.id, 1)]) != by_staff(now, things=[(boxes.id, 1)])  # the control
    assert item(boxes.id).quantity == 2


def test_the_form_sent_by_many_presses_at_once_is_one_order_on_the_phone(now: datetime) -> None:
    (boxes,) = for_sale("Fuglekasse", pieces=20)
    by_staff(now, things=[(boxes.id, 1)])  # and now there is somebody to take orders
    for once, orders in (("a-random-word-of-form2", 1), (None, 6)):  # without the word: the control
        with ThreadPoolExecutor(6) as presses:
            placed = presses.map(lambda _press: by_staff(now, things=[(boxes.id, 1)], once=once), range(6))  # noqa: B023 — used up within the round
            assert len({each.public_id for each in placed}) == orders
    assert item(boxes.id).quantity == 20 - 1 - 1 - 6


def test_a_customer_on_the_phone_without_a_mail_address_gets_none(now: datetime) -> None:
    placed = by_staff(now, things=[(for_sale("Havebænk")[0].id, 1)], customer=Customer("Per", "", "20000000"))
    assert order(placed.public_id).state is OrderState.SECURED
    assert mails_about(placed.public_id) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"wishes": [StaffWish(0, {}, None, 1)]},
        {"wishes": [StaffWish(1, {"farve": "lilla", "længde": "150"}, None, 1)]},
        {"delivery": Delivery("Vej 1", "9000"), "wishes": [StaffWish(1, {"farve": "rå", "længde": "150"}, None, 1)]},
    ],
)
def test_what_cannot_be_sold_on_the_phone_is_refused(now: datetime, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        by_staff(now, **wrong)


def test_a_thing_that_is_gone_is_not_sold_on_the_phone(now: datetime) -> None:
    (thing,) = for_sale("Havebænk")
    place(basket_with(thing, now=now), now=now)  # somebody is paying for it
    with pytest.raises(Refusal, match="lige ved at købe"):
        by_staff(now, things=[(thing.id, 1)])
    with db.transaction() as session:
        session.get_one(Item, thing.id).state = ItemState.WITHDRAWN
    with pytest.raises(Refusal, match="solgt"):
        by_staff(now, things=[(thing.id, 1)])


def test_the_house_has_the_hours_it_came_with_until_staff_set_their_own(now: datetime) -> None:
    with db.transaction() as session:
        assert house.calendar(session).hours == SHIPPED_HOURS
        session.add(ClosedDay(day=now.date() + timedelta(days=2)))
        session.flush()
        assert house.calendar(session).hours == SHIPPED_HOURS
        session.add(OpeningSlot(fulfilment=Fulfilment.PICKUP, weekday=0, from_minute=600, to_minute=660))
        session.flush()
        calendar = house.calendar(session)
    assert calendar.text == "Mandag 10–11"
    assert not calendar.is_open(now.date() + timedelta(days=2))
    assert {slot.day.weekday() for slot in calendar.slots(now)} == {0}
    assert calendar.slots(now, Fulfilment.DELIVERY) == []  # staff have said when, and never to bring


def test_terms_texts_and_prices_of_the_house(now: datetime) -> None:
    with db.transaction() as session:
        session.add_all(Terms(version=number, body=f"Vilkår {number}", made_at=now) for number in (1, 2))
        session.add(ShopText(key="om", body="Hos os", changed_at=now))
        session.flush()
        newest, first = house.terms(session), house.terms(session, 1)
        assert newest is not None
        assert first is not None
        assert (newest.body, first.body, house.terms(session, 9)) == ("Vilkår 2", "Vilkår 1", None)
        assert (house.text(session, "om"), house.text(session, "findes ikke")) == ("Hos os", None)
        assert house.delivery_price(session, "3230", SizeClass.L) == ("Græsted", 14_900)
        assert house.delivery_price(session, "9000", SizeClass.L) is None


def test_a_confirmation_token_is_made_again_from_the_order_alone() -> None:
    other = Letterhead(HEAD.base_url, HEAD.identity, "another secret")
    assert HEAD.confirm_token("a") == HEAD.confirm_token("a")
    assert len({HEAD.confirm_token("a"), HEAD.confirm_token("b"), HEAD.link_token("a"), other.confirm_token("a")}) == 4
