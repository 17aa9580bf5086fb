"""Many hands on one order at the same moment: begun once, sold once. The controls leave the guard out."""

from __future__ import annotations

import threading
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from shop.orders.making import actions
from shop.orders.making.models import LineMaking
from shop.orders.models import Order
from tests.shop.orders.making import rig
from tests.shop.orders.making.rig import NOW, Bought, bench, bought, counts, finish_all, locked
from workshop.core import db
from workshop.production import actions as production

HANDS = 12
LINES = [selectinload(Order.lines)]


def all_at_once(deed: Callable[[], None]) -> list[str]:
    """Let every hand do it from the same moment on; the names of what broke."""
    ready, broken = threading.Barrier(HANDS), []

    def do() -> None:
        ready.wait(30)
        try:
            deed()
        except Exception as problem:  # noqa: BLE001 — whatever staff could meet is part of the result
            broken.append(type(problem).__name__)

    hands = [threading.Thread(target=do) for _each in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    return broken


def an_order() -> Bought:
    with db.transaction() as session:
        return bought(session, bench(session), quantity=2, lines=2)


def press(order: Bought) -> None:
    with db.transaction() as session:
        actions.start(session, locked(session, order), now=NOW, by_staff_id=None)


def press_carelessly(order: Bought) -> None:
    """The control: look first, write afterwards, and keep no row of it."""
    with db.reading() as session:
        begun = session.scalar(sa.select(sa.func.count(LineMaking.order_line_id)))
        lines = [(line.product_type_id, line.title) for line in session.get_one(Order, order.id, options=LINES).lines]
    if begun:
        return
    with db.transaction() as session:
        for product_type_id, title in lines:
            production.open_order(
                session,
                product_type_id=product_type_id,
                title=title,
                pieces=1,
                department_id=1,
                due_on=None,
                now=NOW,
                by_staff_id=None,
            )


def test_an_order_is_set_into_production_once_however_many_press(app: Flask) -> None:
    order = an_order()
    assert all_at_once(lambda: press(order)) == []
    with db.reading() as session:
        assert counts(session) == (2, 2, 0, 0)


def test_the_control_without_a_guard_begins_it_again_and_again(app: Flask) -> None:
    order = an_order()
    all_at_once(lambda: press_carelessly(order))
    with db.reading() as session:
        assert counts(session)[0] > 2


def test_what_is_made_is_sold_once_however_many_collect(app: Flask) -> None:
    order = an_order()
    press(order)
    with db.transaction() as session:
        finish_all(session)
    assert all_at_once(lambda: ignore(actions.collect_finished(NOW))) == []
    with db.reading() as session:
        made, begun, things, pieces = counts(session)
        assert (made, begun, pieces) == (2, 2, 4)
        assert things in (2, 4), "one number for both of a line, or one each"
    assert rig.told(order).count("Alt i ordren er lavet.") == 1


def test_a_cancelled_order_and_its_collection_at_once_leave_nothing_in_between(app: Flask) -> None:
    order = an_order()
    press(order)
    with db.transaction() as session:
        finish_all(session)
    turns = iter(range(HANDS))

    def either() -> None:
        if next(turns) % 2:
            actions.collect_finished(NOW)
            return
        with db.transaction() as session:
            actions.let_go(session, locked(session, order), NOW)

    assert all_at_once(either) == []
    with db.transaction() as session:
        actions.let_go(session, locked(session, order), NOW)
    with db.reading() as session:
        assert counts(session)[3] == 0


def ignore(_value: object) -> None:
    """A deed of which only what it leaves behind counts."""
