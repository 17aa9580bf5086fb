"""The whole way, with the real library and a practice Stripe over HTTP: told once, often, backwards, falsely."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shop.orders import checkout, sweeps
from shop.orders.models import Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.web import gateway_of
from shop.payments.models import PaymentEvent, PaymentState
from shop.payments.standin.postman import signed
from tests.shop.orders.rig import (
    ANE,
    Shop,
    basket_with,
    end_state,
    for_sale,
    item,
    mails_about,
    open_shop,
    order,
    payment,
)
from workshop.core import clock, db
from workshop.products.models import Item, ItemState

TOTAL = 115_000
SHUFFLES = 10  # a twentieth of the goal's 200


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


def buy(shop: Shop, *things: Item) -> checkout.Way:
    return try_to_buy(shop, basket_with(*things, now=clock.now()), total_ore=TOTAL * len(things))


def try_to_buy(
    shop: Shop, token: str, *, phone: str = "20000000", total_ore: int = TOTAL, later: timedelta = timedelta(0)
) -> checkout.Way:
    now = clock.now() + later
    return checkout.buy(
        gateway_of(shop.app),
        token=token,
        customer=replace(ANE, phone=phone),
        slot=SHIPPED.slots(now)[0],
        pay_way=PayWay.CARD,
        agreed_ore=total_ore,
        head=shop.head,
        now=now,
    )


def pay(shop: Shop, way: checkout.Way, how: str = "kort") -> None:
    assert way.payment_url is not None
    shop.stripe.pay(way.payment_url.rsplit("/", 1)[1], how)


def post(shop: Shop, body: bytes, signature: str | None) -> int:
    headers = {"Content-Type": "application/json"} | ({"Stripe-Signature": signature} if signature else {})
    asked = urllib.request.Request(f"{shop.url}/stripe/webhook", body, headers)  # noqa: S310 — our own local address
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310 — the same
            return int(answer.status)
    except urllib.error.HTTPError as no:
        with no:
            return int(no.code)


def bodies(shop: Shop) -> list[bytes]:
    return [event["body"].encode() for event in shop.stripe.ledger()["event"]]


def stamp() -> int:
    return int(time.time())


def test_a_paid_page_secures_the_order(shop: Shop) -> None:
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    pay(shop, way)
    assert order(way.public_id).state is OrderState.PLACED  # coming back from the page proves nothing
    assert shop.deliver(shop.events()) == ["200", "200"]
    assert order(way.public_id).state is OrderState.SECURED
    assert payment(way.public_id).state is PaymentState.AUTHORISED
    assert payment(way.public_id).lapses_at is not None
    assert item(bench.id).state is ItemState.SOLD


def test_every_event_five_times_at_once_is_one_order_one_sale_one_mail(shop: Shop) -> None:
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    pay(shop, way, "afvis")
    pay(shop, way)
    assert set(shop.deliver([*shop.events()] * 5, at_once=True)) == {"200"}
    before = end_state()
    assert set(shop.deliver([*shop.events()] * 5)) == {"200"}
    assert end_state() == before
    assert [mail.subject for mail in mails_about(way.public_id)] == [f"Tak for din ordre {order(way.public_id).number}"]


def test_any_order_of_a_whole_story_ends_the_same(shop: Shop, database_url: str, tmp_path: Path) -> None:
    """A declined card, a paid one, a capture and a refund, told in any order to a shop that has heard nothing yet."""
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    pay(shop, way, "afvis")
    pay(shop, way)
    door = gateway_of(shop.app)
    intent = door.read_checkout(str(payment(way.public_id).session_id)).payment_intent_id
    assert intent is not None
    door.capture(intent, TOTAL, "capture-1")
    door.refund(intent, 5_000, "refund-1")
    events = shop.events()
    assert len(events) == 5
    ends = []
    rng = random.Random(20261122)
    for _round in range(SHUFFLES):
        with undone():
            told = events * 2
            rng.shuffle(told)
            assert set(shop.deliver(told)) == {"200"}
            ends.append(end_state())
    assert all(end == ends[0] for end in ends)
    assert len(ends[0][-1]) == 1  # one mail


@contextmanager
def undone() -> Iterator[None]:
    """At the end of the block the database is as it was at its beginning."""
    tables = db.Base.metadata.sorted_tables
    with db.reading() as session:
        kept = [(table, [dict(row._mapping) for row in session.execute(sa.select(table))]) for table in tables]
    yield
    with db.transaction() as session:
        for table, _rows in reversed(kept):
            session.execute(table.delete())
        for table, rows in kept:
            if rows:
                session.execute(table.insert(), rows)


def test_forged_stale_and_foreign_messages_change_nothing(shop: Shop) -> None:
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    pay(shop, way)
    before = end_state()
    good = bodies(shop)[0]
    foreign = json.dumps({**json.loads(good), "account": "acct_other"}).encode()
    live = json.dumps({**json.loads(good), "livemode": True}).encode()
    answers = [
        post(shop, good, None),
        post(shop, good, "t=1,v1=00"),
        post(shop, good, signed(good, "whsec_another", stamp())),
        post(shop, good, signed(good, "whsec_ours", stamp() - 301)),
        post(shop, good.replace(b"requires_capture", b"succeeded"), signed(good, "whsec_ours", stamp())),
        post(shop, foreign, signed(foreign, "whsec_ours", stamp())),
        post(shop, live, signed(live, "whsec_ours", stamp())),
        post(shop, b"not json", signed(b"not json", "whsec_ours", stamp())),
    ]
    assert answers == [400] * len(answers)
    assert end_state() == before
    assert post(shop, good, signed(good, "whsec_ours", stamp())) == 200  # the control: the true one is heard
    assert end_state() != before


def test_a_signed_event_is_only_a_hint_where_to_look(shop: Shop) -> None:
    """A signed message with another amount in it secures what Stripe's own object says, not what it says itself."""
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    page = {"object": "checkout.session", "id": payment(way.public_id).session_id, "payment_status": "paid"}
    told: dict[str, Any] = {"id": "evt_made_up", "object": "event", "type": "checkout.session.completed"}
    told |= {"created": stamp(), "livemode": False, "data": {"object": page}}
    body = json.dumps(told).encode()
    assert post(shop, body, signed(body, "whsec_ours", stamp())) == 200
    assert order(way.public_id).state is OrderState.PLACED


def test_a_page_over_another_amount_needs_attention(shop: Shop) -> None:
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    with db.transaction() as session:
        session.execute(sa.text("update payment set amount_ore = amount_ore + 1"))
    pay(shop, way)
    assert set(shop.deliver(shop.events())) == {"200"}
    assert order(way.public_id).state is OrderState.NEEDS_ATTENTION
    assert item(bench.id).state is ItemState.FOR_SALE
    assert mails_about(way.public_id) == []


def test_an_event_before_its_order_is_told_again(shop: Shop) -> None:
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    pay(shop, way)
    with undone():
        with db.transaction() as session:
            session.execute(sa.text("delete from payment"))
        assert set(shop.deliver(shop.events())) == {"503"}
        with db.reading() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(PaymentEvent)) == 0
    assert set(shop.deliver(shop.events())) == {"200"}
    assert order(way.public_id).state is OrderState.SECURED


def test_a_kind_we_never_asked_for_is_answered_200(shop: Shop) -> None:
    told = {"id": "evt_x", "object": "event", "type": "customer.created", "created": stamp(), "livemode": False}
    body = json.dumps({**told, "data": {"object": {"object": "customer", "id": "cus_1"}}}).encode()
    assert post(shop, body, signed(body, "whsec_ours", stamp())) == 200


def test_while_stripe_cannot_show_what_it_told_it_is_asked_to_tell_again(shop: Shop) -> None:
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    way = buy(shop, bench)
    pay(shop, way)
    shop.stripe.control("faults", kind="error_before", times=8, method="GET", path="/v1/")
    assert "503" in shop.deliver(shop.events())
    while "503" in shop.deliver(shop.events()):
        pass
    assert order(way.public_id).state is OrderState.SECURED


def test_the_second_try_of_the_same_basket_closes_the_first_page(shop: Shop) -> None:
    token = basket_with(*for_sale("Havebænk", price_ore=TOTAL), now=clock.now())
    first, again = try_to_buy(shop, token), try_to_buy(shop, token)
    second = try_to_buy(shop, token, phone="30000000")
    assert first == again
    assert second.public_id != first.public_id
    assert order(first.public_id).state is OrderState.CANCELLED
    pay(shop, first)  # the old page is closed: nothing happens
    pay(shop, second)
    shop.deliver(shop.events())
    assert order(second.public_id).state is OrderState.SECURED
    assert order(first.public_id).state is OrderState.CANCELLED
    assert [row["status"] for row in shop.stripe.ledger()["payment"]] == ["requires_capture"]


def test_a_second_try_after_the_first_was_paid_is_the_paid_order(shop: Shop) -> None:
    token = basket_with(*for_sale("Havebænk", price_ore=TOTAL), now=clock.now())
    first = try_to_buy(shop, token)
    pay(shop, first)  # no event has reached us yet
    assert try_to_buy(shop, token, phone="30000000") == checkout.Way(first.public_id)
    assert order(first.public_id).state is OrderState.SECURED


def test_an_abandoned_page_frees_its_things_and_a_paid_one_is_found_without_any_event(shop: Shop) -> None:
    bench, table = for_sale("Havebænk", "Bord", price_ore=TOTAL)
    left, paid = buy(shop, bench), buy(shop, table)
    pay(shop, paid)
    late = clock.now() + timedelta(minutes=41)
    sweeps.release_lapsed(shop.head, late)
    assert sweeps.do_dues(gateway_of(shop.app), shop.head, late) == 2
    assert order(left.public_id).state is OrderState.CANCELLED
    assert item(bench.id).free == 1
    assert order(paid.public_id).state is OrderState.SECURED
    assert item(table.id).state is ItemState.SOLD


def test_when_stripe_is_away_the_order_stands_and_the_same_form_goes_on(shop: Shop) -> None:
    token = basket_with(*for_sale("Havebænk", price_ore=TOTAL), now=clock.now())
    shop.stripe.control("faults", kind="error_after", times=1, method="POST", path="/v1/checkout")
    with pytest.raises(checkout.PaymentUnavailable):
        try_to_buy(shop, token)
    way = try_to_buy(shop, token)
    assert len(shop.stripe.ledger()["session"]) == 1  # one key, one page
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Order.id))) == 1
    pay(shop, way)
    shop.deliver(shop.events())
    assert order(way.public_id).state is OrderState.SECURED


def test_who_comes_back_after_some_minutes_without_stripe_is_not_refused_once_more(shop: Shop) -> None:
    """A page that was never opened has too little time left by then for Stripe to open it."""
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    token, later = basket_with(bench, now=clock.now()), timedelta(minutes=5)
    shop.stripe.control("faults", kind="error_before", times=1, method="POST", path="/v1/checkout")
    with pytest.raises(checkout.PaymentUnavailable):
        try_to_buy(shop, token)
    shop.stripe.control("clock", seconds=later.total_seconds())
    way = try_to_buy(shop, token, later=later)
    pay(shop, way)
    shop.deliver(shop.events())
    assert order(way.public_id).state is OrderState.SECURED
    assert (item(bench.id).quantity, item(bench.id).held) == (0, 0), "and the first order holds nothing any more"
