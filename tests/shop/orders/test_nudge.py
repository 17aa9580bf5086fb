"""What a press of a button makes due is done at once; when it cannot be, the sweep does it later."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories

from shop.orders import checkout, sweeps
from shop.orders.models import OrderState, PayWay
from shop.orders.nudge import WAIT_SECONDS, nudge
from shop.orders.pickup import SHIPPED
from shop.orders.web import gateway_of
from shop.payments.models import PaymentDue, PaymentState
from tests.shop.orders.rig import ANE, Shop, basket_with, for_sale, mails_about, open_shop, order, payment, place
from workshop.core import clock, db
from workshop.core.access import Role

TOTAL = 115_000


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def paid(shop: Shop) -> str:
    """An order that is paid by card; its public id."""
    return pay_for(shop, "Havebænk")


def pay_for(shop: Shop, title: str) -> str:
    now = clock.now()
    way = checkout.buy(
        gateway_of(shop.app),
        token=basket_with(*for_sale(title, price_ore=TOTAL), now=now),
        customer=replace(ANE, email=f"{title}@example.dk"),
        slot=SHIPPED.slots(now)[0],
        pay_way=PayWay.CARD,
        agreed_ore=TOTAL,
        head=shop.head,
        now=now,
    )
    assert way.payment_url is not None
    shop.stripe.pay(way.payment_url.rsplit("/", 1)[1], "kort")
    shop.deliver(shop.events())
    assert order(way.public_id).state is OrderState.SECURED
    return way.public_id


def sanne(shop: Shop) -> FlaskClient:
    client = shop.app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    with db.transaction() as session:
        email = factories.staff(session, roles=(Role.SALES,)).email
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    return client


def open_dues() -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count(PaymentDue.id)).where(PaymentDue.done_at.is_(None))) or 0


def was_put_back() -> bool:
    with db.reading() as session:
        return session.scalars(sa.select(PaymentDue.problem)).one() != ""


def test_the_mail_is_there_as_soon_as_the_money_is(shop: Shop, paid: str) -> None:
    (mail,) = mails_about(paid)
    assert mail.sent_at is not None
    folder: Path = shop.app.extensions["settings"].mails_dir
    assert (folder / f"{mail.public_id}.eml").exists()


def test_hand_over_takes_the_money_at_once_and_paying_back_gives_it_at_once(shop: Shop, paid: str) -> None:
    client = sanne(shop)
    assert client.post(f"/personale/ordrer/{paid}/udlever").status_code == 303
    assert payment(paid).state is PaymentState.CAPTURED
    address = f"/personale/ordrer/{paid}/tilbagebetaling"
    page = client.get(address).text
    line = re.search(r'name="antal-(\d+)"', page)[1]  # type: ignore[index]  # the page has it
    once = re.search(r'name="once" value="([^"]+)"', page)[1]  # type: ignore[index]  # the page has it
    typed = {"once": once, f"antal-{line}": "1", f"beloeb-{line}": "1150", f"lager-{line}": "ja", "grund": "Ridset"}
    assert client.post(address, data={**typed, "betal": "ja"}).status_code == 303
    assert payment(paid).refunded_ore == TOTAL
    assert all(mail.sent_at for mail in mails_about(paid))


def test_calling_off_lets_the_reserved_money_go_at_once(shop: Shop, paid: str) -> None:
    sanne(shop).post(f"/personale/ordrer/{paid}/annuller")
    assert payment(paid).state is PaymentState.VOIDED


def test_while_stripe_is_away_hand_over_still_works_and_the_sweep_takes_the_money(shop: Shop, paid: str) -> None:
    shop.stripe.control("faults", kind="error_before", times=1, method="POST", path="/v1/payment_intents")
    assert sanne(shop).post(f"/personale/ordrer/{paid}/udlever").status_code == 303
    assert order(paid).state is OrderState.HANDED_OVER
    assert (payment(paid).state, open_dues()) == (PaymentState.AUTHORISED, 1)
    sweeps.do_dues(gateway_of(shop.app), shop.head, clock.now() + timedelta(minutes=2))
    assert payment(paid).state is PaymentState.CAPTURED


def test_a_slow_stripe_keeps_nobody_waiting_for_long(shop: Shop, paid: str) -> None:
    client = sanne(shop)
    stripe_takes = 6  # a busy machine needs a second or more for the page itself
    fault = {"times": 1, "method": "POST", "path": "/v1/payment_intents", "seconds": stripe_takes}
    shop.stripe.control("faults", kind="timeout_after", **fault)
    began = time.monotonic()
    assert client.post(f"/personale/ordrer/{paid}/udlever").status_code == 303
    assert WAIT_SECONDS <= time.monotonic() - began < stripe_takes
    assert payment(paid).captured_ore == 0
    deadline = time.monotonic() + 20
    while not was_put_back() and time.monotonic() < deadline:
        time.sleep(0.1)
    sweeps.do_dues(gateway_of(shop.app), shop.head, clock.now() + timedelta(minutes=2))
    assert (payment(paid).captured_ore, open_dues()) == (TOTAL, 0)  # the same key: it was taken once


def test_a_nudge_does_only_what_is_due_for_its_own_order(shop: Shop, paid: str) -> None:
    other = pay_for(shop, "Bord")
    with db.transaction() as session:
        sweeps.actions.hand_over(session, other, means=None, now=clock.now(), by_staff_id=None)
    sanne(shop).post(f"/personale/ordrer/{paid}/udlever")
    assert (payment(paid).state, payment(other).state) == (PaymentState.CAPTURED, PaymentState.AUTHORISED)


def test_a_nudge_inside_a_block_is_a_mistake(client: FlaskClient) -> None:
    public_id = place(basket_with(*for_sale("Havebænk"), now=clock.now()), now=clock.now()).public_id
    with client.application.app_context(), db.transaction(), pytest.raises(RuntimeError, match="after the commit"):
        nudge(public_id, clock.now())
