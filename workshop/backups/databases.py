"""A copy of the database while it is written to: as of one moment, whole, with nothing of what was deleted before.

SQLite: VACUUM INTO reads one state of the file and the log beside it. A plain copy of the file loses rows that were
promised to somebody, or breaks. PostgreSQL: pg_dump, which also reads one state.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from workshop.backups import contents, manifest, tools
from workshop.backups.contents import Contents
from workshop.backups.tools import Tools
from workshop.core.config import Settings
from workshop.core.db import BUSY_TIMEOUT_MS


def url_of(settings: Settings) -> sa.URL:
    """The database as its owner reaches it: only the owner may make and drop tables."""
    return sa.make_url(settings.keeper_database_url or settings.database_url)


def engine_of(settings: Settings) -> str:
    """`sqlite` or `postgresql`."""
    return url_of(settings).get_backend_name()


def copy(settings: Settings, folder: Path) -> Contents:
    """Put the database into a folder; what the copy holds. Raises ToolTrouble, Unreadable, OSError."""
    engine = engine_of(settings)
    target = folder / manifest.DATABASES[engine]
    if engine == "sqlite":
        _copy_sqlite(Path(str(url_of(settings).database)), target)
    else:
        _dump(settings, target)
    target.chmod(0o600)
    manifest.settle(target)
    return read(target, engine, Tools.of(settings), is_checked=False)


def read(path: Path, engine: str, found: Tools, *, is_checked: bool = True) -> Contents:
    """What the database of a copy holds. Raises Unreadable, ToolTrouble."""
    return contents.of_sqlite(path, is_checked=is_checked) if engine == "sqlite" else contents.of_dump(path, found)


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as problem:
        raise contents.Unreadable(str(problem)) from problem


def _dump(settings: Settings, target: Path) -> None:
    found = Tools.of(settings)
    # Owners and rights belong to a machine, not to a copy: `vaerksted grants` makes them anew.
    what = ("--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    tools.run([found.pg_dump, "--no-password", *what], url_of(settings))
