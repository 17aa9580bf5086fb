"""Whatever is done with materials and things, and in whatever order: the books agree with themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

import hypothesis
import hypothesis.strategies as st
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories

from tests.workshop.production.stores.test_stores import because, order_of, wood
from workshop.core import db
from workshop.core.errors import NotHere, Refusal
from workshop.production import actions as production
from workshop.production.models import MaterialCause, MaterialStock, OrderItem, OrderMaterial, ProductionOrder
from workshop.production.stores import actions, queries
from workshop.products.models import Item, Material, StockMovement
from workshop.products.stock import actions as things
from workshop.products.stock import queries as stock

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DEEDS = (
    "in", "scrap", "count", "need", "reserve", "reserve free", "use", "back", "reserve all", "use aside", "put back",
    "finish", "cancel", "change", "take", "give",
)  # fmt: skip
amounts = st.integers(0, 120).map(lambda tenths: Decimal(tenths) / 10)
deed = st.tuples(st.sampled_from(DEEDS), st.integers(0, 1), st.integers(0, 1), amounts)
setting = hypothesis.settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)


class Undo(Exception):  # noqa: N818 — it is no error, it only ends the block
    """Every example leaves the database as it found it."""


def leave() -> NoReturn:
    raise Undo


def correct(session: Session, item: Item | None, why: things.Why) -> None:
    if item is None:
        return
    seen = stock.how_many_movements(session, item.id)
    things.correct(session, item, why=why, pieces=1, seen=seen, now=NOW, by_staff_id=None)


def do(session: Session, what: str, order: ProductionOrder, material: Material, amount: Decimal) -> None:
    """One deed; what a rule refuses is taken back whole, as a page's block is."""
    session.refresh(order)
    item = session.scalar(sa.select(Item).join(OrderItem, OrderItem.item_id == Item.id).order_by(Item.id).limit(1))
    calls: dict[str, Any] = {
        "in": lambda: actions.put_in(session, material, amount, because(MaterialCause.DONATED, NOW)),
        "scrap": lambda: actions.scrap(session, material, amount, because(MaterialCause.SCRAPPED, NOW)),
        "count": lambda: actions.count(
            session,
            material,
            amount,
            because(MaterialCause.COUNTED, NOW),
            seen=queries.how_many_movements(session, material.id),
        ),
        "need": lambda: actions.need(session, order.id, material, amount),
        "reserve": lambda: actions.reserve(session, order.id, material, amount),
        "reserve free": lambda: actions.reserve(session, order.id, material, None),
        "use": lambda: actions.use(session, order.id, material, amount, because(MaterialCause.USED, NOW)),
        "back": lambda: actions.bring_back(session, order.id, material, amount, because(MaterialCause.LEFT_OVER, NOW)),
        "reserve all": lambda: actions.reserve_all(session, order.id),
        "use aside": lambda: actions.use_reserved(session, order.id, because(MaterialCause.USED, NOW)),
        "put back": lambda: actions.put_back(session, order.id),
        "finish": lambda: production.receive(session, order.id, base_url=factories.BASE_URL, now=NOW),
        "cancel": lambda: production.cancel_order(session, order, now=NOW),
        "change": lambda: production.edit_order(
            session, order, production.Facts(order.title, 1 + int(amount) % 4), version=order.version
        ),
        "take": lambda: correct(session, item, things.Why.SCRAPPED),
        "give": lambda: correct(session, item, things.Why.MADE),
    }
    try:
        with session.begin_nested():
            calls[what]()
    except (Refusal, NotHere):
        pass


def check(session: Session) -> None:
    session.flush()
    assert [fault.sentence for fault in queries.faults(session)] == []
    session.expire_all()
    for row in session.scalars(sa.select(MaterialStock)):
        assert 0 <= row.reserved <= row.quantity
    for line in session.scalars(sa.select(OrderMaterial)):
        assert line.left_over <= line.used
    moved = sa.select(sa.func.sum(StockMovement.change)).where(StockMovement.item_id == Item.id).scalar_subquery()
    for quantity, sums in session.execute(sa.select(Item.quantity, moved)):
        assert quantity == sums


@setting
@hypothesis.given(deeds=st.lists(deed, max_size=14))
def test_the_books_agree_after_any_sequence(app: Flask, deeds: list[tuple[str, int, int, Decimal]]) -> None:
    with app.app_context():
        try:
            with db.transaction() as session:
                materials = wood(session, NOW, there="9"), wood(session, NOW, name="Skruer", unit="stk", there="40")
                takes = {materials[0]: "2.5", materials[1]: "12"}
                orders = [order_of(session, takes, pieces=2, title=title) for title in ("Bænk", "Kasse")]
                for what, of_order, of_material, amount in deeds:
                    do(session, what, orders[of_order], materials[of_material], amount)
                    check(session)
                leave()
        except Undo:
            pass


def test_the_check_sees_a_book_that_does_not_agree(app: Flask) -> None:
    """The control: a quantity written past the ledger, and a promise nobody has."""
    for wrong in ({"quantity": Decimal(8)}, {"reserved": Decimal(1)}):
        is_seen = False
        try:
            with app.app_context(), db.transaction() as session:
                material = wood(session, NOW, there="9")
                here = sa.update(MaterialStock).where(MaterialStock.material_id == material.id)
                session.execute(here.values(**wrong))
                try:
                    check(session)
                except AssertionError:
                    is_seen = True
                leave()
        except Undo:
            pass
        assert is_seen, wrong
