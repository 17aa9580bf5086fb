"""A citizen's own word about a record: it follows the work through every version, once, and is never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories, people
from support.queries import counted

from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.core.errors import NotHere, Refusal
from workshop.tasks import confirming
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import TaskRecord
from workshop.tasks.remarks import actions, queries
from workshop.tasks.remarks.models import RecordRemark
from workshop.tasks.results import PartMarks


@pytest.fixture
def lone_id(app: Flask) -> int:
    with db.transaction() as session:
        return factories.staff(session, name="Lone").account_id


def part(person: Citizen, minutes: int = 60) -> PartMarks:
    return PartMarks(person.id, minutes, Support.S1, Quality.Q2)


def written(session: Session, lone_id: int, *persons: Citizen, now: datetime) -> TaskRecord:
    """A confirmed record of these people."""
    actor = people.actor_of(session, session.get_one(Staff, lone_id), now=now)
    parts = [part(each) for each in persons]
    draft = confirming.write_down(
        session,
        actor=actor,
        task_type_id=factories.task_type(session).id,
        title="Slib",
        done_on=now.date(),
        parts=parts,
        now=now,
    )
    return confirming.confirm(session, record=draft, actor=actor, now=now, parts=parts)


def corrected(session: Session, lone_id: int, record: TaskRecord, *persons: Citizen, now: datetime) -> TaskRecord:
    actor = people.actor_of(session, session.get_one(Staff, lone_id), now=now)
    parts = [part(each, 45) for each in persons]
    return confirming.correct(session, record=record, actor=actor, now=now, why="Rettet", parts=parts)


def say(session: Session, record: TaskRecord, person: Citizen, text: str, now: datetime) -> RecordRemark:
    return actions.remark(
        session, record=record, citizen_id=person.id, text=text, by_account_id=person.account_id, now=now
    )


def texts(session: Session, *records: TaskRecord) -> list[list[str]]:
    found = queries.remarks_of(session, [each.id for each in records])
    return [[each.text for each in found.get(record.id, [])] for record in records]


def test_a_remark_is_read_with_every_version_said_before_or_after(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        first = written(session, lone_id, mona, now=now)
        say(session, first, mona, "Jeg gjorde det selv.", now)
        second = corrected(session, lone_id, first, mona, now=now)
        third = corrected(session, lone_id, second, mona, now=now)
        assert texts(session, first, second, third) == [["Jeg gjorde det selv."]] * 3
        say(session, third, mona, "Det var helt alene.", now)
        assert texts(session, first, second, third) == [["Det var helt alene."]] * 3


def test_a_remark_is_not_read_with_other_work(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        one, other = (written(session, lone_id, mona, now=now) for _ in range(2))
        say(session, one, mona, "Det var sjovt.", now)
        assert texts(session, one, other) == [["Det var sjovt."], []]


def test_each_of_a_team_says_their_own(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
        record = written(session, lone_id, mona, yusuf, now=now)
        say(session, record, mona, "Monas ord", now)
        say(session, record, yusuf, "Yusufs ord", now)
        said = queries.remarks_of(session, [record.id])[record.id]
        assert [(each.citizen_id, each.text) for each in said] == [(mona.id, "Monas ord"), (yusuf.id, "Yusufs ord")]


def test_a_page_about_one_person_hears_nothing_of_what_the_others_say(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
        record, alone = written(session, lone_id, mona, yusuf, now=now), written(session, lone_id, mona, now=now)
        say(session, record, yusuf, "Yusufs ord", now)
        both = [record.id, alone.id]
        assert queries.remarks_by(session, mona.id, both) == {}
        assert queries.remarks_of(session, both), "the control"
        say(session, record, mona, "Monas ord", now)
        found = queries.remarks_by(session, mona.id, both)
        assert {key: [each.text for each in said] for key, said in found.items()} == {record.id: ["Monas ord"]}


def test_what_staff_wrote_down_says_so(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        record = written(session, lone_id, mona, now=now)
        actions.remark(session, record=record, citizen_id=mona.id, text="Sagt højt", by_account_id=lone_id, now=now)
        assert [each.is_written_by_staff for each in queries.remarks_of(session, [record.id])[record.id]] == [True]


def test_a_new_one_takes_the_place_of_the_last_and_both_are_kept(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        record = written(session, lone_id, mona, now=now)
        first = say(session, record, mona, "Først", now)
        assert say(session, record, mona, " Først ", now) is first
        second = say(session, record, mona, "Så", now)
        assert texts(session, record) == [["Så"]]
        actions.take_back(session, citizen_id=mona.id, public_id=second.public_id, now=now)
        assert texts(session, record) == [[]]
        assert session.scalar(sa.select(sa.func.count()).select_from(RecordRemark)) == 2


def test_nobody_says_anything_about_somebody_elses_work(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
        record = written(session, lone_id, mona, now=now)
        with pytest.raises(NotHere):
            say(session, record, yusuf, "Ikke mit", now)
        mine = say(session, record, mona, "Mit", now)
        with pytest.raises(NotHere):
            actions.take_back(session, citizen_id=yusuf.id, public_id=mine.public_id, now=now)
        for text in ("", "  \u200b ", "x" * 401):
            with pytest.raises(Refusal):
                say(session, record, mona, text, now)


def test_remarks_of_many_records_are_two_questions(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        records = [written(session, lone_id, mona, now=now) for _ in range(6)]
        for number, record in enumerate(records):
            say(session, record, mona, f"Nummer {number}", now)
        ids = [record.id for record in records]

    def asked(how_many: int) -> int:
        with counted() as seen, db.reading() as session:
            assert len(queries.remarks_of(session, ids[:how_many])) == how_many
        return len(seen)

    assert asked(6) == asked(1)


def test_two_presses_at_once_leave_one_remark(app: Flask, lone_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        record_id, mona_id, account = written(session, lone_id, mona, now=now).id, mona.id, mona.account_id
    together = Barrier(4)

    def press(number: int) -> None:
        together.wait()
        with db.transaction() as session:
            record = session.get_one(TaskRecord, record_id)
            text = "Det samme" if number % 2 else f"Noget andet {number}"
            actions.remark(session, record=record, citizen_id=mona_id, text=text, by_account_id=account, now=now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))
    with db.reading() as session:
        standing = session.scalars(sa.select(RecordRemark).where(RecordRemark.withdrawn_at.is_(None))).all()
        assert len(standing) == 1
