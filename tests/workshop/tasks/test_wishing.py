"""What a person would like to try: said once, read by whoever plans, and ended, never deleted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, garden, people
from support.queries import counted

from workshop.core import db
from workshop.core.errors import NotHere, Refusal
from workshop.production.models import OrderStep, StepState
from workshop.services.visits.models import VisitState
from workshop.tasks.wishing import actions, queries
from workshop.tasks.wishing.models import TaskWish


def test_wishes_are_read_in_words_with_what_they_are_about(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        task = factories.task_type(session, name="Slib")
        order = factories.production_order(session, title="Bænk til haven", steps=1)
        step = session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id)).one()
        visit = garden.visit(session)
        actions.wish(session, mona.id, task_type_id=task.id, now=now)
        actions.wish(session, mona.id, order_step_id=step.id, own_words="Den er flot", now=now)
        actions.wish(session, mona.id, visit_id=visit.id, now=now)
        actions.wish(session, mona.id, activity_kind_id=task.activity_kind_id, now=now)
        actions.wish(session, mona.id, own_words="Noget med cykler", now=now)
        rows = queries.open_wishes(session, [mona.id])[mona.id]
        assert [row.text for row in rows] == [
            "Slib",
            f"{step.title}, Bænk til haven: “Den er flot”",
            "Hækklipning",
            rows[3].text,
            "Noget med cykler",
        ]
        assert [row.order_step_id for row in rows] == [None, step.id, None, None, None]
        assert rows[3].activity_kind_id == task.activity_kind_id
        assert rows[3].text


def test_the_same_wish_said_again_is_the_one_that_stands(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        first = actions.wish(session, mona.id, own_words="Male", now=now)
        assert actions.wish(session, mona.id, own_words=" Male ", now=now) is first
        actions.end(session, first, now)
        actions.end(session, first, now.replace(year=now.year + 1))
        assert first.ended_at == now
        assert queries.open_wishes(session, [mona.id]) == {}
        assert actions.wish(session, mona.id, own_words="Male", now=now) is not first


def test_a_wish_for_work_that_is_over_is_left_out_and_cannot_be_made(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        order = factories.production_order(session, steps=1)
        step = session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id)).one()
        visit = garden.visit(session)
        actions.wish(session, mona.id, order_step_id=step.id, now=now)
        actions.wish(session, mona.id, visit_id=visit.id, now=now)
        assert len(queries.open_wishes(session, [mona.id])[mona.id]) == 2
        step.state, visit.state, visit.done_at = StepState.FINISHED, VisitState.DONE, now
        session.flush()
        assert queries.open_wishes(session, [mona.id]) == {}
        for about in ({"order_step_id": step.id}, {"visit_id": visit.id}):
            with pytest.raises(Refusal):
                actions.wish(session, mona.id, **about, now=now)


def test_a_wish_is_about_something_that_is_there(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        with pytest.raises(Refusal):
            actions.wish(session, mona.id, own_words="  ", now=now)
        for about in ("task_type_id", "activity_kind_id", "order_step_id", "visit_id"):
            with pytest.raises(NotHere):
                actions.wish(session, mona.id, **{about: 999_999}, now=now)
        for number in range(actions.MOST_OPEN):
            actions.wish(session, mona.id, own_words=f"Ønske {number}", now=now)
        with pytest.raises(Refusal):
            actions.wish(session, mona.id, own_words="Et for meget", now=now)


def test_a_wish_is_its_owners_alone(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
        made = actions.wish(session, mona.id, own_words="Male", now=now)
        assert queries.wish_of(session, mona.id, made.public_id) is made
        with pytest.raises(NotHere):
            queries.wish_of(session, yusuf.id, made.public_id)
        assert queries.open_wishes(session, [yusuf.id]) == queries.open_wishes(session, []) == {}


def test_the_wishes_of_many_are_one_question(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        everybody = [people.citizen(session, name=f"Person {number}").id for number in range(4)]
        for person in everybody:
            actions.wish(session, person, own_words="Male", now=now)

    def asked(how_many: int) -> int:
        with counted() as seen, db.reading() as session:
            assert len(queries.open_wishes(session, everybody[:how_many])) == how_many
        return len(seen)

    assert asked(4) == asked(1)


def test_two_presses_at_once_make_one_wish(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session).id
    together = Barrier(4)

    def press(_number: int) -> None:
        together.wait()
        with db.transaction() as session:
            actions.wish(session, mona, own_words="Male", now=now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TaskWish)) == 1
