"""A QR symbol on a page, for a phone to read from the screen: the seed of a code app, the ticket of an own phone."""

from __future__ import annotations

from typing import NamedTuple

QUIET_ZONE = 4  # modules of white on every side. Source: ISO/IEC 18004


class Symbol(NamedTuple):
    """One symbol, ready to draw: `path` in module units, `side` with the quiet zone."""

    path: str
    side: int


def symbol_of(text: str) -> Symbol:
    """The symbol of a text; a row of dark modules is one stroke. The text is a secret, so this is kept nowhere."""
    # Imported here because most processes never make a code, and the package costs 20 ms and 5 MB to import.
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    strokes = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return Symbol("".join(strokes), len(rows))
