"""A new thing is numbered once, however often the button is pressed.

The form carries a random word, which becomes the reference of the movements it makes. All births take their numbers
from one row of the number series; whoever holds that row looks for the word before taking one, so the second press
finds what the first has made. No other table is needed, on either database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.products import actions, newborn
from workshop.products.adding import queries
from workshop.products.models import HousePrice, Item, Origin
from workshop.products.numbers import wait_for
from workshop.products.sections import OTHER_CATEGORY


@dataclass(frozen=True)
class NewThing:
    """What staff say of a new thing; a product type or a house price brings the rest."""

    product_type_id: int | None = None
    house_price_id: int | None = None
    title: str = ""
    category: str = OTHER_CATEGORY
    origin: Origin | None = None
    pieces: int = 1
    is_batch: bool = False
    place: str = ""


def add(session: Session, thing: NewThing, *, once: str, base_url: str, now: datetime, by_staff_id: int | None) -> bool:
    """Number a new thing, or one a piece. `once` is the word of the form; False when it has made its things before.

    Raises Refusal for a house price that is not used any more, or a number of pieces that cannot be.
    """
    wait_for(session, actions.ITEM_SERIES, first=actions.FIRST_ITEM_NUMBER)
    if queries.ids_made(session, once):
        return False
    items = _numbered(session, thing, once=once, base_url=base_url, now=now, by_staff_id=by_staff_id)
    place = clean(thing.place)
    if place:
        for item in items:
            item.place = place
            item.search_text = newborn.search_text(item)
        session.flush()
    return True


def _numbered(
    session: Session, thing: NewThing, *, once: str, base_url: str, now: datetime, by_staff_id: int | None
) -> list[Item]:
    reference = queries.reference_of(once)
    if thing.house_price_id is None:
        return actions.add_items(
            session,
            product_type_id=thing.product_type_id,
            title=thing.title,
            category=thing.category,
            origin=thing.origin,
            pieces=thing.pieces,
            is_batch=thing.is_batch and thing.pieces > 1,
            base_url=base_url,
            now=now,
            by_staff_id=by_staff_id,
            reference=reference,
            may_be_nameless=True,
        )
    price = session.get_one(HousePrice, thing.house_price_id)
    if not price.is_used:
        raise Refusal(_("Den pris bruges ikke mere. Vælg en anden."))
    return actions.add_items(
        session,
        product_type_id=None,
        house_price_id=price.id,
        title=price.name,
        category=price.category,
        pieces=thing.pieces,
        is_batch=True,
        base_url=base_url,
        now=now,
        by_staff_id=by_staff_id,
        reference=reference,
    )


def regret(session: Session, once: str, *, now: datetime, by_staff_id: int | None) -> int:
    """Take back what a form has just made, by mistake; how many things that were. Their numbers are never used again.

    Raises Refusal when one of them is past that: approved, or in somebody's order.
    """
    items = list(session.scalars(sa.select(Item).where(Item.id.in_(queries.ids_made(session, once)))))
    for item in items:
        actions.regret_birth(session, item, now=now, by_staff_id=by_staff_id)
    return len(items)
