"""Materials come in, are counted, thrown away, and promised to the orders that are made of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.models import MaterialCause, MaterialMovement, OrderMaterial, OrderState, ProductionOrder
from workshop.production.stores import amounts, costs, ledger, queries
from workshop.production.stores.amounts import NONE
from workshop.production.stores.ledger import Why
from workshop.products.models import Material

TOLD_OF = (OrderState.OPEN, OrderState.FINISHED)  # a stopped order gave everything back
CAME_IN = (MaterialCause.RECLAIMED, MaterialCause.DONATED, MaterialCause.BOUGHT, MaterialCause.LEFT_OVER)


class Overtaken(Refusal):
    """The stock has changed since the page was opened; what was counted may be meant for another number."""


def put_in(session: Session, material: Material, amount: Decimal, why: Why) -> bool:
    """Put a material on the shelf. False when this very form has done so before.

    Raises Refusal for no amount, or half a piece of what is counted.
    """
    if why.cause not in CAME_IN:
        raise ValueError(f"nothing comes in because it was {why.cause}")
    _must_be_some(amount, material.unit)
    ledger.wait_for(session, material.id)
    if _is_done(session, material, amount, why):
        return False
    ledger.change(session, material, amount, why)
    return True


def scrap(session: Session, material: Material, amount: Decimal, why: Why) -> bool:
    """Throw some of a material away; never what is promised to orders. False when this form has done so before."""
    _must_be_some(amount, material.unit)
    ledger.wait_for(session, material.id)
    if _is_done(session, material, -amount, why):
        return False
    ledger.change(session, material, -amount, why)
    return True


def count(session: Session, material: Material, counted: Decimal, why: Why, *, seen: int) -> None:
    """Say how much there really is. `seen` is how many movements the page knew.

    Raises Overtaken for an old page, Refusal for less than what orders have been promised.
    """
    amounts.must_fit(counted, material.unit)
    there = ledger.wait_for(session, material.id)
    if queries.how_many_movements(session, material.id) != seen:
        now = amounts.text(there.quantity, material.unit)
        raise Overtaken(_("Lageret er ændret, siden du åbnede siden. Der står nu %(now)s. Se efter igen.", now=now))
    if counted < there.reserved:
        kept, least = amounts.text(there.reserved, material.unit), amounts.text(there.reserved)
        raise Refusal(
            _(
                "%(kept)s er lagt til side til ordrer. Skriv mindst %(least)s, eller slip noget på ordren først.",
                kept=kept,
                least=least,
            )
        )
    ledger.change(session, material, counted - there.quantity, why)


def set_limit(session: Session, material: Material, *, at_least: Decimal, supplier: str) -> None:
    """Say how much there should always be of a material, and where it is bought."""
    amounts.must_fit(at_least, material.unit)
    there = ledger.wait_for(session, material.id)
    there.at_least, there.supplier = at_least, clean(supplier)[:100]
    session.flush()


def need(session: Session, order_id: int, material: Material, amount: Decimal) -> None:
    """Say how much of a material an order takes; it stands from then on, whatever the product type says."""
    amounts.must_fit(amount, material.unit)
    line = _line(session, order_id, material)
    line.needed = amount
    session.flush()


def reserve(session: Session, order_id: int, material: Material, amount: Decimal | None) -> Decimal:
    """Promise an order so much of a material in all, or (None) as much as is free of what it lacks; what it has then.

    Saying it twice changes nothing. Raises Refusal when less is free.
    """
    line = _line(session, order_id, material)
    if amount is None:
        there = ledger.wait_for(session, material.id)
        lacks = max(line.needed - line.used + line.left_over - line.reserved, NONE)
        amount = line.reserved + min(lacks, there.quantity - there.reserved)
    amounts.must_fit(amount, material.unit)
    if amount != line.reserved:
        try:
            ledger.promise(session, material, amount - line.reserved)
        except Refusal as refusal:
            raise Refusal(_too_much_for(session, line, material)) from refusal
    line.reserved = amount
    session.flush()
    return amount


def use(session: Session, order_id: int, material: Material, amount: Decimal, why: Why) -> bool:
    """Use a material on an order, first of what it was promised. False when this form has done so before.

    An order that is finished may still be told of: what it made then costs so much more. Raises Refusal for more than
    there is for it.
    """
    _must_be_some(amount, material.unit)
    line = _line(session, order_id, material, TOLD_OF)
    ledger.wait_for(session, material.id)
    if _is_done(session, material, -amount, why):
        return False
    let_go = min(line.reserved, amount)
    try:
        ledger.change(session, material, -amount, why, let_go=let_go)
    except Refusal as refusal:
        raise Refusal(_too_much_for(session, line, material)) from refusal
    line.reserved -= let_go
    line.used += amount
    session.flush()
    order = session.get_one(ProductionOrder, order_id)
    if order.state is OrderState.FINISHED:
        costs.add(session, order, material, amount)
    return True


def bring_back(session: Session, order_id: int, material: Material, amount: Decimal, why: Why) -> bool:
    """Put what an order did not use up back on the shelf. False when this form has done so before."""
    _must_be_some(amount, material.unit)
    line = _line(session, order_id, material)
    ledger.wait_for(session, material.id)
    if _is_done(session, material, amount, why):
        return False
    out = line.used - line.left_over
    if amount > out:
        used = amounts.text(out, material.unit)
        raise Refusal(_("Der er brugt %(used)s. Skriv højst %(most)s.", used=used, most=amounts.text(out)))
    ledger.change(session, material, amount, why)
    line.left_over += amount
    session.flush()
    return True


def reserve_all(session: Session, order_id: int) -> None:
    """Promise an order all that is free of everything it lacks."""
    _lock_in(session, order_id, (OrderState.OPEN,))
    for material in _materials(session, [line.material_id for line in queries.order_lines(session, order_id)]):
        reserve(session, order_id, material, None)


def use_reserved(session: Session, order_id: int, why: Why) -> bool:
    """Everything that was put aside for an order has been used. False when nothing was."""
    _lock_in(session, order_id, TOLD_OF)
    aside = {line.material_id: line.reserved for line in _lines(session, order_id) if line.reserved > 0}
    for material in _materials(session, list(aside)):
        use(session, order_id, material, aside[material.id], why)
    return bool(aside)


def put_back(session: Session, order_id: int) -> bool:
    """What is still put aside for an order was not used: it is free again. False when there was nothing."""
    _lock_in(session, order_id, TOLD_OF)
    is_some = any(line.reserved > 0 for line in _lines(session, order_id))
    release(session, order_id)
    return is_some


def release(session: Session, order_id: int) -> None:
    """Give back what an order was promised. The caller holds the order's row."""
    lines = {line.material_id: line for line in _lines(session, order_id) if line.reserved > 0}
    for material in _materials(session, list(lines)):
        ledger.promise(session, material, -lines[material.id].reserved)
        lines[material.id].reserved = NONE
    session.flush()


def settle(session: Session, order: ProductionOrder) -> None:
    """Write into what an order has made what went into each piece so far, at what a unit costs now.

    Used minus left over, shared by the good pieces; nobody's minutes are among it. What is still put aside stays so:
    nobody has said yet whether it was used, and that is asked, never guessed.
    """
    spent = {line.material_id: line.used - line.left_over for line in _lines(session, order.id)}
    for material in _materials(session, [each for each, amount in spent.items() if amount > 0]):
        costs.add(session, order, material, spent[material.id])


def _must_be_some(amount: Decimal, unit: str) -> None:
    if amount <= 0:
        raise Refusal(_("Skriv, hvor meget det er."))
    amounts.must_fit(amount, unit)


def _is_done(session: Session, material: Material, change: Decimal, why: Why) -> bool:
    """Whether this form has written the very same change; whoever asks holds the row of the material."""
    if not why.reference:
        return False
    same = sa.select(MaterialMovement.id).where(
        MaterialMovement.reference == why.reference,
        MaterialMovement.material_id == material.id,
        MaterialMovement.cause == why.cause,
        MaterialMovement.change == change,
    )
    return session.scalar(same.limit(1)) is not None


def _lock_in(session: Session, order_id: int, states: Collection[OrderState]) -> None:
    """Orders are held before materials, always: two people never wait for each other."""
    state = session.scalar(
        sa.select(ProductionOrder.state).where(ProductionOrder.id == order_id).with_for_update()
    )  # fmt: skip
    if state is None:
        raise NotHere
    if state not in states:
        raise Refusal(_("Ordren er ikke åben mere."))


def _line(
    session: Session, order_id: int, material: Material, states: Collection[OrderState] = (OrderState.OPEN,)
) -> OrderMaterial:
    """What an order has of a material; begun with what it takes by itself when nobody has said more."""
    _lock_in(session, order_id, states)
    found = session.get(OrderMaterial, (order_id, material.id), populate_existing=True)
    if found is None:
        needed = queries.usual_need(session, order_id, material)
        found = OrderMaterial(
            order_id=order_id, material_id=material.id, needed=needed, reserved=NONE, used=NONE, left_over=NONE
        )
        session.add(found)
        session.flush()
    return found


def _lines(session: Session, order_id: int) -> list[OrderMaterial]:
    statement = sa.select(OrderMaterial).where(OrderMaterial.order_id == order_id)
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def _materials(session: Session, ids: Sequence[int]) -> list[Material]:
    """In the one order in which everybody takes hold of them."""
    return list(session.scalars(sa.select(Material).where(Material.id.in_(ids)).order_by(Material.id)))


def _too_much_for(session: Session, line: OrderMaterial, material: Material) -> str:
    there = ledger.wait_for(session, material.id)
    most = there.quantity - there.reserved + line.reserved
    said = {"there": amounts.text(most, material.unit), "most": amounts.text(most)}
    if there.quantity == most:
        return _("Der er %(there)s. Skriv højst %(most)s.", **said)
    return _("Til denne ordre er der %(there)s. Resten er lagt til side til andre. Skriv højst %(most)s.", **said)
