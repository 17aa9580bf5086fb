"""From the rows of a spreadsheet to things, each cell checked. A fault never stops the reading: all are told."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from workshop.core import money
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean, search_key
from workshop.products.actions import MOST_PIECES, SMALLEST_PRICE_ORE
from workshop.products.importing.tables import Cell, Line, is_moment
from workshop.products.models import Origin
from workshop.products.sections import CATEGORY_NAMES, OTHER_CATEGORY

HEADING_WITHIN = 10  # rows: above it there may be a title and a date
WRONG_CELLS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!")
ROWS_NAMED = 12  # of those that have the same fault
_KRONER_FIRST = re.compile(r"\A(?:kr\.?|dkk)\s*(?=\d)", re.IGNORECASE)  # "kr. 75", as lists often have it
LARGEST_PLAIN = 1e9  # a number above it is no price and no count of ours


class Fault(NamedTuple):
    """What is wrong with a cell; `row` counts as the spreadsheet does, `column` is its heading."""

    row: int
    column: str
    reason: str

    @property
    def sentence(self) -> str:
        """The fault as a person reads it."""
        return _("Række %(row)s, %(column)s: %(reason)s", row=self.row, column=self.column, reason=self.reason)


class SameFault(NamedTuple):
    """A fault that several rows have, told once."""

    rows: tuple[int, ...]
    column: str
    reason: str

    @property
    def sentence(self) -> str:
        """The fault as a person reads it, with the first rows it stands in."""
        if len(self.rows) == 1:
            return Fault(self.rows[0], self.column, self.reason).sentence
        rows = ", ".join(str(row) for row in self.rows[:ROWS_NAMED])
        if len(self.rows) > ROWS_NAMED:
            rows = _("%(rows)s og %(num)s til", rows=rows, num=len(self.rows) - ROWS_NAMED)
        return _("Række %(row)s, %(column)s: %(reason)s", row=rows, column=self.column, reason=self.reason)


def told_once(faults: Iterable[Fault]) -> list[SameFault]:
    """Faults with the same reason in the same column as one, in the order they were first met."""
    rows: dict[tuple[str, str], list[int]] = {}
    for fault in faults:
        rows.setdefault((fault.column, fault.reason), []).append(fault.row)
    return [SameFault(tuple(found), column, reason) for (column, reason), found in rows.items()]


@dataclass(frozen=True)
class Thing:
    """A thing to be made of a row. `price_ore` is VAT included; `old_number` is what it was called before."""

    row: int
    title: str
    price_ore: int | None = None
    pieces: int = 1
    place: str = ""
    category: str = OTHER_CATEGORY
    description: str = ""
    measures: str = ""
    material_text: str = ""
    origin: Origin = Origin.BOUGHT
    old_number: str = ""


@dataclass
class Checked:
    """What a spreadsheet would become. Things are made only when there is no fault."""

    things: list[Thing] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)  # headings that mean nothing here


class Column(NamedTuple):
    """A column of the list: its Danish heading, the other words people use, and how a cell is read."""

    field: str
    heading: str
    also: tuple[str, ...]
    read: Callable[[Cell], Any]


def check(lines: list[Line]) -> Checked:
    """Every row as the thing it would become, and everything that is wrong.

    Raises Refusal when no row has the headings, or nothing stands below them.
    """
    place, columns, unused = _headings(lines)
    found = Checked(unused=unused)
    seen: dict[str, int] = {}
    for line in lines[place + 1 :]:
        values = _values(line, columns, found.faults)
        old = values.get("old_number", "")
        if old:
            if old in seen:
                reason = _("%(number)s står allerede i række %(row)s.", number=old, row=seen[old])
                found.faults.append(Fault(line.row, _heading("old_number"), reason))
            seen.setdefault(old, line.row)
        if "title" in values:
            found.things.append(Thing(row=line.row, **values))
    if not lines[place + 1 :]:
        raise Refusal(_("Der står ingenting under overskrifterne."))
    return found


def _headings(lines: list[Line]) -> tuple[int, dict[int, Column], list[str]]:
    """Which row has the headings, what stands in which column, and the headings nobody knows."""
    for place, line in enumerate(lines[:HEADING_WITHIN]):
        names = [_plain(cell) for cell in line.cells]
        columns: dict[int, Column] = {}
        for at, name in enumerate(names):
            known = _BY_NAME.get(search_key(name).rstrip(".:* "))
            if known is not None and known not in columns.values():
                columns[at] = known
        if any(column.field == "title" for column in columns.values()):
            unused = [clean(name)[:60] for at, name in enumerate(names) if name.strip() and at not in columns]
            return place, columns, unused
    wanted = ", ".join(column.heading for column in COLUMNS)
    raise Refusal(
        _("Vi kan ikke finde kolonnen Navn. Den øverste række skal have overskrifter: %(wanted)s.", wanted=wanted)
    )


def _values(line: Line, columns: dict[int, Column], faults: list[Fault]) -> dict[str, Any]:
    """What a row says, by field; a cell with a fault or with nothing in it is left out."""
    values: dict[str, Any] = {}
    is_named = False
    for at, column in columns.items():
        cell = line.cells[at] if at < len(line.cells) else None
        if cell is None or not str(cell).strip():
            continue
        is_named = is_named or column.field == "title"
        try:
            values[column.field] = _read(column, cell)
        except ValueError as problem:
            faults.append(Fault(line.row, column.heading, str(problem)))
    if not is_named:
        faults.append(Fault(line.row, _heading("title"), _("Giv tingen et navn.")))
    return {name: value for name, value in values.items() if value not in ("", None)}


def _read(column: Column, cell: Cell) -> Any:
    if cell in WRONG_CELLS:
        raise ValueError(_("Regnearket viser en fejl i cellen. Ret den der."))
    return column.read(cell)


def _plain(cell: Cell) -> str:
    """A cell as text: whole numbers without decimals, the comma as people write it."""
    if isinstance(cell, bool):
        return _("Ja") if cell else _("Nej")
    if isinstance(cell, float) and math.isfinite(cell):
        return str(int(cell)) if cell.is_integer() and abs(cell) < LARGEST_PLAIN else str(cell).replace(".", ",")
    return "" if cell is None else str(cell)


def _text(most: int, *, is_long: bool = False) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        if is_moment(cell):
            raise ValueError(_("Regnearket har lavet det om til en dato. Gør cellen til tekst, og skriv det igen."))
        text = clean(_plain(cell))
        text = text if is_long else " ".join(text.split())
        if len(text) > most:
            raise ValueError(_("Teksten er for lang. Skriv højst %(most)s tegn.", most=most))
        return text

    return read


def _price(cell: Cell) -> int:
    if isinstance(cell, bool) or is_moment(cell):
        raise ValueError(_("Skriv prisen med tal, for eksempel 1.150 eller 99,50."))
    ore = money.parse_kr(_KRONER_FIRST.sub("", clean(cell))) if isinstance(cell, str) else _ore(cell)
    if ore < SMALLEST_PRICE_ORE:
        raise ValueError(_("Prisen skal være mindst 1 kr. Lad feltet stå tomt, hvis den ingen pris har."))
    return ore


def _ore(cell: Any) -> int:
    """Øre out of a number of kroner as a spreadsheet keeps it: 0.1 + 0.2 is 30 øre there too."""
    if not -LARGEST_PLAIN < cell < LARGEST_PLAIN:  # nan is not either
        raise ValueError(_("Prisen er for høj. Den kan højst være 999.999 kr."))
    kroner = Decimal(repr(cell))
    ore = (kroner * 100).quantize(Decimal(1), ROUND_HALF_UP)
    if abs(kroner * 100 - ore) > Decimal("0.0001"):
        raise ValueError(_("Skriv højst to tal efter kommaet, for eksempel 12,50."))
    if ore < 0:
        raise ValueError(_("En pris kan ikke være under 0 kr."))
    if ore > money.LARGEST_ORE:
        raise ValueError(_("Prisen er for høj. Den kan højst være 999.999 kr."))
    return int(ore)


def _pieces(cell: Cell) -> int:
    text = search_key(_plain(cell)).removesuffix("stk.").removesuffix("stk").removesuffix("styk").strip()
    is_number = not isinstance(cell, bool) and text.isascii() and text.isdecimal() and len(text) < 10
    if not is_number or not 1 <= int(text) <= MOST_PIECES:
        raise ValueError(_("Skriv et antal mellem 1 og %(most)s.", most=MOST_PIECES))
    return int(text)


def _category(cell: Cell) -> str:
    typed = clean(_plain(cell))
    found = _CATEGORIES.get(search_key(typed))
    if found is None:
        names = ", ".join(sorted(_(name) for name in CATEGORY_NAMES.values()))
        raise ValueError(
            _("Vi kender ikke kategorien %(typed)s. Skriv en af: %(names)s.", typed=typed[:60], names=names)
        )
    return found


def _origin(cell: Cell) -> Origin:
    found = _ORIGINS.get(search_key(_plain(cell)))
    if found is None:
        raise ValueError(_("Skriv Købt, Givet eller Genbrug."))
    return found


def _keys(words: Iterable[str]) -> list[str]:
    return [search_key(word) for word in words]


_CATEGORIES = {
    search_key(word): key for key, name in CATEGORY_NAMES.items() for word in (key, name, key.replace("-", " "))
}
_ORIGIN_WORDS: dict[Origin, tuple[str, ...]] = {
    Origin.BOUGHT: ("Købt", "Indkøbt", "Nyt", "Nye materialer", "Købt af os"),
    Origin.DONATED: ("Givet", "Givet til værkstedet", "Foræret", "Foræret os", "Doneret", "Gave"),
    Origin.RECLAIMED: ("Genbrug", "Genbrugt", "Genbrugte materialer", "Brugte materialer", "Brugt", "Reddet"),
}
_ORIGINS = {key: origin for origin, words in _ORIGIN_WORDS.items() for key in _keys(words)}

COLUMNS: tuple[Column, ...] = (
    Column("title", "Navn", ("Titel", "Vare", "Varenavn", "Møbel", "Ting", "Produkt", "Produktnavn"), _text(120)),
    Column("category", "Kategori", ("Gruppe", "Varegruppe", "Type", "Slags"), _category),
    Column("price_ore", "Pris", ("Pris kr", "Pris i kr", "Salgspris", "Udsalgspris", "Pris inkl. moms", "Kr"), _price),
    Column("pieces", "Antal", ("Stk", "Styk", "Lager", "På lager", "Beholdning", "Mængde"), _pieces),
    Column("place", "Plads", ("Placering", "Sted", "Hylde", "Reol", "Lagerplads", "Lokation"), _text(60)),
    Column("measures", "Mål", ("Størrelse", "Dimensioner", "LxBxH", "Mål i cm"), _text(100)),
    Column("material_text", "Materiale", ("Materialer", "Træsort"), _text(200)),
    Column("description", "Beskrivelse", ("Tekst", "Varetekst", "Bemærkning", "Note"), _text(3_900, is_long=True)),
    Column("origin", "Oprindelse", ("Kommer fra", "Kilde"), _origin),
    Column(
        "old_number",
        "Gammelt nummer",
        ("Nummer", "Nr", "Varenummer", "Varenr", "Vare nr", "Id", "SKU", "Gl. nr", "Gammelt nr", "Stregkode"),
        _text(40),
    ),
)
_BY_NAME = {key: column for column in COLUMNS for key in _keys((column.heading, *column.also))}


def _heading(name: str) -> str:
    return next(column.heading for column in COLUMNS if column.field == name)
