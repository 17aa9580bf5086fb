"""A thing somebody on the web is paying for: their page is closed first; if they have paid, they have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support import factories, people

from shop.orders import checkout
from shop.orders.models import Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.web import gateway_of
from tests.shop.orders.rig import ANE, Shop, basket_with, for_sale, open_shop
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.products.models import Item, ItemState

PAGE = "/personale/salg"


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def bench(shop: Shop) -> Item:
    return for_sale("Havebænk")[0]


@pytest.fixture
def desk(shop: Shop) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Sanne Lund", roles=[Role.SALES]).email
    client = shop.app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    people.sign_in_staff(client, email)
    return client


def buying(shop: Shop, bench: Item, pay_way: PayWay = PayWay.CARD) -> checkout.Way:
    now = clock.now()
    return checkout.buy(
        gateway_of(shop.app),
        token=basket_with(bench, now=now),
        customer=ANE,
        slot=SHIPPED.slots(now)[0],
        pay_way=pay_way,
        agreed_ore=115_000,
        head=shop.head,
        now=now,
    )


def form(bench: Item, **more: str) -> dict[str, str]:
    return {"nr": str(bench.number), "once": "x" * 22, "total": "115000", "means": "mobilepay"} | more


def states(bench: Item, way: checkout.Way) -> tuple[ItemState, OrderState]:
    with db.reading() as session:
        order = session.query(Order).filter_by(public_id=way.public_id).one()
        return session.get_one(Item, bench.id).state, order.state


@pytest.mark.parametrize("pay_way", [PayWay.CARD, PayWay.AT_PICKUP])
def test_it_is_asked_about_and_then_sold_here(shop: Shop, desk: FlaskClient, bench: Item, pay_way: PayWay) -> None:
    way = buying(shop, bench, pay_way)
    asked = desk.post(PAGE, data=form(bench))
    assert asked.status_code == 409
    assert "Luk betalingen, og sælg her" in asked.text
    assert states(bench, way)[0] is ItemState.FOR_SALE
    assert desk.post(PAGE, data=form(bench, overtag="ja")).status_code == 303
    assert states(bench, way) == (ItemState.HANDED_OVER, OrderState.CANCELLED)


def test_who_has_paid_on_the_web_has_it(shop: Shop, desk: FlaskClient, bench: Item) -> None:
    way = buying(shop, bench)
    assert way.payment_url is not None
    shop.stripe.pay(way.payment_url.rsplit("/", 1)[1], "kort")  # paid, and we have not heard of it yet
    answer = desk.post(PAGE, data=form(bench, overtag="ja"))
    assert answer.status_code == 409
    assert "Den er solgt der" in answer.text
    assert states(bench, way) == (ItemState.SOLD, OrderState.SECURED)
