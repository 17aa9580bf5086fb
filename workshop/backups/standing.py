"""The database that stands where a copy is to go: whether it is filled, whether somebody uses it, setting it aside."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from workshop.backups import databases, manifest, taking, tools
from workshop.backups.contents import Unreadable
from workshop.backups.tools import Tools, ToolTrouble
from workshop.core.config import Settings
from workshop.core.db import Database
from workshop.core.errors import Refusal
from workshop.core.i18n import _

Finish = Callable[[Database], None]
_BORN_WITH = frozenset({"alembic_version", "access_log_head"})  # rows that an empty workshop has


def aside_word(now: datetime) -> str:
    """What is added to the name of something old that is kept."""
    return f"before-restore-{now.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}"


def is_filled(settings: Settings) -> bool:
    """Whether there is a database with anything of anybody's in it. Raises Refusal when it cannot be asked."""
    url = databases.url_of(settings)
    if databases.engine_of(settings) == "sqlite" and not Path(str(url.database)).exists():
        return False
    database = Database(url.render_as_string(hide_password=False))
    try:
        with database.reader.connect() as connection:
            tables = [name for name in sa.inspect(connection).get_table_names() if name not in _BORN_WITH]
            return any(_has_rows(connection, name) for name in tables)
    except OperationalError as problem:
        raise Refusal(_("Databasen svarer ikke. Lav en tom database, og prøv igen.")) from problem
    finally:
        database.close()


def put_in_place(settings: Settings, copied: Path, now: datetime, finish: Finish, *, is_filled: bool) -> str:
    """Put a copied database where ours stands, finished; where the old one is kept, empty when there was none.

    Raises Refusal when somebody uses the old one, or when it cannot be kept.
    """
    if databases.engine_of(settings) == "sqlite":
        return _put_file(Path(str(databases.url_of(settings).database)), copied, now, finish)
    return _put_dump(settings, copied, now, finish, is_filled=is_filled)


def _put_file(target: Path, copied: Path, now: datetime, finish: Finish) -> str:
    """All is done beside the old file; the last step is one change of name, so a kill leaves one or the other."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        _close_file(target)
    beside = target.with_name(f".restoring-{target.name}")
    for path in (beside, beside.with_name(f"{beside.name}-wal"), beside.with_name(f"{beside.name}-shm")):
        path.unlink(missing_ok=True)  # what a killed one left
    shutil.copyfile(copied, beside)
    beside.chmod(0o600)
    database = Database(f"sqlite:///{beside}")
    try:
        finish(database)
    finally:
        database.close()
    _close_file(beside)
    manifest.settle(beside)
    aside = ""
    if target.exists():
        old = target.with_name(f"{target.name}.{aside_word(now)}")
        old.hardlink_to(target)
        aside = str(old)
    beside.replace(target)
    manifest.settle(target.parent)
    return aside


def _close_file(path: Path) -> None:
    """Bring what lies in its log into the file and let the log go. Nobody else may have it open meanwhile."""
    try:
        with closing(sqlite3.connect(path, timeout=2.0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as problem:
        raise Refusal(_("Databasen er i brug. Stop webserveren og arbejderen, og prøv igen.")) from problem
    except sqlite3.DatabaseError:
        return  # it is broken: it is set aside as it lies


def _put_dump(settings: Settings, copied: Path, now: datetime, finish: Finish, *, is_filled: bool) -> str:
    url, found = databases.url_of(settings), Tools.of(settings)
    aside = _kept_dump(settings, now) if is_filled else ""
    database = Database(url.render_as_string(hide_password=False))
    try:
        with database.writer.begin() as connection:
            _refuse_company(connection)
            for name in sa.inspect(connection).get_table_names():
                connection.exec_driver_sql(f'DROP TABLE "{name}" CASCADE')
        database.close()
        # One transaction: all of it is there, or nothing. It checks every foreign key as it goes.
        how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password")
        tools.run([found.pg_restore, *how, f"--dbname={url.database}", str(copied)], url)
        finish(database)
    except ToolTrouble as trouble:
        raise Refusal(trouble.sentence) from trouble
    finally:
        database.close()
    return aside


def _kept_dump(settings: Settings, now: datetime) -> str:
    try:
        return str(taking.take(settings, now, slot="restore", before=manifest.BEFORE_RESTORE))
    except (ToolTrouble, Unreadable, OSError) as problem:
        said = problem.sentence if isinstance(problem, ToolTrouble) else str(problem)
        raise Refusal(
            _("Den gamle database kan ikke gemmes først: %(said)s Lav en tom database, og peg på den.", said=said)
        ) from problem


def _refuse_company(connection: sa.Connection) -> None:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    if connection.exec_driver_sql(f"{others} AND backend_type = 'client backend'").scalar():
        raise Refusal(_("Databasen er i brug. Stop webserveren og arbejderen, og prøv igen."))


def _has_rows(connection: sa.Connection, table: str) -> bool:
    name = sa.table(table)
    return bool(connection.scalar(sa.select(sa.exists().select_from(name))))
