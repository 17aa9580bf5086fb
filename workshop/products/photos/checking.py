"""Whether the photo store and the rows agree: files that nobody's photo names, photos whose files are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from workshop.core import db, images, photo_store
from workshop.core.config import Settings
from workshop.core.photo_store import FILE_NAME, PhotoStore, Unreachable
from workshop.products.models import Item, ItemPhoto

LEFT_ALONE = timedelta(hours=1)  # an upload under way has its files before its row
SWEEPS_AT_MINUTE = 17  # once an hour is enough, and a bucket counts its listings
log = structlog.get_logger()
Names = Callable[[Session], Iterable[str]]
_others: list[Names] = []


def also_named_by(names: Names) -> None:
    """A slice above this one keeps photos of its own: `names(session)` gives theirs, which are then left alone."""
    if names not in _others:
        _others.append(names)


@dataclass(frozen=True)
class Missing:
    """A photo that cannot be shown whole."""

    item_number: int
    name: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a check found: `removed` files belonged to no photo, `missing` photos lack files."""

    removed: tuple[str, ...]
    missing: tuple[Missing, ...]
    photos: int


def check(photos: PhotoStore, now: datetime) -> Found:
    """Take away files that nobody's photo names and that are older than an hour; say which photos lack files.

    Raises Unreachable.
    """
    with db.reading() as session:  # rows before files: a row is written last, so its files are there to be found
        rows = session.execute(
            sa.select(ItemPhoto.name, ItemPhoto.has_avif, Item.number).join(Item, Item.id == ItemPhoto.item_id)
        ).all()
        named = {row.name for row in rows}.union(*(names(session) for names in _others))
    stored = list(photos.files())
    removed = [each.name for each in stored if now - each.at > LEFT_ALONE and _photo_of(each.name) not in named]
    for name in removed:
        photos.delete(name)
    there = {each.name for each in stored}
    missing = [Missing(row.number, row.name, _lacking(row.name, row.has_avif, there)) for row in rows]
    return Found(tuple(removed), tuple(each for each in missing if each.files), len(rows))


def sweep(settings: Settings, now: datetime) -> int:
    """The check, once an hour; what is missing is said in the log, by number of photos only."""
    if now.minute != SWEEPS_AT_MINUTE:
        return 0
    try:
        found = check(photo_store.of(settings), now)
    except Unreachable:
        log.warning("photo store unreachable")
        return 0
    if found.missing:
        log.warning("photos without files", photos=len(found.missing))
    return len(found.removed)


def _photo_of(file: str) -> str:
    parts = FILE_NAME.fullmatch(file)
    return parts["name"] if parts else ""


def _lacking(name: str, has_avif: bool, there: set[str]) -> tuple[str, ...]:
    return tuple(
        file for file in images.files_of(name) if file not in there and (has_avif or not file.endswith(".avif"))
    )
