"""Webhooks in every order: each event five times, shuffled, and the shop always ends in the same place.

What Stripe says is asked of the stand-in once, at every step of a payment; then each shuffle plays on a copy of the
same database. Events of a step are heard at that step or any later one, as late as after the last.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from benchmarks.databases import Engine
from benchmarks.filled import fill
from shop.orders import basket, checkout, placing, securing
from shop.orders.letterhead import Letterhead
from shop.orders.models import Hold, Order, OrderEvent, PayWay
from shop.orders.pickup import SHIPPED
from shop.payments import looking
from shop.payments.gateway import StripeGateway
from shop.payments.models import Deed, Payment, PaymentDue, PaymentEvent
from shop.payments.standin.server import Running, create_standin, serve_in_thread
from shop.payments.webhook import Told, take_in
from workshop.core import db
from workshop.core.config import Identity
from workshop.core.mail import OutboxMail
from workshop.products import queries as products
from workshop.products.models import Item, StockMovement

COPIES = 5
HEAD = Letterhead("https://butik.example", Identity(), "a secret of the shuffles, worth nothing")
KEY, SECRET = "sk_test_shuffles", "whsec_shuffles"
FIRST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stripe:
    """The stand-in, our door to it, and the payment page the play is about."""

    standin: Running
    door: StripeGateway
    session_id: str
    amount_ore: int

    def pay(self, how: str = "kort") -> None:
        """The customer presses a button of the payment page."""
        self.standin.pay(self.session_id, how)

    @property
    def payment(self) -> str:
        """The payment behind the page."""
        return str(self.door.read_checkout(self.session_id).payment_intent_id)


Step = Callable[[Stripe], object]
STEPS: dict[str, Step] = {
    "pay": lambda stripe: stripe.pay(),
    "be refused": lambda stripe: stripe.pay("afvis"),
    "capture": lambda stripe: stripe.door.capture(stripe.payment, stripe.amount_ore, "capture"),
    "refund": lambda stripe: stripe.door.refund(stripe.payment, stripe.amount_ore, "refund"),
    "send back": lambda stripe: stripe.standin.control(f"refunds/{stripe.standin.ledger()['refund'][-1]['id']}/bounce"),
    "void": lambda stripe: stripe.door.void(stripe.payment, "void"),
    "expire": lambda stripe: stripe.door.expire_checkout(stripe.session_id),
}
SENT_BACK = "given back, and sent back by the bank"
# A void heard of before the payment itself ends the order in peace, and heard of after it the order needs a person.
# Both are right, so those events are all heard at the end; so are those of a refund that did not stay given.
PLAYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "paid": (("pay",),),
    "refused, then paid": (("be refused",), ("pay",)),
    "paid and taken": (("pay",), ("capture",)),
    "paid, taken, given back": (("pay",), ("capture",), ("refund",)),
    "closed unpaid": (("expire",),),
    "paid and let go": (("pay", "void"),),
    SENT_BACK: (("pay",), ("capture",), ("refund", "send back")),
}
ENDS = dict.fromkeys(PLAYS, "secured") | dict.fromkeys(("closed unpaid", "paid and let go"), "cancelled")
ENDS[SENT_BACK] = "needs_attention"


@dataclass(frozen=True)
class Play:
    """A database with an order whose payment page is open, and what is heard at each step."""

    url: str
    told: list[list[Told]]  # at each step, every event so far with what Stripe shows at that step
    born: dict[str, int]  # event id -> the step it came with
    now: datetime


@contextmanager
def played(engine: Engine, name: str) -> Iterator[Play]:
    """Act a play through once, and note what the shop would hear and see."""
    with TemporaryDirectory() as folder, engine.fresh() as url:
        book = Path(folder) / "stripe.sqlite3"
        app = create_standin(ledger=book, webhook_url="", webhook_secret=SECRET, api_key=KEY)
        with serve_in_thread(app) as standin:
            database = db.Database(url)
            db.use(database)
            door = StripeGateway(secret_key=KEY, webhook_secret=SECRET, api_base=standin.url)
            now = datetime.now(UTC)
            stripe = _order(standin, door, database, now)
            if name == SENT_BACK:
                _owed(stripe, now)
            database.close()
            told: list[list[Told]] = []
            born: dict[str, int] = {}
            for at, steps in enumerate(PLAYS[name]):
                for step in steps:
                    STEPS[step](stripe)
                events = door.events_since(FIRST)
                told.append([Told(event, looking.at_event(door, event)) for event in events])
                for event in events:
                    born.setdefault(event.id, at)
        yield Play(url, told, born, now)


def _order(standin: Running, door: StripeGateway, database: db.Database, now: datetime) -> Stripe:
    fill(database, 3, has_photos=False)
    with db.transaction() as session:
        card = products.cards(session, [1])[1]
        token = basket.put(session, None, products.Offered(card.id, card.state, card.price_ore, card.quantity), 1, now)
    checkout.buy(
        door,
        token=token,
        customer=placing.Customer("Ane Prøve", "ane@butik.example", "20 30 40 50"),
        slot=SHIPPED.slots(now)[0],
        pay_way=PayWay.CARD,
        agreed_ore=card.price_ore or 0,
        head=HEAD,
        now=now,
    )
    with db.reading() as session:
        payment = session.scalars(sa.select(Payment)).one()
    return Stripe(standin, door, str(payment.session_id), payment.amount_ore)


def _owed(stripe: Stripe, now: datetime) -> None:
    """The refund stands in our own books as given: only such a one can be told from what others gave back."""
    with db.transaction() as session:
        payment = session.scalars(sa.select(Payment)).one()
        about = {"key": "refund", "deed": Deed.REFUND, "amount_ore": stripe.amount_ore}
        session.add(PaymentDue(payment_id=payment.id, due_at=now, done_at=now, **about))


def end_of(engine: Engine, play: Play, chance: random.Random) -> str:
    """Hear every event five times in one shuffled order, on a copy: the order's state at the end, and a hash of all."""
    with engine.copy(play.url) as url:
        database = db.Database(url)
        db.use(database)
        for told in _heard(play, chance):
            with db.transaction() as session:
                for outcome in take_in(session, told, play.now):
                    securing.follow(session, outcome, play.now, head=HEAD)
        with db.reading() as session:
            state = {table.__tablename__: _rows(session, table, leaving) for table, leaving in LOOKED_AT.items()}
            order = session.scalars(sa.select(Order.state)).one()
        database.close()
    return f"{order} {hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()}"


def _heard(play: Play, chance: random.Random) -> Iterator[Told]:
    waiting: list[str] = []
    for at, seen in enumerate(play.told):
        now = {told.event.id: told for told in seen}
        waiting += [event_id for event_id in now if play.born[event_id] == at for _copy in range(COPIES)]
        chance.shuffle(waiting)
        is_last = at == len(play.told) - 1
        for _each in range(len(waiting) if is_last else chance.randint(0, len(waiting))):
            yield now[waiting.pop()]


# What is looked at, and the columns that tell of the way there and not of the end.
LOOKED_AT: dict[type[db.Base], frozenset[str]] = {
    Item: frozenset(),
    Order: frozenset({"version"}),
    OrderEvent: frozenset({"id"}),
    Hold: frozenset(),
    Payment: frozenset(),
    PaymentDue: frozenset({"id"}),
    PaymentEvent: frozenset({"outcome"}),
    StockMovement: frozenset({"id"}),
    OutboxMail: frozenset({"id", "public_id"}),
}


def _rows(session: Any, table: type[db.Base], leaving: frozenset[str]) -> list[list[str]]:
    columns = [column for column in table.__table__.columns if column.name not in leaving]
    return sorted([str(value) for value in row] for row in session.execute(sa.select(*columns)))
