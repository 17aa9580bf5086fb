"""The list of things as a file to take away. Nobody's name is in it, and nothing in it runs when it is opened.

Rows come from the database in parts and go straight into a file, so the length of the list costs no memory.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.products.importing.tables import guarded
from workshop.products.models import Item, ItemState
from workshop.products.origins import origin_name
from workshop.products.sections import category_name

AT_A_TIME = 500
IN_MEMORY = 1024 * 1024
_ITEM = Item.__table__.c
_FIELDS = (
    "number", "title", "category", "price_ore", "quantity", "place", "measures", "material_text", "description",
    "origin", "state",
)  # fmt: skip
# What an XML file cannot hold; a spreadsheet with one of these in it does not open.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767


def headings() -> list[str]:
    """The first row, in words the import knows as well."""
    return [
        _("Nummer"),
        _("Navn"),
        _("Kategori"),
        _("Pris"),
        _("Antal"),
        _("Plads"),
        _("Mål"),
        _("Materiale"),
        _("Beskrivelse"),
        _("Oprindelse"),
        _("Status"),
    ]


def rows(session: Session) -> Iterator[list[Any]]:
    """Every thing by number: a cell a heading; the price in whole øre."""
    states = {
        ItemState.MADE: _("Ikke godkendt"),
        ItemState.FOR_SALE: _("Til salg"),
        ItemState.SOLD: _("Solgt"),
        ItemState.HANDED_OVER: _("Udleveret"),
        ItemState.WITHDRAWN: _("Taget ud"),
    }
    statement = sa.select(*(_ITEM[name] for name in _FIELDS)).order_by(_ITEM.number)
    found = session.connection().execution_options(yield_per=AT_A_TIME).execute(statement)
    for number, title, category, price, quantity, place, measures, material, description, origin, state in found:
        words = (place, measures, material, description, origin_name(origin), states[state])
        yield [number, title, category_name(category), price, quantity, *words]


def csv_file(found: Iterable[list[Any]]) -> IO[bytes]:
    """The rows as CSV as Danish spreadsheets open it: UTF-8 with a mark, semicolons, a comma in the price."""
    file = _file()
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow(headings())
    for row in found:
        writer.writerow([_csv_price(row[3]) if at == 3 else _csv_cell(cell) for at, cell in enumerate(row)])
    text.detach()
    file.seek(0)
    return file


def xlsx_file(found: Iterable[list[Any]]) -> IO[bytes]:
    """The rows as a spreadsheet: texts are texts whatever they begin with, amounts are numbers."""
    # Loading it takes 0.3 s and 20 MB, and few processes ever write a spreadsheet.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Møbler"))
    sheet.freeze_panes = "A2"

    def cell(value: Any, shown_as: str = "") -> Any:
        if not isinstance(value, str):
            made = WriteOnlyCell(sheet, value=value)
            if shown_as:
                made.number_format = shown_as
            return made
        made = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("", value)[:LONGEST_CELL])
        made.data_type = "s"  # the library takes a text with = in front for a formula
        return made

    sheet.append([cell(name) for name in headings()])
    for row in found:
        price = None if row[3] is None else Decimal(row[3]) / 100
        sheet.append([cell(price, "#,##0.00") if at == 3 else cell(value) for at, value in enumerate(row)])
    file = _file()
    book.save(file)
    file.seek(0)
    return file


def _file() -> IO[bytes]:
    """A file without a name; it is gone when the answer that sends it is closed."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY)


def _csv_price(ore: int | None) -> str:
    return "" if ore is None else f"{ore // 100},{ore % 100:02d}"


def _csv_cell(cell: Any) -> Any:
    return guarded(cell.replace("\x00", "")) if isinstance(cell, str) else cell
