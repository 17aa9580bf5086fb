"""Photo files whose row was never written: the block failed, or it had all been done before."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlalchemy.exc
import structlog
from sqlalchemy.orm import InstrumentedAttribute

from workshop.core import db, images
from workshop.core.photo_store import PhotoStore

log = structlog.get_logger()


def forget_unless_named(
    names: Sequence[str],
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    photos: PhotoStore,
) -> None:
    """Take the files of these photos away, save those that a row names in `column`.

    When the database does not answer they stay: the check of the photos finds them.
    """
    if not names:
        return
    try:
        with db.reading() as session:
            named = set(session.scalars(sa.select(column).where(column.in_(names))))
    except sqlalchemy.exc.SQLAlchemyError:
        log.warning("photo files left behind", photos=len(names))
        return
    for name in names:
        if name not in named:
            images.remove(images.files_of(name), photos)
