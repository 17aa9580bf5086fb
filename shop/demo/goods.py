"""Sixty things with numbers, prices and labels, so that the next one born is number 1042."""

from __future__ import annotations

from typing import NamedTuple

from shop.demo.making import Done, make_one
from shop.demo.stage import Stage
from shop.demo.stockroom import OFFICE_PRINTER
from workshop.labels import actions as labels
from workshop.labels.printers.queries import printer_named
from workshop.products import actions as products
from workshop.products.models import Item, NumberSeries

FIRST_NUMBER = 982
NEXT_NUMBER = 1042
SHELF, SHOP, DONE, AWAY = "shelf", "shop", "done", "away"
SHEET = "a4_3x7"
CUSTOMER_IN_THE_SHOP = "butikken"


class Thing(NamedTuple):
    """One number: what it is, its price in kroner, where it is now, and how many working days ago it was finished.

    `fate`: on the shelf, sold over the counter, finished but not approved, or taken out of the shop. What customers
    have ordered stands on the shelf here; the orders take it from there.
    """

    sku: str
    title: str
    kroner: int
    fate: str
    back: int
    pieces: int = 1


# Oldest first; the place in the list decides the number. `back` never grows on the way down.
THINGS: tuple[Thing, ...] = (
    Thing("HB-01", "Havebænk med ryglæn, lærk", 1895, SHOP, 62),
    Thing("PK-02", "Plantekasse, stor", 595, SHOP, 60),
    Thing("RM-02", "Køkkenstol, rød", 225, SHOP, 59),
    Thing("ST-03", "Skammel, blå", 195, SHOP, 58),
    Thing("BT-03", "Fuglekasser", 179, SHELF, 57, 12),
    Thing("PA-01", "Pallesofa, sort", 1345, SHOP, 55),
    Thing("RM-05", "Spejl i grøn ramme", 395, SHOP, 54),
    Thing("HO-03", "Højbed af pallerammer", 395, SHELF, 53, 6),
    Thing("BT-01", "Knagerække med fem knager", 220, SHOP, 52),
    Thing("RM-01", "Kommode med fire skuffer, eg", 1150, SHELF, 51),
    Thing("ST-01", "Loungestol, grøn", 795, SHOP, 49),
    Thing("BT-02", "Bakke med rebhåndtag", 229, SHELF, 48),
    Thing("BO-03", "Cafébord, lærk", 895, SHOP, 47),
    Thing("RH-02", "Reol af restetræ", 1395, SHOP, 46),
    Thing("PK-01", "Plantekasse, lille", 345, SHELF, 44, 4),
    Thing("CY-01", "Damecykel, blå, 7 gear", 1295, SHELF, 43),
    Thing("BR-01", "Optændingspinde i sæk", 75, SHELF, 42, 40),
    Thing("RM-03", "Lænestol med mosgrønt stof", 2295, SHELF, 41),
    Thing("HB-02", "Bænk, tjæret", 1050, SHOP, 39),
    Thing("TB-02", "Børnebænk, gul", 395, SHELF, 38),
    Thing("BT-05", "Værktøjskasse med rund stang", 269, AWAY, 37),
    Thing("RM-02", "Spisebordsstol, blå", 225, SHELF, 36),
    Thing("RM-02", "Spisebordsstol, grå", 225, SHELF, 36),
    Thing("PA-03", "Loungebord på hjul", 995, SHELF, 34),
    Thing("BO-05", "Lille sidebord af gamle planker", 345, SHELF, 33),
    Thing("HO-01", "Højbed i lærk, 40 cm", 1095, SHELF, 32),
    Thing("RH-03", "Skoreol af pallebrædder", 545, SHELF, 31),
    Thing("BT-04", "Lysestage til fire lys", 149, SHELF, 30, 5),
    Thing("ST-02", "Liggestol, lærk", 1995, SHELF, 29),
    Thing("RM-04", "Sofabord i teak, slebet og vokset", 995, SHELF, 28),
    Thing("CY-01", "Herrecykel, sort, 3 gear", 1195, AWAY, 27),
    Thing("PK-03", "Plantekasse med espalier", 995, SHELF, 26),
    Thing("HB-01", "Havebænk i lærk", 1895, SHELF, 25),
    Thing("BT-06", "Tavle med gammel ramme", 325, SHELF, 24),
    Thing("ST-03", "Skammel, gul", 195, SHELF, 23, 3),
    Thing("PA-02", "Hjørnemodul af paller", 1095, SHELF, 22),
    Thing("RH-01", "Væghylde, 80 cm", 249, SHELF, 21),
    Thing("BO-01", "Bord- og bænkesæt", 2195, SHELF, 20),
    Thing("RM-01", "Kommode, malet grå", 1295, SHELF, 19),
    Thing("RH-04", "Krydderihylde", 275, SHELF, 18),
    Thing("BT-03", "Fuglekasse med grønt tag", 199, SHELF, 17),
    Thing("ST-01", "Havestol med armlæn, lærk", 1095, SHELF, 16),
    Thing("TB-03", "Bogkasse til børn", 495, SHELF, 15),
    Thing("PA-01", "Sofamodul af paller", 1195, SHELF, 14),
    Thing("HB-02", "Havebænk uden ryglæn, lærk", 895, SHELF, 13),
    Thing("BT-01", "Knagerække af gammelt gulv", 195, SHELF, 12),
    Thing("PK-04", "Altankasser", 249, SHELF, 11, 4),
    Thing("BO-02", "Havebord i lærk, 180 cm", 2995, SHELF, 10),
    Thing("RM-02", "Stol med nyt sæde", 595, AWAY, 10),
    Thing("BR-02", "Optændingspinde i net", 39, SHELF, 9, 30),
    Thing("RH-02", "Reol med fire hylder", 1395, SHELF, 8),
    Thing("TB-01", "Bord og bænke til børn", 1195, SHELF, 7),
    Thing("HB-04", "Bænk med opbevaring", 1795, SHELF, 6),
    Thing("BO-04", "Plantebord med hylde", 1095, SHELF, 5),
    Thing("ST-03", "Taburet, sæbebehandlet", 349, DONE, 4),
    Thing("BT-02", "Bakke med håndtag, birk", 229, DONE, 3),
    Thing("RM-05", "Spejl i hvid ramme", 395, DONE, 3),
    Thing("HO-02", "Højbed i arbejdshøjde", 1795, DONE, 2),
    Thing("BT-04", "Lysestage af egeplanke", 149, DONE, 2),
    Thing("PK-02", "Plantekasse, stor, sort", 645, DONE, 1),
)
# Title, new price in kroner, and how many working days ago; the last one came after the labels were printed.
NEW_PRICES: tuple[tuple[str, int, int], ...] = (
    ("Bakke med rebhåndtag", 199, 20),
    ("Lænestol med mosgrønt stof", 1995, 6),
    ("Kommode med fire skuffer, eg", 950, 5),
    ("Tavle med gammel ramme", 295, 1),
)
FIRST_LABELS, LATEST_LABELS = 21, 4  # working days ago
OWN_WORDS = {
    "Kommode med fire skuffer, eg": "En kommode fra omkring 1950. Den er slebet ned til egetræet, og skufferne løber "
    "let. Der er et lille hak i pladens bageste kant.",
    "Havebænk i lærk": "En rolig bænk i lærk med plads til to eller tre. Kanterne er slebet, så de ikke stikker, og "
    "den har fået olie to gange.",
    "Herrecykel, sort, 3 gear": "En gammel cykel, som mangler en ny lås. Den kommer i butikken, når låsen er her.",
}
PLACES = ("Butikken", "Butikken, vinduet", "Gården", "Reol A", "Reol B", "Lageret")
WRITTEN_DOWN = 45  # working days; how older things were made stands nowhere


def stock(stage: Stage) -> tuple[dict[int, Item], list[Done]]:
    """Every thing by its number, and the finished steps behind them."""
    stage.session.add(NumberSeries(key=products.ITEM_SERIES, next_number=FIRST_NUMBER))
    stage.session.flush()
    done: list[Done] = []
    items = [_born(stage, thing, done) for thing in THINGS]
    _label(stage, items)
    for item, thing in zip(items, THINGS, strict=True):
        if thing.fate == SHOP:
            _sell_over_the_counter(stage, item, thing)
        elif thing.fate == AWAY:
            day = stage.at(stage.workday(max(thing.back - 7, 1)), 13 * 60)
            products.withdraw(stage.session, item, now=day, by_staff_id=stage.staff_id("sanne"))
    stage.session.flush()
    return {item.number: item for item in items}, done


def _born(stage: Stage, thing: Thing, done: list[Done]) -> Item:
    day = stage.workday(thing.back)
    if thing.pieces == 1 and thing.back <= WRITTEN_DOWN:
        item, steps = make_one(stage, thing.sku, thing.title, thing.back)
        done.extend(steps)
    else:
        item = products.add_items(
            stage.session,
            product_type_id=stage.kinds[thing.sku].id,
            title=thing.title,
            pieces=thing.pieces,
            base_url=stage.settings.base_url,
            now=stage.at(day, 12 * 60),
            is_batch=thing.pieces > 1,
        )[0]
    _describe(stage, item, thing)
    lone, sanne = stage.staff_id("lone"), stage.staff_id("sanne")
    products.set_price(stage.session, item, thing.kroner * 100, now=stage.at(day, 13 * 60 + 15), by_staff_id=lone)
    if thing.fate != DONE:
        shelved = stage.at(stage.workday(max(thing.back - 1, 1)), 13 * 60 + 30)
        products.approve(stage.session, item, now=shelved, by_staff_id=sanne)
    return item


def _describe(stage: Stage, item: Item, thing: Thing) -> None:
    products.edit_details(
        stage.session,
        item,
        version=item.version,
        title=item.title,
        description=OWN_WORDS.get(thing.title, item.description),
        place="Værkstedet" if thing.fate == DONE else stage.chance.choice(PLACES),
        measures=item.measures,
    )


def _label(stage: Stage, items: list[Item]) -> None:
    """Two print jobs in the middle of new prices; what came after the last one waits in the queue."""
    shelved = [(item, thing) for item, thing in zip(items, THINGS, strict=True) if thing.fate != DONE]
    _print(stage, [item for item, thing in shelved if thing.back > FIRST_LABELS], FIRST_LABELS)
    by_title = {item.title: item for item in items}
    changed = [by_title[title] for title, kroner, back in NEW_PRICES if _reprice(stage, by_title[title], kroner, back)]
    latest = [item for item, thing in shelved[:-1] if thing.back <= FIRST_LABELS]
    _print(stage, [*changed[:-1], *latest], LATEST_LABELS)


def _reprice(stage: Stage, item: Item, kroner: int, back: int) -> bool:
    moment = stage.at(stage.workday(back), 10 * 60)
    return products.set_price(stage.session, item, kroner * 100, now=moment, by_staff_id=stage.staff_id("sanne"))


def _print(stage: Stage, items: list[Item], back: int) -> None:
    moment = stage.at(stage.workday(back), 14 * 60)
    printer = printer_named(stage.session, OFFICE_PRINTER)
    job = labels.make_job(
        stage.session,
        item_ids=[item.id for item in items],
        sheet_key=SHEET,
        start_cell=1,
        now=moment,
        by_staff_id=stage.staff_id("lone"),
        printer_id=None if printer is None else printer.id,
    )
    labels.mark_printed(stage.session, job, now=moment)


def _sell_over_the_counter(stage: Stage, item: Item, thing: Thing) -> None:
    """Bought by somebody who came by; the latest of these are still shown as newly sold."""
    moment = stage.at(stage.workday(stage.chance.randint(2, thing.back - 4)), stage.chance.randrange(9 * 60, 14 * 60))
    products.hold(stage.session, item.id, 1)
    products.sell_held(stage.session, item.id, 1, reference=CUSTOMER_IN_THE_SHOP, now=moment)
    products.hand_over(stage.session, item.id, moment)
