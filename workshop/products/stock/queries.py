"""Reads of the stock: every change of a thing, and whether the changes add up to what stands in the books."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core.i18n import _
from workshop.products.models import Item, StockCause, StockMovement
from workshop.products.queries import shown_title

_ITEM, _MOVED = Item.__table__.c, StockMovement.__table__.c


class MovementLine(NamedTuple):
    """One change of what there is of a thing; `left` is what there was after it, `by` is empty off the desk."""

    at: datetime
    change: int
    left: int
    cause: StockCause
    reference: str
    by: str

    @property
    def why(self) -> str:
        """The cause in words."""
        return cause_name(self.cause)

    @property
    def note(self) -> str:
        """What the reference says to people; that of a birth is an internal id."""
        is_birth = self.cause in {StockCause.MADE, StockCause.IMPORTED} and self.left == self.change
        return "" if is_birth else self.reference


class StockFault(NamedTuple):
    """A thing whose quantity is not the sum of its movements."""

    number: int
    title: str
    quantity: int
    moved: int

    @property
    def sentence(self) -> str:
        """The fault as a person reads it."""
        return _(
            "Nr. %(number)s, %(title)s: lageret siger %(quantity)s, bevægelserne giver %(moved)s.",
            number=self.number,
            title=shown_title(self.title),
            quantity=self.quantity,
            moved=self.moved,
        )


def cause_name(cause: StockCause) -> str:
    """What a change of the stock is called."""
    return {
        StockCause.MADE: _("Lavet"),
        StockCause.SOLD: _("Solgt"),
        StockCause.RETURNED: _("Kom tilbage"),
        StockCause.COUNTED: _("Talt op"),
        StockCause.SCRAPPED: _("Gået i stykker eller smidt ud"),
        StockCause.USED: _("Brugt på værkstedet"),
        StockCause.IMPORTED: _("Skrevet ind fra en liste"),
    }[cause]


def movements(session: Session, item_id: int) -> list[MovementLine]:
    """Every change of a thing, the latest first."""
    left = sa.func.sum(_MOVED.change).over(order_by=_MOVED.id)
    rows = session.execute(
        sa.select(_MOVED.at, _MOVED.change, left, _MOVED.cause, _MOVED.reference, sa.func.coalesce(Staff.name, ""))
        .outerjoin(Staff, Staff.account_id == _MOVED.by_staff_id)
        .where(_MOVED.item_id == item_id)
        .order_by(_MOVED.id.desc())
    )
    return [MovementLine(at, change, int(rest), cause, ref, by) for at, change, rest, cause, ref, by in rows]


def how_many_movements(session: Session, item_id: int) -> int:
    """How often what there is of a thing has changed; a page remembers it to tell whether it was overtaken."""
    return session.scalar(sa.select(sa.func.count()).where(_MOVED.item_id == item_id)) or 0


def faults(session: Session) -> list[StockFault]:
    """The things whose quantity is not the sum of their movements, by number; none when all is well."""
    moved = sa.func.coalesce(sa.func.sum(_MOVED.change), 0)
    rows = session.execute(
        sa.select(_ITEM.number, _ITEM.title, _ITEM.quantity, moved)
        .outerjoin(StockMovement.__table__, _MOVED.item_id == _ITEM.id)
        .group_by(_ITEM.id, _ITEM.number, _ITEM.title, _ITEM.quantity)
        .having(_ITEM.quantity != moved)
        .order_by(_ITEM.number)
    )
    return [StockFault(number, title, quantity, int(total)) for number, title, quantity, total in rows]
