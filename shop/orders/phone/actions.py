"""Writing down an order that came by phone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders import actions, placing
from shop.orders.customers import Customer, Delivery
from shop.orders.letterhead import Letterhead
from shop.orders.phone.queries import Cart
from shop.orders.pickup import Slot
from workshop.core.errors import Refusal
from workshop.core.i18n import _


def place(
    session: Session,
    cart: Cart,
    *,
    customer: Customer,
    slot: Slot,
    delivery: Delivery | None,
    agreed_ore: int,
    once: str,
    head: Letterhead,
    now: datetime,
    by_staff_id: int,
) -> str:
    """Order what is picked, at the price the customer was told (`agreed_ore`: øre, VAT included); its public id.

    `once` is the form's own word: the same a second time is the first order again. Raises JustSold naming what is gone,
    Refusal for another price, a choice that is not offered, or a place we do not bring to.
    """
    placed = placing.place_by_staff(
        session,
        things=cart.things,
        wishes=cart.wishes,
        customer=customer,
        slot=slot,
        delivery=delivery,
        head=head,
        now=now,
        by_staff_id=by_staff_id,
        once=once,
    )
    if actions.load(session, placed.public_id).total_ore != agreed_ore:
        raise Refusal(_("Prisen er ændret imens. Se den nye pris, og prøv igen."))
    return placed.public_id
