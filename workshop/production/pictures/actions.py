"""Keeping a sketch or a photo with an order. Staff and the bench see it, customers never do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from workshop.core import db, images
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.images import Photo
from workshop.core.photo_store import PhotoStore
from workshop.core.text import clean
from workshop.production.models import OrderPicture, OrderStep, ProductionOrder

MOST_PICTURES = 10
LONGEST_ALT = 200


@contextmanager
def stored(upload: IO[bytes], photos: PhotoStore) -> Iterator[Photo]:
    """Put a picture into the store for the block that writes its row; when the block fails, its files go again.

    Raises what `images.store` raises.
    """
    photo = images.store(upload, photos)
    try:
        yield photo
    except BaseException:
        with db.reading() as session:  # a block may fail after the database has kept its row
            is_kept = picture_by_name(session, photo.name) is not None
        if not is_kept:
            images.remove(images.files_of(photo.name), photos)
        raise


@contextmanager
def stored_if_any(upload: FileStorage | None, photos: PhotoStore) -> Iterator[Photo | None]:
    """As `stored`, where a picture may come along or not."""
    if upload is None:
        yield None
        return
    with stored(upload.stream, photos) as photo:
        yield photo


def picture_by_name(session: Session, name: str) -> OrderPicture | None:
    """A picture by its random name."""
    return session.scalar(sa.select(OrderPicture).where(OrderPicture.name == name))


def names(session: Session) -> list[str]:
    """The names of all pictures of orders, so that the check of the photos leaves their files alone."""
    return list(session.scalars(sa.select(OrderPicture.name)))


def add_picture(
    session: Session,
    order: ProductionOrder,
    photo: Photo,
    *,
    alt_text: str,
    now: datetime,
    by_staff_id: int | None,
    step: OrderStep | None = None,
) -> None:
    """Keep a stored picture with an order or one of its steps, whatever its state. Raises Refusal for too many."""
    session.execute(sa.select(ProductionOrder.id).where(ProductionOrder.id == order.id).with_for_update())
    of_order = sa.select(sa.func.count()).where(OrderPicture.order_id == order.id)
    if session.scalars(of_order).one() >= MOST_PICTURES:
        raise Refusal(_("Der er allerede %(most)s billeder. Fjern et, før du gemmer et nyt.", most=MOST_PICTURES))
    session.add(
        OrderPicture(
            order_id=order.id,
            step_id=step.id if step else None,
            name=photo.name,
            width=photo.width,
            height=photo.height,
            alt_text=clean(alt_text)[:LONGEST_ALT] or (step.title if step else order.title),
            added_at=now,
            by_staff_id=by_staff_id,
        )
    )
    session.flush()


def remove_picture(session: Session, picture: OrderPicture) -> None:
    """Take a picture off its order; who calls removes its files after the block."""
    session.delete(picture)
    session.flush()
