"""A race: many processes go for the same single things at the same moment, through the rule that places orders.

The negative control leaves the rule out: it reads what is free and then writes, which sells one thing many times.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import placing
from shop.orders.basket import JustSold
from shop.orders.letterhead import Letterhead
from shop.orders.models import Basket, BasketLine, Hold, PayWay
from shop.orders.pickup import SHIPPED
from tests.support import forking
from workshop.core import crypto, db
from workshop.core.config import Identity
from workshop.products.models import Item

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RACERS = 20
PATIENCE_SECONDS = 120.0
THINKING_SECONDS = 0.02  # what a page takes between looking and writing, in the control
HEAD = Letterhead("https://butik.example", Identity(), "a secret of the races, worth nothing at all")

Way = Literal["placing", "unguarded"]


class Try(NamedTuple):
    """What one process got of one thing: `won`, `lost`, or the name of what broke; and how long it waited for it."""

    item_id: int
    outcome: str
    seconds: float


@dataclass
class Tally:
    """What came of a race. `oversold` things had several winners, `unsold` none."""

    items: int
    outcomes: Counter[str]
    oversold: list[int]
    unsold: list[int]
    waits: list[float] = field(repr=False)

    @property
    def is_fair(self) -> bool:
        """Whether each thing has one winner and everybody else was told so in words."""
        return not self.oversold and not self.unsold and self.outcomes.keys() <= {"won", "lost"}

    @property
    def p99_seconds(self) -> float:
        """How long the unluckiest hundredth waited."""
        return sorted(self.waits)[int(len(self.waits) * 0.99)] if self.waits else 0.0


def race(
    database_url: str,
    item_ids: Sequence[int],
    *,
    way: Way = "placing",
    racers: int = RACERS,
    imported_before: Sequence[str] = (),
) -> Tally:
    """Let `racers` processes go for each of these things, one after the other, all at once; each is there one time.

    `imported_before` are modules that the program itself imports, read once for all processes and not by each.
    """
    context = forking.context(*imported_before)
    barrier, results = context.Barrier(racers), context.Queue()
    processes = [
        context.Process(target=_go, args=(database_url, tuple(item_ids), way, racer, barrier, results), daemon=True)
        for racer in range(racers)
    ]
    for process in processes:
        process.start()
    tries: list[Try] = []
    for _racer in processes:
        tries += results.get(timeout=PATIENCE_SECONDS + len(item_ids) * 5)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return count(tries, item_ids)


def lay_baskets(session: Session, item_ids: Sequence[int], racers: int = RACERS) -> None:
    """A basket with one thing in it for every racer and thing, as if all of them had pressed "Læg i kurv"."""
    pairs = [(racer, item_id) for racer in range(racers) for item_id in item_ids]
    first = (session.scalar(sa.select(sa.func.max(Basket.id))) or 0) + 1
    baskets = [
        {"id": first + place, "token_hash": crypto.token_hash(_token(racer, item_id)), "seen_at": NOW}
        for place, (racer, item_id) in enumerate(pairs)
    ]
    session.execute(sa.insert(Basket), baskets)
    session.execute(
        sa.insert(BasketLine),
        [
            {"basket_id": first + place, "item_id": item_id, "quantity": 1}
            for place, (_racer, item_id) in enumerate(pairs)
        ],
    )


def wrong_holds(session: Session, item_ids: Sequence[int]) -> list[int]:
    """The things of which the database itself says that they are not held exactly once, by exactly one order."""
    holds = (
        sa.select(sa.func.count(Hold.id))
        .where(Hold.item_id == Item.id, Hold.ended_at.is_(None))
        .correlate(Item)
        .scalar_subquery()
    )
    return list(session.scalars(sa.select(Item.id).where(Item.id.in_(item_ids), sa.or_(Item.held != 1, holds != 1))))


def count(tries: Sequence[Try], item_ids: Sequence[int]) -> Tally:
    """Who won how often."""
    winners = Counter(each.item_id for each in tries if each.outcome == "won")
    return Tally(
        items=len(item_ids),
        outcomes=Counter(each.outcome for each in tries),
        oversold=[item_id for item_id in item_ids if winners[item_id] > 1],
        unsold=[item_id for item_id in item_ids if winners[item_id] == 0],
        waits=[each.seconds for each in tries],
    )


def _go(database_url: str, item_ids: tuple[int, ...], way: Way, racer: int, barrier: Barrier, results: Any) -> None:
    """One process: at the barrier before each thing, then off."""
    db.use(db.Database(database_url))
    tries: list[Try] = []
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        for item_id in item_ids:
            barrier.wait(PATIENCE_SECONDS)
            started = time.monotonic()
            outcome = _try(item_id, way, racer)
            tries.append(Try(item_id, outcome, time.monotonic() - started))
    finally:
        results.put(tries)
        db.database().close()


def _try(item_id: int, way: Way, racer: int) -> str:
    try:
        if way == "placing":
            _place(item_id, racer)
        else:
            _read_then_write(item_id)
    except JustSold:
        return "lost"
    except Exception as broken:  # noqa: BLE001 — whatever a customer could meet is part of the result
        return type(broken).__name__
    return "won"


def _place(item_id: int, racer: int) -> None:
    with db.reading() as session:
        price = session.scalar(sa.select(Item.price_ore).where(Item.id == item_id)) or 0
    with db.transaction() as session:
        placing.place(
            session,
            token=_token(racer, item_id),
            customer=placing.Customer(f"Kunde {racer}", f"kunde{racer}@butik.example", "20 30 40 50"),
            slot=SHIPPED.slots(NOW)[0],
            pay_way=PayWay.CARD,
            agreed_ore=price,
            head=HEAD,
            now=NOW,
        )


def _read_then_write(item_id: int) -> None:
    """The mistake this house does not make."""
    with db.reading() as session:
        row = session.execute(sa.select(Item.quantity, Item.held).where(Item.id == item_id)).one()
    if row.quantity - row.held < 1:
        raise JustSold([])
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        session.execute(sa.update(Item).where(Item.id == item_id).values(held=row.held + 1))


def _token(racer: int, item_id: int) -> str:
    return f"racer-{racer}-thing-{item_id}"
