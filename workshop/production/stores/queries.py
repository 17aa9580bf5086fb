"""Reads of the materials: what there is of each, what is promised, what orders still take, and every change."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core.i18n import _
from workshop.core.text import search_key, sort_key
from workshop.production.models import (
    MaterialCause,
    MaterialMovement,
    MaterialStock,
    OrderMaterial,
    OrderState,
    ProductionOrder,
    PurchaseLine,
    PurchaseState,
)
from workshop.production.stores import amounts
from workshop.production.stores.amounts import NONE
from workshop.products.models import Material, Origin, ProductMaterial

LATEST = 100
ON_ITS_WAY = (PurchaseState.WANTED, PurchaseState.ORDERED)
_EXACT = sa.Numeric(12, 3)
_ORDER, _STOCK, _MOVED = ProductionOrder.__table__.c, MaterialStock.__table__.c, MaterialMovement.__table__.c


class StockRow(NamedTuple):
    """What there is of a material. `needed` is what open orders still take, `coming` what is wanted or ordered."""

    material_id: int
    key: str
    name: str
    unit: str
    unit_cost_ore: int
    origin: Origin
    quantity: Decimal
    reserved: Decimal
    at_least: Decimal
    supplier: str
    needed: Decimal
    coming: Decimal

    @property
    def free(self) -> Decimal:
        """What nobody has been promised."""
        return self.quantity - self.reserved

    @property
    def is_low(self) -> bool:
        """Whether there is less than there should always be."""
        return self.quantity < self.at_least

    @property
    def lacks(self) -> Decimal:
        """What open orders take that is neither here nor coming, and what is missing on the shelf after that."""
        short = self.needed + self.at_least - self.quantity - self.coming
        return amounts.rounded_up(max(short, NONE), self.unit)


class MovementLine(NamedTuple):
    """One change; `left` is what there was after it. The order stands only for those of its department."""

    at: datetime
    change: Decimal
    left: Decimal
    cause: MaterialCause
    note: str
    photo_name: str | None
    by: str
    order_public_id: str
    order_title: str
    department_id: int | None

    @property
    def why(self) -> str:
        """The cause in words."""
        return cause_name(self.cause)


class OrderLine(NamedTuple):
    """What an order takes of a material and has of it; `free` is what anybody may take."""

    material_id: int
    key: str
    name: str
    unit: str
    needed: Decimal
    reserved: Decimal
    used: Decimal
    left_over: Decimal
    free: Decimal

    @property
    def spent(self) -> Decimal:
        """What has gone into the order for good."""
        return self.used - self.left_over

    @property
    def remaining(self) -> Decimal:
        """What it still takes beyond what is put aside."""
        return max(self.needed - self.spent - self.reserved, NONE)

    @property
    def lacks(self) -> Decimal:
        """What it takes that is not on the shelf."""
        return max(self.remaining - self.free, NONE)


class Fault(NamedTuple):
    """A material whose books do not agree with themselves."""

    name: str
    unit: str
    stands: Decimal
    sums: Decimal
    is_promise: bool

    @property
    def sentence(self) -> str:
        """The fault as a person reads it."""
        said = {
            "name": self.name,
            "stands": amounts.text(self.stands, self.unit),
            "sums": amounts.text(self.sums, self.unit),
        }
        if self.is_promise:
            return _("%(name)s: lageret har lagt %(stands)s til side, ordrerne giver %(sums)s.", **said)
        return _("%(name)s: lageret siger %(stands)s, bevægelserne giver %(sums)s.", **said)


def cause_name(cause: MaterialCause) -> str:
    """What a change is called."""
    return {
        MaterialCause.BOUGHT: _("Købt"),
        MaterialCause.DONATED: _("Givet til værkstedet"),
        MaterialCause.RECLAIMED: _("Brugte materialer"),
        MaterialCause.USED: _("Brugt"),
        MaterialCause.LEFT_OVER: _("Rest, lagt tilbage"),
        MaterialCause.COUNTED: _("Talt op"),
        MaterialCause.SCRAPPED: _("Smidt ud"),
    }[cause]


def stock(session: Session, words: str = "") -> list[StockRow]:
    """Every material with all of these words in its name: those there is too little of, then the others, by name.

    One question, however many orders are open.
    """
    wanted = search_key(words).split()
    found = [_stock_row(row) for row in session.execute(_stock_statement())]
    kept = [row for row in found if all(word in search_key(f"{row.name} {row.key}") for word in wanted)]
    return sorted(kept, key=lambda row: (not row.is_low, sort_key(row.name)))


def stock_of(session: Session, material_id: int) -> StockRow:
    """What there is of one material."""
    return _stock_row(session.execute(_stock_statement().where(Material.id == material_id)).one())


def movements(session: Session, material_id: int) -> list[MovementLine]:
    """The latest changes of a material, the last first."""
    left = sa.func.sum(_MOVED.change).over(order_by=_MOVED.id)
    rows = session.execute(
        sa.select(
            _MOVED.at,
            _MOVED.change,
            left,
            _MOVED.cause,
            _MOVED.note,
            _MOVED.photo_name,
            sa.func.coalesce(Staff.name, ""),
            sa.func.coalesce(_ORDER.public_id, ""),
            sa.func.coalesce(_ORDER.title, ""),
            _ORDER.department_id,
        )
        .outerjoin(Staff, Staff.account_id == _MOVED.by_staff_id)
        .outerjoin(ProductionOrder.__table__, _ORDER.id == _MOVED.order_id)
        .where(_MOVED.material_id == material_id)
        .order_by(_MOVED.id.desc())
        .limit(LATEST)
    )
    return [MovementLine(at, amounts.exact(by), amounts.exact(rest), *others) for at, by, rest, *others in rows]


def how_many_movements(session: Session, material_id: int) -> int:
    """How often what there is has changed; a page remembers it to tell whether it was overtaken."""
    return session.scalar(sa.select(sa.func.count()).where(_MOVED.material_id == material_id)) or 0


def order_lines(session: Session, order_id: int) -> list[OrderLine]:
    """What an order takes, in one question: what somebody has said of it, else what its product type takes."""
    usual = sa.func.coalesce(ProductMaterial.quantity * _ORDER.pieces, 0)
    rows = session.execute(
        sa.select(
            Material.id,
            Material.key,
            Material.name,
            Material.unit,
            usual,
            OrderMaterial.needed,
            OrderMaterial.reserved,
            OrderMaterial.used,
            OrderMaterial.left_over,
            sa.func.coalesce(_STOCK.quantity - _STOCK.reserved, 0),
        )
        .select_from(ProductionOrder.__table__)
        .join(Material, sa.true())
        .outerjoin(
            ProductMaterial,
            sa.and_(
                ProductMaterial.product_type_id == _ORDER.product_type_id, ProductMaterial.material_id == Material.id
            ),
        )
        .outerjoin(
            OrderMaterial, sa.and_(OrderMaterial.order_id == _ORDER.id, OrderMaterial.material_id == Material.id)
        )
        .outerjoin(MaterialStock.__table__, _STOCK.material_id == Material.id)
        .where(
            _ORDER.id == order_id,
            sa.or_(ProductMaterial.material_id.is_not(None), OrderMaterial.material_id.is_not(None)),
        )
    )
    lines = [_order_line(row) for row in rows]
    return sorted(lines, key=lambda line: sort_key(line.name))


def usual_need(session: Session, order_id: int, material: Material) -> Decimal:
    """How much of a material an order takes as its product type says; nothing when that does not name it."""
    need = session.scalar(
        sa.select(ProductMaterial.quantity * _ORDER.pieces)
        .join(ProductionOrder.__table__, _ORDER.product_type_id == ProductMaterial.product_type_id)
        .where(_ORDER.id == order_id, ProductMaterial.material_id == material.id)
    )
    return amounts.rounded_up(amounts.exact(need), material.unit)


def photo_is_kept(session: Session, name: str) -> bool:
    """Whether a photo belongs to something that came in."""
    return session.scalar(sa.select(_MOVED.id).where(_MOVED.photo_name == name).limit(1)) is not None


def photo_names(session: Session) -> list[str]:
    """Every photo of what came in, for the check of the photo store."""
    return [
        name for name in session.scalars(sa.select(_MOVED.photo_name).where(_MOVED.photo_name.is_not(None))) if name
    ]


def faults(session: Session) -> list[Fault]:
    """Materials whose quantity is not the sum of their movements, or whose promises are not those of the orders."""
    moved = _sums(MaterialMovement.material_id, MaterialMovement.change)
    promised = _sums(OrderMaterial.material_id, OrderMaterial.reserved)
    rows = session.execute(
        sa.select(Material.name, Material.unit, _STOCK.quantity, moved.c.total, _STOCK.reserved, promised.c.total)
        .outerjoin(MaterialStock.__table__, _STOCK.material_id == Material.id)
        .outerjoin(moved, moved.c.material_id == Material.id)
        .outerjoin(promised, promised.c.material_id == Material.id)
        .order_by(Material.name)
    )
    found = []
    for name, unit, *numbers in rows:
        quantity, sums, reserved, orders = map(amounts.exact, numbers)
        found += [Fault(name, unit, quantity, sums, is_promise=False)] if quantity != sums else []
        found += [Fault(name, unit, reserved, orders, is_promise=True)] if reserved != orders else []
    return found


def _sums(of: Any, what: Any) -> sa.Subquery:
    return sa.select(of.label("material_id"), sa.func.sum(what).label("total")).group_by(of).subquery()


def _stock_statement() -> sa.Select[Any]:
    untouched, said = _usual_needs(), _said_needs()
    coming = (
        sa.select(PurchaseLine.material_id, sa.func.sum(PurchaseLine.quantity).label("total"))
        .where(PurchaseLine.state.in_(ON_ITS_WAY))
        .group_by(PurchaseLine.material_id)
        .subquery()
    )
    return (
        sa.select(
            Material.id,
            Material.key,
            Material.name,
            Material.unit,
            Material.unit_cost_ore,
            Material.origin,
            _STOCK.quantity,
            _STOCK.reserved,
            _STOCK.at_least,
            sa.func.coalesce(_STOCK.supplier, ""),
            untouched.c.total,
            said.c.total,
            coming.c.total,
        )
        .outerjoin(MaterialStock.__table__, _STOCK.material_id == Material.id)
        .outerjoin(untouched, untouched.c.material_id == Material.id)
        .outerjoin(said, said.c.material_id == Material.id)
        .outerjoin(coming, coming.c.material_id == Material.id)
    )


def _usual_needs() -> sa.Subquery:
    """What open orders take as their types say, of materials nobody has said anything about."""
    return (
        sa.select(
            ProductMaterial.material_id,
            sa.func.sum(ProductMaterial.quantity * _ORDER.pieces, type_=_EXACT).label("total"),
        )
        .join(ProductionOrder.__table__, _ORDER.product_type_id == ProductMaterial.product_type_id)
        .outerjoin(
            OrderMaterial,
            sa.and_(OrderMaterial.order_id == _ORDER.id, OrderMaterial.material_id == ProductMaterial.material_id),
        )
        .where(_ORDER.state == OrderState.OPEN, OrderMaterial.order_id.is_(None))
        .group_by(ProductMaterial.material_id)
        .subquery()
    )


def _said_needs() -> sa.Subquery:
    """What open orders still take, of materials somebody has said something about."""
    rest = OrderMaterial.needed - OrderMaterial.used + OrderMaterial.left_over
    return (
        sa.select(
            OrderMaterial.material_id, sa.func.sum(sa.case((rest > 0, rest), else_=0), type_=_EXACT).label("total")
        )
        .join(ProductionOrder.__table__, _ORDER.id == OrderMaterial.order_id)
        .where(_ORDER.state == OrderState.OPEN)
        .group_by(OrderMaterial.material_id)
        .subquery()
    )


def _stock_row(row: Any) -> StockRow:
    *own, quantity, reserved, at_least, supplier, usual, said, coming = row
    held, kept, least = map(amounts.exact, (quantity, reserved, at_least))
    needed = amounts.exact(usual) + amounts.exact(said)
    fields: tuple[Any, ...] = (*own, held, kept, least, supplier, needed, amounts.exact(coming))
    return StockRow(*fields)


def _order_line(row: Any) -> OrderLine:
    material_id, key, name, unit, usual, needed, *others = row
    reserved, used, left_over, free = map(amounts.exact, others)
    takes = amounts.rounded_up(amounts.exact(usual), unit) if needed is None else amounts.exact(needed)
    return OrderLine(material_id, key, name, unit, takes, reserved, used, left_over, free)
