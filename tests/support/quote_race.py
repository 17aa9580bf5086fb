"""A race for one quote: many processes say yes to it at the same moment, or yes and no, through the rule.

The negative control leaves the rule out: it looks whether the quote waits and then writes, which agrees many times.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any, Literal

import sqlalchemy as sa
import sqlalchemy.exc

from shop.booking import agreeing
from tests.support import forking
from workshop.core import crypto, db, mail
from workshop.core.config import Identity
from workshop.core.errors import Refusal
from workshop.core.web import is_busy
from workshop.services.door import Head
from workshop.services.requests import quoting, reading
from workshop.services.requests.models import QuoteState, ServicePlace, ServiceQuote

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RACERS = 20
PATIENCE_SECONDS = 240.0
HEAD = Head("https://butik.example", Identity(), "a secret of the races, worth nothing at all")
Way = Literal["yes", "yes and no", "unguarded"]


def race(database_url: str, quote_id: str, *, way: Way, racers: int = RACERS) -> Counter[str]:
    """Let `racers` processes answer one quote at once; how often each outcome came."""
    context = forking.context()
    barrier, results = context.Barrier(racers), context.Queue()
    processes = [
        context.Process(target=_go, args=(database_url, quote_id, way, racer, barrier, results), daemon=True)
        for racer in range(racers)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=PATIENCE_SECONDS) for _each in processes)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return outcomes


def _go(database_url: str, quote_id: str, way: Way, racer: int, barrier: Barrier, results: Any) -> None:
    db.use(db.Database(database_url))
    outcome = "never started"
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        agreeing.withdraw_until(ServicePlace(company_name="", cvr="", gln=""), NOW.date())  # the calendar is read
        barrier.wait(PATIENCE_SECONDS)
        outcome = _pressed(quote_id, way, racer, barrier)
    except Refusal:
        outcome = "refused"
    except Exception as broken:  # noqa: BLE001 — whatever a customer could meet is part of the result
        outcome = type(broken).__name__
    finally:
        results.put(outcome)
        db.database().close()


def _pressed(quote_id: str, way: Way, racer: int, barrier: Barrier) -> str:
    """Whoever finds the database busy presses again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _answer(quote_id, way, racer, barrier)
        except sqlalchemy.exc.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise


def _answer(quote_id: str, way: Way, racer: int, barrier: Barrier) -> str:
    if way == "unguarded":
        return _look_then_write(quote_id, barrier)
    if way == "yes and no" and racer % 2:
        with db.transaction() as session:
            quote = session.scalars(sa.select(ServiceQuote).where(ServiceQuote.public_id == quote_id)).one()
            quoting.decline(session, quote, now=NOW)
        return "no"
    with db.transaction() as session:
        return agreeing.agree(
            session, quote_id, may_start_early=True, knows_right_ends=True, head=HEAD, now=NOW
        ).public_id


def _look_then_write(quote_id: str, barrier: Barrier) -> str:
    """The mistake this house does not make: a mail for everybody who thought to be the one."""
    with db.reading() as session:
        found = reading.offer(session, quote_id)
    if found is None or found.quote.state is not QuoteState.SENT:
        return "refused"
    barrier.wait(PATIENCE_SECONDS)  # everybody has looked
    with db.transaction() as session:
        session.execute(
            sa.update(ServiceQuote).where(ServiceQuote.public_id == quote_id).values(state=QuoteState.ACCEPTED)
        )
        key = f"unguarded-{crypto.new_public_id()}"
        mail.queue(session, key=key, recipient="a@example.dk", subject="Aftalt", body="Aftalt", now=NOW)
    return "won"
