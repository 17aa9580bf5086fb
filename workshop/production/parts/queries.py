"""Reads of the parts that products are sawn from, and the cut list of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.production import cutting, numbering
from workshop.production.cutting import Amount, Cut, Measures, Rule
from workshop.production.models import CutPart, ProductionOrder
from workshop.products.models import Material, ProductType

METRE = "m"  # the unit of what is sawn


class PartLine(NamedTuple):
    """A part of a product type with its rule, and how long it is at the type's usual measures, when that is known."""

    position: int
    rule: Rule
    usual_mm: int | None

    @property
    def words(self) -> str:
        """The rule as it is said."""
        return cutting.rule_words(self.rule)


class TypeLine(NamedTuple):
    """A product type in the list, with how many parts it has."""

    sku: str
    name: str
    parts: int


class CutList(NamedTuple):
    """What to saw for an order; or, in `problem`, why that cannot be said."""

    cuts: tuple[Cut, ...] = ()
    amounts: tuple[Amount, ...] = ()
    measures: Measures = Measures()
    problem: str = ""


def types(session: Session) -> list[TypeLine]:
    """Every product type with how many parts it has been given."""
    parts = sa.select(sa.func.count()).where(CutPart.product_type_id == ProductType.id).scalar_subquery()
    rows = session.execute(sa.select(ProductType.sku, ProductType.name, parts).order_by(ProductType.sku))
    return [TypeLine(*row) for row in rows]


def rules_of(session: Session, product_type_id: int) -> list[tuple[int, Rule]]:
    """The rules of a product type by position."""
    rows = session.execute(
        sa.select(CutPart, Material.name)
        .outerjoin(Material, Material.id == CutPart.material_id)
        .where(CutPart.product_type_id == product_type_id)
        .order_by(CutPart.position)
    )
    return [(part.position, _rule(part, material or "")) for part, material in rows]


def part_lines(session: Session, kind: ProductType) -> list[PartLine]:
    """The parts of a product type as its page shows them."""
    usual = _usual(kind)
    return [PartLine(position, rule, _length(rule, usual)) for position, rule in rules_of(session, kind.id)]


def part_at(session: Session, product_type_id: int, position: int) -> CutPart | None:
    """The part at a position."""
    wanted = CutPart.product_type_id == product_type_id, CutPart.position == position
    return session.scalar(sa.select(CutPart).where(*wanted))


def cut_list_of(session: Session, order: ProductionOrder) -> CutList | None:
    """What to saw for an order; None when it has no product type, or that has no parts."""
    kind = session.get(ProductType, order.product_type_id) if order.product_type_id else None
    rules = [rule for _position, rule in rules_of(session, kind.id)] if kind else []
    if kind is None or not rules:
        return None
    own = Measures(order.length_cm, order.width_cm, order.height_cm)
    try:
        measures = cutting.measures_of(_usual(kind), own, numbering.own_options(order.options), kind.options)
        cuts = cutting.cut_list(rules, measures, order.pieces)
    except Refusal as refusal:
        return CutList(problem=refusal.sentence)
    return CutList(tuple(cuts), tuple(cutting.amounts(cuts)), measures)


def own_size_of(session: Session, order: ProductionOrder) -> Measures | None:
    """How large the pieces become; None where they are as their product type says, or that cannot be told."""
    kind = session.get(ProductType, order.product_type_id) if order.product_type_id else None
    own = Measures(order.length_cm, order.width_cm, order.height_cm)
    if kind is None:
        return own if own != Measures() else None
    try:
        found = cutting.measures_of(_usual(kind), own, numbering.own_options(order.options), kind.options)
    except Refusal:
        return None
    return found if found != _usual(kind) else None


def wood_of(session: Session, order: ProductionOrder) -> dict[int, Decimal]:
    """The metres of each material, waste included, that an order of its own measures or options is sawn from.

    Nothing for one as its product type says, or where the cut list cannot be reckoned. Keys are ids of materials.
    """
    own = Measures(order.length_cm, order.width_cm, order.height_cm)
    options = numbering.own_options(order.options)
    kind = session.get(ProductType, order.product_type_id) if order.product_type_id else None
    if kind is None or (own == Measures() and not options):
        return {}
    parts = session.scalars(
        sa.select(CutPart)
        .join(Material, Material.id == CutPart.material_id)
        .where(CutPart.product_type_id == kind.id, Material.unit == METRE)
        .order_by(CutPart.position)
    )
    try:
        measures = cutting.measures_of(_usual(kind), own, options, kind.options)
        cuts = cutting.cut_list([_rule(part, str(part.material_id)) for part in parts], measures, order.pieces)
    except Refusal:
        return {}
    return {int(amount.material): amount.with_waste for amount in cutting.amounts(cuts)}


def _rule(part: CutPart, material: str) -> Rule:
    shares = (part.per_length, part.per_width, part.per_height)
    return Rule(part.name, part.pieces, material, *shares, part.plus_mm)


def _usual(kind: ProductType) -> Measures:
    return Measures(kind.length_cm, kind.width_cm, kind.height_cm)


def _length(rule: Rule, measures: Measures) -> int | None:
    try:
        return cutting.length_mm(rule, measures)
    except Refusal:
        return None
