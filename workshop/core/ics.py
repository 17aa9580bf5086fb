"""Entries that any calendar can take in: the grammar alone, and nothing about what they are of. Source: RFC 5545."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

KIND = "text/calendar"
_LONGEST = 75  # octets of a line, its end not counted
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar(product: str, lines: Iterable[str]) -> str:
    """The text of a calendar with these lines in it; `product` says which part of the house wrote it."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Vaerksted//{product}//DA", "METHOD:PUBLISH")
    return "".join(f"{_folded(line)}\r\n" for line in (*head, *lines, "END:VCALENDAR"))


def utc(moment: datetime) -> str:
    """A moment: `20261202T080000Z`."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A text as a value: what the grammar uses for itself is marked."""
    return text.translate(_ESCAPED)


def _folded(line: str) -> str:
    """A long line goes on in the next after a space; a letter is never cut in two."""
    parts, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _LONGEST:
            parts.append(" ")
            size = 1
        parts[-1] += sign
        size += octets
    return "\r\n".join(parts)
