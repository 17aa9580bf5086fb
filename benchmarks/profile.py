"""What it costs to read one person's evidence while the workshop's records grow: it should not depend on the others.

`python -m benchmarks --only profile` fills a thousand and a hundred thousand records on both databases; with `--large`
ten million too, which takes some minutes and nine gigabytes of disk. It reads what a citizen's page reads, words and
all. The records lie as a house writes them: day by day, up to two thousand people at once, then the next.
"""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

import shop.models  # noqa: F401 — every table, so that the rows find what they point at
from benchmarks import bulk, databases
from benchmarks.measuring import table
from workshop.accounts.models import Account, AccountKind, Department, Staff
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.production.models import ActivityKind, TaskType
from workshop.progression import evidence
from workshop.tasks.models import (
    Competence,
    LinkRole,
    Participation,
    RecordStatus,
    TaskCompetenceLink,
    TaskRecord,
)

SIZES = (1_000, 100_000)
LARGE = (1_000, 100_000, 10_000_000)
AT_A_TIME = 500_000  # records written between two commits
RECORDS_A_PERSON = 250  # about a year of attendance
AT_ONCE = 2_000  # people who come in the same year: every workshop of a large municipality
TASKS, COMPETENCES, LINKS_A_TASK = 40, 60, 4
STAFF = 1
NOBODY = 999_999_999  # an id that no person has
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OBSERVATION = "Du fandt selv den rigtige kornstørrelse og sagde til, da limen skulle tørre."  # of every fifth part
READS_A_ROUND = 20
GOAL_MS = 1.5


def run(rounds: int, *, is_large: bool = False) -> dict[str, Any]:
    """Both databases and all sizes in turns, random people: wall ms and CPU ms of one read, rows and all.

    `here` is somebody of this year, as most pages opened are, `gone` somebody of an earlier one; `first` is what the
    statements take when another person was read before, sent by the driver itself, and `again` when the same one was.
    `least` is the fastest of them: what it takes when nobody else has the machine.
    """
    told: dict[str, dict[str, list[float]]] = {}
    chance = random.Random(1)  # noqa: S311 — which people are read, nothing secret
    with databases.engines() as engines, ExitStack() as stack:
        filled = {
            (engine.name, size): _filled(stack.enter_context(engine.fresh()), size)
            for engine in engines
            for size in (LARGE if is_large else SIZES)
        }
        for _round, ((name, size), database) in itertools.product(range(rounds), filled.items()):
            db.use(database)
            figures = told.setdefault(f"{name} {size}", {"ms": [], "cpu_ms": [], "records": []})
            people, here = _people(size), _at_once(size)
            for _read in range(READS_A_ROUND):
                _read_one(1 + people - here + chance.randrange(here), "here", figures)
                if people > here:
                    _read_one(1 + chance.randrange(people - here), "gone", figures)
        for database in filled.values():
            database.close()
    return {case: _told(figures) for case, figures in told.items()}


def show(result: dict[str, Any]) -> str:
    """The figures as a table."""
    kinds = [(who, when) for who in ("here", "gone") for when in ("first", "again")]
    rows = [
        (
            case.partition(" ")[0],
            f"{int(case.partition(' ')[2]):,}",
            *(_both(each, f"{who}_{when}") for who, when in kinds),
            f"{each['ms']:.2f}",
            f"{each['cpu_ms']:.2f}",
            f"{each['records']:.0f}",
        )
        for case, each in result.items()
    ]
    titles = ("database", "records", *(f"{who}, {when}" for who, when in kinds))
    return f"SQL ms, goal {GOAL_MS}: the median (the fastest)\n" + table(
        rows, (*titles, "ms with rows", "CPU ms", "records read")
    )


def _both(each: dict[str, float], figure: str) -> str:
    return f"{each[figure]:.2f} ({each[figure + '_least']:.2f})" if figure in each else ""


def _told(figures: dict[str, list[float]]) -> dict[str, float]:
    medians = {name: round(statistics.median(each), 3) for name, each in figures.items()}
    return medians | {f"{name}_least": round(min(each), 3) for name, each in figures.items()}


def _read_one(citizen_id: int, who: str, figures: dict[str, list[float]]) -> None:
    with db.reading() as session:
        statements = _statements(session)
        for when in ("first", "again"):
            figures.setdefault(f"{who}_{when}", []).append(_sql_alone(session, statements, citizen_id))
        wall, cpu = time.perf_counter(), time.process_time()
        found = evidence.seen(session, citizen_id, None, TODAY)
        figures["ms"].append((time.perf_counter() - wall) * 1e3)
        figures["cpu_ms"].append((time.process_time() - cpu) * 1e3)
        figures["records"].append(len({each.id for listed in found.values() for each in listed}))


def _statements(session: Session) -> list[tuple[str, Any]]:
    """What reading somebody sends, heard while nobody is read: all but the person is the same for everybody."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        heard.append((statement, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", hear)
    evidence.seen(session, NOBODY, None, TODAY)
    event.remove(engine, "before_cursor_execute", hear)
    return heard


def _sql_alone(session: Session, statements: list[tuple[str, Any]], citizen_id: int) -> float:
    """Ms of the statements sent by the driver itself: what the database takes, and not our rows."""
    own = [(statement, _about(parameters, citizen_id)) for statement, parameters in statements]
    cursor = session.connection().connection.cursor()
    started = time.perf_counter()
    for statement, parameters in own:
        cursor.execute(statement, parameters)
        cursor.fetchall()
    taken = (time.perf_counter() - started) * 1e3
    cursor.close()
    return taken


def _about(parameters: Any, citizen_id: int) -> Any:
    """The same values with another person in them, in whichever shape the driver takes them."""
    if isinstance(parameters, dict):
        return {name: citizen_id if value == NOBODY else value for name, value in parameters.items()}
    return tuple(citizen_id if value == NOBODY else value for value in parameters)


def _at_once(records: int) -> int:
    return min(AT_ONCE, _people(records))


def _people(records: int) -> int:
    return records // RECORDS_A_PERSON


def _filled(url: str, records: int) -> db.Database:
    database = db.Database(url)
    with database.writer.begin() as connection:
        _lay_out_the_house(connection, _people(records))
    with bulk.bare(database, TaskRecord.__tablename__, Participation.__tablename__):
        for first in range(0, records, AT_A_TIME):
            many = min(AT_A_TIME, records - first)
            with database.writer.begin() as connection:
                for statement in _work(first, many, records, is_sqlite=database.is_sqlite):
                    connection.execute(statement)
    if not database.is_sqlite:  # PostgreSQL does it by itself in a house; SQLite never does, and is not helped here
        with database.writer.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
    return database


def _work(first: int, many: int, records: int, *, is_sqlite: bool) -> Iterator[sa.Insert]:
    """Confirmed records, each with one person's part, made inside the database: ten million are too many to send.

    Neighbours in the table belong to different people: everybody of a year has worked a day before anybody works two.
    """
    place = _numbers(first, many)
    people = _at_once(records)
    a_year = people * RECORDS_A_PERSON
    in_year = place % a_year // people  # the person's how manieth
    back = (records - 1 - place) // a_year * 365 + (RECORDS_A_PERSON - 1 - in_year) * 365 // RECORDS_A_PERSON
    done_on: Any = (
        sa.func.date(TODAY.isoformat(), sa.func.format("-%d days", back))
        if is_sqlite
        else sa.cast(sa.literal(TODAY, sa.Date), sa.Date) - sa.cast(back, sa.Integer)
    )
    record = {
        "id": place + 1,
        "public_id": sa.literal("record-") + sa.cast(place, sa.String),
        "version": sa.literal(1),
        "task_type_id": 1 + place * 7 % TASKS,
        "title": sa.literal("Slibe træ"),
        "done_on": done_on,
        "status": sa.literal(RecordStatus.CONFIRMED, TaskRecord.__table__.c.status.type),
        "recorded_at": sa.literal(NOW, TaskRecord.__table__.c.recorded_at.type),
        "recorded_by_id": sa.literal(STAFF),
        "confirmed_at": sa.literal(NOW, TaskRecord.__table__.c.recorded_at.type),
        "confirmed_by_id": sa.literal(STAFF),
        "why": sa.literal(""),
    }
    part = {
        "record_id": place + 1,
        "citizen_id": 1 + place // a_year * people + place % people,
        "minutes": 30 + place % 60,
        "support": sa.literal("S") + sa.cast(place % 5, sa.String),
        "quality": sa.literal("Q") + sa.cast(place % 4, sa.String),
        "is_joint": sa.literal(False),
        "observation": sa.case((in_year % 5 == 0, OBSERVATION), else_=""),
    }
    for model, columns in ((TaskRecord, record), (Participation, part)):
        yield sa.insert(model).from_select(list(columns), sa.select(*columns.values()), include_defaults=False)


def _numbers(first: int, many: int) -> Any:
    """A column of whole numbers in a row, as both databases count."""
    start = sa.select(sa.literal(first).label("place")).cte("numbers", recursive=True)
    counted = start.union_all(sa.select(start.c.place + 1).where(start.c.place < first + many - 1))
    return counted.c.place


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
