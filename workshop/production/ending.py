"""How an order ends: its steps are done, what came out of it gets its numbers, once, or it is stopped."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, ngettext
from workshop.production import numbering
from workshop.production.changing import (
    DONE,
    EditedMeanwhile,
    close,
    lock,
    save,
    set_state,
    steps_left,
)
from workshop.production.models import OrderItem, OrderState, OrderStep, ProductionOrder, StepState
from workshop.production.parts import queries as parts
from workshop.production.repairs import births
from workshop.production.stores import actions as stores
from workshop.products import actions as products
from workshop.products import newborn
from workshop.products.models import Item


def tell_outcome(session: Session, order: ProductionOrder, *, reworked: int, rejected: int, version: int) -> None:
    """Say how many pieces had to be gone over again, and how many became nothing. The rest are born as items.

    Raises EditedMeanwhile when it is not the version seen, Refusal for more pieces than there are.
    """
    if not 0 <= rejected <= order.pieces or not 0 <= reworked <= products.MOST_PIECES:
        raise Refusal(_("Der laves %(num)s. Der kan ikke være flere, der er kasseret.", num=order.pieces))
    save(session, order, version, {"reworked": reworked, "rejected": rejected})


def finish_order(
    session: Session,
    order: ProductionOrder,
    *,
    reworked: int,
    rejected: int,
    version: int,
    base_url: str,
    now: datetime,
) -> list[Item]:
    """Tell the outcome and end the order with its last step, or with none; the same again is no change.

    Raises EditedMeanwhile when somebody else changed it or ended it otherwise, Refusal while several steps are left.
    """
    lock(session, order.id)
    session.refresh(order)
    if order.state is OrderState.FINISHED and (order.reworked, order.rejected) == (reworked, rejected):
        return []
    if order.state is not OrderState.OPEN:
        raise EditedMeanwhile(_("En anden har lukket ordren imens. Det, du skrev, er ikke gemt."))
    left = steps_left(session, order.id)
    if len(left) > 1:
        raise Refusal(
            ngettext(
                "Der er %(num)s trin tilbage. Gør det færdigt, eller spring det over.",
                "Der er %(num)s trin tilbage. Gør dem færdige, eller spring dem over.",
                len(left),
            )
        )
    tell_outcome(session, order, reworked=reworked, rejected=rejected, version=version)
    if left:
        return finish_step(session, left[0], base_url=base_url, now=now)
    return receive(session, order.id, base_url=base_url, now=now)


def start_step(session: Session, step_id: int) -> None:
    """Somebody works on the step; a step already begun or done stays as it is."""
    set_state(session, step_id, StepState.STARTED, OrderStep.state == StepState.WAITING)


def finish_step(session: Session, step_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """The step is done. Gives the items when it was the order's last, else an empty list; twice counts once."""
    return _end_step(session, step_id, StepState.FINISHED, base_url, now)


def skip_step(session: Session, step_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """The step is not needed this time. Gives the items when nothing is left to do, as `finish_step` does."""
    return _end_step(session, step_id, StepState.SKIPPED, base_url, now)


def cancel_order(session: Session, order: ProductionOrder, *, now: datetime, version: int | None = None) -> None:
    """Stop an open order; nothing comes out of it.

    Raises Refusal when it is not open any more, EditedMeanwhile when a version was seen and it is another one now.
    """
    lock(session, order.id)
    session.refresh(order)
    if order.state is OrderState.OPEN and version not in (None, order.version):
        raise EditedMeanwhile(_("En anden har rettet ordren imens. Se på den, før du stopper den."))
    if not close(session, order.id, OrderState.CANCELLED, now):
        raise Refusal(_("Ordren er ikke åben mere."))
    stores.release(session, order.id)
    session.refresh(order)


def receive(session: Session, order_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """Number the good pieces of an order, or the whole batch, and close it. It closes once, so they are born once.

    An order whose pieces were all rejected, or that makes no items, is closed with none.
    """
    if not close(session, order_id, OrderState.FINISHED, now):
        return []
    order = session.get_one(ProductionOrder, order_id, populate_existing=True)
    good = order.pieces - order.rejected if order.makes_items else 0
    if not good:
        return []
    # "Plantekasser, 4 stk." names the order, not a planter; one piece carries the order's own name.
    title = order.title if order.pieces == 1 or order.product_type_id is None else ""
    roots = births.roots_of(session, order.id)
    items = products.add_items(
        session,
        product_type_id=order.product_type_id,
        title=title,
        pieces=good,
        base_url=base_url,
        now=now,
        reference=f"production:{order.public_id}",
        origin=roots.origin,
        category=roots.category,
        is_batch=numbering.is_one_number(session, order),
    )
    session.add_all(OrderItem(item_id=item.id, order_id=order.id) for item in items)
    births.keep(session, order.id, items, now=now)
    if (own := parts.own_size_of(session, order)) is not None:
        for item in items:
            item.measures = newborn.size(own.length_cm, own.width_cm, own.height_cm)
    session.flush()
    stores.settle(session, order)
    return items


def _end_step(session: Session, step_id: int, state: StepState, base_url: str, now: datetime) -> list[Item]:
    order_id = session.scalar(sa.select(OrderStep.order_id).where(OrderStep.id == step_id))
    if order_id is None:
        raise NotHere
    # Two last steps finished at once would each see the other one open; the order's row lets them pass one by one.
    lock(session, order_id)
    if not set_state(session, step_id, state, OrderStep.state.not_in(DONE), finished_at=now):
        return []
    return [] if steps_left(session, order_id) else receive(session, order_id, base_url=base_url, now=now)
