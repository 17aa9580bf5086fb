"""The stand-in's book: one SQLite file that survives being killed at any moment."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, capture_method TEXT NOT NULL,
    payment TEXT, asked TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id), created INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, capture_method TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('requires_payment_method', 'requires_capture', 'succeeded', 'canceled')),
    capturable INTEGER NOT NULL DEFAULT 0 CHECK (capturable BETWEEN 0 AND amount),
    received INTEGER NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND amount),
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND received),
    charge TEXT, method TEXT, capture_before INTEGER, canceled_at INTEGER, cancellation_reason TEXT,
    last_error TEXT, metadata TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY, payment TEXT NOT NULL REFERENCES payment(id), created INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0), metadata TEXT NOT NULL, reason TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS bounced (refund TEXT PRIMARY KEY REFERENCES refund(id)) STRICT;
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
    created INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS delivery (
    event TEXT PRIMARY KEY REFERENCES event(id), due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    delivered_at REAL, gave_up_at REAL, last_answer TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS fault (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    seconds REAL NOT NULL, left_over INTEGER NOT NULL
) STRICT;
"""


class Ledger:
    """Opens the book. A connection lives for one block, so threads never share one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changed = threading.Event()  # wakes the postman in this program; another one's changes it finds by looking
        with closing(self._open()) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(SCHEMA)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
        return db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent look at the book."""
        with closing(self._open()) as db:
            db.execute("PRAGMA query_only=ON")
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; all of the block is kept, or none of it."""
        with closing(self._open()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
        self.changed.set()


def setting(db: sqlite3.Connection, name: str) -> float:
    """A number set by a test: `clock_offset` in seconds, `held` 0 or 1. Unset is 0."""
    row = db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return float(row["value"]) if row else 0.0


def set_to(db: sqlite3.Connection, name: str, value: float) -> None:
    """Keep a number; it outlives the program."""
    db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))


def now(db: sqlite3.Connection) -> float:
    """The stand-in's own clock: real time, moved ahead by what tests have added."""
    return time.time() + setting(db, "clock_offset")


def new_id(prefix: str) -> str:
    """An id in Stripe's shape, such as `pi_3f…`."""
    return f"{prefix}_{secrets.token_hex(12)}"
