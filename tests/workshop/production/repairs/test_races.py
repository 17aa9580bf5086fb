"""Two people at the same thing at the same moment: it goes back once, and a price that changes is not said yes to.

The control leaves the guard out: it looks and then writes, which hands one thing back many times.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask

from tests.workshop.production.repairs import rig
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.money import PayMeans
from workshop.core.web import is_busy
from workshop.production.models import ProductionOrder
from workshop.production.repairs import agreeing, ending
from workshop.production.repairs.models import JobState, RepairJob

RACERS = 8
PATIENCE_SECONDS = 60.0
THINKING_SECONDS = 0.05


def together(deeds: list[Callable[[], str]]) -> Counter[str]:
    """Let all of them go at once; how often each outcome came. Whoever finds the database busy presses again."""
    barrier = Barrier(len(deeds))

    def go(deed: Callable[[], str]) -> str:
        barrier.wait(PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return deed()
            except Refusal:
                return "refused"
            except sqlalchemy.exc.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(go, deeds))


def job_of(public_id: str) -> RepairJob:
    with db.reading() as session:
        return session.scalars(sa.select(RepairJob).where(RepairJob.public_id == public_id)).one()


def test_a_thing_is_handed_back_once_however_many_press(app: Flask) -> None:  # the app brings the database
    assert app
    with db.transaction() as session:
        public_id = rig.ready(session).public_id

    def hand_back() -> str:
        with db.transaction() as session:
            job = session.scalars(sa.select(RepairJob).where(RepairJob.public_id == public_id)).one()
            return (
                "won" if ending.hand_back(session, job, means=PayMeans.CASH, now=rig.NOW, by_staff_id=None) else "lost"
            )

    assert together([hand_back] * RACERS) == {"won": 1, "lost": RACERS - 1}
    assert job_of(public_id).state is JobState.HANDED_BACK


def test_looking_first_and_writing_then_hands_it_back_many_times(app: Flask) -> None:
    """The control: what the test above would catch."""
    assert app
    with db.transaction() as session:
        public_id = rig.ready(session).public_id

    def look_then_write() -> str:
        if job_of(public_id).state is not JobState.DONE:
            return "lost"
        time.sleep(THINKING_SECONDS)
        with db.transaction() as session:
            session.execute(
                sa.update(RepairJob).where(RepairJob.public_id == public_id).values(state=JobState.HANDED_BACK)
            )
        return "won"

    assert together([look_then_write] * RACERS)["won"] > 1


def test_an_owner_answers_while_staff_change_the_price_and_one_of_them_is_told(app: Flask) -> None:
    """Never a yes to a price that is not the one seen: either work begins at that price, or there is no order."""
    assert app
    for _round in range(5):
        with db.transaction() as session:
            job = rig.offered(session)
            public_id, seen, price = job.public_id, job.version, job.quoted_ore

        def say_yes(public_id: str = public_id, seen: int = seen) -> str:
            with db.transaction() as session:
                job = session.scalars(sa.select(RepairJob).where(RepairJob.public_id == public_id)).one()
                agreeing.answer(session, job, is_yes=True, version=seen, head=rig.HEAD, now=rig.NOW, by_staff_id=None)
            return "yes"

        def make_dearer(public_id: str = public_id, seen: int = seen) -> str:
            line = {"text": "Nyt stof", "quantity": Decimal(1), "unit_price_ore": 99_900, "material": None}
            with db.transaction() as session:
                job = session.scalars(sa.select(RepairJob).where(RepairJob.public_id == public_id)).one()
                agreeing.add_line(session, job, **line, version=seen)
            return "dearer"

        outcomes = together([say_yes, make_dearer])
        assert outcomes["refused"] == 1, outcomes
        job = job_of(public_id)
        if outcomes["yes"]:
            assert (job.state, job.quoted_ore) == (JobState.AGREED, price)
            assert job.order_id is not None
        else:
            assert (job.state, job.quoted_ore, job.order_id) == (JobState.RECEIVED, None, None)


def test_many_yeses_at_once_are_one_order(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        job = rig.offered(session)
        public_id, seen = job.public_id, job.version

    def say_yes() -> str:
        with db.transaction() as session:
            job = session.scalars(sa.select(RepairJob).where(RepairJob.public_id == public_id)).one()
            agreeing.answer(session, job, is_yes=True, version=seen, head=rig.HEAD, now=rig.NOW, by_staff_id=None)
        return "yes"

    assert together([say_yes] * RACERS) == {"yes": RACERS}
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ProductionOrder)) == 1
