"""A shop with a given number of things for sale, written as bulk rows into a fresh database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from benchmarks import floor
from benchmarks.settings import BASE_URL, settings_of
from workshop.core import assets, db
from workshop.core.config import ROOT, Settings
from workshop.core.text import search_key, slug
from workshop.migrating import migrate
from workshop.products import drawings
from workshop.products.models import CatalogueMark, Item, ItemPhoto, ItemState, Origin, SizeClass, VatScheme
from workshop.products.qr import make_qr
from workshop.products.sections import SECTIONS

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FIRST_NUMBER = 1001
CATEGORIES = tuple(category for section in SECTIONS for category in section.categories)
DESCRIPTION = "En rolig ting til haven, lavet af lærk fra Gribskov. Kanterne er slebet, så de ikke stikker. " * 4


@dataclass(frozen=True)
class Filled:
    """A database with `count` things for sale."""

    settings: Settings
    database: db.Database
    count: int

    @property
    def middle(self) -> str:
        """The address part of a thing in the middle: number and words."""
        number = FIRST_NUMBER + self.count // 2
        return f"{number}-{slug(title_of(number))}"


@contextmanager
def filled(count: int, url: str | None = None) -> Iterator[Filled]:
    """A shop in a folder of its own, gone after the block: on SQLite, or in an empty database at an address."""
    with TemporaryDirectory(prefix="vaerksted-bench-") as name:
        folder = Path(name)
        settings = settings_of(folder, url or f"sqlite:///{folder / 'shop.sqlite3'}")
        build_assets(settings)
        database = db.Database(settings.database_url)
        migrate(database)
        fill(database, count)
        yield Filled(settings, database, count)
        database.close()


def floor_beside(shop: Filled) -> None:
    """The floor's tables in the same database, with as many products."""
    floor.fill(shop.database, shop.count)


def build_assets(settings: Settings) -> None:
    """What pages point at, where it is not made yet."""
    assets.build(ROOT / "static", settings.build_dir, {name: drawings.drawing(name) for name in drawings.NAMES})


def fill(database: db.Database, count: int, *, has_photos: bool = True) -> None:
    """Put `count` things on the shelves, each with an approved photo."""
    symbol = make_qr(f"{BASE_URL}/q/2345678abc")  # one for all: no page that is timed shows it
    with database.writer.begin() as connection:
        items = [_item(place, symbol.path, symbol.side) for place in range(count)]
        connection.execute(sa.insert(Item), items)
        connection.execute(sa.insert(CatalogueMark), {"id": 1, "mark": "filled"})  # rows in bulk do not write it
        if has_photos:
            connection.execute(sa.insert(ItemPhoto), [_photo(place) for place in range(count)])
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def stock_up(database: db.Database, number: int, pieces: int) -> None:
    """One more thing, of which there are so many that a measurement does not buy them all."""
    many = {"number": number, "id": number, "quantity": pieces, "is_one_of_a_kind": False, "qr_token": f"m{number}"}
    with database.writer.begin() as connection:
        connection.execute(sa.insert(Item), [_item(0, "", 1) | many])


def title_of(number: int) -> str:
    """What the thing with this number is called."""
    return f"Havebænk i lærk nr. {number}"


def _item(place: int, qr_path: str, qr_side: int) -> dict[str, Any]:
    number = FIRST_NUMBER + place
    category = CATEGORIES[place % len(CATEGORIES)]
    return {
        "id": place + 1,
        "number": number,
        "qr_token": f"t{number:09d}",
        "qr_path": qr_path,
        "qr_side": qr_side,
        "title": title_of(number),
        "category": category,
        "description": DESCRIPTION,
        "material_text": "Lærk",
        "measures": "150 × 60 × 85 cm",
        "care": "Giv den olie hvert forår.",
        "safety": "Stil den på et plant underlag.",
        "size_class": SizeClass.L,
        "drawing": "bench",
        "place": "Gården",
        "origin": Origin.BOUGHT,
        "vat_scheme": VatScheme.STANDARD,
        "price_ore": 20_000 + place % 500 * 500,
        "state": ItemState.FOR_SALE,
        "quantity": 1,
        "held": 0,
        "is_one_of_a_kind": True,
        "born_at": NOW,
        "approved_at": NOW - timedelta(minutes=place),
        "search_text": search_key(f"{number} {title_of(number)} {category}"),
        "version": 1,
    }


def _photo(place: int) -> dict[str, Any]:
    sides = {"width": 1600, "height": 1200, "position": 1}
    said = {"alt_text": "Havebænken set forfra", "added_at": NOW, "approved_at": NOW}
    return {"item_id": place + 1, "name": f"{place:032x}", **sides, **said}
