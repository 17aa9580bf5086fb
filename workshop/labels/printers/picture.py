"""A label as dots: one bit each, rows from the top, 1 is black, every row begins on a byte."""

from __future__ import annotations

from typing import NamedTuple


class Dots(NamedTuple):
    """A picture of black and white dots."""

    width: int
    height: int
    rows: bytes

    @property
    def row_bytes(self) -> int:
        """How many bytes a row takes."""
        return (self.width + 7) // 8


def moved(dots: Dots, right: int, down: int) -> Dots:
    """The same picture some dots to the right and down; what leaves it is gone, what comes in is white."""
    return _laid(dots, dots.width, dots.height, right, down)


def fitted(dots: Dots, width: int, height: int) -> Dots:
    """The picture in another size: cut off, or white added, to the right and below."""
    return _laid(dots, width, height, 0, 0)


def _laid(dots: Dots, width: int, height: int, right: int, down: int) -> Dots:
    into = Dots(width, height, b"")
    room = into.row_bytes * 8
    paper = ((1 << width) - 1) << (room - width)  # the bits that are really on the label
    blank = bytes(into.row_bytes)
    rows = []
    for line in range(height):
        start = (line - down) * dots.row_bytes
        if not 0 <= line - down < dots.height:
            rows.append(blank)
            continue
        ink = int.from_bytes(dots.rows[start : start + dots.row_bytes])
        turn = right + dots.row_bytes * 8 - room  # also lines up rows of different length at their left end
        ink = ink >> turn if turn >= 0 else ink << -turn
        rows.append((ink & paper).to_bytes(into.row_bytes))
    return Dots(width, height, b"".join(rows))


def sample(width: int, height: int, cross: int, thick: int) -> Dots:
    """A label to measure on: a frame along the edge, and a cross so many dots in from the left and from the top."""
    row_bytes = (width + 7) // 8
    room = row_bytes * 8

    def bar(start: int, length: int) -> int:
        start, length = max(start, 0), min(length, width - max(start, 0))
        return ((1 << length) - 1) << (room - start - length)

    half, arm = thick // 2, cross // 2
    lines = []
    for y in range(height):
        ink = bar(0, thick) | bar(width - thick, thick)
        if y < thick or y >= height - thick:
            ink |= bar(0, width)
        if abs(y - cross) <= arm:
            ink |= bar(cross - half, thick)
        if cross - half <= y < cross - half + thick:
            ink |= bar(cross - arm, 2 * arm)
        lines.append(ink.to_bytes(row_bytes))
    return Dots(width, height, b"".join(lines))


def dots_of(hundredths: int, per_inch: int) -> int:
    """A length in hundredths of a millimetre as whole dots."""
    return round(hundredths * per_inch / 2540)
