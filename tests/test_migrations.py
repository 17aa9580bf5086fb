"""Migrations: from empty to the models without a difference, and down and up again on a filled database."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from shop.models import Base
from workshop.core import db
from workshop.core.config import ROOT
from workshop.migrating import alembic_config, migrate


def difference() -> list[object]:
    with db.database().writer.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def counts() -> dict[str, int]:
    with db.reading() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_the_migrated_database_is_what_the_models_say(app: Flask) -> None:
    assert difference() == []


def test_a_difference_would_be_seen(app: Flask) -> None:
    planted = sa.Table("planted", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))
    try:
        assert difference() != []
    finally:
        Base.metadata.remove(planted)


def checks(engine: sa.Engine) -> set[tuple[str, str, str]]:
    inspector = sa.inspect(engine)
    return {
        (table, str(each["name"]), " ".join(each["sqltext"].split()))
        for table in Base.metadata.tables
        for each in inspector.get_check_constraints(table)
    }


def test_every_check_survives_the_rebuilding_of_tables(app: Flask, tmp_path: Path) -> None:
    """Alembic compares no checks, and forgets them on SQLite; what keeps one bench from being sold twice is a check."""
    if not db.database().is_sqlite:
        names = {(table, name) for table, name, _text in checks(db.database().writer)}
        assert {("item", "ck_item_held_within_quantity"), ("item", "ck_item_before_is_higher")} <= names
        assert len(names) > 50
        return
    fresh = sa.create_engine(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    Base.metadata.create_all(fresh)
    assert checks(db.database().writer) == checks(fresh)
    migrate(db.database(), "0001_first")
    migrate(db.database())
    assert checks(db.database().writer) == checks(fresh)
    fresh.dispose()


@pytest.mark.once
def test_the_head_file_names_the_newest_migration() -> None:
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert (ROOT / "migrations" / "HEAD").read_text().strip() == head
    names = sorted(path.stem for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert [name.split("_")[0] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]


def test_a_filled_database_loses_no_row_when_it_is_migrated_again(demo: Flask) -> None:
    before = counts()
    assert sum(before.values()) > 5_000
    migrate(db.database())
    assert counts() == before
    assert difference() == []


def test_a_filled_database_of_the_first_shape_loses_no_row_on_its_way_up(demo: Flask) -> None:
    migrate(db.database(), "0001_first")
    with db.database().writer.connect() as connection:
        names = set(sa.inspect(connection).get_table_names())
        before = {name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in names}  # noqa: S608
    migrate(db.database())
    with db.database().writer.connect() as connection:
        after = {name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in names}  # noqa: S608
    assert sum(count or 0 for count in before.values()) > 5_000
    assert after == before


def test_down_to_nothing_and_up_again(demo: Flask) -> None:
    migrate(db.database(), "base")
    with db.database().writer.connect() as connection:
        left = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    assert left == set()
    migrate(db.database())
    assert difference() == []


def test_every_table_of_the_filled_demo_that_people_work_with_has_rows(demo: Flask) -> None:
    """So that the walks above go over real rows and not over empty tables."""
    empty = {name for name, rows in counts().items() if rows == 0}
    assert empty <= {
        "basket", "basket_line", "device", "finish_ticket", "item_photo", "login_session", "payment_due",
        "payment_event", "sign_in_failure", "print_send", "item_code", "order_picture", "repair_photo",
        "request_photo", "visit_photo", "task_type_picture", "payment_finding", "reconciliation",
        "account_change", "backup_run", "challenge", "log_sample", "log_sample_row", "passkey", "password_reset",
        "phone_ticket", "recovery_code", "totp_seed",
    }, empty  # fmt: skip


def test_two_migrations_at_once_would_collide_in_one_file() -> None:
    assert Path(ROOT / "migrations" / "HEAD").read_text().count("\n") == 1
