"""Orders changed freely: their steps, what they say, how they end, and two people at once."""

from __future__ import annotations

import threading
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories

from workshop.core import db
from workshop.core.errors import Refusal
from workshop.production import actions, numbering
from workshop.production.actions import EditedMeanwhile, Facts
from workshop.production.models import (
    Lacking,
    OrderItem,
    OrderSource,
    OrderState,
    OrderStep,
    ProductionOrder,
    RouteStep,
    StepState,
)
from workshop.production.steps import actions as steps
from workshop.products.models import Item

BASE = "https://butik.example"


def steps_of(session: Session, order: ProductionOrder) -> list[OrderStep]:
    statement = sa.select(OrderStep).where(OrderStep.order_id == order.id).order_by(OrderStep.position)
    return list(session.scalars(statement))


def titles(session: Session, order: ProductionOrder) -> list[str]:
    return [step.title for step in steps_of(session, order)]


def sticky_note(session: Session, now: datetime, title: str = "Reol til kontoret", pieces: int = 1) -> ProductionOrder:
    return actions.open_order(
        session,
        product_type_id=None,
        title=title,
        pieces=pieces,
        department_id=factories.department(session).id,
        due_on=date(2026, 12, 1),
        now=now,
        by_staff_id=None,
    )


def finish(session: Session, order: ProductionOrder, now: datetime, **told: int) -> list[Item]:
    outcome = {"reworked": 0, "rejected": 0, "version": order.version} | told
    return actions.finish_order(session, order, base_url=BASE, now=now, **outcome)


def test_a_step_is_put_in_before_another_and_the_places_stay_whole(session: Session) -> None:
    order = factories.production_order(session, steps=3)
    kind = factories.task_type(session, name="Male")
    actions.add_step(session, order, task_type_id=kind.id, position=2)
    actions.add_step(session, order, task_type_id=kind.id, title="Først", position=1)
    actions.add_step(session, order, task_type_id=kind.id, title="Sidst", position=99)
    assert titles(session, order) == ["Først", "Trin 1", "Male", "Trin 2", "Trin 3", "Sidst"]
    assert [step.position for step in steps_of(session, order)] == [1, 2, 3, 4, 5, 6]


def test_changing_the_steps_of_an_order_leaves_its_type_alone(session: Session) -> None:
    order = factories.production_order(session, steps=2)
    before = session.execute(sa.select(RouteStep.position, RouteStep.task_type_id)).all()
    first, second = steps_of(session, order)
    steps.rename_step(session, order, first, title="  Save lige ", place="Savrummet")
    steps.repeat_step(session, order, first)
    steps.move_step(session, order, second, is_down=False, seen_position=3)
    assert titles(session, order) == ["Save lige", "Trin 2", "Save lige"]
    assert session.execute(sa.select(RouteStep.position, RouteStep.task_type_id)).all() == before


def test_a_step_moved_past_an_end_stays_and_one_moved_twice_by_two_moves_once(session: Session) -> None:
    order = factories.production_order(session, steps=3)
    first, _second, last = steps_of(session, order)
    steps.move_step(session, order, first, is_down=False, seen_position=1)
    steps.move_step(session, order, last, is_down=True, seen_position=3)
    assert titles(session, order) == ["Trin 1", "Trin 2", "Trin 3"]
    steps.move_step(session, order, first, is_down=True, seen_position=1)
    with pytest.raises(steps.MovedMeanwhile):
        steps.move_step(session, order, first, is_down=True, seen_position=1)
    assert titles(session, order) == ["Trin 2", "Trin 1", "Trin 3"]


def test_a_step_without_a_name_is_refused(session: Session) -> None:
    order = factories.production_order(session, steps=1)
    with pytest.raises(Refusal, match="navn"):
        steps.rename_step(session, order, steps_of(session, order)[0], title="  ", place="")


def test_a_step_finished_by_mistake_waits_again_while_the_order_is_open(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=2)
    first, last = steps_of(session, order)
    actions.finish_step(session, first.id, base_url=BASE, now=now)
    assert steps.take_back(session, order, first) is True
    assert (first.state, first.finished_at) == (StepState.WAITING, None)
    assert steps.take_back(session, order, first) is False
    assert actions.finish_step(session, last.id, base_url=BASE, now=now) == []  # the first is to be done again
    assert len(actions.finish_step(session, first.id, base_url=BASE, now=now)) == 1
    with pytest.raises(Refusal, match="åben"):
        steps.take_back(session, order, first)


def test_steps_are_worked_on_side_by_side(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=3)
    for step in steps_of(session, order):
        actions.start_step(session, step.id)
    assert {step.state for step in steps_of(session, order)} == {StepState.STARTED}
    for step in reversed(steps_of(session, order)):
        actions.finish_step(session, step.id, base_url=BASE, now=now)
    session.refresh(order)
    assert order.state is OrderState.FINISHED


def test_only_good_pieces_are_born(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=1, pieces=4, title="Kasser, 4 stk.")
    actions.tell_outcome(session, order, reworked=1, rejected=3, version=order.version)
    (step,) = steps_of(session, order)
    (item,) = actions.finish_step(session, step.id, base_url=BASE, now=now)
    assert item.title == "Havebænk i lærk"  # one is left of four: still a piece, not the order
    assert session.scalar(sa.select(sa.func.count()).select_from(OrderItem)) == 1


def test_an_order_whose_pieces_were_all_rejected_ends_with_none(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=1, pieces=2)
    assert finish(session, order, now, rejected=2) == []
    assert (order.state, session.scalar(sa.select(sa.func.count(Item.id)))) == (OrderState.FINISHED, 0)


@pytest.mark.parametrize(("reworked", "rejected"), [(0, 3), (0, -1), (-1, 0), (1_001, 0)])
def test_an_outcome_that_cannot_be_is_refused(session: Session, reworked: int, rejected: int) -> None:
    order = factories.production_order(session, pieces=2)
    with pytest.raises(Refusal):
        actions.tell_outcome(session, order, reworked=reworked, rejected=rejected, version=order.version)
    assert (order.reworked, order.rejected, order.version) == (0, 0, 1)


def test_a_sticky_note_is_finished_by_one_button_once(session: Session, now: datetime) -> None:
    order = sticky_note(session, now)
    version = order.version
    (item,) = finish(session, order, now, version=version)
    assert item.title == "Reol til kontoret"
    assert finish(session, order, now, version=version) == []  # the second tap
    assert session.scalar(sa.select(sa.func.count(Item.id))) == 1


def test_whoever_ends_it_otherwise_is_told_that_it_is_ended(session: Session, now: datetime) -> None:
    order = sticky_note(session, now, pieces=3)
    version = order.version
    finish(session, order, now, rejected=1, version=version)
    with pytest.raises(EditedMeanwhile):
        finish(session, order, now, rejected=2, version=version)
    assert (order.rejected, session.scalar(sa.select(sa.func.count(Item.id)))) == (1, 2)


def test_an_order_with_several_steps_left_is_not_ended_by_one_button(session: Session, now: datetime) -> None:
    order = factories.production_order(session, steps=2)
    with pytest.raises(Refusal, match="2 trin"):
        finish(session, order, now)
    actions.skip_step(session, steps_of(session, order)[0].id, base_url=BASE, now=now)
    assert len(finish(session, order, now, reworked=1)) == 1


def test_two_who_edit_the_same_order_lose_nothing(session: Session, now: datetime) -> None:
    order = sticky_note(session, now)
    seen = order.version
    idea = Facts("Reol, grøn", pieces=2, idea="Som den gamle", source=OrderSource.IDEA, length_cm=90)
    actions.edit_order(session, order, idea, version=seen)
    with pytest.raises(EditedMeanwhile, match="En anden har rettet"):
        actions.edit_order(session, order, Facts("Reol, blå"), version=seen)
    with pytest.raises(EditedMeanwhile):
        actions.move_order(session, order, due_on=None, lacking=None, note="", version=seen)
    with pytest.raises(EditedMeanwhile):
        actions.cancel_order(session, order, now=now, version=seen)
    assert (order.title, order.pieces, order.idea, order.length_cm) == ("Reol, grøn", 2, "Som den gamle", 90)
    actions.edit_order(session, order, Facts("Reol, blå"), version=order.version)
    assert order.title == "Reol, blå"


def test_an_order_waits_for_something_and_goes_on_again(session: Session, now: datetime) -> None:
    order = sticky_note(session, now)
    day = date(2026, 12, 9)
    actions.move_order(session, order, due_on=day, lacking=Lacking.MATERIAL, note="6 m lærk", version=order.version)
    assert (order.due_on, order.lacking, order.lacking_note) == (day, Lacking.MATERIAL, "6 m lærk")
    actions.move_order(session, order, due_on=day, lacking=None, note="6 m lærk", version=order.version)
    assert (order.lacking, order.lacking_note) == (None, "")
    finish(session, order, now)
    with pytest.raises(EditedMeanwhile, match="lukket"):
        actions.move_order(session, order, due_on=day, lacking=None, note="", version=order.version)


def test_fewer_pieces_than_are_rejected_already_are_refused(session: Session) -> None:
    order = factories.production_order(session, pieces=4)
    actions.tell_outcome(session, order, reworked=0, rejected=3, version=order.version)
    with pytest.raises(Refusal, match="kasseret"):
        actions.edit_order(session, order, Facts("Bænk", pieces=2), version=order.version)


def run_at_once(count: int, deed: object) -> None:
    """`deed(number)` in so many threads that begin together."""
    gate = threading.Barrier(count)

    def work(number: int) -> None:
        gate.wait()
        deed(number)  # type: ignore[operator]  # a plain function of one number

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_twenty_who_end_an_order_at_once_get_its_pieces_once(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        order = factories.production_order(session, steps=1, pieces=2, title="Kasser")
        order.options, order_id = {numbering.CHOICE: numbering.EACH}, order.id
        step_id = session.scalars(sa.select(OrderStep.id).where(OrderStep.order_id == order_id)).one()
    came: list[int] = []

    def end(number: int) -> None:
        with db.transaction() as session:
            if number % 2:
                came.append(len(actions.finish_step(session, step_id, base_url=BASE, now=now)))
                return
            order = session.get_one(ProductionOrder, order_id)
            made = actions.finish_order(session, order, reworked=0, rejected=0, version=1, base_url=BASE, now=now)
            came.append(len(made))

    run_at_once(20, end)
    assert sorted(came)[-2:] == [0, 2]
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Item.id))) == 2


def test_steps_put_in_and_moved_at_once_keep_their_places_apart(app: Flask) -> None:
    with db.transaction() as session:
        order = factories.production_order(session, steps=3)
        order_id, task_id = order.id, factories.task_type(session, name="Male").id

    def change(number: int) -> None:
        with db.transaction() as session:
            order = session.get_one(ProductionOrder, order_id)
            if number % 2:
                actions.add_step(session, order, task_type_id=task_id, position=2)
                return
            step = steps_of(session, order)[0]
            try:
                steps.move_step(session, order, step, is_down=True, seen_position=1)
            except steps.MovedMeanwhile:
                return

    run_at_once(8, change)
    with db.reading() as session:
        assert [step.position for step in steps_of(session, session.get_one(ProductionOrder, order_id))] == [
            *range(1, 8)
        ]
