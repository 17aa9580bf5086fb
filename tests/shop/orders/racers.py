"""What each process of a race does. Started afresh by the test, so it imports only what it needs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Lock

import sqlalchemy as sa

from shop.orders import placing
from shop.orders.basket import JustSold
from shop.orders.letterhead import Letterhead
from shop.orders.models import PayWay
from shop.orders.pickup import SHIPPED
from workshop.core import clock, db
from workshop.core.config import Identity
from workshop.products.models import Item, StockCause, StockMovement

HEAD = Letterhead("http://localhost", Identity(), "a secret of the tests")
NOW = clock.now()
SLOT = SHIPPED.slots(NOW)[0]
WAIT_SECONDS = 120


@dataclass(frozen=True)
class Race:
    """One racer's part: a thing of its own to warm up on, then (item id, basket token) of each round."""

    url: str
    name: str
    own: tuple[int, str]
    rounds: list[tuple[int, str]]
    is_careless: bool


def run(race: Race, start: Barrier, one_at_a_time: Lock, told: Queue[tuple[int, str]]) -> None:
    """Warm up alone, then try to get the one thing of each round, all racers at the same moment."""
    db.use(db.Database(race.url))
    with one_at_a_time:
        _try(race, *race.own)
    for item_id, token in race.rounds:
        start.wait(WAIT_SECONDS)
        told.put((item_id, _try(race, item_id, token)))
    db.database().close()


def _try(race: Race, item_id: int, token: str) -> str:
    return _take(item_id) if race.is_careless else _order(race.name, token)


def _order(name: str, token: str) -> str:
    """Through the shop's own rules."""
    customer = placing.Customer(name, f"{name}@example.dk", "20000000")
    try:
        with db.transaction() as session:
            placing.place(
                session,
                token=token,
                customer=customer,
                slot=SLOT,
                pay_way=PayWay.CARD,
                agreed_ore=115_000,
                head=HEAD,
                now=NOW,
            )
    except JustSold:
        return "lost"
    return "won"


def _take(item_id: int) -> str:
    """The control: look first, take afterwards, with nothing between the two that guards."""
    with db.reading() as session:
        quantity, held = session.execute(sa.select(Item.quantity, Item.held).where(Item.id == item_id)).one()
    if quantity - held < 1:
        return "lost"
    time.sleep(0.002)
    with db.transaction() as session:
        session.execute(sa.update(Item).where(Item.id == item_id).values(held=held + 1))
        session.add(StockMovement(item_id=item_id, change=-1, cause=StockCause.SOLD, at=NOW))
    return "won"
