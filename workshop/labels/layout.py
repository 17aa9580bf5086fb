"""How large everything is on a label of a given size: one design in three shapes, chosen by the label's measures.

`wide` is the label of an A4 sheet and of a low roll (code to the lower right), `tall` the hanging label of a roll,
`compact` the smallest one that still carries a readable code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from workshop.labels.sheet import CUT_SAFETY_MM, SMALLEST_DARK_MM, SheetProduct, qr_side_mm

_NORMAL_W_MM, _NORMAL_H_MM = 63.5, 38.1  # the label the design was drawn on
_NORMAL_DARK_MM = Decimal("15.3")
_TALL_DARK_MM = Decimal("27.5")
_COMPACT_BELOW_MM = 25
_TALL_FROM_MM = 75


@dataclass(frozen=True)
class LabelLayout:
    """Sizes of one label: millimetres for lengths, points for text."""

    shape: Literal["wide", "tall", "compact"]
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


def layout_for(sheet: SheetProduct) -> LabelLayout:
    """The sizes for the labels of a sheet product."""
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


def dark_mm(sheet: SheetProduct, modules: int, side: int) -> Decimal | None:
    """How wide the dark symbol becomes on this label; None when 15 mm with its quiet zone does not fit.

    The symbol grows with the label and gives way, down to 15 mm, where its quiet zone would touch the cut.
    """
    room_mm = min(sheet.label_w_mm, sheet.label_h_mm) - 2 * CUT_SAFETY_MM
    largest_mm = (room_mm * modules / side).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    if largest_mm < SMALLEST_DARK_MM or qr_side_mm(largest_mm, modules, side) > room_mm:
        return None
    return min(largest_mm, _wanted_dark_mm(sheet))


def _wanted_dark_mm(sheet: SheetProduct) -> Decimal:
    layout = layout_for(sheet)
    if layout.shape == "tall":
        return _TALL_DARK_MM
    if layout.shape == "compact":
        return _NORMAL_DARK_MM
    return max(_NORMAL_DARK_MM, (_NORMAL_DARK_MM * Decimal(_scale(layout.w, layout.h))).quantize(Decimal("0.1")))


def _scale(w: float, h: float) -> float:
    """How much larger than the normal label: the root of the area, held back by the height."""
    by_area = math.sqrt(w * h / (_NORMAL_W_MM * _NORMAL_H_MM))
    return min(by_area, 1.2 * h / _NORMAL_H_MM, 1.6)
