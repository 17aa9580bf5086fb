"""What an order of its own measures takes of wood, written on it from its cut list; what staff wrote stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.production.models import OrderMaterial, ProductionOrder
from workshop.production.parts import queries as parts
from workshop.production.stores import amounts
from workshop.production.stores.amounts import NONE, SMALLEST
from workshop.products.models import Material, ProductMaterial


def needs_of(session: Session, order: ProductionOrder) -> dict[int, Decimal]:
    """What an order takes by itself, by id of the material: the cut list where it has one of its own, else its type."""
    rows = session.execute(
        sa.select(ProductMaterial.material_id, ProductMaterial.quantity, Material.unit)
        .join(Material, Material.id == ProductMaterial.material_id)
        .where(ProductMaterial.product_type_id == order.product_type_id)
    )
    usual = {each: amounts.rounded_up(amounts.exact(quantity * order.pieces), unit) for each, quantity, unit in rows}
    return usual | {each: metres.quantize(SMALLEST) for each, metres in parts.wood_of(session, order).items()}


def follow(session: Session, order: ProductionOrder, before: Mapping[int, Decimal]) -> None:
    """Write anew what an order takes where it still says what was reckoned `before`; the caller holds the order's row.

    What its cut list says gets a line of its own, so that the purchase list knows of it.
    """
    now = needs_of(session, order)
    sawn = parts.wood_of(session, order)
    of_order = sa.select(OrderMaterial).where(OrderMaterial.order_id == order.id)
    written = {line.material_id: line for line in session.scalars(of_order)}
    for material_id, line in written.items():
        if line.needed == before.get(material_id, NONE):
            line.needed = now.get(material_id, NONE)
    session.add_all(
        OrderMaterial(order_id=order.id, material_id=each, needed=now[each], reserved=NONE, used=NONE, left_over=NONE)
        for each in sawn
        if each not in written
    )
    session.flush()
