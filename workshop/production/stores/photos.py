"""A photo of what came in: seen by staff only, kept for as long as the movement is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workshop.core import images
from workshop.core.photo_store import PhotoStore
from workshop.core.unkept import forget_unless_named
from workshop.production.models import MaterialMovement


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
        forget_unless_named([photo.name], MaterialMovement.photo_name, photos)
