"""Sheets of labels as they are bought: where each label lies, which place is free next, and what cannot be printed.

All lengths are millimetres as `Decimal`, so the twelfth row lies exactly where the maker put it. Places are numbered
from 1, row by row, the way people count stickers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from workshop.core.i18n import _

A4_W_MM, A4_H_MM = Decimal(210), Decimal(297)
MAX_CELLS = 300
WIDEST_ROLL_MM, LONGEST_ROLL_MM = Decimal(220), Decimal(300)  # above it somebody measured in something else
SMALLEST_DARK_MM = Decimal(15)  # Source: decision 36; below it older phones no longer focus and read
SMALLEST_QUIET_ZONE = Decimal(4)  # modules of white on every side. Source: ISO/IEC 18004
CUT_SAFETY_MM = Decimal("0.4")  # white left over at the cut when the paper lies a little crooked
SMALLEST_TEXT_W_MM = Decimal(20)  # beside the code: room for "12.345 kr." that can be read
# The smallest symbol an address of ours can have is version 2: 25 modules, 33 with the quiet zone.
_FEWEST_MODULES = Decimal(25)


@dataclass(frozen=True)
class SheetProduct:
    """One product on the shelf: an A4 sheet of labels, or a roll whose page is the label itself."""

    key: str
    name: str
    page: Literal["A4", "roll"]
    columns: int
    rows: int
    label_w_mm: Decimal
    label_h_mm: Decimal
    margin_top_mm: Decimal
    margin_left_mm: Decimal
    pitch_x_mm: Decimal
    pitch_y_mm: Decimal

    @property
    def cells(self) -> int:
        """How many labels one page holds."""
        return self.columns * self.rows

    @property
    def page_mm(self) -> tuple[Decimal, Decimal]:
        """Width and height of the page the printer is told."""
        if self.page == "roll":
            return self.label_w_mm, self.label_h_mm
        return A4_W_MM, A4_H_MM


@dataclass(frozen=True)
class Placement:
    """One label of a job: its index in the job (from 0), its place on the page (from 1) and its upper left corner."""

    index: int
    cell: int
    x_mm: Decimal
    y_mm: Decimal


@dataclass(frozen=True)
class Page:
    """One sheet of a job, from its first label to its last."""

    placements: tuple[Placement, ...]


def cell_origin(sheet: SheetProduct, cell: int) -> tuple[Decimal, Decimal]:
    """Upper left corner of a place in mm from the upper left corner of the page.

    Raises ValueError when the sheet has no such place.
    """
    _check_cell(sheet, cell)
    row, column = divmod(cell - 1, sheet.columns)
    return sheet.margin_left_mm + column * sheet.pitch_x_mm, sheet.margin_top_mm + row * sheet.pitch_y_mm


def place(sheet: SheetProduct, count: int, start_cell: int = 1) -> list[Page]:
    """Lay `count` labels out from `start_cell` on; the second page and all later ones begin at place 1.

    Raises ValueError when the sheet has no such place.
    """
    _check_cell(sheet, start_cell)
    pages: list[list[Placement]] = []
    for index in range(count):
        page, cell = divmod(start_cell - 1 + index, sheet.cells)
        if page == len(pages):
            pages.append([])
        x_mm, y_mm = cell_origin(sheet, cell + 1)
        pages[page].append(Placement(index, cell + 1, x_mm, y_mm))
    return [Page(tuple(placements)) for placements in pages]


def next_free_cell(sheet: SheetProduct, count: int, start_cell: int = 1) -> int:
    """The place the next job can begin at, on the sheet left in the tray; 1 when that sheet is used up."""
    _check_cell(sheet, start_cell)
    return (start_cell - 1 + count) % sheet.cells + 1


def qr_side_mm(dark_mm: Decimal, modules: int, side: int) -> Decimal:
    """The side of a code with its quiet zone, when its dark symbol is `dark_mm` wide."""
    return dark_mm * side / modules


def widest_qr_side_mm(dark_mm: Decimal) -> Decimal:
    """The side of a code with its quiet zone when its modules are as large as an address of ours can make them."""
    return qr_side_mm(dark_mm, int(_FEWEST_MODULES), int(_FEWEST_MODULES + 2 * SMALLEST_QUIET_ZONE))


def problems(sheet: SheetProduct) -> list[str]:
    """What is wrong with a sheet product, as sentences for the one who typed it in; empty when it can be printed."""
    return [*_count_problems(sheet), *_page_problems(sheet), *_label_problems(sheet)]


def _check_cell(sheet: SheetProduct, cell: int) -> None:
    if not 1 <= cell <= sheet.cells:
        raise ValueError(f"sheet {sheet.key!r} has places 1 to {sheet.cells}, not {cell}")


def _count_problems(sheet: SheetProduct) -> Iterator[str]:
    if sheet.columns < 1 or sheet.rows < 1:
        yield _("Arket skal have mindst én kolonne og én række.")
    elif sheet.cells > MAX_CELLS:
        yield _("Et ark kan højst have %(most)s mærker. Her er der %(cells)s.", most=MAX_CELLS, cells=sheet.cells)
    elif sheet.page == "roll" and sheet.cells != 1:
        yield _("En rulle har ét mærke ad gangen: én kolonne og én række.")


def _page_problems(sheet: SheetProduct) -> Iterator[str]:
    if sheet.label_w_mm <= 0 or sheet.label_h_mm <= 0:
        yield _("Mærkets bredde og højde skal være over 0 mm.")
    if sheet.page == "roll" and (sheet.label_w_mm > WIDEST_ROLL_MM or sheet.label_h_mm > LONGEST_ROLL_MM):
        yield _(
            "Et mærke på en rulle er højst %(w)s mm bredt og %(h)s mm højt. Se, om målene er i millimeter.",
            w=danish_mm(WIDEST_ROLL_MM),
            h=danish_mm(LONGEST_ROLL_MM),
        )
    if sheet.margin_left_mm < 0 or sheet.margin_top_mm < 0:
        yield _("Margen kan ikke være under 0 mm.")
    if sheet.columns > 1 and sheet.pitch_x_mm < sheet.label_w_mm:
        yield _(
            "Mærkerne ligger oven i hinanden på tværs. Mål fra kant til kant: mindst %(mm)s mm.", mm=_mm(sheet, "w")
        )
    if sheet.rows > 1 and sheet.pitch_y_mm < sheet.label_h_mm:
        yield _("Mærkerne ligger oven i hinanden nedad. Mål fra kant til kant: mindst %(mm)s mm.", mm=_mm(sheet, "h"))
    page_w_mm, page_h_mm = sheet.page_mm
    if sheet.margin_left_mm + (sheet.columns - 1) * sheet.pitch_x_mm + sheet.label_w_mm > page_w_mm:
        yield _("Det sidste mærke til højre går ud over papiret, som er %(mm)s mm bredt.", mm=danish_mm(page_w_mm))
    if sheet.margin_top_mm + (sheet.rows - 1) * sheet.pitch_y_mm + sheet.label_h_mm > page_h_mm:
        yield _("Det nederste mærke går ud over papiret, som er %(mm)s mm højt.", mm=danish_mm(page_h_mm))


def _label_problems(sheet: SheetProduct) -> Iterator[str]:
    fewest = _FEWEST_MODULES + 2 * SMALLEST_QUIET_ZONE
    needed_mm = SMALLEST_DARK_MM * fewest / _FEWEST_MODULES + 2 * CUT_SAFETY_MM
    if min(sheet.label_w_mm, sheet.label_h_mm) < needed_mm:
        yield _(
            "Mærket er for lille til QR-koden. Den sorte kode skal være mindst 15 mm med hvidt omkring, "
            "så mærket skal være mindst %(mm)s mm på hver led.",
            mm=danish_mm(needed_mm),
        )
    elif sheet.label_w_mm < needed_mm + SMALLEST_TEXT_W_MM:
        yield _(
            "Mærket er for smalt: navn og pris skal stå ved siden af QR-koden. Det skal være mindst %(mm)s mm bredt.",
            mm=danish_mm(needed_mm + SMALLEST_TEXT_W_MM),
        )


def _mm(sheet: SheetProduct, side: Literal["w", "h"]) -> str:
    return danish_mm(sheet.label_w_mm if side == "w" else sheet.label_h_mm)


def danish_mm(value: Decimal) -> str:
    """Millimetres as Danish text without needless zeros: `63,5`, `210`."""
    return f"{value.normalize():f}".replace(".", ",")
