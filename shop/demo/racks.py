"""The racks: what there is to make things of, what is put aside, what came in lately and what has been bought."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from shop.demo.stage import Stage
from shop.orders.pickup import SHIPPED
from workshop.core import crypto
from workshop.production.buying import actions as buying
from workshop.production.buying.actions import Wanted
from workshop.production.models import MaterialCause, OrderState, ProductionOrder
from workshop.production.stores import actions as stores
from workshop.production.stores.ledger import Why
from workshop.products.models import Material, Origin

USUAL = {"m": "60", "m2": "14", "stk": "40", "kg": "12", "l": "6", "ark": "80", "æske": "9"}
# Screws are counted in hundreds, and nobody has forty bikes.
OWN = {"screw_4x50": "1800", "screw_5x80": "900", "donated_furniture": "5", "donated_bike": "3", "pallet_eur": "22"}
FROM = {
    Origin.BOUGHT: MaterialCause.BOUGHT,
    Origin.DONATED: MaterialCause.DONATED,
    Origin.RECLAIMED: MaterialCause.RECLAIMED,
}
TIMBER, PAINTER = "Tømmerhandlen", "Farvehandlen"
# There is this much, and there should always be that much: two are below it.
LOW = {"wood_oil": ("1.5", "4", PAINTER), "larch_45x95": ("6.5", "30", TIMBER)}
ENOUGH = {"pine_45x45": ("60", "20", TIMBER), "sandpaper": ("80", "25", PAINTER)}
MADE_OF_WHAT_THERE_IS = "Fuglekasser, 10 stk."
HALF_MADE = "Sofamoduler, 2 stk."


def fill_the_racks(stage: Stage) -> None:
    """Stock of every material with its movements, an order with its wood put aside, and a purchase on its way."""
    materials = {each.key: each for each in stage.session.scalars(sa.select(Material).order_by(Material.id))}
    buyer = stage.staff_id("lone")
    long_ago = stage.at(stage.workday(20), 9 * 60)
    for key, material in materials.items():
        there = LOW[key][0] if key in LOW else OWN.get(key, USUAL.get(material.unit, "10"))
        why = Why(FROM[material.origin], long_ago, buyer, note="Talt ind, da lageret begyndte")
        stores.put_in(stage.session, material, Decimal(there), why)
    for key, (_there, least, supplier) in {**LOW, **ENOUGH}.items():
        stores.set_limit(stage.session, materials[key], at_least=Decimal(least), supplier=supplier)
    _lately(stage, materials, buyer)
    _orders(stage, materials, buyer)
    _purchases(stage, materials, buyer)


def _lately(stage: Stage, materials: dict[str, Material], buyer: int) -> None:
    """What was given, saved, counted and thrown away on the last days."""
    given = Why(
        MaterialCause.DONATED, stage.at(stage.workday(3), 13 * 60), buyer, note="To kommoder og en reol fra et dødsbo"
    )
    stores.put_in(stage.session, materials["donated_furniture"], Decimal(3), given)
    saved = Why(MaterialCause.RECLAIMED, stage.at(stage.workday(2), 10 * 60), buyer, note="Fra en nedlagt byggeplads")
    stores.put_in(stage.session, materials["pallet_eur"], Decimal(8), saved)
    wet = Why(MaterialCause.SCRAPPED, stage.at(stage.workday(1), 14 * 60), buyer, note="Rådne ender")
    stores.scrap(stage.session, materials["reclaimed_timber"], Decimal("3.5"), wet)
    counted = Why(MaterialCause.COUNTED, stage.at(stage.workday(1), 15 * 60), buyer)
    stores.count(stage.session, materials["felt_pad"], Decimal(36), counted, seen=1)


def _orders(stage: Stage, materials: dict[str, Material], buyer: int) -> None:
    """One order has all of its wood put aside; another has used some, with a rest left over."""
    waiting, begun = _order(stage, MADE_OF_WHAT_THERE_IS), _order(stage, HALF_MADE)
    stores.reserve_all(stage.session, waiting.id)
    day = stage.workday(1)
    board = materials["pine_45x95"]
    used = Why(MaterialCause.USED, stage.at(day, 11 * 60), buyer, order_id=begun.id)
    stores.use(stage.session, begun.id, board, Decimal("6.5"), used)
    rest = Why(MaterialCause.LEFT_OVER, stage.at(day, 14 * 60), buyer, order_id=begun.id)
    stores.bring_back(stage.session, begun.id, board, Decimal(1), rest)


def _order(stage: Stage, title: str) -> ProductionOrder:
    wanted = sa.select(ProductionOrder).where(ProductionOrder.title == title, ProductionOrder.state == OrderState.OPEN)
    return stage.session.scalars(wanted).one()


def _purchases(stage: Stage, materials: dict[str, Material], buyer: int) -> None:
    """Wood is ordered and should come in some days, coffee is only wanted."""
    ordered_at = stage.at(stage.workday(2), 9 * 60)
    wood, coffee = crypto.new_public_id(), crypto.new_public_id()
    larch = Wanted(materials["larch_45x95"], "", Decimal(36), supplier=TIMBER)
    buying.want(stage.session, larch, once=wood, now=ordered_at, by_staff_id=buyer)
    buying.order(stage.session, [wood], expected_on=SHIPPED.opening_day_after(stage.today, 3))
    cups = Wanted(None, "Kaffe til frokoststuen", Decimal(4), unit="pose", supplier="Købmanden")
    buying.want(stage.session, cups, once=coffee, now=ordered_at, by_staff_id=buyer)
