"""How large everything is on a label of a given size: one design in three shapes, chosen by the label's measures.

`wide` is the label of an A4 sheet and of a low roll (code to the lower right), `tall` the hanging label of a roll,
`compact` the smallest one that still carries a readable code. `own` is a layout the workshop has made itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from workshop.labels.designs.rules import (
    PAD_X_MM,
    PAD_Y_MM,
    CodePlace,
    Design,
    SizedBlock,
    points,
    sized_blocks,
)
from workshop.labels.sheet import CUT_SAFETY_MM, SMALLEST_DARK_MM, SheetProduct, qr_side_mm

_NORMAL_W_MM, _NORMAL_H_MM = 63.5, 38.1  # the label the design was drawn on
_NORMAL_DARK_MM = Decimal("15.3")
_TALL_DARK_MM = Decimal("27.5")
_COMPACT_BELOW_MM = 25
_TALL_FROM_MM = 75


@dataclass(frozen=True)
class LabelLayout:
    """Sizes of one label: millimetres for lengths, points for text."""

    shape: Literal["wide", "tall", "compact", "own"]
    w: float
    h: float
    pad_x: float
    pad_y: float
    mark: float
    shop: float
    number: float
    name: float
    info: float
    before: float
    price: float
    more: float
    cut: float = float(CUT_SAFETY_MM)
    dot: float = 0  # how large a dot of the printer is, when the code must begin on one
    code: CodePlace = "end"
    blocks: tuple[SizedBlock, ...] = ()


def layout_for(sheet: SheetProduct, design: Design | None = None, dots_per_inch: int | None = None) -> LabelLayout:
    """The sizes for the labels of a sheet product: the house's own label, or a layout of the workshop's own."""
    layout = _house_layout(sheet) if design is None else _own_layout(sheet, design)
    return layout if dots_per_inch is None else replace(layout, dot=25.4 / dots_per_inch)


def _own_layout(sheet: SheetProduct, design: Design) -> LabelLayout:
    w, h = float(sheet.label_w_mm), float(sheet.label_h_mm)
    scale = _scale(w, h)
    more = next((points("more", block.size, scale) for block in design.blocks if block.field == "more"), 0)
    return LabelLayout(
        "own",
        w,
        h,
        pad_x=float(PAD_X_MM),
        pad_y=float(PAD_Y_MM),
        mark=3.4 * scale,
        shop=0,
        number=8,
        name=11,
        info=7.2,
        before=7.4,
        price=22,
        more=more,
        code=design.qr_side,
        blocks=tuple(sized_blocks(design, scale, design.qr_dark_mm, sheet.label_h_mm)),
    )


def _house_layout(sheet: SheetProduct) -> LabelLayout:
    w, h = float(sheet.label_w_mm), float(sheet.label_h_mm)
    if h < _COMPACT_BELOW_MM:
        return LabelLayout(
            "compact", w, h, 2.4, 2.0, mark=0, shop=0, number=7, name=8.5, info=6.2, before=6.2, price=15, more=0
        )
    if w < h and h >= _TALL_FROM_MM:
        return LabelLayout(
            "tall", w, h, 4, 4, mark=5, shop=8.5, number=10, name=17, info=9.5, before=9.5, price=34, more=9.5
        )
    scale = _scale(w, h)
    return LabelLayout(
        "wide",
        w,
        h,
        pad_x=3 * min(scale, 1.4),
        pad_y=2.6 * min(scale, h / _NORMAL_H_MM),
        mark=3.4 * scale,
        shop=max(5.8, 6.6 * scale),
        number=max(7.0, 8 * scale),
        name=11 * scale,
        info=max(6.2, 7.2 * scale),
        before=max(6.4, 7.4 * scale),
        price=22 * scale,
        more=max(5.6, 6 * scale),
    )


def dark_mm(
    sheet: SheetProduct, modules: int, side: int, design: Design | None = None, dots_per_inch: int | None = None
) -> Decimal | None:
    """How wide the dark symbol becomes on this label; None when 15 mm with its quiet zone does not fit.

    The symbol grows with the label and gives way, down to 15 mm, where its quiet zone would touch the cut. A layout of
    the workshop's own says itself how large it is. For a printer of dots every module is a whole number of them.
    """
    room_mm = min(sheet.label_w_mm, sheet.label_h_mm) - 2 * CUT_SAFETY_MM
    largest_mm = (room_mm * modules / side).quantize(Decimal("0.01"), rounding=ROUND_FLOOR)
    if largest_mm < SMALLEST_DARK_MM or qr_side_mm(largest_mm, modules, side) > room_mm:
        return None
    wanted_mm = min(largest_mm, _wanted_dark_mm(sheet) if design is None else design.qr_dark_mm)
    return wanted_mm if dots_per_inch is None else _in_whole_dots(wanted_mm, largest_mm, modules, dots_per_inch)


def _in_whole_dots(wanted_mm: Decimal, largest_mm: Decimal, modules: int, dots_per_inch: int) -> Decimal | None:
    """The size nearest below the wanted one, or the first from 15 mm on, whose modules are whole dots."""
    a_dot_mm = modules * Decimal("25.4") / dots_per_inch  # what one more dot a module makes of the symbol
    dots = (wanted_mm / a_dot_mm).quantize(Decimal(1), rounding=ROUND_FLOOR)
    if dots * a_dot_mm < SMALLEST_DARK_MM:
        dots = (SMALLEST_DARK_MM / a_dot_mm).quantize(Decimal(1), rounding=ROUND_CEILING)
    return dots * a_dot_mm if dots * a_dot_mm <= largest_mm else None


def _wanted_dark_mm(sheet: SheetProduct) -> Decimal:
    layout = _house_layout(sheet)
    if layout.shape == "tall":
        return _TALL_DARK_MM
    if layout.shape == "compact":
        return _NORMAL_DARK_MM
    return max(_NORMAL_DARK_MM, (_NORMAL_DARK_MM * Decimal(_scale(layout.w, layout.h))).quantize(Decimal("0.1")))


def _scale(w: float, h: float) -> float:
    """How much larger than the normal label: the root of the area, held back by the height."""
    by_area = math.sqrt(w * h / (_NORMAL_W_MM * _NORMAL_H_MM))
    return min(by_area, 1.2 * h / _NORMAL_H_MM, 1.6)
