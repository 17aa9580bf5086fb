"""Work a person writes down themselves: a draft that waits for staff, once, and only in their own name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from tests.workshop.tasks.rig import count
from workshop.citizens.models import Citizen
from workshop.core import clock, crypto, db
from workshop.core.errors import NotHere, Refusal
from workshop.production.models import TaskType
from workshop.tasks import own_work
from workshop.tasks.models import Feeling, Participation, RecordStatus, TaskRecord


def written(client: FlaskClient, task: str, **more: str) -> str:
    """Write it from the task's page; gives the word of the page."""
    page = client.get(f"/vaerksted/noget-andet/lavet/{task}").text
    once = page.split('name="once" type="hidden" value="')[1].split('"')[0]
    client.post(f"/vaerksted/noget-andet/lavet/{task}", data={"once": once, **more})
    return once


def test_three_taps_make_a_draft_that_waits_for_staff(house, mona: FlaskClient, lone: FlaskClient) -> None:
    assert "Havemøbler" in mona.get("/vaerksted/noget-andet").text
    assert "Fej gulvet" in mona.get("/vaerksted/noget-andet/garden_furniture").text
    written(mona, house.task_key, felt="good")
    page = mona.get("/vaerksted/opgaver").text
    assert "Det har du selv skrevet" in page
    assert "Personalet ser på det." in page
    with db.reading() as session:
        record, felt = session.execute(
            sa.select(TaskRecord, Participation.felt).join(Participation, Participation.record_id == TaskRecord.id)
        ).one()
    assert (record.status, record.title, felt) == (RecordStatus.DRAFT, "Fej gulvet", Feeling.GOOD)
    assert record.confirmed_at is None
    assert "Fej gulvet" in lone.get("/personale/hold").text


def test_two_taps_are_one_draft(house, mona: FlaskClient) -> None:
    once = written(mona, house.task_key)
    mona.post(f"/vaerksted/noget-andet/lavet/{house.task_key}", data={"once": once})
    assert count(TaskRecord) == 1


def test_ones_own_draft_can_be_taken_back_and_nobody_elses(house, mona: FlaskClient, yusuf: FlaskClient) -> None:
    once = written(mona, house.task_key)
    assert yusuf.post(f"/vaerksted/noget-andet/{once}/fortryd").status_code == 404
    for _tap in range(2):
        assert mona.post(f"/vaerksted/noget-andet/{once}/fortryd").status_code == 303
    assert "Det har du selv skrevet" not in mona.get("/vaerksted/opgaver").text
    with db.reading() as session:
        assert session.scalar(sa.select(TaskRecord.status)) is RecordStatus.VOIDED


def test_the_word_of_somebody_elses_page_writes_nothing(house, mona: FlaskClient, yusuf: FlaskClient) -> None:
    once = written(mona, house.task_key)
    assert yusuf.post(f"/vaerksted/noget-andet/lavet/{house.task_key}", data={"once": once}).status_code == 404
    assert count(TaskRecord) == 1


@pytest.mark.parametrize("address", ["/noget-andet/x", "/noget-andet/X%20", "/noget-andet/lavet/nej"])
def test_what_is_not_in_the_catalogue_is_not_there(house, mona: FlaskClient, address: str) -> None:
    assert mona.get(f"/vaerksted{address}").status_code == 404


def test_a_word_that_is_none_and_a_feeling_nobody_has_write_nothing(house, mona: FlaskClient) -> None:
    for typed in ({}, {"once": "x"}, {"once": "x" * 22, "felt": "angry"}):
        assert mona.post(f"/vaerksted/noget-andet/lavet/{house.task_key}", data=typed).status_code == 303
    assert count(TaskRecord) == 0


def test_a_stuck_finger_does_not_fill_the_list(session: Session, now) -> None:
    mona, kind = people.citizen(session), factories.task_type(session)
    for _each in range(own_work.MOST_A_DAY):
        own_work.write(session, mona, kind, felt=None, once=crypto.new_public_id(), now=now)
    with pytest.raises(Refusal):
        own_work.write(session, mona, kind, felt=None, once=crypto.new_public_id(), now=now)


def test_nothing_is_written_outside_the_stay(session: Session, now) -> None:
    mona, kind = people.citizen(session, ends_on=now.date()), factories.task_type(session)
    with pytest.raises(Refusal):
        own_work.write(session, mona, kind, felt=None, once="x" * 22, now=now + timedelta(days=1))
    with pytest.raises(NotHere):
        own_work.take_back(session, mona, "x" * 22)


def test_taps_at_once_are_one_draft(app: Flask) -> None:
    now, once = clock.now(), crypto.new_public_id()
    with db.transaction() as session:
        mona_id = people.citizen(session, started_on=clock.local_day(now)).id
        kind_id = factories.task_type(session).id
    together = Barrier(4)

    def tap(_number: int) -> str:
        together.wait()
        with db.transaction() as session:
            mona, kind = session.get_one(Citizen, mona_id), session.get_one(TaskType, kind_id)
            return own_work.write(session, mona, kind, felt=None, once=once, now=now).public_id

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tap, range(4))) == {once}
    assert (count(TaskRecord), count(Participation)) == (1, 1)
