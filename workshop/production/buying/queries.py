"""Reads of the purchase list: what is missing, what is wanted, what is on its way and what is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.text import sort_key
from workshop.production.models import ProductionOrder, PurchaseFor, PurchaseLine, PurchaseState
from workshop.production.stores import queries as stores
from workshop.production.stores.queries import StockRow
from workshop.products.models import Material, Origin

LATEST = 30
_LINE, _ORDER = PurchaseLine.__table__.c, ProductionOrder.__table__.c


class Line(NamedTuple):
    """A line of the list; the order it is for stands only for those of its department."""

    public_id: str
    text: str
    quantity: Decimal
    unit: str
    supplier: str
    for_what: PurchaseFor
    expected_on: date | None
    state: PurchaseState
    created_at: datetime
    ended_at: datetime | None
    material_key: str
    order_public_id: str
    order_title: str
    department_id: int | None

    def is_late(self, today: date) -> bool:
        """Whether it should have come."""
        return self.state is PurchaseState.ORDERED and self.expected_on is not None and self.expected_on < today


class Group(NamedTuple):
    """The lines of one supplier; its name is empty where nobody has said one."""

    supplier: str
    lines: tuple[Line, ...]


class List(NamedTuple):
    """The page: what is missing, what is wanted and on its way by supplier, and what came or was dropped lately."""

    missing: tuple[StockRow, ...]
    wanted: tuple[Group, ...]
    ordered: tuple[Group, ...]
    ended: tuple[Line, ...]

    def late(self, today: date) -> int:
        """How many lines should have come."""
        return sum(line.is_late(today) for group in self.ordered for line in group.lines)


def suggestions(session: Session) -> list[StockRow]:
    """Materials that are missing and can be bought: what orders take and the shelf should hold, less what comes."""
    return [row for row in stores.stock(session) if row.lacks > 0 and _is_bought(row)]


def purchase_list(session: Session, for_what: PurchaseFor | None = None) -> List:
    """Everything on the page, or one list of it; as many questions for a long list as for a short one.

    Materials that are missing belong to the workshop's own list.
    """
    of_list = sa.true() if for_what is None else _LINE.for_what == for_what
    open_lines = _lines(session, of_list, _LINE.state.in_((PurchaseState.WANTED, PurchaseState.ORDERED)))
    ended = _lines(session, of_list, _LINE.ended_at.is_not(None), latest_first=True)
    return List(
        missing=tuple(suggestions(session)) if for_what in (None, PurchaseFor.WORKSHOP) else (),
        wanted=_by_supplier(line for line in open_lines if line.state is PurchaseState.WANTED),
        ordered=_by_supplier(line for line in open_lines if line.state is PurchaseState.ORDERED),
        ended=tuple(ended),
    )


def line(session: Session, public_id: str) -> Line | None:
    """One line as its page shows it."""
    return next(iter(_lines(session, _LINE.public_id == public_id)), None)


def line_by_public_id(session: Session, public_id: str) -> PurchaseLine | None:
    """A line by its id."""
    return session.scalar(sa.select(PurchaseLine).where(PurchaseLine.public_id == public_id))


def line_to_change(session: Session, public_id: str) -> PurchaseLine | None:
    """A line by its id, locked until the block ends."""
    return session.scalar(
        sa.select(PurchaseLine).where(PurchaseLine.public_id == public_id).with_for_update(),
        execution_options={"populate_existing": True},
    )


def _is_bought(row: StockRow) -> bool:
    return row.origin is Origin.BOUGHT or row.unit_cost_ore > 0


def _lines(session: Session, *conditions: sa.ColumnElement[bool], latest_first: bool = False) -> list[Line]:
    statement = (
        sa.select(
            _LINE.public_id,
            _LINE.text,
            _LINE.quantity,
            _LINE.unit,
            _LINE.supplier,
            _LINE.for_what,
            _LINE.expected_on,
            _LINE.state,
            _LINE.created_at,
            _LINE.ended_at,
            sa.func.coalesce(Material.key, ""),
            sa.func.coalesce(_ORDER.public_id, ""),
            sa.func.coalesce(_ORDER.title, ""),
            _ORDER.department_id,
        )
        .outerjoin(Material, Material.id == _LINE.material_id)
        .outerjoin(ProductionOrder.__table__, _ORDER.id == _LINE.order_id)
        .where(*conditions)
    )
    if latest_first:
        statement = statement.order_by(_LINE.ended_at.desc(), _LINE.id.desc()).limit(LATEST)
    else:
        statement = statement.order_by(_LINE.expected_on.is_(None), _LINE.expected_on, _LINE.id)
    rows: Iterable[Any] = session.execute(statement)
    return [Line(*row) for row in rows]


def _by_supplier(lines: Iterable[Line]) -> tuple[Group, ...]:
    found: dict[str, list[Line]] = {}
    for each in lines:
        found.setdefault(each.supplier, []).append(each)
    # Those nobody knows where to buy come last.
    ordered = sorted(found.items(), key=lambda pair: (not pair[0], sort_key(pair[0])))
    return tuple(Group(supplier, tuple(some)) for supplier, some in ordered)
