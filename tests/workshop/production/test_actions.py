"""Orders, steps, and what comes out of them."""

from __future__ import annotations

import threading
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories

from workshop.core import db
from workshop.core.errors import NotHere, Refusal
from workshop.production import actions, numbering, queries
from workshop.production.models import OrderItem, OrderState, OrderStep, ProductionOrder, StepState
from workshop.products.models import Item

BASE = "https://butik.example"


def steps_of(session: Session, order: ProductionOrder) -> list[OrderStep]:
    statement = sa.select(OrderStep).where(OrderStep.order_id == order.id).order_by(OrderStep.position)
    return list(session.scalars(statement))


def test_an_order_takes_its_steps_from_the_usual_route(session: Session, now: datetime) -> None:
    kind = factories.product_type(
        session, route=[factories.task_type(session, name="Save"), factories.task_type(session, name="Slibe")]
    )
    order = actions.open_order(
        session,
        product_type_id=kind.id,
        title="",
        pieces=1,
        department_id=factories.department(session).id,
        due_on=date(2026, 12, 1),
        now=now,
        by_staff_id=None,
        step_titles={2: "Slibe bænkens sæde"},
    )
    assert order.title == "Havebænk i lærk"
    assert [step.title for step in steps_of(session, order)] == ["Save", "Slibe bænkens sæde"]


def test_the_last_step_gives_the_items_and_closes_the_order(session: Session, now: datetime) -> None:
    order = factories.production_order(session, pieces=2, steps=2, title="Bænke, 2 stk.")
    order.options = {numbering.CHOICE: numbering.EACH}
    first, last = steps_of(session, order)
    assert actions.finish_step(session, first.id, base_url=BASE, now=now) == []
    items = actions.finish_step(session, last.id, base_url=BASE, now=now)
    assert [item.number for item in items] == [1001, 1002]
    assert {item.title for item in items} == {"Havebænk i lærk"}
    session.refresh(order)
    assert (order.state, order.finished_at) == (OrderState.FINISHED, now)
    assert len(session.scalars(sa.select(OrderItem).where(OrderItem.order_id == order.id)).all()) == 2


def test_one_piece_carries_the_name_of_its_order(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=1, title="Havebænk, malet grøn")
    (step,) = steps_of(session, order)
    (item,) = actions.finish_step(session, step.id, base_url=BASE, now=now)
    assert item.title == "Havebænk, malet grøn"


def test_finishing_a_step_twice_gives_one_item(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=1)
    (step,) = steps_of(session, order)
    assert len(actions.finish_step(session, step.id, base_url=BASE, now=now)) == 1
    assert actions.finish_step(session, step.id, base_url=BASE, now=now) == []
    assert session.scalar(sa.select(sa.func.count(Item.id))) == 1


def test_two_last_steps_finished_at_once_give_one_item(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        order = factories.production_order(session, steps=2)
        step_ids = [step.id for step in steps_of(session, order)]
    counts: list[int] = []
    gate = threading.Barrier(4)

    def finish(step_id: int) -> None:
        gate.wait()
        with db.transaction() as session:
            counts.append(len(actions.finish_step(session, step_id, base_url=BASE, now=now)))

    threads = [threading.Thread(target=finish, args=(step_id,)) for step_id in step_ids * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 1]
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Item.id))) == 1


def test_skipping_the_last_step_gives_the_item_too(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=2)
    first, last = steps_of(session, order)
    actions.finish_step(session, first.id, base_url=BASE, now=now)
    assert len(actions.skip_step(session, last.id, base_url=BASE, now=now)) == 1
    assert last.state is StepState.SKIPPED


def test_starting_never_takes_a_finished_step_back(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=2)
    step = steps_of(session, order)[0]
    actions.start_step(session, step.id)
    assert step.state is StepState.STARTED
    actions.finish_step(session, step.id, base_url=BASE, now=now)
    actions.start_step(session, step.id)
    assert (step.state, step.finished_at) == (StepState.FINISHED, now)


def test_a_step_is_added_at_the_end_of_an_open_order_only(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=1)
    paint = factories.task_type(session, name="Male")
    step = actions.add_step(session, order, task_type_id=paint.id, title="", place="Malerrum")
    assert (step.position, step.title, step.place) == (2, "Male", "Malerrum")
    actions.cancel_order(session, order, now=now)
    with pytest.raises(Refusal, match="åben"):
        actions.add_step(session, order, task_type_id=paint.id)
    with pytest.raises(Refusal, match="åben"):
        actions.cancel_order(session, order, now=now)


def test_a_cancelled_order_gives_nothing(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=1)
    (step,) = steps_of(session, order)
    actions.cancel_order(session, order, now=now)
    assert actions.finish_step(session, step.id, base_url=BASE, now=now) == []


@pytest.mark.parametrize(("title", "pieces"), [("", 1), ("Bænk", 0), ("Bænk", 1_001)])
def test_odd_orders_are_refused(session: Session, now: datetime, title: str, pieces: int) -> None:
    with pytest.raises(Refusal):
        actions.open_order(
            session,
            product_type_id=None,
            title=title,
            pieces=pieces,
            department_id=factories.department(session).id,
            due_on=None,
            now=now,
            by_staff_id=None,
        )


def test_an_unknown_step_is_not_here(session: Session, now: datetime) -> None:
    with pytest.raises(NotHere):
        actions.finish_step(session, 4_711, base_url=BASE, now=now)


def test_open_steps_come_by_due_date_and_only_from_ones_own_departments(session: Session, now: datetime) -> None:
    wood, paint = factories.department(session), factories.department(session, key="maler", name="Malerrummet")
    factories.production_order(session, title="Senere", steps=1, due_on=date(2026, 12, 24))
    factories.production_order(session, title="Uden dato", steps=1)
    factories.production_order(session, title="Først", steps=2, due_on=date(2026, 12, 1))
    other = factories.production_order(session, title="Fremmed", steps=1, at=paint)
    found = queries.open_steps(session, [wood.id])
    assert [step.order_title for step in found] == ["Først", "Først", "Senere", "Uden dato"]
    assert [step.position for step in found[:2]] == [1, 2]
    assert queries.order_by_public_id(session, other.public_id, [wood.id]) is None
    assert queries.order_by_public_id(session, other.public_id, [paint.id]) is other


def test_the_board_moves_an_order_along(session: Session, now: datetime) -> None:
    wood = factories.department(session)
    order = factories.production_order(session, steps=2)
    first, last = steps_of(session, order)
    assert [line.title for line in queries.board(session, [wood.id]).ready] == ["Havebænk i lærk"]
    actions.start_step(session, first.id)
    board = queries.board(session, [wood.id])
    assert (len(board.ready), len(board.under_way), board.under_way[0].done) == (0, 1, 0)
    actions.finish_step(session, first.id, base_url=BASE, now=now)
    actions.finish_step(session, last.id, base_url=BASE, now=now)
    board = queries.board(session, [wood.id])
    assert (board.open_orders, [line.numbers for line in board.to_approve]) == (0, [(1001,)])
    item = session.scalars(sa.select(Item)).one()
    assert [event.title for event in queries.life_of_item(session, item.id)] == ["Trin 1", "Trin 2"]
