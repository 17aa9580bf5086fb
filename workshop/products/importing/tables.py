"""Opens a spreadsheet somebody uploaded: bytes go in, rows of plain cells come out. Knows no database and no web.

A file from outside is not trusted: its size is looked at before it is opened, formulas are never worked out (what a
cell showed when it was saved is what is read), and whatever is wrong with it becomes a sentence.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

from workshop.core.errors import Refusal
from workshop.core.i18n import _

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 15 * 1024 * 1024  # of an XLSX file, which is a packed folder: a small one can hold gigabytes
MOST_PARTS = 300
MOST_ROWS = 2_000
LAST_LINE = 10_000  # nobody's list has that many empty rows in it
MOST_COLUMNS = 40

Cell = str | int | float | bool | date | time | timedelta | None

# What the reader of XLSX files answers a broken or hostile one with; a sentence is made of each.
BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError, ValueError, TypeError, KeyError, IndexError,
    AttributeError, ArithmeticError, NotImplementedError, RuntimeError, AssertionError, MemoryError,
)  # fmt: skip


class Line(NamedTuple):
    """A row with something in it; `row` counts from 1 as the spreadsheet does."""

    row: int
    cells: tuple[Cell, ...]


def read_table(body: bytes) -> list[Line]:
    """Every row of the first sheet that has anything in it.

    Raises Refusal with a sentence that says what to do: too large, too many rows, another kind of file, broken.
    """
    if len(body) > MOST_BYTES:
        raise Refusal(_("Filen er for stor. Den må højst fylde 5 MB."))
    if body.startswith(b"PK"):
        return _limited(_xlsx_rows(body))
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refusal(_("Det er en gammel eller låst Excel-fil. Gem den som .xlsx uden kode, eller som CSV."))
    return _limited(_csv_rows(body))


def _limited(rows: Iterable[tuple[Cell, ...]]) -> list[Line]:
    found: list[Line] = []
    for number, cells in enumerate(rows, 1):
        filled = [at for at, cell in enumerate(cells[:MOST_COLUMNS], 1) if cell is not None and str(cell).strip()]
        if filled:
            found.append(Line(number, cells[: filled[-1]]))
        if len(found) > MOST_ROWS + 1:  # the headings come on top
            raise Refusal(_("Der er for mange rækker. Del listen, så der højst er 2.000 i hver fil."))
    if not found:
        raise Refusal(_("Filen er tom."))
    return found


def _csv_rows(body: bytes) -> Iterator[tuple[Cell, ...]]:
    text = _text(body)
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    mark = max(";,\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            yield tuple(_unguarded(cell) for cell in row)
    except csv.Error as problem:
        raise Refusal(_("Filen kan ikke læses som en liste. Gem den som CSV eller .xlsx.")) from problem


def _text(body: bytes) -> str:
    """The text of a CSV file, in whichever of the three codings spreadsheets here write."""
    encoding = "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    for each in (encoding, "cp1252"):
        try:
            return body.decode(each)
        except UnicodeDecodeError:
            continue
    raise Refusal(_("Filen er ikke en liste, vi kan læse. Gem den som CSV eller .xlsx."))


# What makes a spreadsheet take a text for a formula, in ASCII and in the full width of other scripts.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
GUARD = "'"


def guarded(text: str) -> str:
    """A text as it may stand in a CSV cell: one that looks like a formula gets an apostrophe in front."""
    return f"{GUARD}{text}" if text.startswith((*FORMULA_SIGNS, GUARD)) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith(GUARD) and text[1:].startswith((*FORMULA_SIGNS, GUARD)) else text


def _xlsx_rows(body: bytes) -> Iterator[tuple[Cell, ...]]:
    broken = _("Regnearket kan ikke læses. Gem det som .xlsx eller CSV, og prøv igen.")
    try:
        _refuse_bombs(body)
        yield from _sheet_rows(body)
    except BROKEN as problem:
        raise Refusal(broken) from problem


def _sheet_rows(body: bytes) -> Iterator[tuple[Cell, ...]]:
    # Loading it takes 0.3 s and 20 MB, and few processes ever open a spreadsheet.
    import openpyxl

    # What it leaves out (drop-down lists, styles) is nothing to tell anybody about.
    warnings.filterwarnings("ignore", module="openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    try:
        if not book.worksheets:
            raise ValueError("no sheet")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong size; then most of the sheet would be left out
        for cells in sheet.iter_rows(max_row=LAST_LINE, max_col=MOST_COLUMNS, values_only=True):
            yield tuple(cells)
    finally:
        book.close()


def _refuse_bombs(body: bytes) -> None:
    """Raise Refusal for a file that is far larger unpacked, and for XML that defines its own entities."""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Refusal(_("Regnearket er for stort. Del det i flere, og tag billeder ud af det."))
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                content = packed.read(part)  # never more than the size it was counted by
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content:
                    raise ValueError("XML with definitions of its own, or in a coding that hides them")


def is_moment(cell: Cell) -> bool:
    """Whether a cell holds a date or a time: what spreadsheets make of texts such as 10-12."""
    return isinstance(cell, datetime | date | time | timedelta)
