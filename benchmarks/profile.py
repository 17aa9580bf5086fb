"""What it costs to read one person's evidence while the workshop's records grow: it should not depend on the others."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

import shop.models  # noqa: F401 — every table, so that the rows find what they point at
from benchmarks.measuring import table
from workshop.accounts.models import Account, AccountKind, Department, Staff
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.migrating import migrate
from workshop.production.models import ActivityKind, TaskType
from workshop.progression import evidence
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import (
    Competence,
    LinkRole,
    Participation,
    RecordStatus,
    TaskCompetenceLink,
    TaskRecord,
)

SIZES = (1_000, 100_000)
RECORDS_A_PERSON = 250  # about a year of attendance
TASKS, COMPETENCES, LINKS_A_TASK = 40, 60, 4
STAFF = 1
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
READS_A_ROUND = 20


def run(rounds: int) -> dict[str, Any]:
    """Both sizes in turns, random people: wall ms and CPU ms of one read, rows put together and all."""
    told: dict[str, dict[str, list[float]]] = {}
    with TemporaryDirectory(prefix="vaerksted-bench-") as folder:
        databases = {size: _filled(Path(folder) / f"{size}.sqlite3", size) for size in SIZES}
        chance = random.Random(1)  # noqa: S311 — which people are read, nothing secret
        for _round, (size, database) in itertools.product(range(rounds), databases.items()):
            db.use(database)
            figures = told.setdefault(str(size), {"sql_ms": [], "ms": [], "cpu_ms": [], "rows": []})
            for _read in range(READS_A_ROUND):
                _read_one(1 + chance.randrange(_people(size)), figures)
        for database in databases.values():
            database.close()
    return {size: {name: round(statistics.median(each), 3) for name, each in told[size].items()} for size in told}


def show(result: dict[str, Any]) -> str:
    """The figures as a table."""
    rows = [
        (f"{int(size):,}", f"{each['sql_ms']:.2f}", f"{each['ms']:.2f}", f"{each['cpu_ms']:.2f}", f"{each['rows']:.0f}")
        for size, each in result.items()
    ]
    return table(rows, ("records in the workshop", "SQL ms", "ms with its rows", "CPU ms", "rows read"))


def _read_one(citizen_id: int, figures: dict[str, list[float]]) -> None:
    with db.reading() as session:
        wall, cpu = time.perf_counter(), time.process_time()
        found = evidence.rows(session, citizen_id, None, TODAY)
        figures["ms"].append((time.perf_counter() - wall) * 1e3)
        figures["cpu_ms"].append((time.process_time() - cpu) * 1e3)
        figures["rows"].append(sum(len(rows) for rows in found.values()))
        figures["sql_ms"].append(_sql_alone(session, citizen_id))


def _sql_alone(session: Session, citizen_id: int) -> float:
    """Ms of the same statement sent by the driver itself: what the database takes, and not our rows."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        heard.append((statement, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", hear)
    evidence.rows(session, citizen_id, None, TODAY)
    event.remove(engine, "before_cursor_execute", hear)
    cursor = session.connection().connection.cursor()
    started = time.perf_counter()
    for statement, parameters in heard:
        cursor.execute(statement, parameters).fetchall()
    taken = (time.perf_counter() - started) * 1e3
    cursor.close()
    return taken


def _people(records: int) -> int:
    return records // RECORDS_A_PERSON


def _filled(path: Path, records: int) -> db.Database:
    database = db.Database(f"sqlite:///{path}")
    migrate(database)
    with database.writer.begin() as connection:
        _lay_out_the_house(connection, _people(records))
        for part in _parts(records):
            connection.execute(sa.insert(TaskRecord), [record for record, _own in part])
            connection.execute(sa.insert(Participation), [own for _record, own in part])
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return database


def _parts(records: int) -> Iterator[list[tuple[dict[str, Any], dict[str, Any]]]]:
    rows = _work(records)
    while part := list(itertools.islice(rows, 5_000)):
        yield part


def _work(records: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Confirmed records, each with one person's part; neighbours in the table belong to different people."""
    people, support, quality = _people(records), tuple(Support), tuple(Quality)
    for place in range(records):
        record = {
            "id": place + 1,
            "public_id": f"record-{place:012d}",
            "version": 1,
            "task_type_id": 1 + place * 7 % TASKS,
            "title": "Slibe træ",
            "done_on": TODAY - timedelta(days=place // people % 365),
            "status": RecordStatus.CONFIRMED,
            "recorded_at": NOW,
            "recorded_by_id": STAFF,
            "confirmed_at": NOW,
            "confirmed_by_id": STAFF,
            "why": "",
        }
        part = {
            "record_id": place + 1,
            "citizen_id": 1 + place % people,
            "minutes": 30 + place % 60,
            "support": support[place % len(support)],
            "quality": quality[place % len(quality)],
            "is_joint": False,
            "observation": "",
        }
        yield record, part


def _lay_out_the_house(connection: sa.Connection, people: int) -> None:
    """One member of staff, the people, the tasks and what each can show."""
    accounts = [
        {"id": at, "public_id": f"account-{at}", "is_active": True, "created_at": NOW} for at in range(1, people + 2)
    ]
    kinds = [AccountKind.STAFF, *[AccountKind.CITIZEN] * people]
    connection.execute(
        sa.insert(Account), [{**account, "kind": kind} for account, kind in zip(accounts, kinds, strict=True)]
    )
    connection.execute(sa.insert(Staff), [{"account_id": STAFF, "name": "Lone", "email": "lone@butik.example"}])
    connection.execute(sa.insert(Department), [{"id": 1, "key": "trae", "name": "Træhallen"}])
    connection.execute(sa.insert(Citizen), [_person(at) for at in range(1, people + 1)])
    activity = {"id": 1, "key": "garden", "name": "Havemøbler", "short_name": "Have", "pictogram": "bench"}
    connection.execute(sa.insert(ActivityKind), [activity])
    connection.execute(sa.insert(TaskType), [_task(at) for at in range(1, TASKS + 1)])
    connection.execute(sa.insert(Competence), [_competence(at) for at in range(1, COMPETENCES + 1)])
    connection.execute(
        sa.insert(TaskCompetenceLink),
        [
            {
                "task_type_id": task,
                "competence_id": 1 + (task * LINKS_A_TASK + link) % COMPETENCES,
                "role": LinkRole.CORE if link < LINKS_A_TASK // 2 else LinkRole.CONTRIBUTING,
                "valid_from": TaskCompetenceLink.FROM_THE_START,
            }
            for task in range(1, TASKS + 1)
            for link in range(LINKS_A_TASK)
        ],
    )


def _person(at: int) -> dict[str, Any]:
    names = {"full_name": f"Person {at}", "display_name": f"Person {at}", "sort_name": f"person {at}"}
    own = {"id": at, "public_id": f"person-{at}", "account_id": at + 1, "department_id": 1}
    return {**own, **names, "picture": "fisk", "language": "da", "is_active": True}


def _task(at: int) -> dict[str, Any]:
    said = {"name": f"Opgave {at}", "plain_text": "Du sliber.", "quality_ok": "Træet er glat."}
    rules = {"typical_minutes": 45, "is_instruction_required": False, "protective_gear": [], "is_batchable": True}
    return {"id": at, "key": f"task-{at}", "activity_kind_id": 1, **said, **rules}


def _competence(at: int) -> dict[str, Any]:
    anchors = {f"anchor_{level}": f"Trin {level}" for level in range(1, 5)}
    said = {"name": f"Kompetence {at}", "i_can": "Jeg kan slibe.", "esco_uri": ""}
    return {"id": at, "key": f"competence-{at}", "group": "craft", **said, **anchors}
