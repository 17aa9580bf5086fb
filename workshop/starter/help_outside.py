"""What the garden service offers, and what distance and delivery cost."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from workshop.core import text
from workshop.core.i18n import _
from workshop.production.models import TaskType
from workshop.products.models import SizeClass
from workshop.services.models import DeliveryPrice, Postcode, ServiceKind, ServiceTask, TravelPrice
from workshop.starter import cells
from workshop.starter.reading import Catalogue, Column, CsvFile, Report
from workshop.starter.storing import Counts, edited_here, ids, store

UNITS = ("m", "m2", "hour", "visit", "item")
RECURRENCES = ("none", "weekly", "fortnightly", "monthly", "twice_a_year", "on_snow")
ONE_SIDE_PERCENT = 80
# What every form asks by itself, in fields the price is reckoned from; asked once more it would only be in the way.
ASKED_ANYWAY = frozenset(
    {
        "Hvor mange meter hæk er der?",
        "Hvor høj og hvor bred er hækken?",
        "Skal vi klippe begge sider og toppen?",
        "Skal vi køre afklippet væk?",
        "Hvor stor er plænen i kvadratmeter?",
        "Hvor tit skal vi komme?",
        "Skal vi køre græsset væk?",
        "Skal vi køre ukrudtet væk?",
        "Hvor mange kvadratmeter skal ryddes?",
        "Hvor mange kvadratmeter fliser er der?",
        "Skal noget køres på genbrugsplads?",
    }
)
_PRICE_MODEL = re.compile(
    r"max\(min, base \+ units \* per_unit(?P<height> \* height)?\)(?P<waste> \+ waste)?(?P<travel> \+ travel)?"
)
_POSTCODE = re.compile(r"[1-9][0-9]{3}")


def _price_model(cell: str) -> str:
    if not _PRICE_MODEL.fullmatch(cell):
        raise ValueError(_("Prisformlen kendes ikke. Se README.md for dem, der gør."))
    return cell


def _postcode(cell: str) -> str:
    if not _POSTCODE.fullmatch(cell):
        raise ValueError(_("%(value)s er ikke et postnummer med fire tal.", value=cell))
    return cell


def _model_agrees(catalogue: Catalogue, report: Report) -> None:
    """What the formula names has a number, and what has a number is in the formula."""
    for row in catalogue["service_kinds"]:
        model = _PRICE_MODEL.fullmatch(row["price_model"])
        parts = {
            "height_factor_over_cm": "height",
            "height_factor_pct": "height",
            "waste_removal_dkk": "waste",
            "travel_zone_applies": "travel",
        }
        for column, part in parts.items():
            if model is not None and bool(row[column]) != bool(model[part]):
                reason = _("Feltet passer ikke med prisformlen: den ene nævner %(part)s, den anden ikke.", part=part)
                report.add("service_kinds", reason, row.line, column)


def _every_size_in_every_zone(catalogue: Catalogue, report: Report) -> None:
    found = {(row["zone"], row["size_class"]) for row in catalogue["delivery_zones"]}
    for row in catalogue["travel_zones"]:
        for size in SizeClass:
            if (row["zone"], size) not in found:
                reason = _("Zone %(zone)s mangler en pris for størrelse %(size)s.", zone=row["zone"], size=size)
                report.add("delivery_zones", reason)


FILES = (
    CsvFile(
        "service_kinds",
        (
            Column("key", cells.text(ServiceKind.key)),
            Column("name_da", cells.text(ServiceKind.name)),
            Column("intro_da", cells.text(ServiceKind.intro)),
            Column("unit", cells.word_of(*UNITS)),
            Column("price_model", _price_model),
            Column("base_dkk", cells.kroner),
            Column("per_unit_dkk", cells.kroner),
            Column("height_factor_over_cm", cells.whole(1, 10_000), empty=None),
            Column("height_factor_pct", cells.whole(1, 1_000), empty=None),
            Column("waste_removal_dkk", cells.kroner, empty=None),
            Column("min_price_dkk", cells.kroner),
            Column("travel_zone_applies", cells.yes_no),
            Column("season_from", cells.month_and_day),
            Column("season_to", cells.month_and_day),
            Column("recurrence", cells.word_of(*RECURRENCES)),
            Column("typical_crew", cells.whole(1, 50)),
            Column("typical_minutes_per_unit", cells.scaled(60, least=1)),
            Column("task_keys", cells.listed(), names="task_types"),
            Column("questions_da", cells.listed("|")),
        ),
        also=_model_agrees,
    ),
    CsvFile(
        "travel_zones",
        (Column("zone", cells.whole(0, 99)), Column("travel_dkk", cells.kroner)),
        key=("zone",),
    ),
    CsvFile(
        "postcodes",
        (
            Column("code", _postcode),
            Column("town", cells.text(Postcode.town)),
            Column("zone", cells.whole(0, 99), names="travel_zones"),
        ),
        key=("code",),
    ),
    CsvFile(
        "delivery_zones",
        (
            Column("zone", cells.whole(0, 99), names="travel_zones"),
            Column("size_class", cells.one_of(SizeClass)),
            Column("price_dkk", cells.kroner),
        ),
        key=("zone", "size_class"),
        also=_every_size_in_every_zone,
    ),
)


def store_services(session: Session, catalogue: Catalogue) -> dict[str, Counts]:
    """Bring services, zones and their prices into the database; the tasks are there already."""
    postcodes = [{"code": row["code"], "town": row["town"], "zone": row["zone"]} for row in catalogue["postcodes"]]
    travel = [{"zone": row["zone"], "price_ore": row["travel_dkk"]} for row in catalogue["travel_zones"]]
    delivery = [
        {"zone": row["zone"], "size_class": row["size_class"], "price_ore": row["price_dkk"]}
        for row in catalogue["delivery_zones"]
    ]
    return {
        "service_kinds": _store_kinds(session, catalogue),
        "travel_zones": store(session, TravelPrice, ("zone",), travel).counts,
        "postcodes": store(session, Postcode, ("code",), postcodes).counts,
        "delivery_zones": store(session, DeliveryPrice, ("zone", "size_class"), delivery).counts,
    }


def _store_kinds(session: Session, catalogue: Catalogue) -> Counts:
    """What staff have changed is theirs: such a service is left as it stands."""
    ours = edited_here(session, ServiceKind.key)
    rows = [
        {
            "key": row["key"],
            "slug": text.slug(row["name_da"]),
            "name": row["name_da"],
            "intro": row["intro_da"],
            "unit": row["unit"],
            "price_model": row["price_model"],
            "base_ore": row["base_dkk"],
            "per_unit_ore": row["per_unit_dkk"],
            "height_factor_over_cm": row["height_factor_over_cm"],
            "height_factor_pct": row["height_factor_pct"],
            # Only what grows along a line has sides, and half the work is a little more than half the price.
            "one_side_pct": ONE_SIDE_PERCENT if row["unit"] == "m" and row["height_factor_pct"] else None,
            "waste_removal_ore": row["waste_removal_dkk"],
            "min_price_ore": row["min_price_dkk"],
            "is_travel_charged": row["travel_zone_applies"],
            "season_from": row["season_from"],
            "season_to": row["season_to"],
            "recurrence": row["recurrence"],
            "typical_crew": row["typical_crew"],
            "typical_seconds_per_unit": row["typical_minutes_per_unit"],
            "questions": [each for each in row["questions_da"] if each not in ASKED_ANYWAY],
        }
        for row in catalogue["service_kinds"]
        if row["key"] not in ours
    ]
    stored = store(session, ServiceKind, ("key",), rows)
    kinds, tasks = ids(session, ServiceKind.key), ids(session, TaskType.key)
    parts_wanted = [
        {"service_kind_id": kinds[row["key"]], "position": position, "task_type_id": tasks[task]}
        for row in catalogue["service_kinds"]
        for position, task in enumerate(row["task_keys"], 1)
    ]
    named = [kinds[row["key"]] for row in catalogue["service_kinds"]]
    key = ("service_kind_id", "position")
    parts = store(session, ServiceTask, key, parts_wanted, owner="service_kind_id", owners=named)
    counts = stored.counts_with_parts({(name,): number for name, number in kinds.items()}, parts)
    return replace(counts, kept=len(catalogue["service_kinds"]) - len(rows))
