"""A race: many processes give the money of one order back at the same moment, each with its own form or all with one.

The negative control leaves the guards out: it reads what is left and then writes.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any, Literal

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.orm import selectinload

from shop.orders.letterhead import Letterhead
from shop.orders.models import Order
from shop.orders.withdrawing import books, refunding
from shop.orders.withdrawing.books import RefundChoice
from shop.orders.withdrawing.models import Refund
from shop.payments.actions import owe
from shop.payments.models import Deed
from tests.support import forking
from workshop.core import db
from workshop.core.config import Identity
from workshop.core.errors import Refusal
from workshop.core.web import is_busy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HEAD = Letterhead("https://butik.example", Identity(), "a secret of the races, worth nothing at all")
RACERS = 12
PATIENCE_SECONDS = 120.0
THINKING_SECONDS = 0.25  # between looking and writing, in the control: long enough on a busy machine too

Way = Literal["own form", "same form", "unguarded"]


def race(database_url: str, public_id: str, way: Way) -> Counter[str]:
    """Let RACERS processes give all of the order's first line back at once; how often each outcome came."""
    context = forking.context("tests.support.refund_race")
    barrier, results = context.Barrier(RACERS), context.Queue()
    processes = [
        context.Process(target=_go, args=(database_url, public_id, racer, way, barrier, results), daemon=True)
        for racer in range(RACERS)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=PATIENCE_SECONDS) for _process in processes)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return outcomes


def _go(database_url: str, public_id: str, racer: int, way: Way, barrier: Barrier, results: Any) -> None:
    db.use(db.Database(database_url))
    outcome = "nothing"
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        barrier.wait(PATIENCE_SECONDS)
        outcome = _patiently(public_id, racer, way)
    finally:
        results.put(outcome)
        db.database().close()


def _patiently(public_id: str, racer: int, way: Way) -> str:
    """A page that finds the database busy asks for patience (503), and the person presses again."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 2
    while True:
        try:
            return _unguarded(public_id, racer) if way == "unguarded" else _refund(public_id, racer, way)
        except Refusal:
            return "refused"
        except sa.exc.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                return type(error).__name__


def _refund(public_id: str, racer: int, way: Way) -> str:
    word = "s" * 22 if way == "same form" else f"{racer}".ljust(22, "x")
    with db.transaction() as session:
        order = _order(session, public_id)
        line = order.lines[0]
        choice = RefundChoice(line.id, line.quantity, line.unit_price_ore * line.quantity, is_restocked=True)
        refunding.refund(
            session,
            order,
            once=word,
            lines=[choice],
            delivery_ore=0,
            means=None,
            reason="",
            withdrawal_id=None,
            head=HEAD,
            now=NOW,
            by_staff_id=None,
        )
    return "refunded"


def _unguarded(public_id: str, racer: int) -> str:
    """The control: look first, write afterwards, with nothing between the two that guards."""
    with db.reading() as session:
        order = _order(session, public_id)
        book = books.read(session, order)
        payment, amount = book.payment, book.lines[0].left_ore
    if payment is None or not amount or book.free_ore < amount:
        return "refused"
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        made = Refund(once=f"{racer}".ljust(22, "x"), order_id=order.id, amount_ore=amount, vat_ore=0, at=NOW)
        session.add(made)
        session.flush()
        owe(session, payment, Deed.REFUND, NOW, amount_ore=amount, cause=made.public_id)
    return "refunded"


def _order(session: Any, public_id: str) -> Order:
    found = sa.select(Order).where(Order.public_id == public_id).options(selectinload(Order.lines))
    order: Order = session.scalars(found).one()
    return order
