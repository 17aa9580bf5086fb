"""The whole database as somebody would hold it who took a copy."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from shop.models import Base
from workshop.core import db


def everything(*, only: frozenset[str] | None = None) -> Iterator[str]:
    """Every row of every table as text, or of some tables."""
    with db.database().reader.connect() as connection:
        for name, table in Base.metadata.tables.items():
            if only is None or name in only:
                for row in connection.execute(sa.select(table)):
                    yield f"{name} {tuple(row)!r}\n"
