"""Labels for a Brother QL. The library behind it is under the GPL-3, so it is an extra and is loaded here alone."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import NamedTuple

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.labels.printers import rules
from workshop.labels.printers.picture import Dots, fitted
from workshop.labels.sheet import SheetProduct, danish_mm

_MM_PER_INCH = Decimal("25.4")


class Media(NamedTuple):
    """A roll as the printer knows it: its name, and the dots it can print on. No height: it is cut where we say."""

    name: str
    width: int
    height: int | None


# Source: Brother QL raster command reference; the printer leaves an edge free on every side.
_CUT_AHEAD = {
    (1700, 5400): Media("17x54", 165, 566),
    (2900, 9000): Media("29x90", 306, 991),
    (3800, 9000): Media("39x90", 413, 991),
    (5200, 2900): Media("52x29", 578, 271),
    (6200, 2900): Media("62x29", 696, 271),
    (6200, 10000): Media("62x100", 696, 1109),
}
_ENDLESS = {2900: Media("29", 306, None), 3800: Media("38", 413, None), 5000: Media("50", 554, None)} | {
    5400: Media("54", 590, None),
    6200: Media("62", 696, None),
}


def media_for(sheet: SheetProduct) -> Media:
    """The roll a sheet product is.

    Raises Refusal when no roll of that width exists.
    """
    size = (int(sheet.label_w_mm * 100), int(sheet.label_h_mm * 100))
    found = _CUT_AHEAD.get(size) or _ENDLESS.get(size[0])
    if found is None:
        raise Refusal(
            _("Brother har ingen rulle, der er %(mm)s mm bred. Vælg en anden rulle.", mm=danish_mm(sheet.label_w_mm))
        )
    return found


def printable(sheet: SheetProduct) -> SheetProduct:
    """The part of a label the printer reaches, as a label of its own; drawn on that, nothing is lost at the edge."""
    media = media_for(sheet)
    width_mm = media.width * _MM_PER_INCH / rules.BROTHER_DENSITY
    height_mm = sheet.label_h_mm if media.height is None else media.height * _MM_PER_INCH / rules.BROTHER_DENSITY
    return dataclasses.replace(
        sheet, label_w_mm=width_mm, label_h_mm=height_mm, pitch_x_mm=width_mm, pitch_y_mm=height_mm
    )


def label(dots: Dots, sheet: SheetProduct, model: str) -> bytes:
    """One label as the printer takes it: the whole conversation up to "print and cut".

    Raises Refusal where the extra is not installed.
    """
    if not rules.has_brother():
        raise Refusal(rules.brother_missing())
    # Imported here because few have such a printer, and those who do have chosen the licence with it.
    from brother_ql.conversion import convert
    from brother_ql.raster import BrotherQLRaster
    from PIL import Image, ImageOps

    media = media_for(sheet)
    dots = fitted(dots, media.width, media.height or dots.height)
    ink = Image.frombytes("1", (dots.width, dots.height), dots.rows)
    picture = ImageOps.invert(ink.convert("L"))
    made: bytes = convert(BrotherQLRaster(model), [picture], media.name, rotate="0", cut=True)
    return made
