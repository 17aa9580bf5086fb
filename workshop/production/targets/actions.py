"""Keeping the shelf filled: how many there should always be, and an order for what is short, once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production import actions
from workshop.production.models import OrderSource, ProductionOrder, StockTarget
from workshop.production.targets import queries
from workshop.products.models import ProductType

MOST = 1_000


def set_target(
    session: Session, product_type_id: int, *, department_id: int, at_least: int, department_ids: Collection[int]
) -> None:
    """There should always be so many of a product; a department makes them. Said again, it is changed.

    `department_ids` are those of who says so. Raises Refusal for fewer than one, too many, or another department's.
    """
    if not 1 <= at_least <= MOST:
        raise Refusal(_("Skriv et antal mellem 1 og %(most)s.", most=MOST))
    # Two who set the first target of a product at once meet here.
    session.execute(sa.select(ProductType.id).where(ProductType.id == product_type_id).with_for_update())
    target = session.get(StockTarget, product_type_id, populate_existing=True)
    if target is not None and target.department_id not in department_ids:
        raise Refusal(_("En anden afdeling sørger for, at den er på lager."))
    if target is None:
        target = StockTarget(product_type_id=product_type_id)
        session.add(target)
    target.department_id, target.at_least = department_id, at_least
    session.flush()


def remove_target(session: Session, target: StockTarget) -> None:
    """The product need not be on the shelf any more; orders that are open go on."""
    session.delete(target)
    session.flush()


def order_what_is_short(
    session: Session, target: StockTarget, *, now: datetime, by_staff_id: int | None
) -> ProductionOrder | None:
    """Open an order for what is short. None when nothing is, as after a second tap: the first order counts."""
    session.refresh(target, with_for_update=True)  # whoever taps at the same time waits here, and then sees our order
    line = queries.target_line(session, target.product_type_id)
    if line is None or line.short <= 0:
        return None
    title = line.name if line.short == 1 else _("%(name)s, %(num)s stk.", name=line.name, num=line.short)
    return actions.open_order(
        session,
        product_type_id=target.product_type_id,
        title=title,
        pieces=line.short,
        department_id=target.department_id,
        due_on=None,
        now=now,
        by_staff_id=by_staff_id,
        source=OrderSource.STOCK,
    )
