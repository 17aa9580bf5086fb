"""What of a page of labels is not text: codes, house marks and rules, as one drawing.

A drawing of its own for each of a thousand codes and marks took typst a third more memory. Its text for screen readers
is put on each code by price_label.typ; the drawing itself is decoration there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from workshop.labels.layout import LabelLayout

_RULE = 0.085  # how strong a rule is, beside the size of the house mark
_HOUSE = (
    "<path d='M24 3 45 18v24a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V18z'/><circle cx='24' cy='15.5' r='3.6' fill='#fff'/>"
    "<path d='M10 24h28M10 31.5h28M10 39h28' stroke='#fff' stroke-width='3.6' stroke-linecap='round'/>"
)


class Code(NamedTuple):
    """A code in its place: its dark symbol begins at (x, y) on the label and is `dark` wide; mm, and modules."""

    x: float
    y: float
    dark: float
    quiet: float
    modules: int
    path: str


def art_size(page: tuple[float, float], layout: LabelLayout) -> tuple[float, float]:
    """The size of the drawing: the page, or for a printer of dots the whole dots that cover it.

    typst draws a picture of whole dots as it stands, and smears any other over the dots of the page.
    """
    if not layout.dot:
        return page
    # A hair less, or reckoning with floats now and then makes it one dot more.
    w, h = (math.ceil(length / layout.dot - 1e-6) * layout.dot - 1e-6 for length in page)
    return w, h


def page_art(page: tuple[float, float], layout: LabelLayout, codes: Iterable[tuple[float, float, Code]]) -> str:
    """The drawing of a page in mm: each code with the corner of its label."""
    w, h = page
    drawn = "".join(_label_art(x, y, layout, code) for x, y, code in codes)
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {w:.7f} {h:.7f}'>{drawn}</svg>"


def rule_y(code: Code) -> float:
    """Where the line over the code of a hanging label is."""
    return code.y - code.quiet - 0.5


def code_place(layout: LabelLayout, dark: float, quiet: float) -> tuple[float, float]:
    """Where the dark symbol of a code begins on the label.

    It ends where the text ends; its white margin runs out into the label's own, but never over the cut.
    """
    if layout.shape == "compact":
        gap = (layout.h - dark) / 2
        x, y = layout.w - gap - dark, gap
    else:
        beside, under = max(layout.pad_x, quiet + layout.cut), max(layout.pad_y, quiet + layout.cut)
        y = layout.h - under - dark
        x = {"end": layout.w - beside - dark, "start": beside, "below": (layout.w - dark) / 2}[layout.code]
    if not layout.dot:
        return x, y
    return round(x / layout.dot) * layout.dot, round(y / layout.dot) * layout.dot


def _label_art(x: float, y: float, layout: LabelLayout, code: Code) -> str:
    scale = code.dark / code.modules
    corner = (x + code.x - code.quiet, y + code.y - code.quiet)
    drawn = f"<path transform='translate({corner[0]:.6f} {corner[1]:.6f}) scale({scale:.8f})' d='{code.path}'/>"
    if layout.shape in {"compact", "own"}:
        return drawn
    left, right = x + layout.pad_x, x + layout.w - layout.pad_x
    rules = [y + layout.pad_y + layout.mark * 1.32]
    if layout.shape == "tall":
        rules.append(y + rule_y(code))
    lines = "".join(f"M{left:.4f} {at:.4f}H{right:.4f}" for at in rules)
    size = layout.mark / 42
    return (
        f"{drawn}<path d='{lines}' stroke='#000' stroke-width='{layout.mark * _RULE:.4f}'/>"
        f"<g transform='translate({left:.4f} {y + layout.pad_y:.4f}) scale({size:.6f}) translate(-3 -3)'>{_HOUSE}</g>"
    )
