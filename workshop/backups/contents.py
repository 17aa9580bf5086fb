"""What the database in a copy holds, read without a server: a SQLite file as it lies, a PostgreSQL dump as text."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop.backups.tools import Tools
from workshop.core.photo_store import FILE_NAME

# Every column that names a picture in the photo store; a test holds them against the tables.
PICTURES = (
    ("complaint_photo", "name"),
    ("item_photo", "name"),
    ("material_movement", "photo_name"),
    ("order_picture", "name"),
    ("repair_photo", "name"),
    ("request_photo", "name"),
    ("task_type_picture", "name"),
    ("visit_photo", "name"),
    ("workshop_version", "logo"),
)
SEALED = (("person_key", "sealed_key"), ("totp_seed", "sealed"))  # what the master key itself has sealed
LOG = ("access_log", "access_log_head")
READ = frozenset({"alembic_version", *LOG, *(table for table, _column in (*PICTURES, *SEALED))})
_COPY = re.compile(r'COPY (?:public\.)?"?(?P<table>[a-z_0-9]+)"? \((?P<columns>.*)\) FROM stdin;')
_ESCAPED = re.compile(r"\\(.)")
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Unreadable(Exception):  # noqa: N818 — like the other answers in `errors`
    """The database of a copy cannot be read; the text says what its engine said."""


@dataclass
class Contents:
    """The tables of a copy: how many rows each has, and all rows of those that are READ."""

    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # what the engine's own check says

    @property
    def head(self) -> str:
        """The migration it stands at."""
        return "".join(str(row["version_num"]) for row in self.rows.get("alembic_version", []))

    @property
    def log_end(self) -> tuple[int, str]:
        """The last place of the access log and its hash."""
        for row in self.rows.get("access_log_head", []):
            return int(row["position"]), str(row["chain_hash"])
        return 0, ""

    @property
    def pictures(self) -> set[str]:
        """The names of all pictures that rows speak of."""
        named = {row.get(column) for table, column in PICTURES for row in self.rows.get(table, [])}
        return {str(name) for name in named if name}

    @property
    def keys(self) -> set[str]:
        """The names of the master keys that sealed something in it."""
        sealed = [str(row.get(column) or "") for table, column in SEALED for row in self.rows.get(table, [])]
        return {text.partition(".")[0] for text in sealed if text}


def of_sqlite(path: Path, *, is_checked: bool = True) -> Contents:
    """A SQLite file that nobody writes to. Raises Unreadable."""
    found = Contents()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            if is_checked:
                found.faults = _engine_check(connection)
            for (table,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                found.counts[table] = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 — a name the file itself gave
                if table in READ and table != "access_log":  # a file can be asked for its log itself
                    rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 — the same
                    found.rows[table] = [dict(row) for row in rows]
    except (sqlite3.Error, UnicodeDecodeError) as problem:
        raise Unreadable(str(problem)) from problem
    return found


def _engine_check(connection: sqlite3.Connection) -> list[str]:
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    faults = [] if said == ["ok"] else [f"integrity_check: {line}" for line in said]
    broken = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
    return faults + [f"foreign_key_check: {row[0]}, {row[1]} → {row[2]}" for row in broken]


def of_dump(path: Path, tools: Tools) -> Contents:
    """A dump of PostgreSQL; every block of it is unpacked. Raises Unreadable or ToolTrouble."""
    command = [tools.pg_restore, "--data-only", "--file=-", str(path)]
    with subprocess.Popen(  # noqa: S603 — the program of the settings, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as process:
        assert process.stdout is not None  # noqa: S101 — asked for above
        assert process.stderr is not None  # noqa: S101 — the same
        found = _copied(process.stdout)
        said = process.stderr.read()
    if process.returncode:
        raise Unreadable(said.strip()[-300:])
    return found


def _copied(lines: Iterator[str]) -> Contents:
    found = Contents()
    for line in lines:
        start = _COPY.match(line)
        if start is None:
            continue
        table, columns = start["table"], [name.strip(' "') for name in start["columns"].split(",")]
        rows = found.rows.setdefault(table, []) if table in READ else None
        found.counts[table] = 0
        for row in lines:
            if row == "\\.\n":
                break
            found.counts[table] += 1
            if rows is not None:
                rows.append(_row(columns, row.rstrip("\n")))
    return found


def _row(columns: Sequence[str], line: str) -> dict[str, Any]:
    values = (None if text == "\\N" else _plain(text) for text in line.split("\t"))
    return dict(zip(columns, values, strict=True))


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _SIGNS.get(found[1], found[1]), text) if "\\" in text else text


def picture_of(file: str) -> str:
    """The picture a file of the photo store belongs to."""
    parts = FILE_NAME.fullmatch(file)
    return parts["name"] if parts else ""
