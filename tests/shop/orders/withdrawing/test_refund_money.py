"""Several refunds of one payment against the practice Stripe: its ledger says what was really given back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from shop.orders import actions as orders
from shop.orders import checkout, sweeps
from shop.orders.desk import actions as desk
from shop.orders.models import CancelCause, Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.web import gateway_of
from shop.orders.withdrawing import refunding
from shop.orders.withdrawing.books import RefundChoice
from shop.payments import dues
from shop.payments.models import PaymentDue
from shop.payments.reconciling.actions import compare
from tests.shop.orders.rig import ANE, Shop, basket_with, end_state, for_sale, open_shop, order, payment
from tests.shop.orders.withdrawing.scene import lines, refund
from workshop.core import clock, db

PRICES = (60_000, 40_000)


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def bought(shop: Shop) -> str:
    """An order of two things, paid by card, handed over, and captured; its public id."""
    now = clock.now()
    things = [thing for at, ore in enumerate(PRICES) for thing in for_sale(f"Ting {at}", price_ore=ore)]
    way = checkout.buy(
        gateway_of(shop.app),
        token=basket_with(*things, now=now),
        customer=replace(ANE, email="ane@example.dk"),
        slot=SHIPPED.slots(now)[0],
        pay_way=PayWay.CARD,
        agreed_ore=sum(PRICES),
        head=shop.head,
        now=now,
    )
    assert way.payment_url is not None
    shop.stripe.pay(way.payment_url.rsplit("/", 1)[1], "kort")
    shop.deliver(shop.events())
    with db.transaction() as session:
        orders.hand_over(session, way.public_id, means=None, now=clock.now(), by_staff_id=None)
    do_dues(shop)
    assert payment(way.public_id).captured_ore == sum(PRICES)
    return way.public_id


def do_dues(shop: Shop, *, later: timedelta = timedelta(0)) -> int:
    return sweeps.do_dues(gateway_of(shop.app), shop.head, clock.now() + later)


def given_back(shop: Shop) -> list[int]:
    """What the practice Stripe has really given back, refund by refund."""
    return [row["amount"] for row in shop.stripe.ledger()["refund"]]


def refund_both(public_id: str) -> None:
    first, second = lines(public_id)
    refund(public_id, clock.now(), RefundChoice(first.id, 1, PRICES[0], is_restocked=True), once="a" * 22)
    refund(public_id, clock.now(), RefundChoice(second.id, 1, PRICES[1]), once="b" * 22)


def test_two_refunds_are_two_at_stripe_each_with_its_own_key(shop: Shop, bought: str) -> None:
    refund_both(bought)
    assert do_dues(shop) == 2
    assert do_dues(shop) == 0
    assert given_back(shop) == list(PRICES)
    assert payment(bought).refunded_ore == sum(PRICES)
    with db.reading() as session:
        keys = session.scalars(sa.select(PaymentDue.key)).all()
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_killed_after_stripe_answered_the_same_refund_is_not_made_again(
    shop: Shop, bought: str, is_forgotten: bool
) -> None:
    refund_both(bought)
    gateway, now = gateway_of(shop.app), clock.now()
    job = dues.claim(now)
    assert job is not None
    dues._call(gateway, job)  # Stripe has given the money, and here the worker is killed: nothing was written
    if is_forgotten:
        shop.stripe.control("forget-keys")
    assert do_dues(shop) == 1, "the other one; the claimed row waits"
    assert do_dues(shop, later=dues.CLAIM + timedelta(seconds=1)) == 1
    assert sorted(given_back(shop)) == sorted(PRICES)
    assert payment(bought).refunded_ore == sum(PRICES)


def test_an_answer_that_never_came_is_asked_for_again_with_the_same_key(shop: Shop, bought: str) -> None:
    first = lines(bought)[0]
    refund(bought, clock.now(), RefundChoice(first.id, 1, PRICES[0]), once="a" * 22)
    shop.stripe.control("faults", kind="error_after", times=2, method="POST", path="/v1/refunds")
    do_dues(shop)
    do_dues(shop, later=timedelta(hours=1))
    assert given_back(shop) == [PRICES[0]]
    assert payment(bought).refunded_ore == PRICES[0]


def test_events_of_several_refunds_repeated_shuffled_and_at_once_change_nothing_more(shop: Shop, bought: str) -> None:
    refund_both(bought)
    do_dues(shop)
    before = end_state()
    assert order(bought).state is OrderState.CLOSED
    for seed in range(10):
        events = shop.events() * 3
        random.Random(seed).shuffle(events)
        assert set(shop.deliver(events)) == {"200"}
        assert end_state() == before
    shop.deliver(shop.events("charge.refunded") * 5, at_once=True)
    assert end_state() == before
    assert given_back(shop) == list(PRICES)


def test_events_that_come_before_the_worker_has_marked_its_row_end_the_same(shop: Shop, bought: str) -> None:
    refund_both(bought)
    gateway, now = gateway_of(shop.app), clock.now()
    job = dues.claim(now)
    assert job is not None
    dues._call(gateway, job)
    shop.deliver(shop.events("charge.refunded"))
    assert payment(bought).refunded_ore >= PRICES[0], "what came of an event may have done the other one at once"
    do_dues(shop)
    do_dues(shop, later=dues.CLAIM + timedelta(seconds=1))
    shop.deliver(shop.events())
    assert given_back(shop) == list(PRICES)
    assert payment(bought).refunded_ore == sum(PRICES)


def bounce(shop: Shop, at: int = 0) -> None:
    """The customer's bank sends a refund back, days after it went out."""
    shop.stripe.control(f"refunds/{shop.stripe.ledger()['refund'][at]['id']}/bounce")


def attention(public_id: str) -> tuple[OrderState, str]:
    return order(public_id).state, order(public_id).attention


def test_a_refund_that_the_bank_sends_back_is_told_once_and_can_be_made_again(shop: Shop, bought: str) -> None:
    made = refund(bought, clock.now(), RefundChoice(lines(bought)[0].id, 1, PRICES[0]), once="a" * 22)
    do_dues(shop)
    bounce(shop)
    before = end_state()
    assert set(shop.deliver(shop.events("charge.refunded"))) == {"200"}
    assert end_state() == before, "the control: what was subscribed to before says nothing of it"
    assert set(shop.deliver(shop.events() * 5, at_once=True)) == {"200"}
    after = end_state()
    assert set(shop.deliver(shop.events() * 3)) == {"200"}
    assert end_state() == after
    assert payment(bought).refunded_ore == 0
    assert attention(bought) == (
        OrderState.NEEDS_ATTENTION,
        "Stripe sagde nej til at betale tilbage (refund_failed).",
    )
    with db.transaction() as session:
        refunding.try_again(session, made.public_id, now=clock.now())
    assert do_dues(shop) == 1
    assert given_back(shop) == [PRICES[0]] * 2, "the first came back, the second stays"
    assert payment(bought).refunded_ore == PRICES[0]
    assert attention(bought) == (OrderState.HANDED_OVER, "")
    assert set(shop.deliver(shop.events() * 2)) == {"200"}
    assert payment(bought).refunded_ore == PRICES[0]


def test_a_refund_that_comes_back_takes_nothing_from_one_that_was_given_since(shop: Shop, bought: str) -> None:
    refund(bought, clock.now(), RefundChoice(lines(bought)[0].id, 1, PRICES[0]), once="a" * 22)
    do_dues(shop)
    bounce(shop)  # and nobody has heard of it yet
    refund(bought, clock.now(), RefundChoice(lines(bought)[1].id, 1, PRICES[1]), once="b" * 22)
    do_dues(shop)
    shop.deliver(shop.events("refund.failed"))
    assert payment(bought).refunded_ore == PRICES[1]


def test_a_refund_that_comes_back_before_it_was_marked_is_told_again_later(shop: Shop, bought: str) -> None:
    refund(bought, clock.now(), RefundChoice(lines(bought)[0].id, 1, PRICES[0]), once="a" * 22)
    gateway, now = gateway_of(shop.app), clock.now()
    job = dues.claim(now)
    assert job is not None
    seen = dues._call(gateway, job)
    bounce(shop)
    assert shop.deliver(shop.events("refund.failed")) == ["503"]
    with db.transaction() as session:
        dues._mark(session, job, dues.Done(seen), now)
    assert payment(bought).refunded_ore == PRICES[0]
    assert shop.deliver(shop.events("refund.failed")) == ["200"]
    assert payment(bought).refunded_ore == 0
    assert order(bought).attention


def test_a_refund_that_came_back_unheard_is_found_by_the_comparison(shop: Shop, bought: str) -> None:
    refund(bought, clock.now(), RefundChoice(lines(bought)[0].id, 1, PRICES[0]), once="a" * 22)
    do_dues(shop)
    bounce(shop)
    house = shop.app.extensions["reconciling"]
    with shop.app.app_context():
        first, second = compare(house, clock.now()), compare(house, clock.now())
    assert (first.caught_up, second.caught_up, second.found) == (1, 0, 0)
    assert payment(bought).refunded_ore == 0
    assert order(bought).attention


def test_money_of_an_order_that_was_called_off_is_sent_again_once(shop: Shop, bought: str) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Order).values(state=OrderState.SECURED, handed_over_at=None))
    with db.transaction() as session:
        orders.cancel(session, bought, cause=CancelCause.STAFF, head=shop.head, now=clock.now())
    do_dues(shop)
    bounce(shop)
    shop.deliver(shop.events("refund.failed"))
    assert attention(bought)[0] is OrderState.CANCELLED
    for _press in range(2):
        with db.transaction() as session:
            assert desk.pay_back_again(session, bought, now=clock.now(), by_staff_id=None)
    assert do_dues(shop) == 1
    assert given_back(shop) == [sum(PRICES)] * 2
    assert payment(bought).refunded_ore == sum(PRICES)
    assert attention(bought) == (OrderState.CANCELLED, "")
