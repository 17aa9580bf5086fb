"""Many at once: each visit is written down once, and one visit is moved once."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask

from tests.workshop.services.jobs import laying_race, rig
from workshop.core import db
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.core.web import is_busy
from workshop.services.jobs import actions, laying
from workshop.services.jobs.models import JobPause, ServiceJob
from workshop.services.visits.models import Visit, VisitState

JOBS = 5
RACERS = 8
PATIENCE_SECONDS = 60.0
LATER = rig.morning(date(2027, 3, 2))


def prepared() -> list[int]:
    """Agreements whose visits are not written down yet; their ids."""
    with db.transaction() as session:
        jobs = [rig.agreed(session, every=1, season_from=None, season_to=None).id for _each in range(JOBS)]
        session.execute(sa.delete(Visit))
        session.execute(sa.update(ServiceJob).values(laid_until=None))
        return jobs


def days_of(job_id: int) -> list[date | None]:
    with db.reading() as session:
        return list(session.scalars(sa.select(Visit.original_on).where(Visit.job_id == job_id).order_by(Visit.day)))


def test_twenty_processes_write_each_visit_down_once(app: Flask, settings: Settings) -> None:
    assert app
    jobs = prepared()
    db.database().close()
    outcomes = laying_race.race(settings.database_url, LATER, "guarded")
    assert outcomes.keys() <= {"laid", "nothing to lay"}
    assert outcomes["laid"] >= 1
    for job_id in jobs:
        found = days_of(job_id)
        assert len(found) == len(set(found)) == 10  # Wednesdays from 17 March to 25 May
    assert laying.lay_ahead(LATER) == 0


def test_looking_first_and_writing_then_writes_visits_down_many_times(app: Flask, settings: Settings) -> None:
    """The control: what the race above would catch."""
    assert app
    jobs = prepared()
    db.database().close()
    laying_race.race(settings.database_url, LATER, "unguarded")
    found = days_of(jobs[0])
    assert len(found) > len(set(found))


def test_the_database_itself_refuses_a_second_visit_of_one_occasion(app: Flask) -> None:
    assert app
    prepared()
    laying.lay_ahead(LATER)
    with db.reading() as session:
        first = session.scalars(sa.select(Visit)).first()
        assert first is not None
    names = ("job_id", "occasion", "original_on", "minutes", "from_minute", "to_minute")
    again = sa.insert(Visit).values(**{name: getattr(first, name) for name in names})
    with db.transaction() as session, pytest.raises(sqlalchemy.exc.IntegrityError):
        session.execute(again)


def together(deeds: list[object]) -> Counter[str]:
    """Let all of them go at once; how often each outcome came. Whoever finds the database busy presses again."""
    barrier = Barrier(len(deeds))

    def go(deed: object) -> str:
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


def test_of_many_who_move_one_visit_one_does_and_the_others_are_told(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        job = rig.agreed(session, every=1, season_from=None, season_to=None)
        job_id, visit = job.id, rig.visits(session, job)[3]
        visit_id, seen, day = visit.id, visit.version, visit.day
    before = days_of(job_id)

    def mover(ahead: int) -> object:
        def move() -> str:
            with db.transaction() as session:
                found = session.get_one(Visit, visit_id)
                to = day + timedelta(days=ahead)
                actions.move(session, found, to, now=rig.NOW, by_staff_id=None, version=seen, head=rig.HEAD)
            return "moved"

        return move

    # Two days, so that each is wanted by several: who wanted the same as the winner has what they wanted.
    outcomes = together([mover(1 + place % 2) for place in range(RACERS)])
    assert outcomes == {"moved": RACERS // 2, "refused": RACERS // 2}
    with db.reading() as session:
        found = session.get_one(Visit, visit_id)
        assert found.version == seen + 1
        assert len(rig.mails(session)) == 1
    assert days_of(job_id) == before


def test_looking_first_and_moving_then_moves_one_visit_many_times(app: Flask) -> None:
    """The control: what the test above would catch."""
    assert app
    with db.transaction() as session:
        job = rig.agreed(session)
        visit = rig.visits(session, job)[3]
        visit_id, seen, day = visit.id, visit.version, visit.day

    def look_then_write() -> str:
        with db.reading() as session:
            if session.get_one(Visit, visit_id).version != seen:
                return "refused"
        time.sleep(0.05)
        with db.transaction() as session:
            session.execute(
                sa.update(Visit)
                .where(Visit.id == visit_id)
                .values(day=day + timedelta(days=1), version=Visit.version + 1)
            )
        return "moved"

    assert together([look_then_write] * RACERS)["moved"] > 1


def test_a_pause_and_a_move_at_one_moment_leave_a_visit_that_somebody_meant(app: Flask) -> None:
    """Either the visit rests, or it stands on the day that was chosen; never on its old one."""
    assert app
    for _round in range(4):
        with db.transaction() as session:
            job = rig.agreed(session, every=1, season_from=None, season_to=None)
            job_id, visit = job.id, rig.visits(session, job)[3]
            visit_id, day = visit.id, visit.day

        def rest(job_id: int = job_id, day: date = day) -> str:
            with db.transaction() as session:
                job = session.get_one(ServiceJob, job_id)
                actions.pause(session, job, day, day + timedelta(days=6), now=rig.NOW, by_staff_id=None)
            return "rests"

        def move(visit_id: int = visit_id, day: date = day) -> str:
            with db.transaction() as session:
                visit = session.get_one(Visit, visit_id)
                actions.move(session, visit, day - timedelta(days=1), now=rig.NOW, by_staff_id=None)
            return "moved"

        outcomes = together([rest, move])
        with db.reading() as session:
            found = session.get_one(Visit, visit_id)
            assert session.scalar(sa.select(sa.func.count(JobPause.id)).where(JobPause.job_id == job_id)) == 1
            if outcomes["moved"]:
                assert (found.day, found.state) == (day - timedelta(days=1), VisitState.WAITING)
            else:
                assert (found.day, found.state) == (None, VisitState.CANCELLED)
