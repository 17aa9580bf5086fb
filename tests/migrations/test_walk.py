"""The newest migrations down, up, down and killed on the filled demo; and the program before on the newest tables.

`make soak` walks all of them, over far more rows.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from benchmarks import migrating
from shop.models import Base
from workshop.core import db
from workshop.migrating import migrate

MOST_PASSES = 20
WALKED = 2


def test_no_row_changes_on_the_way_down_and_up_and_a_kill_leaves_nothing_half(demo: Flask) -> None:
    came = migrating.walk(db.database(), "the tests", newest_only=WALKED)
    assert migrating.verdict({"changed": came.changed, "left_half": came.left_half}) == ""
    assert len(came.killed) == WALKED
    assert came.rows > 5_000


def test_a_lost_row_would_be_seen(demo: Flask) -> None:
    database = db.database()
    columns = migrating.columns_of(database)
    before = migrating.digests(database, columns)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE citizen SET display_name = 'En anden' WHERE id = 1")
    changed = {table for table, said in migrating.digests(database, columns).items() if said != before[table]}
    assert changed == {"citizen"}


def test_the_program_before_can_go_on_writing(demo: Flask) -> None:
    """Every row of the version before is written anew into the newest tables, with the old columns only."""
    database = db.database()
    order = migrating.revisions()
    migrate(database, order[-2])
    columns = migrating.columns_of(database)
    old = _tables(database, columns)
    rows = migrating.rows_of(database, columns)
    migrate(database)
    _empty(database)
    refused = _write(database, {name: (columns[name], rows[name]) for name in columns}, old)
    assert refused == {}
    assert {name: len(each) for name, each in rows.items()} == {
        name: count for name, (count, _hash) in migrating.digests(database, columns).items()
    }


def _tables(database: db.Database, columns: migrating.Columns) -> dict[str, sa.TableClause]:
    """The tables of the version before. SQLite takes words as they lie; PostgreSQL has to know a list from a text."""
    if database.is_sqlite:
        return {name: sa.table(name, *(sa.column(each) for each in names)) for name, names in columns.items()}
    old = sa.MetaData()
    old.reflect(database.writer)
    return dict(old.tables)


def _empty(database: db.Database) -> None:
    with database.writer.connect() as connection:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.execute("PRAGMA foreign_keys=OFF")
            for table in Base.metadata.sorted_tables:
                connection.execute(sa.delete(table))
            connection.commit()
            driver.execute("PRAGMA foreign_keys=ON")
            return
        connection.exec_driver_sql(f"TRUNCATE {', '.join(Base.metadata.tables)} CASCADE")
        connection.commit()


def _write(
    database: db.Database, rows: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]], old: sa.MetaData
) -> dict[str, str]:
    """Write the rows of the version before, those that are pointed to first; what the tables refused, by table."""
    left = {name: [dict(zip(columns, row, strict=True)) for row in each] for name, (columns, each) in rows.items()}
    refused: dict[str, str] = {}
    with database.writer.begin() as connection:
        for _pass in range(MOST_PASSES):
            before = sum(len(each) for each in left.values())
            refused = {}
            for name in sorted(left, key=lambda name: list(Base.metadata.tables).index(name)):
                left[name], why = _put(connection, old[name], left[name])
                if why:
                    refused[name] = why
            if not refused or sum(len(each) for each in left.values()) == before:
                break
    return refused


def _put(
    connection: sa.Connection, table: sa.TableClause, rows: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], str]:
    """Write what can be written of a table: all at once, or row by row where some of them have to wait."""
    if not rows:
        return [], ""
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(table), rows)
    except IntegrityError:
        return _put_singly(connection, table, rows)
    return [], ""


def _put_singly(
    connection: sa.Connection, table: sa.TableClause, rows: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], str]:
    waiting, why = [], ""
    for row in rows:
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(table), row)
        except IntegrityError as problem:
            waiting.append(row)
            why = str(problem.orig)
    return waiting, why


@pytest.mark.once
def test_every_migration_is_walked() -> None:
    assert len(migrating.revisions()) >= 6
    assert set(migrating.TRANSLATED) <= set(migrating.revisions())
