"""What a label of the workshop's own may look like: its fields from the top down, their sizes, and where the code is.

A layout that cannot work is never kept. Each sentence here says what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from workshop.core.i18n import _, lazy
from workshop.labels.sheet import (
    CUT_SAFETY_MM,
    SMALLEST_DARK_MM,
    SMALLEST_TEXT_W_MM,
    SheetProduct,
    danish_mm,
    widest_qr_side_mm,
)

Field = Literal["shop", "number", "name", "info", "price", "more"]
Size = Literal["small", "normal", "large"]
CodePlace = Literal["start", "end", "below"]
FIELDS: tuple[Field, ...] = ("shop", "number", "name", "info", "price", "more")
SIZES: tuple[Size, ...] = ("small", "normal", "large")
PLACES: tuple[CodePlace, ...] = ("end", "start", "below")
FIELD_NAMES = {
    "shop": lazy("Værkstedets navn"),
    "number": lazy("Nummer"),
    "name": lazy("Navn"),
    "info": lazy("Træ og pleje"),
    "price": lazy("Pris, også førpris"),
    "more": lazy("“Se mere” ved koden"),
}
LARGEST_DARK_MM = Decimal(60)
_NEEDED: tuple[Field, ...] = ("name", "number", "price")
_FACTOR = {"small": 0.82, "normal": 1.0, "large": 1.3}
# Points on the normal label (63,5 x 38,1 mm), and the smallest that people can still read.
_POINTS = {"shop": 6.6, "number": 8.0, "name": 11.0, "info": 7.2, "price": 22.0, "more": 6.0}
_LEAST = {"shop": 5.6, "number": 6.5, "name": 7.7, "info": 6.0, "price": 8.0, "more": 5.6}
# How high a field is at its smallest, in its own size: the price has its before-price over it.
_HEIGHT = {"shop": 1.15, "number": 1.15, "name": 1.15, "info": 1.15, "price": 0.95}
_BEFORE_PT, _BEFORE_HEIGHT = 6.4, 1.3
PAD_X_MM, PAD_Y_MM = Decimal("2.4"), Decimal("2.0")
_MM_A_POINT = 25.4 / 72


class Block(NamedTuple):
    """One field of a label and how large it is."""

    field: Field
    size: Size = "normal"


@dataclass(frozen=True)
class Design:
    """A label of the workshop's own. Lengths are millimetres; the measures are those of the smallest label it fits."""

    name: str
    label_w_mm: Decimal
    label_h_mm: Decimal
    blocks: tuple[Block, ...]
    qr_dark_mm: Decimal
    qr_side: CodePlace = "end"

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a print job; lengths are hundredths of a millimetre."""
        return {
            "name": self.name,
            "label_w": round(self.label_w_mm * 100),
            "label_h": round(self.label_h_mm * 100),
            "blocks": [{"field": block.field, "size": block.size} for block in self.blocks],
            "qr_dark": round(self.qr_dark_mm * 100),
            "qr_side": self.qr_side,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Design:
        """A kept layout. Raises KeyError or ValueError when it is none of ours."""
        blocks = tuple(Block(block["field"], block["size"]) for block in kept["blocks"])
        known = all(block.field in FIELDS and block.size in SIZES for block in blocks)
        if not known or kept["qr_side"] not in PLACES:
            raise ValueError("a label layout with a field, a size or a place nobody knows")
        return cls(
            name=kept["name"],
            label_w_mm=Decimal(kept["label_w"]) / 100,
            label_h_mm=Decimal(kept["label_h"]) / 100,
            blocks=blocks,
            qr_dark_mm=Decimal(kept["qr_dark"]) / 100,
            qr_side=kept["qr_side"],
        )


class SizedBlock(NamedTuple):
    """A field as it is drawn: its size, that of the before-price above a price, and what must stay free below (pt)."""

    field: Field
    size: float
    before: float
    below: float


def problems(design: Design, size: SheetProduct | tuple[Decimal, Decimal] | None = None) -> list[str]:
    """What is wrong with a layout on labels of a size, as sentences for the one who made it; empty when it works.

    `size` is a sheet product or width and height in mm; None is the size the layout was made for.
    """
    w_mm, h_mm = _measures(design, size)
    found = [*_field_problems(design), *_code_problems(design, w_mm, h_mm)]
    return found or [*_room_problems(design, w_mm, h_mm)]


def points(field: Field, size: Size, scale: float = 1.0) -> float:
    """How large a field is on a label `scale` times the normal one."""
    return max(_LEAST[field], _POINTS[field] * _FACTOR[size] * scale)


def sized_blocks(design: Design, scale: float, dark_mm: Decimal, h_mm: Decimal) -> list[SizedBlock]:
    """The fields with their sizes on a label, all made smaller alike where they would not fit in its height."""
    room = float(text_height_mm(design, dark_mm, h_mm)) / _MM_A_POINT
    fields = [block for block in design.blocks if block.field != "more"]
    for tenth in range(20, 6, -1):
        sizes = [max(_LEAST[block.field], points(block.field, block.size, scale) * tenth / 20) for block in fields]
        heights = [_height(block.field, size) for block, size in zip(fields, sizes, strict=True)]
        if sum(heights) * 1.15 <= room:
            break
    else:
        sizes = [_LEAST[block.field] for block in fields]
        heights = [_height(block.field, size) for block, size in zip(fields, sizes, strict=True)]
    return [
        SizedBlock(block.field, size, max(_BEFORE_PT, size / 3), sum(heights[place + 1 :]))
        for place, (block, size) in enumerate(zip(fields, sizes, strict=True))
    ]


def text_height_mm(design: Design, dark_mm: Decimal, h_mm: Decimal) -> Decimal:
    """How high the column of text is: the whole label, or what is left above a code that stands below."""
    code_mm = dark_mm + 2 * _quiet_mm(dark_mm) + CUT_SAFETY_MM
    return h_mm - PAD_Y_MM - (code_mm if design.qr_side == "below" else max(PAD_Y_MM, _cut_mm(dark_mm)))


def text_width_mm(design: Design, dark_mm: Decimal, w_mm: Decimal) -> Decimal:
    """How wide the column of text is, beside the code or above it."""
    if design.qr_side == "below":
        return w_mm - 2 * PAD_X_MM
    return w_mm - PAD_X_MM - max(PAD_X_MM, _cut_mm(dark_mm)) - dark_mm - _quiet_mm(dark_mm)


def _quiet_mm(dark_mm: Decimal) -> Decimal:
    """The white on one side of the symbol, for the fewest modules an address of ours can have."""
    return (widest_qr_side_mm(dark_mm) - dark_mm) / 2


def _cut_mm(dark_mm: Decimal) -> Decimal:
    return _quiet_mm(dark_mm) + CUT_SAFETY_MM


def _height(field: Field, size: float) -> float:
    return size * _HEIGHT[field] + (max(_BEFORE_PT, size / 3) * _BEFORE_HEIGHT if field == "price" else 0)


def _measures(design: Design, size: SheetProduct | tuple[Decimal, Decimal] | None) -> tuple[Decimal, Decimal]:
    if size is None:
        return design.label_w_mm, design.label_h_mm
    return (size.label_w_mm, size.label_h_mm) if isinstance(size, SheetProduct) else size


def _field_problems(design: Design) -> Iterator[str]:
    chosen = [block.field for block in design.blocks]
    for field in _NEEDED:
        if field not in chosen:
            yield _("Sæt “%(field)s” på mærket. Det skal stå på et prismærke.", field=str(FIELD_NAMES[field]))
    for field in FIELDS:
        if chosen.count(field) > 1:
            yield _("“%(field)s” er på mærket to gange. Tag den ene væk.", field=str(FIELD_NAMES[field]))


def _code_problems(design: Design, w_mm: Decimal, h_mm: Decimal) -> Iterator[str]:
    dark_mm = design.qr_dark_mm
    room_mm = min(w_mm, h_mm) - 2 * CUT_SAFETY_MM
    largest_mm = (room_mm / widest_qr_side_mm(Decimal(1))).quantize(Decimal("0.1"), "ROUND_DOWN")
    if w_mm < design.label_w_mm or h_mm < design.label_h_mm:
        yield _(
            "Mærkerne på arket er mindre end layoutet. Vælg et ark med mærker på mindst %(w)s x %(h)s mm.",
            w=danish_mm(design.label_w_mm),
            h=danish_mm(design.label_h_mm),
        )
    elif dark_mm < SMALLEST_DARK_MM:
        yield _("QR-koden skal være mindst 15 mm, ellers kan telefoner ikke læse den. Gør den større.")
    elif widest_qr_side_mm(dark_mm) > room_mm and largest_mm < SMALLEST_DARK_MM:
        yield _("Mærket er for lille til QR-koden med hvidt omkring. Vælg et større mærke.")
    elif widest_qr_side_mm(dark_mm) > room_mm:
        yield _(
            "QR-koden er for stor: der skal være hvidt omkring den inden for mærket. Gør den højst %(mm)s mm.",
            mm=danish_mm(largest_mm),
        )


def _room_problems(design: Design, w_mm: Decimal, h_mm: Decimal) -> Iterator[str]:
    dark_mm = design.qr_dark_mm
    if text_width_mm(design, dark_mm, w_mm) < SMALLEST_TEXT_W_MM:
        yield _(
            "Der er ikke plads til en pris som 999.999,00 kr. ved siden af koden. "
            "Gør koden mindre, eller sæt den under teksten."
        )
    least = sum(_height(block.field, _LEAST[block.field]) for block in design.blocks if block.field != "more")
    missing_mm = Decimal(least * _MM_A_POINT) - text_height_mm(design, dark_mm, h_mm)
    if missing_mm > 0 and design.qr_side == "below":
        yield _(
            "Felterne kan ikke være over koden. Der mangler %(mm)s mm. Tag et felt væk, eller sæt koden ved siden af.",
            mm=danish_mm(missing_mm.quantize(Decimal("0.1"), "ROUND_UP")),
        )
    elif missing_mm > 0:
        yield _(
            "Felterne kan ikke være i mærkets højde. Der mangler %(mm)s mm. "
            "Tag et felt væk, eller vælg et højere mærke.",
            mm=danish_mm(missing_mm.quantize(Decimal("0.1"), "ROUND_UP")),
        )
