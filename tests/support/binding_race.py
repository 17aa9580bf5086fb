"""A race: many processes put the same blank code on a new thing of their own, at the same moment.

The negative control leaves the guard out: it looks whether the code is free and then writes.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any, Literal

import sqlalchemy as sa
import sqlalchemy.exc

from tests.support import forking
from workshop.core import db
from workshop.core.web import is_busy
from workshop.products import actions as products
from workshop.products.codes import actions
from workshop.products.models import Item, ItemCode

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BASE_URL = "https://butik.example"
RACERS = 20
PATIENCE_SECONDS = 120.0
THINKING_SECONDS = 0.25  # between looking and writing, in the control: long enough on a busy machine too

Way = Literal["new", "known", "unguarded"]


def race(database_url: str, token: str, item_ids: list[int], way: Way) -> Counter[str]:
    """Let RACERS processes bind this code at once, each to a thing of its own; how often each outcome came."""
    context = forking.context()
    barrier, results = context.Barrier(RACERS), context.Queue()
    processes = [
        context.Process(target=_go, args=(database_url, token, item_ids[racer], way, barrier, results), daemon=True)
        for racer in range(RACERS)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=PATIENCE_SECONDS) for _process in processes)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return outcomes


def _go(database_url: str, token: str, item_id: int, way: Way, barrier: Barrier, results: Any) -> None:
    db.use(db.Database(database_url))
    outcome = "nothing"
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        barrier.wait(PATIENCE_SECONDS)
        outcome = _patiently(token, item_id, way)
    finally:
        results.put(outcome)
        db.database().close()


def _patiently(token: str, item_id: int, way: Way) -> str:
    """A page that finds the database busy asks for patience (503), and the person presses again."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 2
    while True:
        try:
            return _try(token, item_id, way)
        except sa.exc.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                return type(error).__name__


def _try(token: str, item_id: int, way: Way) -> str:
    try:
        if way == "unguarded":
            return _look_then_write(token, item_id)
        with db.transaction() as session:
            code = session.scalars(sa.select(ItemCode).where(ItemCode.token == token)).one()
            if way == "known":
                item = session.get_one(Item, item_id)
                actions.bind_to_item(session, code, item, now=NOW, by_staff_id=None)
            else:
                actions.bind_to_new(
                    session,
                    code,
                    title="",
                    category="brugsting",
                    product_type_id=None,
                    base_url=BASE_URL,
                    now=NOW,
                    by_staff_id=None,
                )
    except actions.CodeUsed:
        return "lost"
    except sa.exc.OperationalError:
        raise
    except Exception as broken:  # noqa: BLE001 — whatever a person could meet is part of the result
        return type(broken).__name__
    return "won"


def _look_then_write(token: str, item_id: int) -> str:
    """The mistake this house does not make."""
    with db.reading() as session:
        is_free = session.scalar(sa.select(ItemCode.bound_at.is_(None)).where(ItemCode.token == token))
    if not is_free:
        return "lost"
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        session.execute(sa.update(ItemCode).where(ItemCode.token == token).values(bound_at=NOW, item_id=item_id))
    return "won"


def items(how_many: int) -> list[int]:
    """Things that have a number already, one for each racer."""
    with db.transaction() as session:
        made = products.add_items(
            session, product_type_id=None, title="Skammel", pieces=how_many, base_url=BASE_URL, now=NOW
        )
        return [item.id for item in made]
