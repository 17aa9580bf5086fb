"""Photos of the job that customers send. Staff see them; nobody else does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
import structlog
from sqlalchemy.orm import Session

from workshop.core import db, images
from workshop.core.images import Photo
from workshop.core.photo_store import PhotoStore
from workshop.services.requests.models import RequestPhoto

MOST_PHOTOS = 3
log = structlog.get_logger()


@contextmanager
def stored(uploads: Sequence[Any], photos: PhotoStore) -> Iterator[list[Photo]]:
    """The stored photos for the block that writes their rows.

    What no request names afterwards, because the block failed or had been done before, is taken away again.
    Raises what `images.store` raises; then none is kept.
    """
    kept: list[Photo] = []
    try:
        for upload in uploads[:MOST_PHOTOS]:
            kept.append(images.store(upload.stream, photos))  # noqa: PERF401 — those before one that fails are known
        yield kept
    finally:
        _forget_unless_kept([each.name for each in kept], photos)


def _forget_unless_kept(stored_names: list[str], photos: PhotoStore) -> None:
    if not stored_names:
        return
    try:
        with db.reading() as session:
            is_kept = sa.select(RequestPhoto.name).where(RequestPhoto.name.in_(stored_names))
            named = set(session.scalars(is_kept))
    except sqlalchemy.exc.SQLAlchemyError:
        log.warning("photo files left behind", photos=len(stored_names))
        return  # the check of the photos finds them
    for name in stored_names:
        if name not in named:
            images.remove(images.files_of(name), photos)


def by_name(session: Session, name: str) -> RequestPhoto | None:
    """A photo by its random name."""
    return session.scalar(sa.select(RequestPhoto).where(RequestPhoto.name == name))


def names(session: Session) -> list[str]:
    """The names of all photos of requests, so that the check of the photos leaves their files alone."""
    return list(session.scalars(sa.select(RequestPhoto.name)))


def of_request(session: Session, request_id: int) -> list[RequestPhoto]:
    """The photos somebody sent, in their order."""
    mine = sa.select(RequestPhoto).where(RequestPhoto.request_id == request_id).order_by(RequestPhoto.id)
    return list(session.scalars(mine))
