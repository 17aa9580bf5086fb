"""Placing an order: all lines or none, once, from the stock's own prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from shop.orders import actions, basket, placing, sweeps
from shop.orders.models import CancelCause, Hold, Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.payments.models import Payment
from tests.shop.orders.rig import ANE, HEAD, basket_with, for_sale, item, mails_about, order, place
from workshop.core import db
from workshop.core.errors import NotHere, Refusal
from workshop.products import actions as products
from workshop.products.models import ItemState, VatScheme


@pytest.fixture(autouse=True)
def _house(app: Flask) -> None:
    """Every test here needs the house's database."""


def count(table: type) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def confirm_token(public_id: str) -> str:
    body = HEAD.with_tokens(mails_about(public_id)[0].body)
    return body.split("/bekraeft/")[1].split()[0]


def test_an_order_keeps_every_line_from_others_and_writes_its_payment(now: datetime) -> None:
    bench, table = for_sale("Havebænk", "Bord", price_ore=115_000)
    placed = place(basket_with(bench, table, now=now), now=now)
    made = order(placed.public_id)
    assert made.number == "2026-0001"
    assert (made.state, made.total_ore, made.vat_ore) == (OrderState.PLACED, 230_000, 46_000)
    assert [item(each.id).held for each in (bench, table)] == [1, 1]
    with db.reading() as session:
        payment = session.scalars(sa.select(Payment)).one()
        until = session.scalars(sa.select(Hold.until)).first()
    assert (payment.reference, payment.amount_ore) == (placed.public_id, 230_000)
    assert payment.expires_at == now + timedelta(minutes=31)
    assert until == now + timedelta(minutes=40)


def test_one_lost_line_loses_nothing_else_and_is_named(now: datetime) -> None:
    bench, table = for_sale("Havebænk", "Bord")
    mine, theirs = basket_with(bench, table, now=now), basket_with(table, now=now)
    place(theirs, now=now, customer=replace(ANE, email="bo@example.dk"))
    with pytest.raises(basket.JustSold) as lost:
        place(mine, now=now)
    kept = "En anden er lige ved at købe den. Bliver det ikke til noget, er den til salg igen om lidt."
    assert lost.value.sentence == f"Bord, nr. {table.number}: {kept}"
    assert item(bench.id).held == 0
    assert count(Order) == 1
    with db.transaction() as session:
        basket.drop_gone(session, mine)
    with db.reading() as session:
        assert [line.card.title for line in basket.lines(session, mine)] == ["Havebænk"]


def test_the_price_is_the_stocks_own(now: datetime) -> None:
    (bench,) = for_sale("Havebænk", price_ore=115_000)
    with pytest.raises(placing.PriceChanged):
        place(basket_with(bench, now=now), now=now, agreed_ore=100)
    assert item(bench.id).held == 0


def test_margin_lines_carry_no_vat(now: datetime) -> None:
    old, new = for_sale("Kommode", "Bænk", price_ore=100_000)
    with db.transaction() as session:
        session.execute(sa.text("update item set vat_scheme = 'margin' where id = :id"), {"id": old.id})
    assert item(old.id).vat_scheme is VatScheme.MARGIN
    assert order(place(basket_with(old, new, now=now), now=now).public_id).vat_ore == 20_000


def test_the_same_form_twice_is_one_order(now: datetime) -> None:
    token = basket_with(*for_sale("Havebænk"), now=now)
    first = place(token, now=now)
    assert place(token, now=now + timedelta(seconds=1)) == first
    assert count(Order) == count(Payment) == 1


def test_a_changed_form_asks_for_the_earlier_page_to_be_closed(now: datetime) -> None:
    token = basket_with(*for_sale("Havebænk"), now=now)
    first = place(token, now=now)
    with pytest.raises(placing.UnpaidBefore) as before:
        place(token, now=now, customer=replace(ANE, phone="30000000"))
    assert before.value.payment_ids == (first.payment_id,)


def test_an_unconfirmed_reservation_does_not_block_its_own_second_try(now: datetime) -> None:
    (bench,) = for_sale("Havebænk")
    token = basket_with(bench, now=now)
    first = place(token, now=now, pay_way=PayWay.AT_PICKUP)
    second = place(token, now=now)
    assert second != first
    assert order(first.public_id).cancel_cause is CancelCause.REPLACED
    assert item(bench.id).held == 1


def test_an_empty_basket_cannot_be_ordered(now: datetime) -> None:
    with pytest.raises(Refusal, match="Din kurv er tom"):
        place("not a basket", now=now)


def test_a_card_is_refused_for_a_day_its_reservation_does_not_reach(now: datetime) -> None:
    (thing,) = for_sale("Havebænk")
    late = SHIPPED.slots(now)[-1]
    with pytest.raises(Refusal, match="reserverer kun beløbet i en uge"):
        place(basket_with(thing, now=now), now=now, slot=late)
    place(basket_with(thing, now=now), now=now, slot=late, pay_way=PayWay.AT_PICKUP)


def test_what_stripe_takes_no_payment_for_is_paid_when_it_is_fetched(now: datetime) -> None:
    token = basket_with(*for_sale("Knage", price_ore=249), now=now)
    with pytest.raises(Refusal, match="Så lille et beløb"):
        place(token, now=now)
    assert place(token, now=now, pay_way=PayWay.AT_PICKUP).payment_id is None
    assert place(basket_with(*for_sale("Krog", price_ore=250), now=now), now=now).payment_id is not None, "the control"


def test_a_third_open_reservation_for_one_address_is_refused(now: datetime) -> None:
    things = for_sale("Et", "To", "Tre")
    for thing in things[:2]:
        place(basket_with(thing, now=now), now=now, pay_way=PayWay.AT_PICKUP)
    shouting = replace(ANE, email="ANE@Example.dk")
    with pytest.raises(Refusal, match="to bestillinger"):
        place(basket_with(things[2], now=now), now=now, pay_way=PayWay.AT_PICKUP, customer=shouting)
    assert item(things[2].id).held == 0
    place(basket_with(things[2], now=now), now=now, customer=shouting)  # paying now is never refused


def test_the_link_in_the_mail_makes_a_reservation_hold_and_twice_is_once(now: datetime) -> None:
    (bench,) = for_sale("Havebænk")
    token = basket_with(bench, now=now)
    placed = place(token, now=now, pay_way=PayWay.AT_PICKUP)
    link = confirm_token(placed.public_id)
    for _press in range(3):
        with db.transaction() as session:
            actions.confirm_pickup(session, placed.public_id, link, head=HEAD, now=now + timedelta(minutes=29))
    assert order(placed.public_id).state is OrderState.SECURED
    assert item(bench.id).state is ItemState.SOLD
    assert [mail.subject for mail in mails_about(placed.public_id)] == [
        "Bekræft din bestilling",
        "Tak for din ordre 2026-0001",
    ]
    with db.reading() as session:
        assert basket.lines(session, token) == []


def test_the_link_is_over_after_half_an_hour_and_the_thing_is_for_sale_again(now: datetime) -> None:
    (bench,) = for_sale("Havebænk")
    placed = place(basket_with(bench, now=now), now=now, pay_way=PayWay.AT_PICKUP)
    late = now + timedelta(minutes=30)
    with pytest.raises(Refusal, match="udløbet"), db.transaction() as session:
        actions.confirm_pickup(session, placed.public_id, confirm_token(placed.public_id), head=HEAD, now=late)
    assert sweeps.release_lapsed(HEAD, late - timedelta(seconds=1)) == 0
    assert sweeps.release_lapsed(HEAD, late) == 1
    assert sweeps.release_lapsed(HEAD, late) == 0
    assert order(placed.public_id).state is OrderState.CANCELLED
    assert (item(bench.id).held, item(bench.id).state) == (0, ItemState.FOR_SALE)


def test_another_orders_link_confirms_nothing(now: datetime) -> None:
    one, two = for_sale("Et", "To")
    mine = place(basket_with(one, now=now), now=now, pay_way=PayWay.AT_PICKUP)
    other = place(basket_with(two, now=now), now=now, pay_way=PayWay.AT_PICKUP)
    with pytest.raises(NotHere), db.transaction() as session:
        actions.confirm_pickup(session, mine.public_id, confirm_token(other.public_id), head=HEAD, now=now)


def test_what_nobody_fetches_within_two_opening_days_is_for_sale_again(now: datetime) -> None:
    (bench,) = for_sale("Havebænk")
    placed = place(basket_with(bench, now=now), now=now, pay_way=PayWay.AT_PICKUP)
    with db.transaction() as session:
        actions.confirm_pickup(session, placed.public_id, confirm_token(placed.public_id), head=HEAD, now=now)
    end = SHIPPED.kept_until(SHIPPED.slots(now)[0].day)
    assert sweeps.put_back_unfetched(HEAD, end - timedelta(minutes=1)) == 0
    assert sweeps.put_back_unfetched(HEAD, end) == 1
    assert order(placed.public_id).cancel_cause is CancelCause.LAPSED
    assert item(bench.id).state is ItemState.FOR_SALE


def test_a_batch_is_held_and_sold_by_the_piece(now: datetime) -> None:
    (birdhouses,) = for_sale("Fuglekasse", price_ore=9_900, pieces=5)
    placed = place(basket_with(birdhouses, now=now, quantity=3), now=now)
    assert order(placed.public_id).total_ore == 29_700
    assert item(birdhouses.id).free == 2
    with db.transaction() as session:
        assert not products.hold(session, birdhouses.id, 3)
