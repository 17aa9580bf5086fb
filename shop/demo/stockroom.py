"""The things around the goods: printers, a label of one's own, house prices, materials in a few things, a count."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from shop.demo.stage import Stage
from workshop.labels import queries as labels
from workshop.labels.designs.rules import Block, Design
from workshop.labels.models import LabelDesign, PrintWay
from workshop.labels.printers import actions as printers
from workshop.products import actions as products
from workshop.products.counting import actions as counting
from workshop.products.house_prices import actions as house_prices
from workshop.products.materials import actions as materials
from workshop.products.models import Item, Material, Origin, VatRule, VatScheme

# Name, category, unit, price in kroner.
HOUSE_PRICES = (
    ("Brændeknuder", "brænde-og-optænding", "net", 40),
    ("Optændingspinde", "brænde-og-optænding", "net", 39),
    ("Plantepinde", "brugsting", "bundt", 25),
)
AT_A_HOUSE_PRICE = "Optændingspinde i net"
MADE_OF = {
    "Kommode med fire skuffer, eg": (("donated_furniture", 1), ("wax", "0.2"), ("knob", 8)),
    "Lænestol med mosgrønt stof": (("donated_furniture", 1), ("wood_oil", "0.3")),
    "Spejl i hvid ramme": (("donated_furniture", 1), ("paint_furniture", "0.15")),
}
SUGGESTED = ("Spejl i hvid ramme", 375)  # kroner, from the tablet; staff have not looked yet
OFFICE_PRINTER = "Kontorets printer"
COUNTED_AT, COUNTED_BACK = "Reol A", 1
LARGE_PRICE = Design(
    name="Stor pris",
    label_w_mm=Decimal("63.5"),
    label_h_mm=Decimal("38.1"),
    blocks=(Block("name"), Block("number"), Block("price", "large")),
    qr_dark_mm=Decimal("16"),
)


def set_up_printers(stage: Stage) -> None:
    """The two printers, the first of them put right, and a label of the workshop's own. Before anything is printed."""
    sheets = {sheet.key: sheet for sheet in labels.sheets(stage.session)}
    office = printers.add_printer(
        stage.session, name=OFFICE_PRINTER, way=PrintWay.BROWSER, sheet_id=sheets["a4_3x7"].id
    )
    printers.calibrate(stage.session, office, right=40, down=-20)
    printers.add_printer(stage.session, name="Mærkeprinteren", way=PrintWay.BROWSER, sheet_id=sheets["roll_62x29"].id)
    stage.session.add(LabelDesign(**LARGE_PRICE.to_json()))
    stage.session.flush()


def furnish(stage: Stage, items: dict[int, Item]) -> None:
    """Put the rest in place, around the goods."""
    by_title = {item.title: item for item in items.values()}
    _rules(stage)
    _prices(stage, by_title)
    _materials(stage, by_title)
    _count(stage, items)
    stage.session.flush()


def _rules(stage: Stage) -> None:
    """Everything with 25 % so far; what else may hold is for the workshop and its accountant."""
    since = stage.today.replace(month=1, day=1)
    manager = stage.staff_id("karin")
    for origin in Origin:
        stage.session.add(VatRule(origin=origin, valid_from=since, scheme=VatScheme.STANDARD, by_staff_id=manager))


def _prices(stage: Stage, by_title: dict[str, Item]) -> None:
    made = {
        name: house_prices.add_house_price(
            stage.session, name=name, category=category, unit=unit, price_ore=kroner * 100
        )
        for name, category, unit, kroner in HOUSE_PRICES
    }
    by_title[AT_A_HOUSE_PRICE].house_price_id = made["Optændingspinde"].id
    title, kroner = SUGGESTED
    products.propose_price(stage.session, by_title[title], kroner * 100, now=stage.now)


def _materials(stage: Stage, by_title: dict[str, Item]) -> None:
    by_key = {each.key: each for each in stage.session.scalars(sa.select(Material))}
    for title, used in MADE_OF.items():
        for key, quantity in used:
            materials.put_in(stage.session, by_title[title], by_key[key], Decimal(quantity))


def _count(stage: Stage, items: dict[int, Item]) -> None:
    """A shelf was counted yesterday; one piece more stood there than the list says, and staff have not looked yet."""
    day = stage.workday(COUNTED_BACK)
    count = counting.begin(stage.session, place=COUNTED_AT, now=stage.at(day, 10 * 60), by_staff_id=None)
    there = [item for item in items.values() if item.place == COUNTED_AT and item.quantity]
    for place, item in enumerate(there):
        more = 1 if place == 0 and item.quantity > 1 else 0
        counting.see(stage.session, count, item, item.quantity + more, now=stage.at(day, 10 * 60 + 5 + place))
    counting.finish(stage.session, count, now=stage.at(day, 10 * 60 + 40))
