"""Migrations on a filled database: each one down, killed on its way up, up again and down; not a row may change.

A row is compared by the columns that both sides of a migration have. What a way down has to translate, because the
version before has no word for it, is written out here by hand.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy import event

from benchmarks.databases import Engine
from benchmarks.filled import fill
from tests.support import forking
from workshop.accounts.models import Account, AccountKind
from workshop.core import audit, clock, db
from workshop.core.access import Actor
from workshop.core.mail import OutboxMail
from workshop.migrating import alembic_config, migrate

ROWS = 100_000
# What a way down changes on purpose, by the migration that is taken back: columns whose words are translated (then the
# way up cannot know them either), and tables that lose rows the version before cannot hold.
TRANSLATED = {
    "0002_labels_and_prices": {"stock_movement": {"cause"}, "print_job_item": {"*"}},
    "0004_shop_and_house": {
        "production_order": {"source"},
        "customer_order": {"pay_way"},
        "order_line": {"*"},
    },
}
Columns = dict[str, tuple[str, ...]]
Rows = dict[str, list[tuple[Any, ...]]]
Digests = dict[str, tuple[int, str]]


@dataclass
class Walk:
    """What was found on the way: what changed, where processes were killed, and what a kill left behind."""

    changed: list[str] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    left_half: list[str] = field(default_factory=list)
    rows: int = 0


def revisions() -> list[str]:
    """Every migration, oldest first."""
    found = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [each.revision for each in found][::-1]


def columns_of(database: db.Database) -> Columns:
    """The columns of every table as they are now."""
    with database.writer.connect() as connection:
        asked = sa.inspect(connection)
        names = [name for name in asked.get_table_names() if name != "alembic_version"]
        return {name: tuple(each["name"] for each in asked.get_columns(name)) for name in names}


def rows_of(database: db.Database, columns: Columns) -> Rows:
    """What stands in these columns of every table."""
    found = {}
    with database.writer.connect() as connection:
        for table, names in columns.items():
            wanted: Any = sa.select(*(sa.column(name) for name in names)).select_from(sa.table(table))
            found[table] = [tuple(row) for row in connection.execute(wanted)]
    return found


def digest(rows: Rows, columns: Columns, wanted: Columns) -> Digests:
    """How many rows each table has, and a hash of what stands in the wanted columns, in whatever order."""
    found = {}
    for table, names in wanted.items():
        places = [columns[table].index(name) for name in names]
        said = sorted(repr([row[place] for place in places]) for row in rows[table])
        found[table] = (len(said), hashlib.sha256("\n".join(said).encode()).hexdigest()[:16])
    return found


def digests(database: db.Database, columns: Columns) -> Digests:
    """The same of a database as it is now."""
    return digest(rows_of(database, columns), columns, columns)


def version_of(database: db.Database) -> str:
    """The migration a database stands at."""
    with database.writer.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def walk(database: db.Database, seed: str, *, kills: int = 1, newest_only: int | None = None) -> Walk:
    """Down through every migration but the first, each up and down again and killed so many times on its way up.

    `newest_only` walks so many of them. What is left is brought up again in one go; it has to be what it was.
    """
    came, chance = Walk(), random.Random(seed)  # noqa: S311 — an order, not a secret
    order = revisions() if newest_only is None else revisions()[-newest_only - 1 :]
    newest = columns_of(database)
    for revision, before in zip(order[:0:-1], order[-2::-1], strict=True):
        above = columns_of(database)
        kept = rows_of(database, above)
        migrate(database, before)
        below = columns_of(database)
        both = _common(above, below, revision)
        shown, whole = digest(kept, above, both), digests(database, below)
        _compare(came, f"{revision} down", shown, digests(database, both))
        statements = _counted(database, revision)
        _compare(came, f"{revision} up", shown, digests(database, both))
        migrate(database, before)
        _compare(came, f"{revision} down again", whole, digests(database, below))
        for _kill in range(kills):
            _kill_one(came, database, revision, before, chance.randint(2, statements), whole)
        came.rows = max(came.rows, sum(count for count, _hash in shown.values()))
    migrate(database)
    _compare(came, "all the way up", whole, digests(database, below))
    if columns_of(database) != newest:
        came.changed.append("the tables are not what they were")
    return came


def _common(above: Columns, below: Columns, revision: str) -> Columns:
    translated = TRANSLATED.get(revision, {})
    both = {}
    for table in above.keys() & below.keys():
        without = translated.get(table, set())
        names = tuple(name for name in below[table] if name in above[table] and name not in without)
        if "*" not in without:
            both[table] = names
    return both


def _compare(came: Walk, where: str, before: Digests, after: Digests) -> None:
    came.changed += [
        f"{where}: {table}, {before[table][0]} rows, now {after[table][0]}"
        for table in before
        if before[table] != after[table]
    ]


def _counted(database: db.Database, revision: str) -> int:
    """Bring it up to a migration; how many statements that took."""
    seen = 0

    def count(*_told: Any) -> None:
        nonlocal seen
        seen += 1

    event.listen(database.writer, "before_cursor_execute", count)
    try:
        migrate(database, revision)
    finally:
        event.remove(database.writer, "before_cursor_execute", count)
    return seen


def _kill_one(came: Walk, database: db.Database, revision: str, before: str, place: int, whole: Digests) -> None:
    database.close()
    url = database.url.render_as_string(hide_password=False)
    child = forking.context("benchmarks.migrating").Process(target=killed_at, args=(url, revision, place), daemon=True)
    child.start()
    child.join(120)
    came.killed.append(f"{revision}: {place}")
    is_killed = child.exitcode == -signal.SIGKILL
    if not is_killed or version_of(database) != before or digests(database, columns_of(database)) != whole:
        came.left_half.append(f"{revision}, statement {place}: ended with {child.exitcode}")


def killed_at(url: str, revision: str, place: int) -> None:
    """A process that migrates until the given statement, and is then killed as by a power cut."""
    database, seen = db.Database(url), 0

    def count(*_told: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == place:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.writer, "before_cursor_execute", count)
    migrate(database, revision)


def fill_up(database: db.Database, rows: int) -> None:
    """So many rows in tables that migrations rebuild: things, their photos, mails and the log."""
    each, now = rows // 4, clock.now()
    fill(database, each)
    with database.writer.begin() as connection:
        mails = [
            {"key": f"mail-{place}", "recipient": "a@b.example", "subject": "S", "body": "B" * 200, "due_at": now}
            for place in range(each)
        ]
        connection.execute(sa.insert(OutboxMail), mails)
    _fill_log(database, each)


def _fill_log(database: db.Database, rows: int) -> None:
    db.use(database)
    with db.transaction() as session:
        account = Account(kind=AccountKind.STAFF, created_at=clock.now())
        session.add(account)
        session.flush()
        reader = Actor(account.id, "drill", "Prøve", frozenset())
        for _place in range(rows):
            audit.record(reader, "read", ["somebody"], clock.now())


def run(engine: Engine, rows: int, seed: str, kills: int) -> dict[str, Any]:
    """The walk over a database with so many rows; what changed and what a kill left half."""
    with engine.fresh() as url:
        database = db.Database(url)
        fill_up(database, rows)
        came = walk(database, seed, kills=kills)
        database.close()
    return {"rows": came.rows, "kills": len(came.killed), "changed": came.changed, "left_half": came.left_half}


def verdict(figures: dict[str, Any]) -> str:
    """Empty when no row changed and no kill left anything half."""
    return "; ".join([*figures["changed"], *figures["left_half"]])
