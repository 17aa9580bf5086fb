"""Price labels as a file for the printer, and one of them as a picture for the screen or as dots for a label printer.

The page has the true size of the paper, so "print at 100 %" is all a person has to choose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from workshop.core.errors import Refusal
from workshop.core.i18n import _, in_danish, language
from workshop.core.print_fonts import printable
from workshop.labels import widths
from workshop.labels.art import Code, art_size, code_place, page_art, rule_y
from workshop.labels.designs import rules
from workshop.labels.designs.rules import Design
from workshop.labels.layout import LabelLayout, dark_mm, layout_for
from workshop.labels.plan import Line, Texts, planned
from workshop.labels.sheet import Page, Placement, SheetProduct, cell_origin, danish_mm, place, problems
from workshop.labels.typesetting import typeset

MAX_LABELS = 1000  # Source: decision 10; memory grows with the job
MAX_OFFSET_MM = Decimal(10)
_LABELS = Path(__file__).with_name("price_label.typ")
_CALIBRATION = Path(__file__).with_name("calibration.typ")
_QR_PATH = re.compile(r"(?:M\d+ \d+(?:[hv]-?\d+)+z)+")
_TITLE_LENGTH, _INFO_LENGTH = 160, 240  # longer than any label shows; keeps the fitting short
_QUIET_MODULES = 8  # four modules of white on both sides are part of `qr_side`

Offset = tuple[Decimal | int, Decimal | int]


@dataclass(frozen=True)
class PriceLabel:
    """What one label says. Prices come as text (`1.150 kr.`); `before_text` is the amount alone, without "Førpris".

    `info` is wood and care, one sentence a line. `qr_path` and `qr_side` are kept with the item (`QrCode`). Without
    title and price it is a label for a code that waits for its item, with lines to write both on.
    """

    number: int
    title: str
    info: tuple[str, ...]
    price_text: str
    before_text: str | None
    qr_path: str
    qr_side: int
    workshop_name: str

    @property
    def is_blank(self) -> bool:
        """Whether it is printed ahead, for a name and a price written by hand."""
        return not self.title and not self.price_text


@dataclass(frozen=True)
class _Drawn:
    """What labels are drawn on: the sheet, the layout, and the dots of the printer when it is one of dots."""

    sheet: SheetProduct
    design: Design | None = None
    dots_per_inch: int | None = None

    def dark_mm(self, number: int, qr_side: int) -> Decimal:
        """How wide the dark symbol of a code becomes. Raises Refusal when it cannot be read or has no white."""
        dark = dark_mm(self.sheet, qr_side - _QUIET_MODULES, qr_side, self.design, self.dots_per_inch)
        if dark is None:
            raise Refusal(_("QR-koden til vare %(number)s kan ikke være på mærket. Vælg et større.", number=number))
        return dark


def render_price_labels(
    labels: Sequence[PriceLabel],
    sheet: SheetProduct,
    start_cell: int = 1,
    offset_mm: Offset = (0, 0),
    design: Design | None = None,
) -> bytes:
    """The print job as a tagged PDF (PDF/UA-1), the same bytes for the same labels.

    `start_cell` is the first free place of the first sheet; `offset_mm` moves everything right and down for a printer
    that draws the paper in a little crooked; `design` is a layout of the workshop's own instead of the house's label.

    Raises Refusal when there is nothing to print, more than 1,000 labels, or the sheet cannot carry them.
    """
    check_job(len(labels), sheet, start_cell, offset_mm, design)
    pages = place(sheet, len(labels), start_cell)
    # Passed on without a name here, so that it is gone when typst begins.
    return typeset(
        _LABELS, _data(labels, _Drawn(sheet, design), pages, sheet.page_mm, offset_mm), "pdf", size=len(labels)
    )


def preview_svg(label: PriceLabel, sheet: SheetProduct, design: Design | None = None) -> bytes:
    """One label, in its true size, for the screen.

    Raises Refusal when the sheet cannot carry it.
    """
    return typeset(_LABELS, _single(label, _Drawn(sheet, design)), "svg")


def preview_png(label: PriceLabel, sheet: SheetProduct, ppi: int = 300, design: Design | None = None) -> bytes:
    """One label as a picture for the screen.

    Raises Refusal when the sheet cannot carry it.
    """
    return typeset(_LABELS, _single(label, _Drawn(sheet, design)), "png", ppi)


def raster(
    label: PriceLabel, sheet: SheetProduct, dots_per_inch: int, design: Design | None = None
) -> tuple[int, int, bytes]:
    """One label as the dots of a label printer: width, height, and rows padded to whole bytes, 1 for black.

    Every module of the code is a whole number of dots and begins on one, so the printer adds nothing and loses nothing.

    Raises Refusal when the sheet cannot carry it.
    """
    # Imported here because only a printer of dots needs it, and it costs 20 ms to import.
    from PIL import Image

    data = _single(label, _Drawn(sheet, design, dots_per_inch))
    png = typeset(_LABELS, data, "png", dots_per_inch)
    with Image.open(BytesIO(png)) as picture:
        black = picture.convert("L").point(lambda light: 255 * (light < 128)).convert("1", dither=Image.Dither.NONE)
    # A module drawn exactly on its dots may still come out grey at an edge, so each is filled from its middle.
    modules = label.qr_side - _QUIET_MODULES
    code = data["labels"][0]
    x, y, side = (round(code[name] * dots_per_inch / 25.4) for name in ("x", "y", "dark"))
    middles = black.crop((x, y, x + side, y + side)).resize((modules, modules), Image.Resampling.NEAREST)
    black.paste(middles.resize((side, side), Image.Resampling.NEAREST), (x, y))
    return black.width, black.height, black.tobytes()


def render_calibration(sheet: SheetProduct, offset_mm: Offset = (0, 0)) -> bytes:
    """A page to lay over the empty sheet against the light: outlines, crosses to measure to, and a ruler in mm.

    `offset_mm` is how the printer is corrected already, so a second print shows whether it lies right now.

    Raises Refusal when the sheet cannot be printed.
    """
    check_job(1, sheet, 1, offset_mm)
    dx, dy = offset_mm
    w_mm, h_mm = sheet.page_mm
    far = Decimal(15) if sheet.page == "A4" else Decimal(8)
    crosses = [(far, far), (w_mm - far, far), (far, h_mm - far), (w_mm - far, h_mm - far)]
    data = {
        "title": _("Prøveside til %(sheet)s", sheet=printable(sheet.name)),
        "lang": language(),
        "page": [float(w_mm), float(h_mm)],
        "offset": [float(dx), float(dy)],
        "label": [float(sheet.label_w_mm), float(sheet.label_h_mm)],
        "origins": [[float(length) for length in cell_origin(sheet, cell)] for cell in range(1, sheet.cells + 1)],
        "crosses": [[float(x), float(y)] for x, y in crosses],
        "is_roll": sheet.page == "roll",
        "steps": _steps(sheet, far),
    }
    return typeset(_CALIBRATION, data, "pdf")


def check_job(
    count: int,
    sheet: SheetProduct,
    start_cell: int = 1,
    offset_mm: Offset = (0, 0),
    design: Design | None = None,
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
    _check_sheet(sheet, design)
    if not 1 <= start_cell <= sheet.cells:
        raise Refusal(_("Vælg en plads fra 1 til %(cells)s på arket.", cells=sheet.cells))
    dx, dy = offset_mm
    if max(abs(Decimal(dx)), abs(Decimal(dy))) > MAX_OFFSET_MM:
        raise Refusal(_("Printeren kan højst rettes %(mm)s mm til hver side.", mm=danish_mm(MAX_OFFSET_MM)))


def checked_dark_mm(sheet: SheetProduct, number: int, qr_side: int, design: Design | None = None) -> Decimal:
    """How wide the dark symbol of an item's code becomes on this sheet's labels, in mm.

    Raises Refusal when it would be under 15 mm or without its white margin.
    """
    return _Drawn(sheet, design).dark_mm(number, qr_side)


def _check_sheet(sheet: SheetProduct, design: Design | None) -> None:
    found = problems(sheet) or ([] if design is None else rules.problems(design, sheet))
    if found:
        raise Refusal(" ".join(found))


def _single(label: PriceLabel, drawn: _Drawn) -> dict[str, Any]:
    _check_sheet(drawn.sheet, drawn.design)
    page = Page((Placement(0, 1, Decimal(0), Decimal(0)),))
    return _data([label], drawn, [page], (drawn.sheet.label_w_mm, drawn.sheet.label_h_mm), (0, 0))


@in_danish()  # a label hangs in the shop, also when a tablet that speaks another language printed it
def _data(
    labels: Sequence[PriceLabel],
    drawn: _Drawn,
    pages: Sequence[Page],
    page_mm: tuple[Decimal, Decimal],
    offset_mm: Offset,
) -> dict[str, Any]:
    """What price_label.typ reads; lengths become floats only here, at the very end."""
    dx, dy = offset_mm
    layout = layout_for(drawn.sheet, drawn.design, drawn.dots_per_inch)
    codes = [_code(label, drawn, layout) for label in labels]
    paper = (float(page_mm[0]), float(page_mm[1]))
    spots = [[(float(spot.x_mm + dx), float(spot.y_mm + dy), spot.index) for spot in page.placements] for page in pages]
    canvas = art_size(paper, layout)
    return {
        "title": _("Prismærker"),
        "lang": language(),
        "more": _("Se mere"),
        "scan": _("Scan koden, og se mere"),
        "name_word": _("Navn"),
        "price_word": _("Pris"),
        "gap": widths.text_em(" ", widths.REGULAR),
        "gap_bold": widths.text_em(" ", widths.BOLD),
        "cap": widths.cap_height_em(),
        "page": paper,
        "layout": {
            **asdict(layout),
            "blocks": [block._asdict() for block in layout.blocks],
            "rule": rule_y(codes[0]),
        },
        "labels": [_label_data(label, code, layout) for label, code in zip(labels, codes, strict=True)],
        "pages": spots,
        "art_size": canvas,
        "art": [page_art(canvas, layout, [(x, y, codes[index]) for x, y, index in page]) for page in spots],
    }


def _code(label: PriceLabel, drawn: _Drawn, layout: LabelLayout) -> Code:
    if not _QR_PATH.fullmatch(label.qr_path):
        raise ValueError(f"item {label.number} carries something that is not the path of a QR code")
    dark = drawn.dark_mm(label.number, label.qr_side)
    modules = label.qr_side - _QUIET_MODULES
    quiet = dark * (_QUIET_MODULES // 2) / modules
    x, y = code_place(layout, float(dark), float(quiet))
    return Code(x, y, float(dark), float(quiet), modules, label.qr_path)


def _label_data(label: PriceLabel, code: Code, layout: LabelLayout) -> dict[str, Any]:
    before = None if label.before_text is None else _("Førpris %(price)s", price=_unbroken(label.before_text))
    texts = Texts(
        title=printable(label.title)[:_TITLE_LENGTH],
        info=[text for line in label.info if (text := printable(line)[:_INFO_LENGTH])],
        price=_unbroken(label.price_text),
        before=before,
    )
    number = _("Nr. %(number)s", number=label.number).replace(" ", "\u00a0")
    shop = printable(label.workshop_name)
    shop_em = widths.text_em(shop, widths.BOLD)
    said = {
        "number": number,
        "number_em": widths.figures_em(number, widths.NUMBER),
        "shop": shop,
        "alt": _("QR-kode til vare %(number)s", number=label.number),
        "blank": label.is_blank,
        "x": code.x,
        "y": code.y,
        "dark": code.dark,
        "quiet": code.quiet,
    }
    plan = None if label.is_blank else planned(texts, layout, code, _("Se mere"))
    if plan is not None:
        return {**said, "shop_em": shop_em, "lines": _from_line_to_line(plan.lines), "more_up": plan.more_up}
    return {**said, "shop_em": shop_em, **_to_be_fitted(texts)}


def _from_line_to_line(lines: Sequence[Line]) -> list[tuple[float, str, float, str]]:
    """Each line with the distance to its baseline from that of the line above."""
    above = [0.0, *(line.at for line in lines)]
    return [
        (round(line.at - last, 3), line.text, line.size, line.kind) for line, last in zip(lines, above, strict=False)
    ]


def _to_be_fitted(texts: Texts) -> dict[str, Any]:
    """What typst fits itself, with the widths that are known."""
    info_em = [words for text in texts.info if (words := widths.words_em(text, widths.REGULAR)) is not None]
    return {
        "title": texts.title,
        "title_em": widths.words_em(texts.title, widths.BOLD),
        "info": texts.info,
        "info_em": info_em if len(info_em) == len(texts.info) else None,
        "price": texts.price,
        "price_em": widths.figures_em(texts.price, widths.PRICE),
        "before": texts.before,
        "before_em": None if texts.before is None else widths.text_em(texts.before, widths.REGULAR),
    }


def _unbroken(amount: str) -> str:
    """An amount that never leaves its "kr." on the line before."""
    return printable(amount).replace(" ", "\u00a0")


def _steps(sheet: SheetProduct, far: Decimal) -> list[str]:
    """What to do with the page that shows how a printer prints."""
    if sheet.page == "roll":
        return [
            _("Streg om kanten? Så passer det."),
            _("Ellers mål fra kant til kryds: %(mm)s mm.", mm=danish_mm(far)),
        ]
    return [
        _("Print siden i 100 % på almindeligt papir. Vælg ikke “tilpas til siden”."),
        _("Mål linealen: den skal være præcis 100 mm. Er den ikke det, er siden ikke printet i 100 %."),
        _("Mål fra papirets venstre kant til krydset øverst til venstre. Der skal være %(mm)s mm.", mm=danish_mm(far)),
        _("Mål fra papirets øverste kant til det samme kryds. Der skal også være %(mm)s mm.", mm=danish_mm(far)),
        _("Skriv ved printeren, hvad du målte. Så flytter vi mærkerne på plads."),
        _("Hold siden bag et ark med mærker op mod lyset, og se, om stregerne følger mærkernes kanter."),
    ]
