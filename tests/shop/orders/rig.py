"""What tests of orders share: things for sale, a basket, a customer, and the whole shop beside a practice Stripe."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories
from werkzeug.serving import BaseWSGIServer, make_server

from shop.app import create_app
from shop.orders import basket, placing
from shop.orders.letterhead import Letterhead
from shop.orders.models import Hold, Order, OrderEvent, PayWay
from shop.orders.pickup import SHIPPED, Slot
from shop.payments.models import Payment, PaymentDue
from shop.payments.standin.server import Quiet, Running, create_standin, serve_in_thread
from tests.conftest import make_settings
from workshop.core import db
from workshop.core.config import Identity
from workshop.core.mail import OutboxMail
from workshop.products.models import Item, StockMovement
from workshop.products.queries import offered

HEAD = Letterhead("http://localhost", Identity(), "a secret of the tests")
ANE = placing.Customer("Ane Eksempel", "ane@example.dk", "20000000")


def basket_with(*items: Item, now: datetime, quantity: int = 1) -> str:
    """The token of a new basket with these things in it; a block of its own."""
    token: str | None = None
    with db.transaction() as session:
        for item in sorted(items, key=lambda item: item.id):
            thing = offered(session, item.number)
            assert thing is not None
            token = basket.put(session, token, thing, quantity, now)
    assert token is not None
    return token


def for_sale(*titles: str, price_ore: int = 115_000, pieces: int = 1) -> list[Item]:
    """Things for sale; a block of its own."""
    with db.transaction() as session:
        made = [factories.item(session, title=title, price_ore=price_ore, quantity=pieces) for title in titles]
        session.flush()
        for item in made:
            session.refresh(item)
        session.expunge_all()
    return made


def place(
    token: str,
    *,
    now: datetime,
    customer: placing.Customer = ANE,
    pay_way: PayWay = PayWay.CARD,
    slot: Slot | None = None,
    agreed_ore: int | None = None,
    head: Letterhead = HEAD,
) -> placing.Placed:
    """Order what lies in the basket; a block of its own."""
    with db.reading() as session:
        total = sum(line.amount_ore for line in basket.lines(session, token))
    with db.transaction() as session:
        return placing.place(
            session,
            token=token,
            customer=customer,
            slot=slot or SHIPPED.slots(now)[0],
            pay_way=pay_way,
            agreed_ore=total if agreed_ore is None else agreed_ore,
            head=head,
            now=now,
        )


def order(public_id: str) -> Order:
    with db.reading() as session:
        found = session.scalars(sa.select(Order).where(Order.public_id == public_id)).one()
        session.expunge_all()
        return found


def payment(public_id: str) -> Payment:
    with db.reading() as session:
        found = session.scalars(sa.select(Payment).where(Payment.reference == public_id)).one()
        session.expunge_all()
        return found


def item(item_id: int) -> Item:
    with db.reading() as session:
        found = session.get_one(Item, item_id)
        session.expunge_all()
        return found


def mails_about(public_id: str) -> list[OutboxMail]:
    with db.reading() as session:
        found = session.scalars(
            sa.select(OutboxMail).where(OutboxMail.key.endswith(public_id)).order_by(OutboxMail.id)
        ).all()
        session.expunge_all()
        return list(found)


def end_state() -> list[Any]:
    """Everything that orders, money, stock and mail came to, without times and ids that differ from run to run."""

    def rows(session: Session, *columns: Any) -> list[Any]:
        return sorted(tuple(row) for row in session.execute(sa.select(*columns)))

    with db.reading() as session:
        return [
            rows(session, Order.number, Order.state, Order.attention, Order.total_ore),
            rows(session, Payment.state, Payment.amount_ore, Payment.captured_ore, Payment.refunded_ore),
            rows(session, PaymentDue.deed, PaymentDue.amount_ore),
            rows(session, Item.number, Item.state, Item.quantity, Item.held),
            rows(session, StockMovement.cause, StockMovement.change),
            rows(session, Hold.item_id, Hold.ended_at.is_(None)),
            rows(session, OrderEvent.text),
            rows(session, OutboxMail.recipient, OutboxMail.subject),
        ]


@dataclass
class Shop:
    """The whole shop on a port, with a practice Stripe that tells it things."""

    app: Flask
    stripe: Running
    url: str

    @property
    def head(self) -> Letterhead:
        return Letterhead.of(self.app.extensions["settings"])

    def events(self, *kinds: str) -> list[str]:
        """Ids of everything told so far, in order."""
        told = self.stripe.ledger()["event"]
        return [event["id"] for event in told if not kinds or event["type"] in kinds]

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.stripe.ledger()["event"]]

    def deliver(self, events: list[str], *, at_once: bool = False) -> list[str]:
        answers: list[str] = self.stripe.control("deliver", events=events, at_once=at_once)["answers"]
        return answers


@contextmanager
def open_shop(database_url: str, folder: Path) -> Iterator[Shop]:
    """Shop and practice Stripe, each on a port of its own. Nothing is delivered unless the test says so."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    practice = create_standin(
        ledger=folder / "stripe.sqlite",
        webhook_url=f"{url}/stripe/webhook",
        webhook_secret="whsec_ours",
        api_key="sk_test_ours",
        retry_seconds=0.05,
    )
    with serve_in_thread(practice) as stripe:
        stripe.control("hold", held=True)
        app = create_app(make_settings(database_url, folder, stripe_api_base=stripe.url, base_url=url))
        app.config["TRUSTED_HOSTS"] = None
        server: BaseWSGIServer = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Shop(app, stripe, url)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            db.database().close()
