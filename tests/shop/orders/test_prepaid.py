"""What is made to order, paid at once at the practice Stripe: the money is taken, the order is one, the mail ties."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from shop.orders import checkout
from shop.orders.customers import Delivery
from shop.orders.making import actions as making
from shop.orders.models import Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.web import gateway_of
from shop.payments.models import PaymentDue, PaymentState
from tests.shop.orders.making import rig as made
from tests.shop.orders.rig import ANE, Shop, mails_about, open_shop, order, payment
from workshop.core import clock, db
from workshop.products.models import SizeClass
from workshop.services.models import DeliveryPrice, Postcode

TOTAL = 204_500 + 24_900


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def token(shop: Shop) -> str:
    """A basket with a bench to be made, in a shop that brings things."""
    with db.transaction() as session:
        session.add(Postcode(code="3230", town="Græsted", zone=1))
        session.add_all(DeliveryPrice(zone=1, size_class=size, price_ore=24_900) for size in SizeClass)
        return making.wish(
            session,
            None,
            product_type=made.bench(session),
            options={"længde": "150", "farve": "sort"},
            own_length_cm=None,
            quantity=1,
            now=clock.now(),
        )


def buy(shop: Shop, token: str) -> checkout.Way:
    now = clock.now()
    return checkout.buy(
        gateway_of(shop.app),
        token=token,
        customer=ANE,
        slot=SHIPPED.slots(now + timedelta(days=120))[0],
        pay_way=PayWay.PREPAID,
        agreed_ore=TOTAL,
        head=shop.head,
        now=now,
        delivery=Delivery("Skovvej 7", "3230"),
        has_agreed_prepayment=True,
    )


def test_the_money_is_taken_at_once_and_the_order_holds(shop: Shop, token: str) -> None:
    way = buy(shop, token)
    assert way.payment_url is not None
    shop.stripe.pay(way.payment_url.rsplit("/", 1)[1], "kort")
    assert set(shop.deliver(shop.events() * 3)) == {"200"}
    paid = payment(way.public_id)
    assert (paid.state, paid.amount_ore, paid.captured_ore) == (PaymentState.CAPTURED, TOTAL, TOTAL)
    assert order(way.public_id).state is OrderState.SECURED
    (mail,) = mails_about(way.public_id)
    assert "I alt: 2.294\u00a0kr." in mail.body
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PaymentDue)) == 0  # nothing is left to capture


def test_many_presses_at_once_are_one_order_and_one_payment_page(shop: Shop, token: str) -> None:
    with ThreadPoolExecutor(8) as tabs:
        ways = list(tabs.map(lambda _tab: buy(shop, token), range(8)))
    assert len(set(ways)) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 1
    assert len(shop.stripe.ledger()["session"]) == 1
