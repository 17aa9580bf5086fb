"""The three doors to the database. The only file that commits.

`reading()` physically cannot write, `transaction()` is the one write door, `snapshot()` serves reports. On SQLite a
write begins with BEGIN IMMEDIATE: a deferred one would fail with "database is locked" when it turns from reading to
writing, and the library's default reads outside the transaction, which sells one bench twice.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
LOOK_AGAIN_MS = 5  # how long SQLite itself waits for the write lock, before it is asked anew
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Every table says which side of the wall it stands on: W work and sale, D people and development, S sealed.
W: dict[str, Any] = {"info": {"zone": "W"}}
D: dict[str, Any] = {"info": {"zone": "D"}}
S: dict[str, Any] = {"info": {"zone": "S"}}


class Base(DeclarativeBase):
    """The tables of the house."""

    metadata = sa.MetaData(naming_convention=NAMES)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment in UTC. SQLite drops time zones, so they are taken off going in and put on coming out."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a naive time; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give UTC back."""
        return None if value is None else value.replace(tzinfo=UTC)


def choice(kind: type[StrEnum]) -> sa.Enum:
    """A column for an enum, stored by value and checked by the database."""
    return sa.Enum(
        kind,
        name=kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Database:
    """One database with a write engine and a read engine that cannot write."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.writer = sa.create_engine(self.url, hide_parameters=True)
            self.reader = sa.create_engine(self.url, hide_parameters=True, pool_reset_on_return=None)
            self.snapshots = sa.create_engine(self.url, hide_parameters=True)
            event.listen(self.writer, "connect", _prepare_sqlite_writer)
            event.listen(self.writer, "begin", _begin_immediate)
            event.listen(self.reader, "connect", _prepare_sqlite_reader)
            event.listen(self.snapshots, "connect", _prepare_sqlite_reader)
            event.listen(self.snapshots, "begin", _begin_deferred)
        else:
            address = self.url.set(drivername="postgresql+psycopg")
            read_only = {"options": "-c default_transaction_read_only=on"}
            patience = {"options": f"-c lock_timeout={BUSY_TIMEOUT_MS}"}  # as long as SQLite waits
            self.writer = sa.create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args=patience)
            self.reader = sa.create_engine(
                address,
                hide_parameters=True,
                isolation_level="AUTOCOMMIT",
                pool_reset_on_return=None,
                connect_args=read_only,
            )
            self.snapshots = sa.create_engine(
                address, hide_parameters=True, isolation_level="REPEATABLE READ", connect_args=read_only
            )

    def close(self) -> None:
        """Let go of every connection."""
        for engine in (self.writer, self.reader, self.snapshots):
            engine.dispose()


_database: Database | None = None
_open_session: ContextVar[Session | None] = ContextVar("open_session", default=None)
_TO_END: dict[str, Any] = {"join_transaction_mode": "control_fully"}
_LAST = "at the end"  # where an open block keeps what is to be done last


def use(database: Database) -> None:
    """Make this the database of the process; one process works with one."""
    global _database
    _database = database


def database() -> Database:
    """The database of this process."""
    if _database is None:
        raise RuntimeError("no database is in use; create_app sets it")
    return _database


@contextmanager
def reading() -> Iterator[Session]:
    """A session that reads the newest committed state and cannot write."""
    # The connection is taken first, so that `rows` can ask it at once: the session's own way there costs more than
    # most answers do.
    with database().reader.connect() as connection, Session(connection, autoflush=False) as session:
        yield session


def rows(session: Session, statement: sa.Executable, values: dict[str, Any] | None = None) -> Sequence[Any]:
    """The rows of a statement about columns, past the part of the session that makes objects."""
    return run(session, statement, values).all()


def run(
    session: Session, statement: sa.Executable, values: dict[str, Any] | list[dict[str, Any]] | None = None
) -> sa.CursorResult[Any]:
    """Carry out a statement about columns, past the part of the session that makes objects; it flushes nothing."""
    asked = session.bind if isinstance(session.bind, Connection) else session.connection()
    return asked.execute(statement, values)


def add_unless_there(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Write a row unless one with the same unique words is there; whether it was new.

    A row that somebody else is writing just now is waited for, where looking first would find nothing and collide.
    """
    session.flush()  # what the row points to
    return bool(run(session, _unless_there(table, database().is_sqlite), values).rowcount)


@cache
def _unless_there(table: type[Base], is_sqlite: bool) -> sa.Insert:
    # A dialect takes a fifth of a second to load, and a process works with one of the two.
    if is_sqlite:
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on the other
    # PostgreSQL's driver knows the count only while the cursor is open, and an insert's is closed unless asked to stay.
    return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session in which everything is read as of one moment, for reports and exports."""
    with Session(database().snapshots, autoflush=False) as session:
        yield session


@contextmanager
def transaction() -> Iterator[Session]:
    """The one write door: all of the block or nothing.

    Raises RuntimeError when opened inside itself; a rule that needs a session takes one as its argument.
    """
    if _open_session.get() is not None:
        raise RuntimeError("transactions do not nest: pass the session on")
    Base.registry.configure()  # the first time it takes as long as dozens of writes, which nobody should wait behind
    # The connection is taken first, as in `reading`; what is begun on it is the session's to end.
    with database().writer.connect() as connection, Session(connection, **_TO_END) as session:
        connection.begin()  # SQLAlchemy begins lazily; this takes the write lock before the first read
        session.connection()
        mark = _open_session.set(session)
        try:
            yield session
            _do_last(session)
            session.commit()
        finally:
            _open_session.reset(mark)


def at_the_end(session: Session, do: Callable[[Session], None]) -> None:
    """Have something done as the last thing of an open write block, just before it commits. If it fails, all fails."""
    session.info.setdefault(_LAST, []).append(do)


def _do_last(session: Session) -> None:
    session.flush()  # the block's own work takes its locks first
    for do in session.info.pop(_LAST, ()):
        do(session)


def open_session() -> Session | None:
    """The session of the open write block, if there is one; for the audit door alone."""
    return _open_session.get()


_UNPREPARED = {
    "no such table": "The database has no tables yet, or not all of them. Run: vaerksted migrate",
    "no such column": "The database has an older shape than the program. Run: vaerksted migrate",
    "42P01": "The database has no tables yet, or not all of them. Run: vaerksted migrate",
    "42703": "The database has an older shape than the program. Run: vaerksted migrate",
    "42501": "This role may not use the tables. Run, as a superuser: vaerksted grants --apply",
}


def what_is_missing(problem: sqlalchemy.exc.DBAPIError) -> str:
    """What to do about a database that is not set up yet, in a sentence for a terminal; empty for any other fault."""
    told = f"{getattr(problem.orig, 'sqlstate', '')} {problem.orig}"
    return next((sentence for sign, sentence in _UNPREPARED.items() if sign in told), "")


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_sqlite_writer(connection: Any, entry: ConnectionPoolEntry) -> None:
    _prepare_sqlite(connection, entry)
    connection.execute(f"PRAGMA busy_timeout={LOOK_AGAIN_MS}")


def _prepare_sqlite_reader(connection: Any, entry: ConnectionPoolEntry) -> None:
    _prepare_sqlite(connection, entry)
    connection.execute("PRAGMA query_only=ON")
    # In SQLite's usual 2 MB the upper pages of a large table push each other out; a small house never fills this.
    connection.execute("PRAGMA cache_size=-8000")


def _begin_immediate(connection: Connection) -> None:
    """Take SQLite's one write lock, waiting for it as long as anybody waits.

    SQLite's own waiting looks for the lock more and more seldom, until whoever came last is always quicker, and in a
    crowd somebody waited in vain. Asked for short waits again and again, all look equally often.
    """
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except sqlalchemy.exc.OperationalError as problem:
            code = getattr(problem.orig, "sqlite_errorcode", 0)
            if code & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        else:
            return


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def engines() -> tuple[Engine, ...]:
    """The engines of this process, for counting queries in tests."""
    return (database().writer, database().reader, database().snapshots)
