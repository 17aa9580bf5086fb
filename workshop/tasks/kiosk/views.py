"""The tablet's pages, put together; each noun has its own file."""

from __future__ import annotations

from workshop.tasks.helping import asking
from workshop.tasks.kiosk import (
    cards,
    counts,
    door,
    kitchen,
    label,
    newborn,
    own_phone,
    photos,
    prices,
    runs,
    something_else,
    things,
    work,
)
from workshop.tasks.kiosk.blueprint import blueprint

__all__ = [
    "asking", "blueprint", "cards", "counts", "door", "kitchen", "label", "newborn", "own_phone", "photos", "prices",
    "runs", "something_else", "things", "work",
]  # fmt: skip
