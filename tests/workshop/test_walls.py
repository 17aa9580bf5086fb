"""The wall inside PostgreSQL, tried: each role against each table, in every way there is to touch one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from support.walls import put_up, roles_of, url_of

from shop.grant_commands import grants
from shop.models import Base
from workshop import walls
from workshop.core.audit import AccessLog
from workshop.core.db import Database

TABLES = Base.metadata.tables
BEHIND = sorted(name for name, table in TABLES.items() if table.info["zone"] in {"D", "S"})
WAYS = {
    "SELECT": "SELECT count(*) FROM TABLE_",
    "INSERT": "INSERT INTO TABLE_ DEFAULT VALUES",
    "UPDATE": "UPDATE TABLE_ SET COLUMN_ = COLUMN_",
    "DELETE": "DELETE FROM TABLE_ WHERE false",
    "LOCK": "SELECT 1 FROM TABLE_ FOR UPDATE",
    "TRUNCATE": "TRUNCATE TABLE_ CASCADE",
    "COPY": "COPY TABLE_ TO STDOUT",
    "DROP": "DROP TABLE TABLE_ CASCADE",
    "ALTER": "ALTER TABLE TABLE_ ADD COLUMN planted integer",
    "GRANT": "GRANT SELECT ON TABLE_ TO PUBLIC",
}


@pytest.fixture
def walled(app: Flask, database_url: str) -> Iterator[walls.Roles]:
    with put_up(database_url) as roles:
        yield roles


def tries(table: str) -> dict[str, str]:
    """Every way to touch a table. Whether a role may is decided before any row is looked at."""
    words = {"TABLE": f'"{table}"', "COLUMN": f'"{next(iter(TABLES[table].columns)).name}"'}
    return {way: re.sub("TABLE_|COLUMN_", lambda each: words[each[0][:-1]], sql) for way, sql in WAYS.items()}


def let_through(url: str, tried: dict[str, str]) -> set[str]:
    """Which of these a role may do; everything is taken back at once."""
    allowed = set()
    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        for name, statement in tried.items():
            try:
                cursor = connection.execute(statement.encode())
                if cursor.pgresult is not None and cursor.pgresult.status == psycopg.pq.ExecStatus.COPY_OUT:
                    allowed.add(name)  # a copy that is not read to its end leaves the connection in the middle of it
                    continue
                allowed.add(name)
            except psycopg.errors.InsufficientPrivilege:
                pass
            except psycopg.Error:  # it was let in and broke another rule, such as an empty name
                allowed.add(name)
            connection.rollback()
    return allowed


def without_copy(tried: dict[str, str]) -> dict[str, str]:
    return {name: statement for name, statement in tried.items() if name != "COPY"}


def test_the_shop_can_touch_nothing_of_people_and_nothing_sealed(walled: walls.Roles, database_url: str) -> None:
    assert len(BEHIND) > 30
    url = url_of(database_url, walled.shop)
    assert {table: done for table in BEHIND if (done := let_through(url, tries(table)))} == {}


def test_without_the_wall_it_could(app: Flask, database_url: str) -> None:
    """The control: the owner of the tables, which is what every process is where nobody parted them."""
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has no roles: the rights of its file decide")
    for table in BEHIND:
        assert let_through(database_url, without_copy(tries(table))) == set(without_copy(tries(table))), table


@pytest.mark.parametrize("table", sorted(walls.NOT_FOR_THE_SHOP))
def test_the_shop_does_not_see_who_works_here_and_how_they_come_in(table: str) -> None:
    assert walls.of_the_shop(TABLES[table]) == ""


def test_the_shop_sees_no_mail_address_and_no_session_of_staff(walled: walls.Roles, database_url: str) -> None:
    url = url_of(database_url, walled.shop)
    asked = {
        "name": "SELECT name FROM staff",
        "email": "SELECT email FROM staff",
        "all": "SELECT * FROM staff",
        "session": "SELECT token_hash FROM login_session",
        "device": "SELECT key_hash FROM device",
        "invitation": "SELECT * FROM invitation",
    }
    assert let_through(url, asked) == {"name"}


def test_what_each_role_may_is_what_is_written_and_no_more(walled: walls.Roles, database_url: str) -> None:
    """Every table of zone W by trying, too: neither a right too many nor one too few."""
    words = ("SELECT", "INSERT", "UPDATE", "DELETE")
    for role, said in ((walled.shop, walls.of_the_shop), (walled.app, walls.of_the_app)):
        url = url_of(database_url, role)
        for name, table in TABLES.items():
            written = said(table)
            if "(" in written:  # of some columns only; tried above
                continue
            tried = {word: statement for word, statement in tries(name).items() if word in words}
            if "SELECT" not in written:
                tried.pop("UPDATE")
            assert let_through(url, tried) == {word for word in words if word in written and word in tried}, (
                role,
                name,
            )


def test_the_app_can_take_a_copy_which_holds_every_series_of_numbers(walled: walls.Roles, database_url: str) -> None:
    asked = {
        "access_log": "SELECT last_value, is_called FROM access_log_id_seq",
        "citizen": "SELECT last_value, is_called FROM citizen_id_seq",
        "item": "SELECT last_value, is_called FROM item_id_seq",
    }
    assert let_through(url_of(database_url, walled.app), asked) == set(asked)
    assert let_through(url_of(database_url, walled.shop), asked) == set()


@pytest.mark.parametrize("way", ["UPDATE", "DELETE", "LOCK", "TRUNCATE", "DROP", "ALTER"])
def test_the_app_cannot_change_the_access_log(walled: walls.Roles, database_url: str, way: str) -> None:
    tried = tries(AccessLog.__tablename__)
    url = url_of(database_url, walled.app)
    assert let_through(url, {way: tried[way], "SELECT": tried["SELECT"], "INSERT": tried["INSERT"]}) == {
        "SELECT",
        "INSERT",
    }


def test_nobody_but_the_keeper_makes_a_table_or_gives_a_right(walled: walls.Roles, database_url: str) -> None:
    asked = {"CREATE": "CREATE TABLE planted (id integer)", "TEMP": "CREATE TEMP TABLE planted (id integer)"}
    for role in (walled.app, walled.shop):
        assert let_through(url_of(database_url, role), asked) == set()
    assert let_through(database_url, asked) == {"CREATE", "TEMP"}


def test_a_new_table_is_nobodys_until_somebody_decides(walled: walls.Roles, database_url: str) -> None:
    database = Database(database_url)
    try:
        walls.apply(database, ["CREATE TABLE planted (id serial PRIMARY KEY)"])
        for role in (walled.app, walled.shop):
            assert let_through(url_of(database_url, role), {"SELECT": "SELECT * FROM planted"}) == set()
    finally:
        walls.apply(database, ["DROP TABLE IF EXISTS planted"])
        database.close()


def test_a_second_time_changes_nothing_and_takes_back_what_was_added(walled: walls.Roles, database_url: str) -> None:
    database = Database(database_url)
    before = _rights(database)
    try:
        walls.apply(database, [f'GRANT ALL ON TABLE citizen, sealed_note TO "{walled.shop}"'])
        assert _rights(database) != before
        walls.apply(database, walls.statements(walled, Base.metadata))
        assert _rights(database) == before
    finally:
        database.close()


def _rights(database: Database) -> set[tuple[str, ...]]:
    asked = sa.text("SELECT grantee, table_name, privilege_type FROM information_schema.table_privileges")
    with database.writer.connect() as connection:
        return {tuple(row) for row in connection.execute(asked) if row.grantee != database.url.username}


def test_the_command_says_what_is_missing(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "VAERKSTED_MODE": "test",
        "SECRET_KEY": "s" * 40,
        "PIN_PEPPER": "p" * 40,
        "MASTER_KEY": "A" * 43,
        "STRIPE_SECRET_KEY": "x",
        "STRIPE_WEBHOOK_SECRET": "x",
        "DATABASE_URL": database_url,
    }.items():
        monkeypatch.setenv(name, value)
    answer = CliRunner().invoke(
        grants, ["--apply", "--keeper", roles_of(database_url).keeper] if "postgres" in database_url else ["--apply"]
    )
    assert answer.exit_code == 2
    assert "could not be given" in answer.output or "SQLite has no roles" in answer.output


@pytest.mark.once
def test_every_table_is_decided_about() -> None:
    assert set(walls.FOR_THE_SHOP) <= set(TABLES)
    assert set(walls.NOT_FOR_THE_SHOP) <= set(TABLES)
    assert not set(walls.FOR_THE_SHOP) & walls.NOT_FOR_THE_SHOP
    for name, table in TABLES.items():
        assert (walls.of_the_shop(table) != "") == (table.info["zone"] == "W" and name not in walls.NOT_FOR_THE_SHOP)


@pytest.mark.once
def test_what_is_printed_can_be_run_as_it_stands() -> None:
    printed, founding = (CliRunner().invoke(grants, words).output for words in ([], ["--found"]))
    for each in (printed, founding):
        assert each.startswith("BEGIN;")
        assert each.rstrip().endswith("COMMIT;")
    assert 'GRANT SELECT, INSERT ON TABLE public."access_log" TO "vaerksted"' in printed
    assert 'public."sealed_note" TO "vaerksted_shop"' not in printed
    assert founding.count("CREATE ROLE") == 3


@pytest.mark.once
@pytest.mark.parametrize("name", ['a"; DROP TABLE item; --', "", "a" * 64, "a'b", "a b"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        walls.statements(walls.Roles(shop=name), Base.metadata)
