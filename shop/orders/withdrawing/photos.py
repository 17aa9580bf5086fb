"""Photos of what is wrong, sent with a complaint. Staff see them, and who holds the order; nobody else does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.withdrawing.models import Complaint, ComplaintPhoto
from workshop.core import db, images
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.images import Photo
from workshop.core.photo_store import PhotoStore
from workshop.core.unkept import forget_unless_named

MOST_PHOTOS = 3
KEPT = timedelta(days=3 * 366)  # after our answer; then no claim is left. Source: forældelsesloven § 3
SWEEPS_AT_MINUTE = 47  # once an hour is more than enough


class NoPhoto(Refusal):
    """A file that was sent is no photo we can keep; which one is said where there are several."""


class PhotoRow(NamedTuple):
    """A photo as a page shows it; pixels of its largest size."""

    name: str
    width: int
    height: int


@contextmanager
def stored(uploads: Sequence[Any], photos: PhotoStore) -> Iterator[list[Photo]]:
    """The stored photos for the block that writes their rows.

    What no complaint names afterwards, because the block failed or had been done before, is taken away again.
    Raises NoPhoto, and Unreachable when the store is; then none is kept.
    """
    kept: list[Photo] = []
    try:
        for number, upload in enumerate(uploads[:MOST_PHOTOS], 1):
            try:
                kept.append(images.store(upload.stream, photos))
            except Refusal as no:
                which = _("Billede %(n)s: ", n=number) if len(uploads) > 1 else ""
                raise NoPhoto(which + no.sentence) from no
        yield kept
    finally:
        forget_unless_named([each.name for each in kept], ComplaintPhoto.name, photos)


def add(session: Session, complaint: Complaint, kept: Sequence[Photo], now: datetime) -> None:
    """Write down which photos came with a complaint."""
    rows = [
        {"complaint_id": complaint.id, "name": each.name, "width": each.width, "height": each.height, "added_at": now}
        for each in kept
    ]
    if rows:
        session.execute(sa.insert(ComplaintPhoto), rows)


def of_complaints(session: Session, complaint_ids: Collection[int]) -> dict[int, tuple[PhotoRow, ...]]:
    """Complaint id -> its photos in the order they were chosen; those without any are left out."""
    if not complaint_ids:
        return {}
    found: dict[int, tuple[PhotoRow, ...]] = {}
    rows = session.execute(
        sa.select(ComplaintPhoto.complaint_id, ComplaintPhoto.name, ComplaintPhoto.width, ComplaintPhoto.height)
        .where(ComplaintPhoto.complaint_id.in_(complaint_ids))
        .order_by(ComplaintPhoto.id)
    )
    for complaint_id, name, width, height in rows:
        found[complaint_id] = (*found.get(complaint_id, ()), PhotoRow(name, width, height))
    return found


def is_of_complaint(session: Session, name: str, public_id: str) -> bool:
    """Whether a photo belongs to this complaint."""
    return _is(session, name, Complaint.public_id == public_id)


def is_of_order(session: Session, name: str, order_id: int) -> bool:
    """Whether a photo belongs to a complaint about this order."""
    return _is(session, name, Complaint.order_id == order_id)


def _is(session: Session, name: str, where: sa.ColumnElement[bool]) -> bool:
    named = sa.select(ComplaintPhoto.id).join(Complaint, Complaint.id == ComplaintPhoto.complaint_id)
    return session.scalar(named.where(ComplaintPhoto.name == name, where)) is not None


def names(session: Session) -> list[str]:
    """The names of all photos of complaints, so that the check of the photos leaves their files alone."""
    return list(session.scalars(sa.select(ComplaintPhoto.name)))


def forget(session: Session, now: datetime) -> int:
    """Forget the photos of complaints answered long ago; how many. Their files go with the next check of the photos.

    What was written stays, as the rest of the order's story does.
    """
    over = sa.select(Complaint.id).where(Complaint.answered_at < now - KEPT)
    gone = session.execute(
        sa.delete(ComplaintPhoto)
        .where(ComplaintPhoto.complaint_id.in_(over))
        .execution_options(synchronize_session=False)
        .returning(ComplaintPhoto.id)
    )
    return len(gone.all())


def sweep(now: datetime) -> int:
    """The same, for the worker."""
    if now.minute != SWEEPS_AT_MINUTE:
        return 0
    with db.transaction() as session:
        return forget(session, now)
