"""The wood of an order follows its own measures, and what staff wrote stands."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session
from support import factories

from tests.workshop.production.stores.test_stores import order_of, wood
from workshop.production import actions
from workshop.production.actions import Facts
from workshop.production.cutting import Rule
from workshop.production.models import ProductionOrder
from workshop.production.parts import actions as parts
from workshop.production.stores import actions as stores
from workshop.production.stores import queries
from workshop.products.models import Material, ProductType


def sawn_order(session: Session, now: datetime, *, takes: str = "14") -> tuple[ProductionOrder, Material, Material]:
    """A bench with a cut list of its board, which it usually takes `takes` metres of, and oil that is not sawn."""
    board, oil = wood(session, now), wood(session, now, name="Olie", unit="l", there="2")
    order = order_of(session, {board: takes, oil: "0.4"})
    kind = session.get_one(ProductType, order.product_type_id)
    kind.options = {"længde": [["150", 0], ["180", 30_000]]}
    parts.add_part(session, kind.id, Rule("Sædebræt", 5, per_length=100), material_id=board.id)
    return order, board, oil


def longer(session: Session, order: ProductionOrder, cm: int | None, pieces: int = 1) -> None:
    actions.edit_order(session, order, Facts(order.title, pieces, length_cm=cm), version=order.version)


def needs(session: Session, order: ProductionOrder) -> dict[str, Decimal]:
    return {line.name: line.needed for line in queries.order_lines(session, order.id)}


def test_own_measures_are_reckoned_with_waste_and_the_rest_is_as_usual(session: Session, now: datetime) -> None:
    order, *_materials = sawn_order(session, now)
    assert needs(session, order) == {"Lærkebræt": Decimal(14), "Olie": Decimal("0.4")}
    longer(session, order, 200)
    assert needs(session, order) == {"Lærkebræt": Decimal(11), "Olie": Decimal("0.4")}, "5 x 2 m and a tenth"
    longer(session, order, 200, pieces=2)
    assert needs(session, order) == {"Lærkebræt": Decimal(22), "Olie": Decimal("0.8")}
    longer(session, order, None)
    assert needs(session, order) == {"Lærkebræt": Decimal(14), "Olie": Decimal("0.4")}


def test_what_staff_wrote_stands(session: Session, now: datetime) -> None:
    order, board, _oil = sawn_order(session, now)
    stores.need(session, order.id, board, Decimal(9))
    longer(session, order, 200)
    assert needs(session, order)["Lærkebræt"] == 9


def test_an_order_opened_with_an_option_knows_its_wood_and_so_does_the_purchase_list(
    session: Session, now: datetime
) -> None:
    usual, board, _oil = sawn_order(session, now)
    actions.cancel_order(session, usual, now=now)
    order = actions.open_order(
        session,
        product_type_id=usual.product_type_id,
        title="",
        pieces=1,
        department_id=factories.department(session).id,
        due_on=None,
        now=now,
        by_staff_id=None,
        options={"længde": "180"},
    )
    assert needs(session, order)["Lærkebræt"] == Decimal("9.9")
    assert queries.stock_of(session, board.id).needed == Decimal("9.9")


def test_an_option_that_is_not_offered_is_said_and_the_usual_amount_stands(session: Session, now: datetime) -> None:
    order, *_materials = sawn_order(session, now)
    facts = Facts(order.title, 1, options={"længde": "175"})
    actions.edit_order(session, order, facts, version=order.version)
    assert needs(session, order)["Lærkebræt"] == 14
