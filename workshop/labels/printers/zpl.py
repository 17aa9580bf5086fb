"""Labels for a Zebra: each is one picture, so no text of ours ever reaches the printer where it could be a command."""

from __future__ import annotations

from workshop.labels.printers.picture import Dots


def label(dots: Dots) -> bytes:
    """One label, the picture of which fills it. Source: ZPL II Programming Guide, ^GF."""
    size = dots.row_bytes * dots.height
    head = f"^XA^PW{dots.width}^LL{dots.height}^LH0,0^FO0,0^GFA,{size},{size},{dots.row_bytes},"
    return head.encode("ascii") + dots.rows.hex().upper().encode("ascii") + b"^FS^XZ\n"
