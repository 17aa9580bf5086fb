"""Brings a database to the newest shape. SQLite checks foreign keys after a rebuild, not during it."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from workshop.core.config import ROOT
from workshop.core.db import Database


def alembic_config() -> Config:
    """Alembic as this project sets it up."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def migrate(database: Database, target: str = "head") -> None:
    """Run the migrations up to `target`, or down to it when it lies behind.

    Raises RuntimeError when a migration left a row that points nowhere.
    """
    config = alembic_config()
    with database.writer.connect() as connection:
        going_down = _lies_behind(connection, config, target)
        if database.is_sqlite:
            # Rebuilding a table drops the old one; with foreign keys on, that would delete or empty its children.
            _foreign_keys(connection, "OFF")
        config.attributes["connection"] = connection
        (command.downgrade if going_down else command.upgrade)(config, target)
        connection.commit()
        if database.is_sqlite:
            broken = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
            connection.commit()
            _foreign_keys(connection, "ON")
            if broken:
                raise RuntimeError(f"a migration left rows that point nowhere: {broken[:5]}")


def _lies_behind(connection: sa.Connection, config: Config, target: str) -> bool:
    """Whether the way to `target` is a way down."""
    if target in {"head", "base"}:
        return target == "base"
    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()  # asking began a transaction, and inside one SQLite ignores what is switched next
    newest_first = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    return current is not None and newest_first.index(current) < newest_first.index(target)


def _foreign_keys(connection: sa.Connection, state: Literal["ON", "OFF"]) -> None:
    """Switch them past SQLAlchemy, which would begin a transaction first: inside one SQLite ignores the switch."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={state}")
