"""The three doors: what may pass, and what cannot."""

import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError

from workshop.accounts.models import Account, AccountKind, Department, StaffRole
from workshop.core import db
from workshop.core.access import Role

pytestmark = pytest.mark.usefixtures("app")


def test_the_reading_door_cannot_write() -> None:
    with db.reading() as session:
        session.add(Department(key="a", name="A"))
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.flush()


def test_the_snapshot_door_cannot_write() -> None:
    with db.snapshot() as session:
        session.add(Department(key="a", name="A"))
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.flush()


def test_a_snapshot_does_not_see_what_was_committed_after_it_began() -> None:
    with db.snapshot() as session:
        before = session.scalar(sa.select(sa.func.count(Department.id)))
        with db.transaction() as writing:
            writing.add(Department(key="b", name="B"))
        assert session.scalar(sa.select(sa.func.count(Department.id))) == before
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Department.id))) == before + 1


def test_the_write_door_keeps_all_or_nothing() -> None:
    def half_way() -> None:
        with db.transaction() as session:
            session.add(Department(key="c", name="C"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Department.id))) == 0


def test_write_blocks_do_not_nest() -> None:
    with db.transaction(), pytest.raises(RuntimeError, match="do not nest"), db.transaction():
        pass


def test_a_row_cannot_point_at_nothing() -> None:
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.add(StaffRole(account_id=12345, role=Role.ADMIN))


def test_times_come_back_in_utc() -> None:
    summer = datetime(2026, 7, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    with db.transaction() as session:
        account = Account(kind=AccountKind.STAFF, created_at=summer)
        session.add(account)
        session.flush()
        kept = account.id
    with db.reading() as session:
        assert session.get_one(Account, kept).created_at == summer
    with pytest.raises(sa.exc.StatementError, match="time zone"), db.transaction() as session:
        session.add(Account(kind=AccountKind.STAFF, created_at=datetime(2026, 7, 1)))  # noqa: DTZ001 — the point


def test_a_row_that_is_there_already_is_not_new(app):
    with db.transaction() as session:
        row = {"key": "tried", "name": "Tried"}
        assert db.add_unless_there(session, Department, row)
        assert not db.add_unless_there(session, Department, row)
        assert db.add_unless_there(session, Department, {**row, "key": "another"})


@pytest.mark.parametrize("evenly", [True, False])
def test_who_has_waited_long_for_the_write_lock_looks_as_often_as_at_first(
    monkeypatch: pytest.MonkeyPatch, evenly: bool
) -> None:
    """And not ten times a second at last, as SQLite's own waiting does: by it somebody in a crowd waited in vain."""
    if not db.database().is_sqlite:
        pytest.skip("PostgreSQL lets its writers in by turns")
    monkeypatch.setattr(db, "LOOK_AGAIN_MS", db.LOOK_AGAIN_MS if evenly else db.BUSY_TIMEOUT_MS)
    db.database().close()  # the connections that were told otherwise
    looked: list[str] = []
    event.listen(db.database().writer, "before_cursor_execute", lambda _c, _k, sql, *_rest: looked.append(sql))

    def write() -> None:
        with db.transaction() as session:
            session.execute(sa.update(Department).values(name="B"))

    waits = threading.Thread(target=write)
    with db.transaction():
        looked.clear()
        waits.start()
        time.sleep(0.5)
        tries = looked.count("BEGIN IMMEDIATE")
    waits.join()
    assert (tries > 20) is evenly
    assert looked[-1].startswith("UPDATE"), "it got the lock"


@pytest.mark.once
def test_a_new_process_maps_its_tables_before_it_takes_the_write_lock() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _NEW_PROCESS], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert told.split() == ["mapped", "begun"]


_NEW_PROCESS = """
import sqlalchemy as sa
from sqlalchemy import event, orm
import shop.models
from workshop.accounts.models import Department
from workshop.core import db

db.use(db.Database("sqlite://"))
event.listen(orm.Mapper, "after_configured", lambda: print("mapped"))
event.listen(db.database().writer, "begin", lambda _connection: print("begun"))
with db.transaction() as session:
    sa.select(Department.name)
"""
