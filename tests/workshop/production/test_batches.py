"""One number for a batch or one for each: chosen on the order, and born once however many tap."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories

from workshop.core import db
from workshop.production import actions, numbering
from workshop.production.actions import Facts
from workshop.production.models import OrderState, OrderStep, ProductionOrder
from workshop.products import actions as products
from workshop.products.models import Item, ProductType, StockMovement

BASE = factories.BASE_URL
RACERS = 20


def made(session: Session, order: ProductionOrder, now: datetime) -> list[tuple[int, bool]]:
    items = actions.receive(session, order.id, base_url=BASE, now=now)
    return [(item.quantity, item.is_one_of_a_kind) for item in items]


def test_pieces_that_are_alike_become_one_batch(session: Session, now: datetime) -> None:
    assert made(session, factories.production_order(session, pieces=4), now) == [(4, False)]
    movements = session.execute(sa.select(StockMovement.change)).scalars().all()
    assert list(movements) == [4]


def test_pieces_that_are_each_something_get_a_number_each(session: Session, now: datetime) -> None:
    order = factories.production_order(session, pieces=3)
    session.get_one(ProductType, order.product_type_id).is_unique = True
    assert made(session, order, now) == [(1, True)] * 3


def test_rejected_pieces_are_not_in_the_batch_and_one_that_is_left_is_no_batch(session: Session, now: datetime) -> None:
    order = factories.production_order(session, pieces=3)
    order.rejected = 1
    other = factories.production_order(session, pieces=3)
    other.rejected = 2
    session.flush()
    assert made(session, order, now) == [(2, False)]
    assert made(session, other, now) == [(1, True)]


def test_a_thing_made_to_another_size_says_so(session: Session, now: datetime) -> None:
    long, usual = (factories.production_order(session, pieces=1) for _each in range(2))
    long.length_cm = 210
    session.flush()
    sizes = [
        actions.receive(session, order.id, base_url=BASE, now=now)[0].measures for order in (long, usual)
    ]  # fmt: skip
    assert sizes == ["210 × 60 × 85 cm", "150 × 60 × 85 cm"]


@pytest.mark.parametrize(("choice", "born"), [(numbering.ONE, [(2, False)]), (numbering.EACH, [(1, True)] * 2)])
def test_what_was_chosen_on_the_order_stands(
    session: Session, now: datetime, choice: str, born: list[tuple[int, bool]]
) -> None:
    order = factories.production_order(session, pieces=2)
    session.get_one(ProductType, order.product_type_id).is_unique = choice == numbering.ONE
    facts = Facts(order.title, 2, options={numbering.CHOICE: choice})
    actions.edit_order(session, order, facts, version=order.version)
    assert made(session, order, now) == born


@pytest.mark.parametrize("pieces", [1, 4])
def test_a_note_on_the_wall_ends_without_anything_born(session: Session, now: datetime, pieces: int) -> None:
    order = actions.open_order(
        session,
        product_type_id=None,
        title="Ryd op i brændeskuret",
        pieces=pieces,
        department_id=factories.department(session).id,
        due_on=None,
        now=now,
        by_staff_id=None,
        makes_items=False,
    )
    assert made(session, order, now) == []
    session.refresh(order)
    assert order.state is OrderState.FINISHED
    assert session.scalar(sa.select(sa.func.count(Item.id))) == 0


def prepared(app: Flask) -> tuple[int, int]:
    with db.transaction() as session:
        order = factories.production_order(session, steps=1, pieces=5)
        return order.id, session.scalars(sa.select(OrderStep.id).where(OrderStep.order_id == order.id)).one()


def born() -> tuple[int, int, int]:
    """How many numbers, how many pieces, and what the movements say."""
    with db.reading() as session:
        numbers, pieces = session.execute(sa.select(sa.func.count(Item.id), sa.func.sum(Item.quantity))).one()
        return numbers, int(pieces or 0), int(session.scalar(sa.select(sa.func.sum(StockMovement.change))) or 0)


def race(deed: object) -> None:
    together = Barrier(RACERS)

    def one(_number: int) -> None:
        together.wait()
        deed()  # type: ignore[operator]  # any function without arguments

    with ThreadPoolExecutor(RACERS) as pool:
        list(pool.map(one, range(RACERS)))


def test_twenty_who_finish_the_same_step_make_one_batch_once(app: Flask, now: datetime) -> None:
    _order_id, step_id = prepared(app)

    def finish() -> None:
        with db.transaction() as session:
            actions.finish_step(session, step_id, base_url=BASE, now=now)

    race(finish)
    assert born() == (1, 5, 5)


def test_without_the_guard_the_same_race_makes_it_many_times(app: Flask, now: datetime) -> None:
    """The control: looking whether the step is done and then writing, as somebody might."""
    order_id, step_id = prepared(app)

    def careless() -> None:
        with db.reading() as session:
            is_done = session.get_one(OrderStep, step_id).finished_at is not None
        time.sleep(0.02)
        if is_done:
            return
        with db.transaction() as session:
            kind_id = session.get_one(ProductionOrder, order_id).product_type_id
            session.execute(sa.update(OrderStep).where(OrderStep.id == step_id).values(finished_at=now))
            products.add_items(
                session, product_type_id=kind_id, title="", pieces=5, base_url=BASE, now=now, is_batch=True
            )

    race(careless)
    assert born()[0] > 1
