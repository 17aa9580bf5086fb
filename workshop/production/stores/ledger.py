"""The book of materials: every change of what there is, with its cause, in the same block.

Nothing else writes `quantity` or `reserved`. Each change is one conditional UPDATE: there is never less than nothing,
and never less than what is promised to orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.models import MaterialCause, MaterialMovement, MaterialStock
from workshop.production.stores import amounts
from workshop.production.stores.amounts import MOST, NONE
from workshop.products.models import Material

_EXACT = sa.Numeric(12, 3)


@dataclass(frozen=True)
class Why:
    """What is written beside a change: its cause and what led to it. `reference` is the word of the form."""

    cause: MaterialCause
    now: datetime
    by_staff_id: int | None = None
    order_id: int | None = None
    note: str = ""
    reference: str = ""
    photo_name: str | None = None


def wait_for(session: Session, material_id: int) -> MaterialStock:
    """The row of a material, made when there is none, kept from everybody else until the block ends."""
    statement = sa.select(MaterialStock).where(MaterialStock.material_id == material_id).with_for_update()
    found = session.scalar(statement, execution_options={"populate_existing": True})
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.execute(sa.insert(MaterialStock).values(material_id=material_id))
    except IntegrityError:
        pass  # somebody else began it in the same moment
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def change(session: Session, material: Material, by: Decimal, why: Why, *, let_go: Decimal = NONE) -> None:
    """There is `by` more of a material, or less; `let_go` of what was promised is promised no more.

    Raises Refusal, saying how much there is, when that cannot be.
    """
    wait_for(session, material.id)
    if not _moved(session, material.id, by, -let_go):
        raise Refusal(_why_not(session, material, by, let_go))
    session.add(
        MaterialMovement(
            material_id=material.id,
            change=by,
            cause=why.cause,
            order_id=why.order_id,
            note=why.note,
            reference=why.reference,
            photo_name=why.photo_name,
            at=why.now,
            by_staff_id=why.by_staff_id,
        )
    )
    session.flush()


def promise(session: Session, material: Material, more: Decimal) -> None:
    """Promise more of a material to orders, or less when it is below zero. Raises Refusal when too little is free."""
    wait_for(session, material.id)
    if not _moved(session, material.id, NONE, more):
        raise Refusal(_why_not(session, material, -more, NONE))


def _moved(session: Session, material_id: int, by: Decimal, promised: Decimal) -> bool:
    # Rounded in the statement itself: SQLite keeps binary fractions, and 0.7 + 0.1 must be 0.8 to be given out again.
    quantity = sa.func.round(MaterialStock.quantity + by, 3, type_=_EXACT)
    reserved = sa.func.round(MaterialStock.reserved + promised, 3, type_=_EXACT)
    moved = session.scalar(
        sa.update(MaterialStock)
        .where(MaterialStock.material_id == material_id, reserved >= 0, quantity >= reserved, quantity <= MOST)
        .values(quantity=quantity, reserved=reserved)
        .returning(MaterialStock.material_id),
        execution_options={"synchronize_session": False},
    )
    for loaded in session.identity_map.values():
        if isinstance(loaded, MaterialStock):
            session.expire(loaded)
    return moved is not None


def _why_not(session: Session, material: Material, by: Decimal, let_go: Decimal) -> str:
    there = wait_for(session, material.id)
    if by > 0:
        return _("Så meget kan der ikke stå på lager. Der er %(there)s.", there=amounts.text(there.quantity))
    free = there.quantity - there.reserved + let_go
    most = {"there": amounts.text(there.quantity, material.unit), "most": amounts.text(free)}
    if free == there.quantity:
        return _("Der er %(there)s. Skriv højst %(most)s.", **most)
    kept = amounts.text(there.quantity - free, material.unit)
    return _("Der er %(there)s, og %(kept)s er lagt til side til ordrer. Skriv højst %(most)s.", kept=kept, **most)
