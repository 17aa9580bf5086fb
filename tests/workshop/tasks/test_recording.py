"""Work done on the tablet itself is written down once, for one person, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, people

from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.labels import actions as labels
from workshop.labels.models import PrintJob
from workshop.products.counting import actions as counting
from workshop.products.models import Item, StockCount
from workshop.tasks import recording
from workshop.tasks.kiosk import birth, queries
from workshop.tasks.models import Participation, TaskRecord

TAPS = 6


def prepared(now: datetime) -> tuple[int, int, int]:
    """The ids of Mona, of a run of two labels, and of a stock count."""
    with db.transaction() as session:
        factories.task_type(session, key=recording.PRINT_LABELS, name="Printe prismærker")
        factories.task_type(session, key=recording.STOCKTAKE, name="Tælle lageret")
        factories.label_sheet(session)
        items = [factories.item(session).id for _each in range(2)]
        job = labels.make_job(session, item_ids=items, sheet_key="a4_3x7", start_cell=1, now=now, by_staff_id=None)
        count = counting.begin(session, place="", now=now, by_staff_id=None)
        counting.see(session, count, session.get_one(Item, items[0]), 1, now=now)
        return people.citizen(session).id, job.id, count.id


def rows(what: type) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(what)) or 0


@pytest.mark.parametrize("what", ["labels", "count"])
def test_taps_at_once_make_one_record(app: Flask, now: datetime, what: str) -> None:
    mona_id, job_id, count_id = prepared(now)
    together = Barrier(TAPS)

    def tap(_number: int) -> int:
        together.wait()
        with db.transaction() as session:
            mona = session.get_one(Citizen, mona_id)
            if what == "labels":
                return recording.record_label_run(session, mona, session.get_one(PrintJob, job_id), now=now).id
            return recording.record_count(session, mona, session.get_one(StockCount, count_id), now=now).id

    with ThreadPoolExecutor(TAPS) as pool:
        assert len(set(pool.map(tap, range(TAPS)))) == 1
    assert (rows(TaskRecord), rows(Participation)) == (1, 1)


def test_taps_at_once_on_a_tile_make_one_thing(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        factories.item(session)  # the numbers have begun
    key, together = birth.new_key(), Barrier(TAPS)

    def tap(_number: int) -> int:
        together.wait()
        with db.transaction() as session:
            kind = queries.kind_by_key(session, "slags:stole")
            assert kind is not None
            return birth.be_born(session, kind, key=key, base_url=factories.BASE_URL, now=now).number

    with ThreadPoolExecutor(TAPS) as pool:
        assert len(set(pool.map(tap, range(TAPS)))) == 1
    assert rows(Item) == 2


def test_work_outside_somebodys_stay_is_refused(app: Flask, now: datetime) -> None:
    mona_id, job_id, _count_id = prepared(now)
    with db.transaction() as session:
        mona, job = session.get_one(Citizen, mona_id), session.get_one(PrintJob, job_id)
        with pytest.raises(Refusal, match="uden for forløbet"):
            recording.record_label_run(session, mona, job, now=now - timedelta(days=900))
    assert rows(TaskRecord) == 0


def test_a_catalogue_without_the_task_says_so(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        count = counting.begin(session, place="", now=now, by_staff_id=None)
        with pytest.raises(Refusal, match="mangler i kataloget"):
            recording.record_count(session, people.citizen(session), count, now=now)
