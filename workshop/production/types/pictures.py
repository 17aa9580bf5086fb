"""The standing picture of a task: one, that shows how it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import db, images
from workshop.core.images import Photo
from workshop.core.photo_store import PhotoStore
from workshop.core.text import clean
from workshop.production.models import TaskType
from workshop.production.types import queries
from workshop.production.types.models import TaskTypePicture


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
            is_kept = queries.picture_by_name(session, photo.name) is not None
        if not is_kept:
            images.remove(images.files_of(photo.name), photos)
        raise


def set_picture(
    session: Session, task: TaskType, photo: Photo, *, alt_text: str, now: datetime, by_staff_id: int | None
) -> list[str]:
    """Let a stored picture be the one of a task; the names of those that go for it, whose files the caller removes."""
    gone = remove(session, task)
    words = clean(alt_text)[:200] or task.name
    session.add(
        TaskTypePicture(
            task_type_id=task.id,
            name=photo.name,
            width=photo.width,
            height=photo.height,
            alt_text=words,
            added_at=now,
            by_staff_id=by_staff_id,
        )
    )
    session.flush()
    return gone


def remove(session: Session, task: TaskType) -> list[str]:
    """Take the pictures of a task away; their names."""
    session.execute(sa.select(TaskType.id).where(TaskType.id == task.id).with_for_update())
    rows = session.scalars(sa.select(TaskTypePicture).where(TaskTypePicture.task_type_id == task.id)).all()
    names = [row.name for row in rows]
    for row in rows:
        session.delete(row)
    session.flush()
    return names
