"""Where each line of an ordinary label stands, reckoned here so that typst only has to draw it.

A thousand labels that typst fits itself cost it half as much memory again. What does not fit at once, or has letters
of unknown width, is left to price_label.typ, which fits in the same places with the same sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from workshop.labels import widths
from workshop.labels.art import Code, rule_y
from workshop.labels.layout import LabelLayout

_POINTS = 72 / 25.4  # to a millimetre
_NAME_FACTORS, _INFO_FACTORS = (1, 0.92, 0.84, 0.76, 0.7), (1, 0.94, 0.88)
_LEADING = 0.08  # between lines of a name, in em

Kind = Literal["name", "info", "before", "price"]


class Line(NamedTuple):
    """A line of text: its baseline below the upper edge of the label, and its size; points."""

    at: float
    text: str
    size: float
    kind: Kind


class Texts(NamedTuple):
    """What a label says, ready for the printer."""

    title: str
    info: Sequence[str]
    price: str
    before: str | None


class Plan(NamedTuple):
    """The lines of a label from the top down, and how far above the last one (points) "Se mere" is, if it is there."""

    lines: list[Line]
    more_up: float | None


class _Room(NamedTuple):
    start: float
    foot: float
    column: float
    names: list[tuple[float, float | None]]  # width and height a name may take; no height: down to the price
    most_lines: int
    gap: float
    has_info: bool


def planned(texts: Texts, layout: LabelLayout, code: Code, more: str) -> Plan | None:
    """The lines of a label of the house, with `more` over its code; None when typst has to fit them."""
    room = _room(layout, code)
    price = None if room is None else _price(texts, layout, room.foot, room.column)
    if room is None or price is None:
        return None
    price_top, price_lines = price
    name = _name(texts.title, layout, room, price_top)
    if name is None:
        return None
    name_height, name_lines = name
    info_top = room.start + name_height + layout.info * room.gap
    info = _info(texts.info, layout, room, info_top, price_top - layout.info * 0.35 - info_top)
    more_fits, more_up = _more(more, layout, code, room, name_height)
    return None if info is None or not more_fits else Plan([*name_lines, *info, *price_lines], more_up)


def _more(more: str, layout: LabelLayout, code: Code, room: _Room, name_height: float) -> tuple[bool, float | None]:
    """Whether the words over the code are no wider than it, and how far above the foot they are, if they are there."""
    top = (code.y - code.quiet) * _POINTS
    if layout.shape != "wide" or name_height + layout.more > top - room.start:
        return True, None  # nothing is over the code
    em = widths.text_em(more, widths.BOLD)
    return em is not None and em * layout.more <= code.dark * _POINTS, room.foot - top + layout.more * 0.2


def _room(layout: LabelLayout, code: Code) -> _Room | None:
    inner = (layout.w - 2 * layout.pad_x) * _POINTS
    column = (code.x - code.quiet - layout.pad_x) * _POINTS
    foot = (code.y + code.dark) * _POINTS
    start = (layout.pad_y + layout.mark * 1.32) * _POINTS + layout.name * 0.36
    if layout.shape == "wide":
        free = (code.y - code.quiet) * _POINTS - start
        return _Room(start, foot, column, [(inner, free), (column, None)], 2, 0.3, has_info=True)
    if layout.shape == "tall":
        return _Room(start, (rule_y(code) - 3.4) * _POINTS, inner, [(inner, None)], 3, 0.4, has_info=True)
    if layout.shape == "compact":
        start = layout.pad_y * _POINTS + layout.number * 1.05
        foot = (layout.h - layout.pad_y) * _POINTS
        return _Room(start, foot, column, [(column, None)], 2, 0.3, has_info=False)
    return None


def _price(texts: Texts, layout: LabelLayout, foot: float, width: float) -> tuple[float, list[Line]] | None:
    price = widths.figures_em(texts.price, widths.PRICE)
    if price is None or price * layout.price > width:
        return None
    top = foot - layout.price * widths.cap_height_em()
    lines = [Line(foot, texts.price, layout.price, "price")]
    if texts.before is None:
        return top, lines
    before = widths.text_em(texts.before, widths.REGULAR)
    if before is None or before * layout.before > width:
        return None
    top -= layout.before * 1.3
    return top, [Line(top + layout.before * 0.8, texts.before, layout.before, "before"), *lines]


def _name(title: str, layout: LabelLayout, room: _Room, price_top: float) -> tuple[float, list[Line]] | None:
    words = widths.words_em(title, widths.BOLD)
    if words is None or not title:
        return None if title else (0.0, [])
    for factor in _NAME_FACTORS:
        size = layout.name * factor
        for width, height in room.names:
            lines = _broken(title, words, widths.BOLD, width / size)
            if lines is None:
                continue
            tall = size * (len(lines) + (len(lines) - 1) * _LEADING)
            if len(lines) <= room.most_lines and tall <= (price_top - room.start if height is None else height):
                pitch = size * (1 + _LEADING)
                first = room.start + size * 0.8
                return tall, [Line(first + at * pitch, line, size, "name") for at, line in enumerate(lines)]
    return None


def _info(info: Sequence[str], layout: LabelLayout, room: _Room, top: float, height: float) -> list[Line] | None:
    if not info or not room.has_info:
        return []
    for factor in _INFO_FACTORS:
        size = layout.info * factor
        lines: list[str] = []
        for sentence in info:
            words = widths.words_em(sentence, widths.REGULAR)
            broken = None if words is None else _broken(sentence, words, widths.REGULAR, room.column / size)
            if broken is None:
                return None
            lines += broken
        if size * (len(lines) * 1.2 - 0.2) <= height:
            return [Line(top + size * (0.8 + at * 1.2), line, size, "info") for at, line in enumerate(lines)]
    return None


def _broken(text: str, words: Sequence[float], weight: int, room: float) -> list[str] | None:
    """The text in lines `room` em wide; None when a word is wider than a line."""
    gap = widths.text_em(" ", weight) or 0
    if sum(words) + gap * (len(words) - 1) <= room:
        return [text]
    if max(words) > room:
        return None
    lines: list[list[str]] = [[]]
    used = 0.0
    for word, em in zip(text.split(" "), words, strict=True):
        if lines[-1] and used + gap + em > room:
            lines.append([])
        used = em if not lines[-1] else used + gap + em
        lines[-1].append(word)
    return [" ".join(line) for line in lines]
