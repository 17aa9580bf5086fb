"""What went into the things an order made: so much of each material a piece, at what a unit cost when it was told."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.production.models import OrderItem, ProductionOrder
from workshop.production.stores.amounts import SMALLEST
from workshop.products.models import ItemMaterial, Material


def add(session: Session, order: ProductionOrder, material: Material, amount: Decimal) -> None:
    """Share so much more of a material by the good pieces of an order. The caller holds the order's row."""
    items = session.scalars(sa.select(OrderItem.item_id).where(OrderItem.order_id == order.id)).all()
    if not items:
        return
    each = max((amount / max(order.pieces - order.rejected, 1)).quantize(SMALLEST, ROUND_HALF_UP), SMALLEST)
    for item_id in items:
        known = session.get(ItemMaterial, (item_id, material.id))
        if known is None:
            session.add(
                ItemMaterial(
                    item_id=item_id, material_id=material.id, quantity=each, unit_cost_ore=material.unit_cost_ore
                )
            )
        else:
            known.quantity += each
    session.flush()
