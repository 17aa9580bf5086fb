"""Whether the access log in a copy is whole, by the same walk along its chain that looks at the living one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.backups.contents import Contents
from workshop.core import audit, chain, db
from workshop.core.audit import AccessLog, AccessLogHead
from workshop.core.config import Settings

_OF_THE_LIVING = "no anchor"  # that nobody wrote its end down lately is no damage of a copy
_MOST = 5


def faults(path: Path, engine: str, found: Contents, anchors: Path, at: datetime) -> list[str]:
    """What in the log of a copy is not as it was written, in words; `at` is when the copy began."""
    if "access_log_head" not in found.counts:  # from before the log was chained
        return []
    ends, unreadable = chain.read_anchors(anchors)
    with _log_of(path, engine, found) as session:
        said = [*unreadable, *audit.verify(session, ends, now=at)]
    return [fault.sentence for fault in said if fault.kind != _OF_THE_LIVING][:_MOST]


def write_restored(settings: Settings, position: int, log_hash: str, now: datetime) -> None:
    """Write down that the log ends here since a copy was put back: what came after it is known to be lost."""
    if position:
        restored = chain.Anchor(now, position, log_hash, settings.log_kept_months, is_restored=True)
        chain.write_anchor(settings.anchor_file, restored)


@contextmanager
def _log_of(path: Path, engine: str, found: Contents) -> Iterator[Session]:
    """The log as a database to ask: the file itself, or what a dump says put into memory."""
    if engine == "sqlite":
        place = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        opened = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(place, uri=True))
    else:
        opened = sa.create_engine("sqlite://")
        _put_in(opened, found)
    try:
        with Session(opened) as session:
            yield session
    finally:
        opened.dispose()


def _put_in(engine: sa.Engine, found: Contents) -> None:
    tables = [db.Base.metadata.tables[name] for name in (AccessLog.__tablename__, AccessLogHead.__tablename__)]
    plain = sa.MetaData()  # the same columns, without what they point to
    with engine.begin() as connection:
        for table in tables:
            columns = [sa.Column(each.name, each.type, primary_key=each.primary_key) for each in table.columns]
            made = sa.Table(table.name, plain, *columns)
            made.create(connection)
            rows = [_typed(made, row) for row in found.rows.get(table.name, [])]
            if rows:
                connection.execute(sa.insert(made), rows)


def _typed(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _value(column, row[column.name]) for column in table.columns}


def _value(column: sa.Column[Any], text: str | None) -> Any:
    if text is None:
        return None
    if isinstance(column.type, sa.JSON):
        return json.loads(text)
    if isinstance(column.type, db.UtcDateTime):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(text)
    return int(text) if isinstance(column.type, sa.Integer) else text
