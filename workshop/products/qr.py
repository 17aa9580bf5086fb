"""The code on an item: a token nobody can guess, and the QR symbol that leads a phone to the item's page.

The symbol is made once, when the item is born, and kept with it as a path: scoring the eight masks is most of what a
code costs, and a print job of a thousand labels should not pay it again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from urllib.parse import urlsplit

# Read aloud and typed by hand, so nothing that looks like something else: no 0/o, 1/l/i.
TOKEN_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # noqa: S105 — the letters a token is made of, not a secret
TOKEN_LENGTH = 10
QUIET_ZONE = 4  # modules of white on every side. Source: ISO/IEC 18004
_TOKEN_ADDRESS = re.compile(rf"https?://[^/?#@]+/q/[{TOKEN_ALPHABET}]{{{TOKEN_LENGTH}}}")

_Corner = tuple[int, int]


@dataclass(frozen=True)
class QrCode:
    """One symbol, ready to draw: `modules` a side without quiet zone, `side` with it, `path` in module units."""

    modules: int
    path: str
    side: int


def new_token() -> str:
    """A fresh public token for an item: 10 characters, 49 bits, never a serial number."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def make_qr(address: str) -> QrCode:
    """The QR symbol of an address, level Q, in the spelling that needs the fewest modules.

    `https://host/q/token` is put in capitals where that gives a smaller symbol (the alphanumeric mode); the shop
    answers `/Q/TOKEN` as well. Any other address is kept as it is, for its letters may matter.

    Raises ValueError when the address is not an absolute http(s) address: a printed code must lead somewhere for ever.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"a QR code needs an absolute http(s) address, not {address!r}")
    version, text = min(_version_and_text(spelling) for spelling in _spellings(address))
    return _draw(_matrix(text, version))


def qr_svg(path: str, side: int, label: str) -> str:
    """The symbol as a standalone SVG for screens: black on white whatever the theme, `label` read aloud."""
    name = escape(label, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {side} {side}" role="img"'
        f' aria-label="{name}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def _spellings(address: str) -> tuple[str, ...]:
    if _TOKEN_ADDRESS.fullmatch(address):
        return (address, address.upper())
    return (address,)


def _version_and_text(text: str) -> tuple[int, str]:
    return _empty_code(text).best_fit(), text


def _matrix(text: str, version: int) -> Sequence[Sequence[bool]]:
    code = _empty_code(text, version)
    code.make(fit=False)
    matrix: Sequence[Sequence[bool]] = code.modules
    return matrix


def _empty_code(text: str, version: int | None = None):  # type: ignore[no-untyped-def]  # qrcode ships no types
    # Imported here because most processes never make a code, and the package costs 20 ms and 5 MB to import.
    import qrcode

    code = qrcode.QRCode(version=version, error_correction=qrcode.ERROR_CORRECT_Q, border=QUIET_ZONE)
    code.add_data(text, optimize=0)
    return code


def _draw(matrix: Sequence[Sequence[bool]]) -> QrCode:
    """The outlines of all dark areas as one path, with the quiet zone already in its coordinates.

    Outlines and not squares: half the bytes in the database and on a thousand labels, and no hairlines between rows.
    """
    edges = _edges(matrix)
    loops = []
    while edges:
        corners = _loop(edges)
        x, y = corners[0]
        steps = "".join(
            f"h{x2 - x1}" if y1 == y2 else f"v{y2 - y1}" for (x1, y1), (x2, y2) in pairwise(_without_straights(corners))
        )
        loops.append(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}{steps}z")
    return QrCode(modules=len(matrix), path="".join(loops), side=len(matrix) + 2 * QUIET_ZONE)


def _edges(matrix: Sequence[Sequence[bool]]) -> dict[_Corner, list[_Corner]]:
    """Every unit edge between dark and light, from corner to corner, with the dark side on its right hand."""
    size = len(matrix)

    def dark(x: int, y: int) -> bool:
        return 0 <= x < size and 0 <= y < size and bool(matrix[y][x])

    edges: dict[_Corner, list[_Corner]] = {}
    for y in range(size + 1):
        for x in range(size + 1):
            if dark(x, y) != dark(x, y - 1):
                ends = ((x, y), (x + 1, y)) if dark(x, y) else ((x + 1, y), (x, y))
                edges.setdefault(ends[0], []).append(ends[1])
            if dark(x, y) != dark(x - 1, y):
                ends = ((x, y + 1), (x, y)) if dark(x, y) else ((x, y), (x, y + 1))
                edges.setdefault(ends[0], []).append(ends[1])
    return edges


def _loop(edges: dict[_Corner, list[_Corner]]) -> list[_Corner]:
    """Take one closed outline out of the edges; its first corner is repeated at the end."""
    # The smallest corner is always a true corner, so the outline never begins in the middle of a straight line.
    start = corner = min(edges)
    corners = [start]
    while True:
        ends = edges[corner]
        following = ends.pop()
        if not ends:
            del edges[corner]
        corner = following
        corners.append(corner)
        if corner == start:
            return corners


def _without_straights(corners: list[_Corner]) -> list[_Corner]:
    kept = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        if (before[0] == corner[0]) != (corner[0] == after[0]):
            kept.append(corner)
    return kept  # without the last side: `z` draws it
