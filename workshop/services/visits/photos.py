"""Photos before and after. Staff see them at once; the customer sees one when somebody has seen nobody on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
from workshop.core.unkept import forget_unless_named
from workshop.services.visits.models import Visit, VisitPhase, VisitPhoto

MOST_PHOTOS = 20


@contextmanager
def stored(upload: Any, photos: PhotoStore) -> Iterator[Photo]:
    """The stored photo for the block that writes its row; what no visit names afterwards is taken away again.

    Raises what `images.store` raises.
    """
    photo = images.store(upload.stream, photos)
    try:
        yield photo
    finally:
        forget_unless_named([photo.name], VisitPhoto.name, photos)


def add(
    session: Session, visit: Visit, photo: Photo, *, phase: VisitPhase, now: datetime, by_staff_id: int | None
) -> VisitPhoto:
    """Keep a stored photo with a visit, whatever its state. Raises Refusal when there are enough."""
    session.execute(sa.select(Visit.id).where(Visit.id == visit.id).with_for_update())
    count = session.scalars(sa.select(sa.func.count()).where(VisitPhoto.visit_id == visit.id)).one()
    if count >= MOST_PHOTOS:
        raise Refusal(_("Der er allerede %(most)s billeder. Fjern et, før du gemmer et nyt.", most=MOST_PHOTOS))
    made = VisitPhoto(
        visit_id=visit.id,
        phase=phase,
        name=photo.name,
        width=photo.width,
        height=photo.height,
        added_at=now,
        by_staff_id=by_staff_id,
    )
    session.add(made)
    session.flush()
    return made


def show(session: Session, photo: VisitPhoto, *, is_shown: bool, by_staff_id: int | None) -> None:
    """Somebody has seen that there are no people on it, so the customer may see it; or takes that back."""
    photo.is_shown, photo.by_staff_id = is_shown, by_staff_id
    session.flush()


def of_visit(session: Session, visit_id: int) -> list[VisitPhoto]:
    """All photos of a visit, as they were taken."""
    return list(session.scalars(sa.select(VisitPhoto).where(VisitPhoto.visit_id == visit_id).order_by(VisitPhoto.id)))


def shown(session: Session, visit_ids: Collection[int]) -> dict[int, list[VisitPhoto]]:
    """Visit id -> the photos its customer may see, before and then after."""
    found: dict[int, list[VisitPhoto]] = {}
    seen = sa.select(VisitPhoto).where(VisitPhoto.visit_id.in_(visit_ids), VisitPhoto.is_shown.is_(True))
    for each in session.scalars(seen.order_by(VisitPhoto.phase.desc(), VisitPhoto.id)):
        found.setdefault(each.visit_id, []).append(each)
    return found


def by_name(session: Session, name: str) -> VisitPhoto | None:
    """A photo by its random name."""
    return session.scalar(sa.select(VisitPhoto).where(VisitPhoto.name == name))


def names(session: Session) -> list[str]:
    """The names of all photos of visits, so that the check of the photos leaves their files alone."""
    return list(session.scalars(sa.select(VisitPhoto.name)))
