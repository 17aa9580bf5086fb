"""What happens to the photos of a thing: kept, described, put in order, shown to everybody, hidden again, removed.

The first approved photo is the one on the thing's card in the shop. Callers hold the thing's row locked
(`item_to_change`), so two people never move its photos at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

import sqlalchemy as sa
import sqlalchemy.exc
import structlog
from sqlalchemy.orm import Session

from workshop.core import db, images
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.images import Photo
from workshop.core.photo_store import PhotoStore
from workshop.core.text import clean
from workshop.products import queries
from workshop.products.models import Item, ItemPhoto

LONGEST_ALT = 200
MOST_PHOTOS = 20
log = structlog.get_logger()


class MovedMeanwhile(Refusal):
    """Somebody else moved the photos first; the page is shown as it is now."""


@contextmanager
def stored(upload: IO[bytes], photos: PhotoStore) -> Iterator[Photo]:
    """Put a photo into the store for the block that writes its row; when the block fails, its files go again.

    Raises what `images.store` raises.
    """
    photo = images.store(upload, photos)
    try:
        yield photo
    except BaseException:
        _forget(photo, photos)
        raise


def _forget(photo: Photo, photos: PhotoStore) -> None:
    """Take the files away unless a row names them: a block may fail after the database has kept it."""
    try:
        with db.reading() as session:
            is_kept = queries.photo_by_name(session, photo.name) is not None
    except sqlalchemy.exc.SQLAlchemyError:
        log.warning("photo files left behind", files=len(images.files_of(photo.name)))
        return  # the check of the photos finds them
    if not is_kept:
        images.remove(images.files_of(photo.name), photos)


def add_photo(
    session: Session, item: Item, photo: Photo, *, alt_text: str, now: datetime, by_staff_id: int | None
) -> ItemPhoto:
    """Keep a stored photo with a thing, after those it has. Nobody outside sees it before it is approved.

    Raises Refusal when the thing has as many as a page can show.
    """
    session.execute(sa.select(Item.id).where(Item.id == item.id).with_for_update())  # two photos, two places
    of_item = sa.select(sa.func.count(), sa.func.max(ItemPhoto.position)).where(ItemPhoto.item_id == item.id)
    how_many, last = session.execute(of_item).one()
    if how_many >= MOST_PHOTOS:
        raise Refusal(_("Der er allerede %(most)s billeder. Fjern et, før du gemmer et nyt.", most=MOST_PHOTOS))
    kept = ItemPhoto(
        item_id=item.id,
        name=photo.name,
        width=photo.width,
        height=photo.height,
        position=(last or 0) + 1,
        alt_text=clean(alt_text)[:LONGEST_ALT] or item.title,
        added_at=now,
        has_avif=True,
        by_staff_id=by_staff_id,
    )
    session.add(kept)
    session.flush()
    return kept


def describe_photo(session: Session, photo: ItemPhoto, alt_text: str) -> None:
    """Say what a photo shows, for those who cannot see it. Raises Refusal for no words at all."""
    words = clean(alt_text)[:LONGEST_ALT]
    if not words:
        raise Refusal(_("Skriv, hvad billedet viser."))
    photo.alt_text = words
    session.flush()


def approve_photo(session: Session, photo: ItemPhoto, *, now: datetime, by_staff_id: int | None) -> None:
    """Say that nobody can be recognised in the photo, so that everybody may see it; a second time changes nothing.

    A photo without words takes the name of its thing. Raises Refusal when that has none either.
    """
    if photo.approved_at is not None:
        return
    photo.alt_text = photo.alt_text or session.get_one(Item, photo.item_id).title
    if not photo.alt_text:
        raise Refusal(_("Skriv først, hvad billedet viser."))
    photo.approved_at = now
    photo.by_staff_id = by_staff_id
    session.flush()


def hide_photo(session: Session, photo: ItemPhoto, *, by_staff_id: int | None) -> None:
    """Keep a photo from everybody again; it stays with the thing."""
    if photo.approved_at is not None:
        photo.approved_at = None
        photo.by_staff_id = by_staff_id
        session.flush()


def move_photo(session: Session, photo: ItemPhoto, *, is_forward: bool, seen_position: int) -> bool:
    """Let a photo change places with its neighbour; False when it is the outermost already.

    `seen_position` is where the page had it. Raises MovedMeanwhile when it is somewhere else by now.
    """
    if photo.position != seen_position:
        raise MovedMeanwhile(_("En anden har flyttet billederne imens. Se rækkefølgen, og flyt igen."))
    is_beyond = ItemPhoto.position < photo.position if is_forward else ItemPhoto.position > photo.position
    nearest = ItemPhoto.position.desc() if is_forward else ItemPhoto.position
    neighbour = session.scalar(
        sa.select(ItemPhoto).where(ItemPhoto.item_id == photo.item_id, is_beyond).order_by(nearest).limit(1)
    )
    if neighbour is None:
        return False
    mine, theirs = photo.position, neighbour.position
    # Two photos never have one place, not even on the way.
    for moved, position in ((photo, -photo.id), (neighbour, mine), (photo, theirs)):
        moved.position = position
        session.flush()
    return True


def remove_photo(session: Session, photo: ItemPhoto) -> None:
    """Take a photo away for good; the files are deleted by the caller once this is committed."""
    session.delete(photo)
    session.flush()
