"""How the hall is run: what benches are sawn from, what is always on the shelf, an idea, and an order that waits."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from shop.demo.stage import GARDEN, WOOD, Stage
from workshop.production import actions as production
from workshop.production.actions import Facts
from workshop.production.cutting import Rule
from workshop.production.models import Lacking, OrderSource, OrderState, ProductionOrder
from workshop.production.parts import actions as parts
from workshop.production.targets import actions as targets
from workshop.products.models import Material

BOARD, POST = "larch_28x120", "larch_45x95"
PARTS: dict[str, tuple[Rule, ...]] = {
    "HB-01": (
        Rule("Sædebræt", 5, BOARD, per_length=100),
        Rule("Rygbræt", 3, BOARD, per_length=100),
        Rule("Bagben", 2, POST, per_height=100),
        Rule("Forben", 2, POST, per_height=50),
        Rule("Sarg på langs", 1, POST, per_length=100, plus_mm=-56),
        Rule("Sarg på tværs", 2, POST, per_width=100, plus_mm=-90),
    ),
    "HB-02": (
        Rule("Sædebræt", 3, BOARD, per_length=100),
        Rule("Endestykke", 2, BOARD, per_width=100),
        Rule("Ben", 4, POST, per_height=100, plus_mm=-28),
        Rule("Sarg på langs", 1, POST, per_length=100, plus_mm=-200),
    ),
}


class Target(NamedTuple):
    """Something there should always be so many of."""

    sku: str
    at_least: int
    department: str


TARGETS = (Target("PK-01", 2, GARDEN), Target("BT-03", 24, WOOD))
IDEA = "Bænk rundt om et træ"
IDEA_TEXT = (
    "Seks små bænke i en ring, så man kan sidde i skyggen hele vejen rundt. Sædet kan være af de korte rester af lærk. "
    "Den skal kunne skilles ad, når træet vokser."
)
LONG_BENCH, CHOSEN = "Havebænk, 180 cm, til en kunde", {"længde": "180"}
WAITING, LACKS = "Kommode, grøn", "Grøn linoliemaling, 1 liter"


def run_the_hall(stage: Stage) -> None:
    """Cut lists for the benches, two stock targets, an order from an idea, and one that waits for paint."""
    keys = {each.key: each.id for each in stage.session.scalars(sa.select(Material))}
    for sku, rules in PARTS.items():
        for rule in rules:
            parts.add_part(stage.session, stage.kinds[sku].id, rule, material_id=keys[rule.material])
    everywhere = set(stage.departments.values())
    for target in TARGETS:
        targets.set_target(
            stage.session,
            stage.kinds[target.sku].id,
            department_id=stage.departments[target.department],
            at_least=target.at_least,
            department_ids=everywhere,
        )
    _make_it_longer(stage)
    _have_an_idea(stage)
    _wait_for_paint(stage)


def _have_an_idea(stage: Stage) -> None:
    production.open_order(
        stage.session,
        product_type_id=None,
        title=IDEA,
        pieces=1,
        department_id=stage.departments[WOOD],
        due_on=None,
        now=stage.at(stage.workday(3), 10 * 60),
        by_staff_id=stage.staff_id("lone"),
        source=OrderSource.IDEA,
        idea=IDEA_TEXT,
    )


def _make_it_longer(stage: Stage) -> None:
    """A customer's bench is longer than the usual one, and its cut list follows."""
    order = _open(stage, LONG_BENCH)
    facts = Facts(order.title, order.pieces, order.due_on, OrderSource.SHOP, options=CHOSEN)
    production.edit_order(stage.session, order, facts, version=order.version)


def _open(stage: Stage, title: str) -> ProductionOrder:
    is_it = (ProductionOrder.title == title, ProductionOrder.state == OrderState.OPEN)
    return stage.session.scalars(sa.select(ProductionOrder).where(*is_it)).one()


def _wait_for_paint(stage: Stage) -> None:
    order = _open(stage, WAITING)
    production.move_order(
        stage.session,
        order,
        due_on=order.due_on,
        lacking=Lacking.MATERIAL,
        note=LACKS,
        version=order.version,
    )
