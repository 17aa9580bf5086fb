r"""Price labels as a file for the printer, and one of them as a picture for the screen.

The page has the true size of the paper, so "print at 100 %" is all a person has to choose. Text reaches typst as JSON
data and is never pasted into its source: a name full of `#` and `\` is a name.
"""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workshop.core.errors import Refusal
from workshop.core.i18n import _, language
from workshop.core.print_fonts import font_folders, printable
from workshop.labels.layout import dark_mm, layout_for
from workshop.labels.sheet import Page, Placement, SheetProduct, danish_mm, place, problems

if TYPE_CHECKING:
    import typst

MAX_LABELS = 1000  # Source: decision 10; memory grows with the job
MAX_OFFSET_MM = Decimal(10)
_SOURCE = Path(__file__).with_name("price_label.typ")
_QR_PATH = re.compile(r"(?:M\d+ \d+(?:[hv]-?\d+)+z)+")
_TITLE_LENGTH, _INFO_LENGTH = 160, 240  # longer than any label shows; keeps the fitting short
_LARGE_JOB = 100
_QUIET_MODULES = 8  # four modules of white on both sides are part of `qr_side`
_typst_lock = threading.Lock()


@dataclass(frozen=True)
class PriceLabel:
    """What one label says. Prices come as text (`1.150 kr.`); `before_text` is the amount alone, without "Førpris".

    `info` is wood and care, one sentence a line. `qr_path` and `qr_side` are kept with the item (`QrCode`).
    """

    number: int
    title: str
    info: tuple[str, ...]
    price_text: str
    before_text: str | None
    qr_path: str
    qr_side: int
    workshop_name: str


def render_price_labels(
    labels: Sequence[PriceLabel],
    sheet: SheetProduct,
    start_cell: int = 1,
    offset_mm: tuple[Decimal | int, Decimal | int] = (0, 0),
) -> bytes:
    """The print job as a tagged PDF (PDF/UA-1), the same bytes for the same labels.

    `start_cell` is the first free place of the first sheet; `offset_mm` moves everything right and down for a printer
    that draws the paper in a little crooked.

    Raises Refusal when there is nothing to print, more than 1,000 labels, or the sheet cannot carry them.
    """
    check_job(len(labels), sheet, start_cell, offset_mm)
    pages = place(sheet, len(labels), start_cell)
    return _compile(_data(labels, sheet, pages, sheet.page_mm, offset_mm), "pdf")


def preview_svg(label: PriceLabel, sheet: SheetProduct) -> bytes:
    """One label, in its true size, for the screen.

    Raises Refusal when the sheet cannot carry it.
    """
    return _compile(_single(label, sheet), "svg")


def preview_png(label: PriceLabel, sheet: SheetProduct, ppi: int = 300) -> bytes:
    """One label as a picture, for screens and for label printers that take dots.

    Raises Refusal when the sheet cannot carry it.
    """
    return _compile(_single(label, sheet), "png", ppi)


def check_job(
    count: int, sheet: SheetProduct, start_cell: int = 1, offset_mm: tuple[Decimal | int, Decimal | int] = (0, 0)
) -> None:
    """Say no to a job that cannot be printed, before anybody waits for its file.

    Raises Refusal when there is nothing to print, more than 1,000 labels, or the sheet cannot carry them.
    """
    if count < 1:
        raise Refusal(_("Der er ingen mærker at printe."))
    if count > MAX_LABELS:
        raise Refusal(
            _(
                "Der kan højst printes 1.000 mærker ad gangen. Her er der %(count)s. Del dem i flere print.",
                count=f"{count:,}".replace(",", "."),
            )
        )
    _check_sheet(sheet)
    if not 1 <= start_cell <= sheet.cells:
        raise Refusal(_("Vælg en plads fra 1 til %(cells)s på arket.", cells=sheet.cells))
    dx, dy = offset_mm
    if max(abs(Decimal(dx)), abs(Decimal(dy))) > MAX_OFFSET_MM:
        raise Refusal(_("Printeren kan højst rettes %(mm)s mm til hver side.", mm=danish_mm(MAX_OFFSET_MM)))


def checked_dark_mm(sheet: SheetProduct, number: int, qr_side: int) -> Decimal:
    """How wide the dark symbol of an item's code becomes on this sheet's labels, in mm.

    Raises Refusal when it would be under 15 mm or without its white margin.
    """
    dark = dark_mm(sheet, qr_side - _QUIET_MODULES, qr_side)
    if dark is None:
        raise Refusal(_("QR-koden til vare %(number)s kan ikke være på mærket. Vælg et større.", number=number))
    return dark


def _check_sheet(sheet: SheetProduct) -> None:
    found = problems(sheet)
    if found:
        raise Refusal(" ".join(found))


def _single(label: PriceLabel, sheet: SheetProduct) -> dict[str, Any]:
    _check_sheet(sheet)
    page = Page((Placement(0, 1, Decimal(0), Decimal(0)),))
    return _data([label], sheet, [page], (sheet.label_w_mm, sheet.label_h_mm), (0, 0))


def _data(
    labels: Sequence[PriceLabel],
    sheet: SheetProduct,
    pages: Sequence[Page],
    page_mm: tuple[Decimal, Decimal],
    offset_mm: tuple[Decimal | int, Decimal | int],
) -> dict[str, Any]:
    """What price_label.typ reads; lengths become floats only here, at the very end."""
    dx, dy = offset_mm
    return {
        "title": _("Prismærker"),
        "lang": language(),
        "more": _("Se mere"),
        "scan": _("Scan koden, og se mere"),
        "page": [float(length) for length in page_mm],
        "layout": asdict(layout_for(sheet)),
        "labels": [_label_data(label, sheet) for label in labels],
        "pages": [
            [[float(spot.x_mm + dx), float(spot.y_mm + dy), spot.index] for spot in page.placements] for page in pages
        ],
    }


def _label_data(label: PriceLabel, sheet: SheetProduct) -> dict[str, Any]:
    if not _QR_PATH.fullmatch(label.qr_path):
        raise ValueError(f"item {label.number} carries something that is not the path of a QR code")
    dark = checked_dark_mm(sheet, label.number, label.qr_side)
    before = label.before_text
    return {
        "number": _("Nr. %(number)s", number=label.number).replace(" ", "\u00a0"),
        "alt": _("QR-kode til vare %(number)s", number=label.number),
        "title": printable(label.title)[:_TITLE_LENGTH],
        "info": [text for line in label.info if (text := printable(line)[:_INFO_LENGTH])],
        "price": _unbroken(label.price_text),
        "before": None if before is None else _("Førpris %(price)s", price=_unbroken(before)),
        "shop": printable(label.workshop_name),
        "path": label.qr_path,
        "side": label.qr_side,
        "modules": label.qr_side - _QUIET_MODULES,
        "dark": float(dark),
    }


def _unbroken(amount: str) -> str:
    """An amount that never leaves its "kr." on the line before."""
    return printable(amount).replace(" ", "\u00a0")


def _compile(data: dict[str, Any], kind: Literal["pdf", "svg", "png"], ppi: int | None = None) -> bytes:
    source = _SOURCE.read_bytes()
    with _typst_lock:  # the compiler keeps its inputs between calls, so two threads must not share it at once
        made = _compiler().compile(
            source,
            format=kind,
            ppi=ppi,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"] if kind == "pdf" else [],
            timestamp=0,
        )
        if len(data["labels"]) > _LARGE_JOB:
            _forget()
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} for {kind}, not one file")
    return made


def _forget() -> None:
    """Let typst drop what it remembers of a large job, so the process stays under 165 MB and does not reach 325.

    It forgets what the last ten compilations did not use, and offers no other way; eleven empty ones cost 10 to 100 ms.
    """
    for turn in range(11):
        _compiler().compile(b"#set page(width: 1mm, height: 1mm)", format="svg", sys_inputs={"turn": str(turn)})


@functools.cache
def _compiler() -> typst.Compiler:
    """The one compiler of the process: it keeps fonts and source, so a repeated job costs a third."""
    # Imported here because only printing needs it, and the library takes 81 MB on disk and 7 MB in memory.
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in font_folders()],
    )
    return typst.Compiler(font_paths=fonts)
