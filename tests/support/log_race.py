"""Many processes that add to the access log at once, through the door that takes the chain's end first.

The negative control leaves that out: it looks where the log ends and then writes, so that two rows follow the same one.
The database's own word against two rows in one place is what stops it there; without that the chain would fork.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.support import forking
from workshop.core import audit, chain, crypto, db
from workshop.core.access import Actor, Role
from workshop.core.audit import AccessLog, AccessLogHead
from workshop.core.chain import Said

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WRITERS = 8
PATIENCE_SECONDS = 120.0
THINKING_SECONDS = 0.002  # what lies between looking and writing, in the control

Way = Literal["chained", "unguarded"]


def write_at_once(
    database_url: str, account_id: int, rows_each: int, *, way: Way = "chained", writers: int = WRITERS
) -> Counter[str]:
    """Let `writers` processes add `rows_each` rows each; what came of the tries: `written`, or what broke."""
    context = forking.context()
    barrier, results = context.Barrier(writers), context.Queue()
    arguments = (database_url, account_id, rows_each, way, barrier, results)
    processes = [context.Process(target=_go, args=(number, *arguments), daemon=True) for number in range(writers)]
    for process in processes:
        process.start()
    outcomes: Counter[str] = Counter()
    for _process in processes:
        outcomes += results.get(timeout=PATIENCE_SECONDS + writers * rows_each * 0.05)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return outcomes


def _go(
    number: int, database_url: str, account_id: int, rows_each: int, way: Way, barrier: Barrier, results: Any
) -> None:
    db.use(db.Database(database_url))
    outcomes: Counter[str] = Counter()
    actor = Actor(account_id, f"writer-{number}", f"Writer {number}", frozenset({Role.WORKSHOP}))
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        barrier.wait(PATIENCE_SECONDS)
        for row in range(rows_each):
            outcomes[_try(actor, row, way)] += 1
    finally:
        results.put(outcomes)
        db.database().close()


def _try(actor: Actor, row: int, way: Way) -> str:
    try:
        if way == "chained":
            audit.record(actor, "read", [f"{actor.public_id}-{row}"], NOW + timedelta(microseconds=row))
        else:
            _look_then_write(actor, row)
    except (IntegrityError, OperationalError) as problem:
        return type(problem).__name__
    return "written"


def _look_then_write(actor: Actor, row: int) -> None:
    """The mistake this house does not make."""
    with db.reading() as session:
        position, previous = session.execute(sa.select(AccessLogHead.position, AccessLogHead.chain_hash)).one()
    time.sleep(THINKING_SECONDS)
    said = Said(NOW, actor.account_id, "read", [f"{actor.public_id}-{row}"], "", "")
    salt = crypto.new_token()[:32]
    payload = chain.payload_hash(salt, said)
    word = chain.chain_hash(position + 1, previous, payload)
    with db.transaction() as session:
        placed = {"position": position + 1, "salt": salt, "payload_hash": payload, "chain_hash": word}
        session.execute(sa.insert(AccessLog).values(**vars(said), **placed))
        session.execute(sa.update(AccessLogHead).values(position=position + 1, chain_hash=word))
