"""Several members of staff send the same round at the same moment; it is written once, on either database."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import sqlalchemy as sa
from flask import Flask
from support import factories, people

from workshop.core import db
from workshop.core.access import Actor
from workshop.core.errors import Refusal
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Assignment, AssignmentState, Participation, RecordStatus, TaskRecord
from workshop.tasks.results import Job, PartMarks
from workshop.tasks.team.writing import NewPart, confirm_round

STAFF, TEAM = 5, 3


def prepared(now: datetime, *, with_tasks: bool) -> tuple[Job, list[NewPart], list[Actor]]:
    """A piece of work, the team that did it, and the staff who are about to say so."""
    with db.transaction() as session:
        task = factories.task_type(session, name="Feje")
        team = [people.citizen(session, name=f"P{each}") for each in range(TEAM)]
        given = [people.assignment(session, each, task=task).id if with_tasks else None for each in team]
        marks = [PartMarks(each.id, 30, Support.S1, Quality.Q2) for each in team]
        parts = [
            NewPart(mark, person.public_id, assignment)
            for mark, person, assignment in zip(marks, team, given, strict=True)
        ]
        actors = [people.actor_of(session, factories.staff(session)) for _ in range(STAFF)]
        return Job(task.id, task.name, now.date()), parts, actors


def pressed(job: Job, parts: list[NewPart], actors: list[Actor], now: datetime, once: list[str]) -> Counter[str]:
    together = Barrier(STAFF)

    def press(number: int) -> str:
        together.wait()
        try:
            with db.transaction() as session:
                confirm_round(
                    session,
                    job=job,
                    drafts={},
                    others=parts,
                    actor=actors[number],
                    now=now,
                    once=once[number],
                    base_url=factories.BASE_URL,
                )
        except Refusal:
            return "told"
        return "written"

    with ThreadPoolExecutor(STAFF) as pool:
        return Counter(pool.map(press, range(STAFF)))


def counted() -> tuple[int, int]:
    with db.reading() as session:
        confirmed = sa.select(sa.func.count()).where(TaskRecord.status == RecordStatus.CONFIRMED)
        return session.scalar(confirmed) or 0, session.scalar(sa.select(sa.func.count(Participation.id))) or 0


def test_people_with_tasks_are_written_once_whoever_presses(app: Flask, now: datetime) -> None:
    job, parts, actors = prepared(now, with_tasks=True)
    forms = [f"form {each}" for each in range(STAFF)]
    assert pressed(job, parts, actors, now, forms) == {"written": 1, "told": STAFF - 1}
    assert counted() == (TEAM, TEAM)
    with db.reading() as session:
        assert set(session.scalars(sa.select(Assignment.state))) == {AssignmentState.FINISHED}


def test_one_form_is_written_once_for_people_without_a_task(app: Flask, now: datetime) -> None:
    job, parts, actors = prepared(now, with_tasks=False)
    assert pressed(job, parts, actors, now, ["the same form"] * STAFF) == {"written": 1, "told": STAFF - 1}
    assert counted() == (TEAM, TEAM)


def test_forms_of_their_own_are_rounds_of_their_own(app: Flask, now: datetime) -> None:
    """The control: without the name of the form nothing would tell the same round from another one."""
    job, parts, actors = prepared(now, with_tasks=False)
    forms = [f"form {each}" for each in range(STAFF)]
    assert pressed(job, parts, actors, now, forms) == {"written": STAFF}
    assert counted() == (TEAM * STAFF, TEAM * STAFF)
