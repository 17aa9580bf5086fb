"""How wide text is in the printed fonts, reckoned from the widths of their letters.

Most names and prices fit where they should. Reckoning that costs a hundredth of letting typst measure them, and typst
keeps everything it has measured: of a job of 1,000 labels that was half the memory. What cannot be reckoned here
(another script, a sign Atkinson lacks) has no width, and typst measures it.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import fontpkg_atkinson_hyperlegible

from workshop.labels.typesetting import ask

REGULAR, BOLD, NUMBER, PRICE = _WEIGHTS = (400, 700, 750, 800)
_KERNING = 1.012  # letters are moved apart by a hair now and then; the reckoned width is never the smaller one
_FIGURES = "0123456789.,-\u00a0krN"
_DIGITS = "0123456789"
# Signs that stand alone in Latin text: none of them joins or stacks with its neighbour.
_SIGNS = frozenset(" \u00a0.,;:!?()/&%+'\"’”“–-…×²½") | frozenset(
    chr(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x180))
)
_QUESTION = """
#let d = json(bytes(sys.inputs.data))
#set text(size: 100pt, font: "Hanken Grotesk", top-edge: "cap-height", bottom-edge: "baseline")
#context [#metadata((
  cap: measure("0").height / 100pt,
  widths: d.weights.map(weight => {
    let at(s) = measure(text(weight: weight, s)).width / 100pt
    d.letters.clusters().map(letter => at("0" + letter + "0") - at("00"))
  }),
)) <answer>]
"""


def text_em(text: str, weight: int) -> float | None:
    """The width of running text in em: letters in Atkinson, digits in Hanken. `weight` is REGULAR or BOLD."""
    return _sum(text, _running(weight))


def figures_em(text: str, weight: int) -> float | None:
    """The width in em of a number or a price, which is in Hanken as a whole. `weight` is NUMBER or PRICE."""
    return _sum(text, _hanken()[weight])


def words_em(text: str, weight: int) -> list[float] | None:
    """The width of each word of running text in em; None when one of them cannot be reckoned."""
    widths = [text_em(word, weight) for word in text.split(" ")]
    known = [width for width in widths if width is not None]
    return known if len(known) == len(widths) else None


def cap_height_em() -> float:
    """How high the digits of a price stand, in em."""
    height: float = _asked()["cap"]
    return height


def _sum(text: str, advances: dict[str, float]) -> float | None:
    try:
        return round(sum(advances[letter] for letter in text) * _KERNING, 3)
    except KeyError:
        return None


@functools.cache
def _running(weight: int) -> dict[str, float]:
    digits = {letter: width for letter, width in _hanken()[weight].items() if letter in _DIGITS}
    return {**_atkinson("Bold" if weight == BOLD else "Regular"), **digits}


@functools.cache
def _hanken() -> dict[int, dict[str, float]]:
    """Weight -> letter -> width."""
    return {
        weight: dict(zip(_FIGURES, row, strict=True)) for weight, row in zip(_WEIGHTS, _asked()["widths"], strict=True)
    }


@functools.cache
def _asked() -> dict[str, Any]:
    """What typst says of Hanken: the font has every weight in one file, and typst knows best what it makes of it."""
    answer: dict[str, Any] = ask(_QUESTION, {"weights": _WEIGHTS, "letters": _FIGURES})
    return answer


@functools.cache
def _atkinson(name: str) -> dict[str, float]:
    # Imported here because only printing needs it, and it costs 60 ms to import.
    from fontTools.ttLib import TTFont

    path = Path(fontpkg_atkinson_hyperlegible.ROOT) / "files" / f"AtkinsonHyperlegible-{name}.ttf"
    with TTFont(path, lazy=True) as font:
        em, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        names = font.getBestCmap()
        return {chr(code): widths[glyph][0] / em for code, glyph in names.items() if chr(code) in _SIGNS}
