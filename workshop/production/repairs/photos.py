"""Photos of a thing before and after. Staff see them; customers never do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import images
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.images import Photo
from workshop.core.photo_store import PhotoStore
from workshop.core.text import clean
from workshop.core.unkept import forget_unless_named
from workshop.production.repairs.models import PhotoPhase, RepairJob, RepairPhoto

MOST_PHOTOS = 20


@contextmanager
def stored(upload: Any, photos: PhotoStore) -> Iterator[Photo | None]:
    """The stored photo for the block that writes its row, None without an upload.

    What no card names afterwards, because the block failed or had been done before, is taken away again.
    Raises what `images.store` raises.
    """
    if upload is None:
        yield None
        return
    photo = images.store(upload.stream, photos)
    try:
        yield photo
    finally:
        forget_unless_named([photo.name], RepairPhoto.name, photos)


def by_name(session: Session, name: str) -> RepairPhoto | None:
    """A photo by its random name."""
    return session.scalar(sa.select(RepairPhoto).where(RepairPhoto.name == name))


def names(session: Session) -> list[str]:
    """The names of all photos of cards, so that the check of the photos leaves their files alone."""
    return list(session.scalars(sa.select(RepairPhoto.name)))


def add(
    session: Session,
    job: RepairJob,
    photo: Photo,
    *,
    phase: PhotoPhase,
    alt_text: str,
    now: datetime,
    by_staff_id: int | None,
) -> None:
    """Keep a stored photo with a card, whatever its state. Raises Refusal when there are enough."""
    session.execute(sa.select(RepairJob.id).where(RepairJob.id == job.id).with_for_update())
    of_job = sa.select(sa.func.count()).where(RepairPhoto.job_id == job.id)
    if session.scalars(of_job).one() >= MOST_PHOTOS:
        raise Refusal(_("Der er allerede %(most)s billeder. Fjern et, før du gemmer et nyt.", most=MOST_PHOTOS))
    session.add(
        RepairPhoto(
            job_id=job.id,
            phase=phase,
            name=photo.name,
            width=photo.width,
            height=photo.height,
            alt_text=clean(alt_text)[:200] or job.title,
            added_at=now,
            by_staff_id=by_staff_id,
        )
    )
    session.flush()
