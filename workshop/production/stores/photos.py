"""A photo of what came in: seen by staff only, kept for as long as the movement is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy.exc
import structlog

from workshop.core import db, images
from workshop.core.photo_store import PhotoStore
from workshop.production.stores import queries

log = structlog.get_logger()


@contextmanager
def stored(upload: Any, photos: PhotoStore) -> Iterator[str | None]:
    """The name of the stored photo for the block that writes it, None without an upload.

    What no movement names afterwards, because the block failed or had been done before, is taken away again.
    Raises what `images.store` raises.
    """
    if upload is None:
        yield None
        return
    photo = images.store(upload.stream, photos)
    try:
        yield photo.name
    finally:
        _forget_unless_kept(photo.name, photos)


def _forget_unless_kept(name: str, photos: PhotoStore) -> None:
    try:
        with db.reading() as session:
            is_kept = queries.photo_is_kept(session, name)
    except sqlalchemy.exc.SQLAlchemyError:
        log.warning("photo files left behind", files=len(images.files_of(name)))
        return  # the check of the photos finds them
    if not is_kept:
        images.remove(images.files_of(name), photos)
