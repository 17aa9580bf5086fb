"""Many things born at once, each with words of its own, in a handful of statements: a list the workshop had before.

The rules are those of one thing (see `actions.add_items`); only the way to the database is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.products import actions, catalogue, newborn
from workshop.products.models import (
    Item,
    ItemCode,
    ItemState,
    Origin,
    PriceChange,
    StateChange,
    StockCause,
    StockMovement,
)
from workshop.products.sections import OTHER_CATEGORY
from workshop.products.vat import queries as vat


@dataclass(frozen=True)
class Newborn:
    """A thing to be born. `price_ore` is VAT included; `code` was drawn beforehand and is on nothing yet."""

    code: ItemCode
    title: str
    pieces: int = 1
    category: str = OTHER_CATEGORY
    origin: Origin = Origin.BOUGHT
    price_ore: int | None = None
    place: str = ""
    measures: str = ""
    material_text: str = ""
    description: str = ""
    also_known_as: str = ""  # what it is found by as well, whatever becomes of its words


def bear(
    session: Session,
    newborns: Sequence[Newborn],
    *,
    first: int,
    cause: StockCause,
    reference: str,
    now: datetime,
    by_staff_id: int | None,
    is_for_sale: bool = False,
) -> None:
    """Give each thing its number, from `first` on in their order, with its price and its words; one number a line.

    The numbers have been taken in this block. Those that have a price come up for sale when `is_for_sale`.
    Raises Refusal for a thing without a name, an odd price, or pieces that cannot be; then nothing is made.
    """
    day = clock.local_day(now)
    schemes = {origin: vat.scheme_for(session, origin, day) for origin in {each.origin for each in newborns}}
    rows = [
        _row(each, first + place, now, is_for_sale) | {"vat_scheme": schemes[each.origin]}
        for place, each in enumerate(newborns)
    ]
    _write(session, Item, rows)
    _write_histories(session, rows, {"at": now, "by_staff_id": by_staff_id}, cause, reference)
    catalogue.changed(session)


def _write_histories(
    session: Session, rows: list[dict[str, Any]], about: dict[str, Any], cause: StockCause, reference: str
) -> None:
    """How many there were, at which price, and which are up for sale."""
    numbers = [row["number"] for row in rows]
    found = session.execute(sa.select(Item.number, Item.id).where(Item.number.between(min(numbers), max(numbers))))
    ids = {row.number: row.id for row in found}
    told = [({"item_id": ids[row["number"]], **about}, row) for row in rows]
    moves = [one | {"change": row["quantity"], "cause": cause, "reference": reference} for one, row in told]
    _write(session, StockMovement, moves)
    priced = [one | {"price_ore": row["price_ore"]} for one, row in told if row["price_ore"] is not None]
    _write(session, PriceChange, priced)
    up = [one | {"state": row["state"]} for one, row in told if row["state"] is not ItemState.MADE]
    _write(session, StateChange, up)


def _row(each: Newborn, number: int, now: datetime, is_for_sale: bool) -> dict[str, Any]:
    """A new thing as the table has it."""
    title = clean(each.title)[:120]
    if not title:
        raise Refusal(_("Giv tingen et navn."))
    actions.check_pieces(each.pieces)
    if each.price_ore is not None:
        actions.check_price(each.price_ore)
    is_up = is_for_sale and each.price_ore is not None
    words = (str(number), title, each.category, each.material_text, each.place)
    return {
        **newborn.plain(each.category),
        **newborn.code("", each.code),
        "number": number,
        "title": title,
        "origin": each.origin,
        "price_ore": each.price_ore,
        "quantity": each.pieces,
        "is_one_of_a_kind": each.pieces == 1,
        "place": each.place,
        "measures": each.measures,
        "material_text": each.material_text,
        "description": each.description,
        "search_text": newborn.found_by(words, each.also_known_as),
        "state": ItemState.FOR_SALE if is_up else ItemState.MADE,
        "born_at": now,
        "approved_at": now if is_up else None,
    }


def _write(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    """All rows of a table in one statement, past the making of objects: that is what makes a long list quick."""
    if rows:
        session.execute(sa.insert(table.__table__), rows)
