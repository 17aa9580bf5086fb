"""Millions of rows put in within minutes: what is looked up and checked row by row is made afterwards, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from workshop.core.db import Database


@contextmanager
def bare(database: Database, *tables: str) -> Iterator[None]:
    """Inside the block the tables have no index but their key; PostgreSQL's foreign keys from and to them stay away."""
    with database.writer.begin() as connection:
        again = _taken_off_sqlite(connection, tables) if database.is_sqlite else _taken_off_postgres(connection, tables)
    yield
    with database.writer.begin() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        for statement in again:
            connection.exec_driver_sql(statement)


def _taken_off_sqlite(connection: sa.Connection, tables: tuple[str, ...]) -> list[str]:
    """Those of UNIQUE constraints have no statement of their own and stay."""
    made = sa.text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :tables"
    )
    found = connection.execute(made.bindparams(sa.bindparam("tables", list(tables), expanding=True))).all()
    for name, _statement in found:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    return [statement for _name, statement in found]


def _taken_off_postgres(connection: sa.Connection, tables: tuple[str, ...]) -> list[str]:
    constraints = sa.text(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype = 'f' FROM pg_constraint "
        "WHERE contype IN ('u', 'f') AND conrelid::regclass::text IN :tables "
        "ORDER BY contype"  # foreign keys before what they point at
    )
    indexes = sa.text(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN :tables AND indexname NOT LIKE 'pk%'"
    )
    named: sa.BindParameter[Any] = sa.bindparam("tables", list(tables), expanding=True)
    again = []
    for table, name, definition, is_foreign in connection.execute(constraints.bindparams(named)).all():
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        if not is_foreign:
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for name, definition in connection.execute(indexes.bindparams(named)).all():
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
        again.append(definition)
    return again
