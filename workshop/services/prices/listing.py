"""A list of postcodes out of a spreadsheet: rows of cells go in, postcodes or what is wrong come out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from workshop.core.i18n import _
from workshop.core.text import clean, search_key
from workshop.products.importing.tables import Cell, Line
from workshop.services.prices.forms import POSTCODE, degrees, place_problem
from workshop.services.prices.queries import PlaceRow

MOST_FAULTS = 20
LONGEST_TOWN = 60
_HEADINGS = {
    "code": {"postnummer", "postnr", "postnr.", "nr", "nr.", "code", "zip"},
    "town": {"by", "bynavn", "navn", "town", "city"},
    "zone": {"zone"},
    "latitude": {"breddegrad", "bredde", "latitude", "lat"},
    "longitude": {"laengdegrad", "laengde", "longitude", "lon", "lng", "long"},
}


@dataclass
class Listed:
    """What a list says, and every fault in it as a sentence with its row."""

    rows: list[PlaceRow] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read(lines: Sequence[Line], zones: Collection[int]) -> Listed:
    """The postcodes of a list whose first row is its headings."""
    found = Listed()
    columns = _columns(lines[0].cells) if lines else {}
    missing = [name for key, name in _needed().items() if key not in columns]
    if missing:
        found.faults.append(
            _("Første række skal have overskrifterne. Der mangler: %(names)s.", names=", ".join(missing))
        )
        return found
    for line in lines[1:]:
        cells = {name: _text(line.cells, at) for name, at in columns.items()}
        _add(found, line.row, cells, zones)
        if len(found.faults) >= MOST_FAULTS:
            break
    if not found.rows and not found.faults:
        found.faults.append(_("Der er ingen postnumre i listen."))
    return found


def _needed() -> dict[str, str]:
    return {"code": _("postnummer"), "town": _("by"), "zone": _("zone")}


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(cells):
        heading = search_key(str(cell or ""))
        for name, known in _HEADINGS.items():
            if heading in known:
                columns.setdefault(name, at)
    return columns


def _text(cells: Sequence[Cell], at: int) -> str:
    cell = cells[at] if at < len(cells) else None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean("" if cell is None else str(cell))


def _add(found: Listed, row: int, cells: dict[str, str], zones: Collection[int]) -> None:
    problem, place = "", None
    if not POSTCODE.fullmatch(cells["code"]):
        problem = _("%(value)s er ikke et postnummer med fire tal.", value=cells["code"] or "–")
    elif not cells["town"] or len(cells["town"]) > LONGEST_TOWN:
        problem = _("Skriv byens navn.")
    elif cells["zone"] not in {str(zone) for zone in zones}:
        problem = _(
            "Zonen findes ikke. Skriv en af disse: %(zones)s.", zones=", ".join(str(each) for each in sorted(zones))
        )
    elif any(cells["code"] == each.code for each in found.rows):
        problem = _("Postnummeret står der to gange.")
    else:
        try:
            latitude, longitude = degrees(cells.get("latitude", "")), degrees(cells.get("longitude", ""))
        except ValueError as refused:
            problem = str(refused)
        else:
            problem = place_problem(latitude, longitude)
            place = PlaceRow(cells["code"], cells["town"], int(cells["zone"]), latitude, longitude)
    if problem:
        found.faults.append(_("Række %(row)s: %(problem)s", row=row, problem=problem))
    elif place is not None:
        found.rows.append(place)
