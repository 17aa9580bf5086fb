"""Races for what opens once: a code of the app, a code from paper, a reset link, the ticket of an own phone.

The negative control leaves the rule out: it looks whether the thing is unused and then writes, which opens many times.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc

from tests.support import forking
from workshop.accounts.factors import codes, totp
from workshop.accounts.models import RecoveryCode
from workshop.accounts.phones import actions as phones
from workshop.accounts.resets import actions as resets
from workshop.core import db
from workshop.core.errors import NotHere, Refusal
from workshop.core.web import is_busy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RACERS = 20
PATIENCE_SECONDS = 240.0
MASTER_KEYS = (bytes(range(32)),)
PEPPER = "a pepper of the tests, worth nothing at all"


def race(database_url: str, what: str, account_id: int, secret: str, *, racers: int = RACERS) -> Counter[str]:
    """Let `racers` processes spend one secret at once; how often each outcome came."""
    context = forking.context()
    barrier, results = context.Barrier(racers), context.Queue()
    processes = [
        context.Process(target=_go, args=(database_url, what, account_id, secret, racer, barrier, results), daemon=True)
        for racer in range(racers)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=PATIENCE_SECONDS) for _each in processes)
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return outcomes


def _go(database_url: str, what: str, account_id: int, secret: str, racer: int, barrier: Barrier, results: Any) -> None:
    db.use(db.Database(database_url))
    outcome = "never started"
    try:
        with db.database().writer.connect() as connection:
            connection.rollback()  # connected, so that nobody starts with a handshake
        if what == "app":
            totp.step_of(secret, "000000", NOW)  # what the first use loads is loaded
        barrier.wait(PATIENCE_SECONDS)
        outcome = _tried(what, account_id, secret, racer, barrier)
    except (NotHere, Refusal):
        outcome = "lost"
    except Exception as broken:  # noqa: BLE001 — whatever a person could meet is part of the result
        outcome = type(broken).__name__
    finally:
        results.put(outcome)
        db.database().close()


def _tried(what: str, account_id: int, secret: str, racer: int, barrier: Barrier) -> str:
    """Whoever finds the database busy presses again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return "won" if _spent(what, account_id, secret, racer, barrier) else "lost"
        except sqlalchemy.exc.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise


def _spent(what: str, account_id: int, secret: str, racer: int, barrier: Barrier) -> bool:
    if what == "unguarded":
        return _look_then_write(account_id, secret, barrier)
    with db.transaction() as session:
        if what == "app":
            code = totp.code_at(secret, NOW)
            return totp.spend(session, account_id, code, NOW, master_keys=MASTER_KEYS)
        if what == "paper":
            return codes.spend(session, account_id, secret, NOW)
        if what == "link":
            new = f"hest kaktus violin nummer {racer}"
            resets.choose(session, secret, new, NOW, workshop="Værkstedet", cheap=True)
            return True
        made = phones.enrol(session, secret, "2580", NOW, pepper=PEPPER, department_of=lambda _account: 1)
        return made is not None


def _look_then_write(account_id: int, secret: str, barrier: Barrier) -> bool:
    """The mistake this house does not make; everybody looks before the first one writes."""
    with db.reading() as session:
        row = session.scalars(
            sa.select(RecoveryCode).where(
                RecoveryCode.code_hash == codes._kept(account_id, secret), RecoveryCode.used_at.is_(None)
            )
        ).one_or_none()
    barrier.wait(PATIENCE_SECONDS)
    if row is None:
        return False
    with db.transaction() as session:
        session.execute(sa.update(RecoveryCode).where(RecoveryCode.id == row.id).values(used_at=NOW))
    return True
