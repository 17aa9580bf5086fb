"""Staff correct by hand what there is of a thing, each time with the reason."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.products import actions as products
from workshop.products import changing
from workshop.products.models import Item, ItemState, StockCause
from workshop.products.queries import GONE
from workshop.products.stock import queries


class Why(StrEnum):
    """Why staff change a number by hand."""

    MADE = "made"
    SCRAPPED = "scrapped"
    USED = "used"
    COUNTED = "counted"


_CAUSES = {
    Why.MADE: StockCause.MADE,
    Why.SCRAPPED: StockCause.SCRAPPED,
    Why.USED: StockCause.USED,
    Why.COUNTED: StockCause.COUNTED,
}


class Overtaken(Refusal):
    """The stock has changed since the page was opened; what was typed may be meant for another number."""


def correct(
    session: Session,
    item: Item,
    *,
    why: Why,
    pieces: int,
    note: str = "",
    seen: int,
    now: datetime,
    by_staff_id: int | None,
) -> int:
    """Write that `pieces` more were made, were scrapped or used, or that so many were counted; the quantity after it.

    `seen` is how many movements the page knew, so that a form sent twice is written once.
    Raises Overtaken for an old page, Refusal for what cannot be: fewer than customers are paying for, more of a thing
    of which there is one.
    """
    changing.lock(session, item.id)
    session.refresh(item)
    if queries.how_many_movements(session, item.id) != seen:
        raise Overtaken(
            _("Antallet er ændret, siden du åbnede siden. Der er nu %(num)s. Se efter igen.", num=item.quantity)
        )
    if item.state in GONE:
        raise Refusal(_("Den er solgt. Kommer den tilbage, sker det på ordren eller kvitteringen."))
    change = _change(item, why, pieces)
    if item.is_one_of_a_kind and item.quantity + change > 1:
        raise Refusal(_("Den findes kun i ét eksemplar. Giv den næste sit eget nummer."))
    if item.quantity + change > products.MOST_PIECES * 10:
        raise Refusal(_("Så mange kan der ikke stå under ét nummer."))
    products.adjust_stock(
        session,
        item,
        change=change,
        cause=_CAUSES[why],
        reference=clean(note)[:60],
        now=now,
        by_staff_id=by_staff_id,
    )
    if change < 0 and item.quantity == 0 and item.state in {ItemState.MADE, ItemState.FOR_SALE}:
        products.withdraw(session, item, now=now, by_staff_id=by_staff_id)
    return item.quantity


def _change(item: Item, why: Why, pieces: int) -> int:
    if why is Why.COUNTED:
        return pieces - item.quantity
    if pieces < 1:
        raise Refusal(_("Skriv, hvor mange det er."))
    return pieces if why is Why.MADE else -pieces
