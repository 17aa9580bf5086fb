"""Making things of a list that was looked at first: all of them or none, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.core.text import search_key
from workshop.products import actions as products
from workshop.products import newborn
from workshop.products.importing.columns import Thing
from workshop.products.models import Item, ItemCode, StockCause, StockMovement


class AlreadyIn(Exception):  # noqa: N818 — it is no fault: somebody pressed twice
    """This very list has been made into things before."""


def draw_codes(base_url: str, how_many: int) -> list[ItemCode]:
    """The QR codes of things to come, stored nowhere. Drawing is slow, so it is done before anything is locked."""
    return [ItemCode(**_renamed(newborn.code(base_url))) for _each in range(how_many)]


def _renamed(values: dict[str, str]) -> dict[str, str]:
    return {"token": values["qr_token"], "qr_path": values["qr_path"], "qr_side": values["qr_side"]}


def bring_in(
    session: Session,
    things: Sequence[Thing],
    codes: Sequence[ItemCode],
    *,
    name: str,
    base_url: str,
    now: datetime,
    by_staff_id: int | None,
    is_for_sale: bool = False,
) -> list[Item]:
    """Number every thing of a list, with its price and its words. `name` is the list's own and makes it happen once.

    Numbers of the list are kept as words only: ours are never anybody else's. Those that have a price are put up for
    sale when `is_for_sale`. Raises AlreadyIn when the list was brought in before.
    """
    made: list[Item] = []
    for thing, code in zip(things, codes, strict=True):
        item = _born(session, thing, code, reference_of(name), base_url, now, by_staff_id)
        if not made and _was_here(session, name, item.id):
            # The first number taken locks the series, so of two who press at once the second sees the first's things.
            raise AlreadyIn
        made.append(item)
    session.flush()
    if is_for_sale:
        for item in made:
            if item.price_ore is not None:
                products.approve(session, item, now=now, by_staff_id=by_staff_id)
    return made


def reference_of(name: str) -> str:
    """What the movements of a list's things say of it."""
    return f"import {name}"


def how_many_came(session: Session, name: str) -> int:
    """How many things were made of a list; 0 for one that was not brought in."""
    statement = sa.select(sa.func.count()).where(StockMovement.reference == reference_of(name))
    return session.scalar(statement) or 0


def _was_here(session: Session, name: str, except_id: int) -> bool:
    statement = sa.select(StockMovement.id).where(
        StockMovement.reference == reference_of(name), StockMovement.item_id != except_id
    )
    return session.scalar(statement.limit(1)) is not None


def _born(
    session: Session,
    thing: Thing,
    code: ItemCode,
    reference: str,
    base_url: str,
    now: datetime,
    by_staff_id: int | None,
) -> Item:
    [item] = products.add_items(
        session,
        product_type_id=None,
        title=thing.title,
        pieces=thing.pieces,
        base_url=base_url,
        now=now,
        by_staff_id=by_staff_id,
        reference=reference,
        is_batch=True,  # one number for all of a row; of one piece that is a thing of its own
        category=thing.category,
        origin=thing.origin,
        price_ore=thing.price_ore,
        code=code,
        cause=StockCause.IMPORTED,
    )
    item.place, item.measures, item.material_text = thing.place, thing.measures, thing.material_text
    known_as = _("Tidligere nr. %(number)s.", number=thing.old_number) if thing.old_number else ""
    item.description = "\n\n".join(part for part in (thing.description, known_as) if part)
    item.search_text = " ".join(part for part in (newborn.search_text(item), search_key(thing.old_number)) if part)
    return item
