"""Making things of a list that was looked at first: all of them or none, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.products import actions as products
from workshop.products import births, newborn
from workshop.products.births import Newborn
from workshop.products.importing.columns import Thing
from workshop.products.models import ItemCode, StockCause, StockMovement
from workshop.products.numbers import take_numbers


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
    now: datetime,
    by_staff_id: int | None,
    is_for_sale: bool = False,
) -> range:
    """Number every thing of a list, with its price and its words; the numbers. `name` makes it happen once.

    Numbers of the list are kept as words only: ours are never anybody else's. Those that have a price are put up for
    sale when `is_for_sale`. Raises AlreadyIn when the list was brought in before.
    """
    newborns = [_newborn(thing, code) for thing, code in zip(things, codes, strict=True)]
    first = take_numbers(session, products.ITEM_SERIES, len(newborns), first=products.FIRST_ITEM_NUMBER)
    if how_many_came(session, name):
        # Whoever takes numbers locks the series, so of two who press at once the second sees the first's things.
        raise AlreadyIn
    births.bear(
        session,
        newborns,
        first=first,
        cause=StockCause.IMPORTED,
        reference=reference_of(name),
        now=now,
        by_staff_id=by_staff_id,
        is_for_sale=is_for_sale,
    )
    return range(first, first + len(newborns))


def reference_of(name: str) -> str:
    """What the movements of a list's things say of it."""
    return f"import {name}"


def how_many_came(session: Session, name: str) -> int:
    """How many things were made of a list; 0 for one that was not brought in."""
    statement = sa.select(sa.func.count()).where(StockMovement.reference == reference_of(name))
    return session.scalar(statement) or 0


def _newborn(thing: Thing, code: ItemCode) -> Newborn:
    """A row as the thing it becomes; its old number is told in the description and found by for good."""
    known_as = _("Tidligere nr. %(number)s.", number=thing.old_number) if thing.old_number else ""
    return Newborn(
        code=code,
        title=thing.title,
        pieces=thing.pieces,
        category=thing.category,
        origin=thing.origin,
        price_ore=thing.price_ore,
        place=thing.place,
        measures=thing.measures,
        material_text=thing.material_text,
        description="\n\n".join(part for part in (thing.description, known_as) if part),
        also_known_as=thing.old_number,
    )
