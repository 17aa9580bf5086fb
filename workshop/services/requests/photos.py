"""Photos of the job that customers send. Staff see them; nobody else does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import images
from workshop.core.images import Photo
from workshop.core.photo_store import PhotoStore
from workshop.core.unkept import forget_unless_named
from workshop.services.requests.models import RequestPhoto

MOST_PHOTOS = 3


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
        forget_unless_named([each.name for each in kept], RequestPhoto.name, photos)


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
