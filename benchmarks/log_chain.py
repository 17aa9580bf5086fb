"""The access log under many writers, and under somebody who tampers with it. Parts of `make soak`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from benchmarks.databases import Engine
from tests.support import log_race, log_trials
from tests.support.log_race import WRITERS as WRITERS
from tests.support.log_race import Way
from tests.support.log_trials import TRIALS as TRIALS
from workshop.accounts.models import Account, AccountKind
from workshop.core import audit, chain, db
from workshop.core.access import Actor, Role
from workshop.core.audit import AccessLog

ROWS, ROWS_A_BATCH = 80_000, 8_000  # 8 writers, 10,000 rows each
CONTROLLED = 400
TAMPERED, TAMPERED_A_BATCH = 1_000, 100
LOG_ROWS, WRITTEN_DOWN = 60, 50
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def write_batch(engine: Engine, count: int, way: Way) -> dict[str, Any]:
    """Let the writers add `count` rows to a fresh log, and go through it."""
    with engine.fresh() as url:
        account_id = _somebody(url)
        outcomes = log_race.write_at_once(url, account_id, count // WRITERS, way=way)
        db.use(db.Database(url))
        with db.snapshot() as session:
            faults = len(audit.verify(session, now=log_race.NOW))
            rows = session.scalar(sa.select(sa.func.count(AccessLog.id))) or 0
        db.database().close()
    return {"outcomes": dict(outcomes), "faults": faults, "rows": rows}


def tamper_batch(engine: Engine, done: int, count: int, seed: str) -> dict[str, Any]:
    """Tamper with a log in every way there is, in turn; which ways were not seen, and which only the anchor saw."""
    missed: Counter[str] = Counter()
    anchor_alone: Counter[str] = Counter()
    with engine.fresh() as url:
        account_id = _somebody(url)
        db.use(db.Database(url))
        actor = Actor(account_id, "writer", "Writer", frozenset({Role.WORKSHOP}))
        for number in range(LOG_ROWS):
            audit.record(actor, "read", [f"person-{number}"], NOW, reason="Grund" if number % 3 else "")
        with db.reading() as session:
            word = session.scalar(sa.select(AccessLog.chain_hash).where(AccessLog.position == WRITTEN_DOWN)) or ""
        nothing = log_trials.written_down(NOW, 0, chain.NOTHING_BEFORE)  # as a workshop's first hour writes it
        anchors = [nothing, log_trials.written_down(NOW, WRITTEN_DOWN, word)]
        for number in range(done, done + count):
            trial = TRIALS[number % len(TRIALS)]
            if not log_trials.tried(trial, f"{seed} {number}", anchors, NOW, WRITTEN_DOWN):
                missed[trial.__name__] += 1
            if not log_trials.tried(trial, f"{seed} {number}", (), NOW, WRITTEN_DOWN):
                anchor_alone[trial.__name__] += 1
        db.database().close()
    return {"trials": count, "missed": dict(missed), "anchor_alone": dict(anchor_alone)}


def add(total: dict[str, Any], batch: dict[str, Any]) -> dict[str, Any]:
    """Figures of one batch more."""
    return {
        name: dict(Counter(total.get(name, {})) + Counter(value))
        if isinstance(value, dict)
        else total.get(name, 0) + value
        for name, value in batch.items()
    }


def write_verdict(figures: dict[str, Any]) -> str:
    """What is wrong with rows written at once."""
    outcomes = figures["outcomes"]
    # SQLite lets a writer wait ten seconds, then asks for patience: that row is not written, and its page not shown.
    if figures["faults"] or not outcomes.keys() <= {"written", "OperationalError"}:
        return f"the chain forked: {figures}"
    return "" if outcomes["written"] == figures["rows"] else f"rows were lost: {figures}"


def control_verdict(figures: dict[str, Any]) -> str:
    """Without the lock two rows have to follow the same one, or nothing is proved."""
    stopped = sum(many for name, many in figures["outcomes"].items() if name != "written")
    return "" if stopped + figures["faults"] else f"without the lock nothing forked: {figures}"


def tamper_verdict(figures: dict[str, Any]) -> str:
    """What was not found."""
    return f"not found: {figures['missed']}" if figures["missed"] else ""


def _somebody(url: str) -> int:
    db.use(db.Database(url))
    with db.transaction() as session:
        account = Account(kind=AccountKind.STAFF, created_at=NOW)
        session.add(account)
        session.flush()
        account_id = account.id
    db.database().close()
    return account_id
