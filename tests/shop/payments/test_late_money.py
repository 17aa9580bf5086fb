"""Money that comes late, twice or unheard of: always an order, or everything back in one piece, by the stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shop.orders import actions, checkout, ending, sweeps
from shop.orders.models import CancelCause, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.web import gateway_of
from shop.payments import queries as payments
from shop.payments.actions import owe_money_back
from shop.payments.gateway import StripeGateway
from shop.payments.models import PaymentState
from shop.payments.reconciling import actions as reconciling
from tests.shop.orders.rig import ANE, Shop, basket_with, for_sale, mails_about, open_shop, order, payment
from workshop.core import clock, db
from workshop.products import actions as products
from workshop.products.models import Item

TOTAL = 115_000
DAYS_DOWN = 4
ORDER, BACK, TAKEN = "an order", "all of it back", "taken once"


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def bench(shop: Shop) -> Item:
    return for_sale("Havebænk", price_ore=TOTAL)[0]


def buy(shop: Shop, bench: Item, token: str | None = None) -> str:
    now = clock.now()
    return checkout.buy(
        gateway_of(shop.app),
        token=token or basket_with(bench, now=now),
        customer=ANE,
        slot=SHIPPED.slots(now)[0],
        pay_way=PayWay.CARD,
        agreed_ore=TOTAL,
        head=shop.head,
        now=now,
    ).public_id


def pay(shop: Shop, public_id: str) -> None:
    shop.stripe.pay(str(payment(public_id).session_id))


def give_up(public_id: str) -> None:
    with db.transaction() as session:
        ending.cancel_unpaid(session, actions.load(session, public_id), CancelCause.LAPSED, clock.now())


def cancel(shop: Shop, public_id: str, cause: CancelCause = CancelCause.CUSTOMER) -> None:
    with db.transaction() as session:
        actions.cancel(session, public_id, cause=cause, head=shop.head, now=clock.now())


def dues(shop: Shop, hours: int = 0) -> None:
    sweeps.do_dues(gateway_of(shop.app), shop.head, clock.now() + timedelta(hours=hours))


def settle(shop: Shop) -> None:
    """Everything that time does, again and again: events told late, dues tried again, books compared."""
    for hours in (1, 14, 27):
        shop.deliver(shop.events())
        dues(shop, hours)
    with shop.app.app_context():
        reconciling.compare(shop.app.extensions["reconciling"], clock.now())
    dues(shop, 40)


def before_the_hold_ended(shop: Shop, bench: Item) -> str:
    public_id = buy(shop, bench)
    pay(shop, public_id)
    sweeps.release_lapsed(shop.head, clock.now() + timedelta(minutes=41))
    return public_id


def after_the_hold_was_given_up(shop: Shop, bench: Item) -> str:
    public_id = buy(shop, bench)
    give_up(public_id)
    pay(shop, public_id)
    return public_id


def after_it_was_sold_to_another(shop: Shop, bench: Item) -> str:
    public_id = buy(shop, bench)
    give_up(public_id)
    with db.transaction() as session:
        assert products.hold(session, bench.id, 1)
        products.sell_held(session, bench.id, 1, reference="salg ved døren", now=clock.now())
    pay(shop, public_id)
    return public_id


def after_the_customer_cancelled(shop: Shop, bench: Item) -> str:
    public_id = buy(shop, bench)
    cancel(shop, public_id)
    pay(shop, public_id)
    return public_id


def after_a_cancelling_that_could_not_close_the_page(shop: Shop, bench: Item) -> str:
    public_id = buy(shop, bench)
    cancel(shop, public_id)
    shop.stripe.control("faults", kind="error_before", times=1, path="/v1/checkout/sessions/")
    dues(shop)
    pay(shop, public_id)
    return public_id


def after_a_lapse_that_could_not_close_the_page(shop: Shop, bench: Item) -> str:
    public_id = buy(shop, bench)
    sweeps.release_lapsed(shop.head, clock.now() + timedelta(minutes=41))
    shop.stripe.control("faults", kind="error_after", times=1, path="/v1/checkout/sessions/")
    pay(shop, public_id)
    dues(shop)
    return public_id


def with_the_webhook_down_for_days(shop: Shop, bench: Item) -> str:
    """Stripe has given up telling; only the comparison can know."""
    public_id = buy(shop, bench)
    pay(shop, public_id)
    with shop.app.app_context():
        reconciling.compare(shop.app.extensions["reconciling"], clock.now() + timedelta(days=DAYS_DOWN))
    assert order(public_id).state is OrderState.SECURED
    return public_id


def with_the_key_of_the_page_lost(shop: Shop, bench: Item) -> str:
    """Stripe opened a page, we never heard of it, and its key is forgotten: the second page is the one that is paid."""
    token = basket_with(bench, now=clock.now())
    shop.stripe.control("faults", kind="error_after", times=1, path="/v1/checkout/sessions")
    with pytest.raises(checkout.PaymentUnavailable):
        buy(shop, bench, token)
    shop.stripe.control("forget-keys")
    public_id = buy(shop, bench, token)
    pay(shop, public_id)
    return public_id


def with_the_key_of_the_void_lost(shop: Shop, bench: Item) -> str:
    public_id = before_the_hold_ended(shop, bench)
    shop.deliver(shop.events())
    cancel(shop, public_id)
    shop.stripe.control("faults", kind="error_after", times=1, path="/v1/payment_intents/")
    dues(shop)
    shop.stripe.control("forget-keys")
    return public_id


def with_the_key_of_the_capture_lost(shop: Shop, bench: Item) -> str:
    public_id = before_the_hold_ended(shop, bench)
    shop.deliver(shop.events())
    with db.transaction() as session:
        actions.hand_over(session, public_id, means=None, now=clock.now(), by_staff_id=None)
    shop.stripe.control("faults", kind="error_after", times=1, path="/v1/payment_intents/")
    dues(shop)
    shop.stripe.control("forget-keys")
    return public_id


def with_the_key_of_the_refund_lost(shop: Shop, bench: Item) -> str:
    public_id = with_the_key_of_the_capture_lost(shop, bench)
    dues(shop, 2)
    with db.transaction() as session:
        row = payments.newest(session, public_id, is_locked=True)
        assert row is not None
        assert row.state is PaymentState.CAPTURED
        owe_money_back(session, row, clock.now())
    shop.stripe.control("faults", kind="error_after", times=1, path="/v1/refunds")
    dues(shop, 3)
    assert len(shop.stripe.ledger()["refund"]) == 1
    shop.stripe.control("forget-keys")
    return public_id


STORIES: list[tuple[Callable[[Shop, Item], str], str]] = [
    (before_the_hold_ended, ORDER),
    (after_the_hold_was_given_up, ORDER),
    (after_it_was_sold_to_another, BACK),
    (after_the_customer_cancelled, BACK),
    (after_a_cancelling_that_could_not_close_the_page, BACK),
    (after_a_lapse_that_could_not_close_the_page, ORDER),
    (with_the_webhook_down_for_days, ORDER),
    (with_the_key_of_the_page_lost, ORDER),
    (with_the_key_of_the_void_lost, BACK),
    (with_the_key_of_the_capture_lost, TAKEN),
    (with_the_key_of_the_refund_lost, BACK),
]


@pytest.mark.parametrize(("story", "end"), STORIES, ids=[story.__name__ for story, _end in STORIES])
def test_late_money_is_an_order_or_all_of_it_back_once(
    shop: Shop, bench: Item, story: Callable[[Shop, Item], str], end: str
) -> None:
    public_id = story(shop, bench)
    settle(shop)
    book = shop.stripe.ledger()
    (paid,) = [row for row in book["payment"] if row["charge"]]
    went_back = (paid["status"] == "canceled") + len(book["refund"])
    assert went_back == (end == BACK)
    if end == BACK:
        assert paid["received"] == paid["refunded"]
    else:
        assert order(public_id).state is (OrderState.SECURED if end == ORDER else OrderState.HANDED_OVER)
        assert paid["received"] == (TOTAL if end == TAKEN else 0)
        assert [mail.subject for mail in mails_about(public_id)] == ["Tak for din ordre 2026-0001"]
    with db.reading() as session:
        row = payments.newest(session, public_id)
        assert row is not None
        assert (row.captured_ore, row.refunded_ore) == (paid["received"], paid["refunded"])


def test_the_control_a_refund_asked_for_without_looking_first_goes_out_twice(
    shop: Shop, bench: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StripeGateway, "refunds_of", lambda _self, _payment: [])
    public_id = with_the_key_of_the_capture_lost(shop, bench)
    dues(shop, 2)
    door, intent = gateway_of(shop.app), str(payment(public_id).payment_intent_id)
    for _time in range(2):
        door.refund(intent, TOTAL // 2, "the same key")
        shop.stripe.control("forget-keys")
    assert len(shop.stripe.ledger()["refund"]) == 2
