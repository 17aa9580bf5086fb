"""Two hands at the same moment on a permit or on what a task shows: one wins, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import sqlalchemy as sa
from flask import Flask
from support import factories, people

from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.production.models import TaskType
from workshop.production.types.models import PermitKind
from workshop.tasks.competences import actions as links
from workshop.tasks.competences import queries as shown
from workshop.tasks.competences.actions import Said
from workshop.tasks.models import Competence, CompetenceVersion, LinkRole, TaskCompetenceLink
from workshop.tasks.permits import actions as permits
from workshop.tasks.permits.models import ToolPermit

HANDS = 4


def at_once(press: Callable[[int], None]) -> int:
    """How many of several at once were not refused."""
    together = Barrier(HANDS)

    def one(number: int) -> bool:
        together.wait()
        try:
            press(number)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(HANDS) as pool:
        return sum(pool.map(one, range(HANDS)))


def a_competence(session, key: str = "sawing") -> Competence:
    made = Competence(
        key=key, group="faglig", name=key, i_can="Jeg kan.", anchor_1="1", anchor_2="2", anchor_3="3", anchor_4="4"
    )
    session.add(made)
    session.flush()
    return made


def test_a_permit_seen_again_by_several_at_once_is_seen_once(app: Flask) -> None:
    now = clock.now()
    today = clock.local_day(now)
    with db.transaction() as session:
        kind = PermitKind(name="Må bruge kapsav")
        session.add(kind)
        session.flush()
        staff = factories.staff(session).account_id
        own = {"instructed_by_id": staff, "by_staff_id": staff, "see_again_on": None, "now": now}
        person = people.citizen(session).id
        permit = permits.give(
            session,
            citizen_id=person,
            permit_kind_id=kind.id,
            on_what="Saven",
            given_on=today - timedelta(days=2),
            **own,
        ).id

    def press(_number: int) -> None:
        with db.transaction() as session:
            permits.seen_again(session, session.get_one(ToolPermit, permit), on=today, **own)

    assert at_once(press) == 1
    with db.reading() as session:
        ends = session.scalars(sa.select(ToolPermit.ended_on).order_by(ToolPermit.id)).all()
    assert ends == [today, None]


def test_a_link_said_anew_by_several_at_once_holds_once(app: Flask) -> None:
    now = clock.now()
    later = clock.local_day(now) + timedelta(days=3)
    with db.transaction() as session:
        staff = factories.staff(session).account_id
        task, competence = factories.task_type(session, name="Save").id, a_competence(session).id
        session.add(
            TaskCompetenceLink(
                task_type_id=task,
                competence_id=competence,
                role=LinkRole.CORE,
                valid_from=TaskCompetenceLink.FROM_THE_START,
            )
        )

    def press(number: int) -> None:
        with db.transaction() as session:
            links.link(
                session,
                session.get_one(TaskType, task),
                session.get_one(Competence, competence),
                Said(LinkRole.CORE, (0, 1, 3, 4)[number]),
                from_on=later,
                why=f"Hånd {number}",
                by_staff_id=staff,
                now=now,
            )

    assert at_once(press) >= 1
    with db.reading() as session:
        rows = session.execute(
            sa.select(TaskCompetenceLink.valid_from, TaskCompetenceLink.valid_to).order_by(
                TaskCompetenceLink.valid_from
            )
        ).all()
        held = session.scalars(sa.select(TaskCompetenceLink).where(shown.valid_on(later))).all()
    assert [tuple(row) for row in rows] == [
        (TaskCompetenceLink.FROM_THE_START, later - timedelta(days=1)),
        (later, None),
    ]
    assert len(held) == 1


def test_the_words_written_by_several_at_once_are_written_once(app: Flask) -> None:
    now = clock.now()
    with db.transaction() as session:
        staff = factories.staff(session).account_id
        competence = a_competence(session).id

    def press(number: int) -> None:
        with db.transaction() as session:
            found = session.get_one(Competence, competence)
            words = {name: getattr(found, name) for name in links.WORDS} | {"anchor_1": f"Nyt {number}"}
            links.edit(session, found, words, is_used=True, why="Bedre", version=1, by_staff_id=staff, now=now)

    assert at_once(press) == 1
    with db.reading() as session:
        versions = session.scalars(sa.select(CompetenceVersion.version).order_by(CompetenceVersion.version)).all()
        assert session.scalar(sa.select(Competence.version)) == 2
    assert versions == [1, 2]
