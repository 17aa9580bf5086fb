"""Runs migrations on the database the settings name, or on a connection that is handed in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from shop.models import Base
from workshop.core import db
from workshop.core.config import settings


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    database = db.Database(settings().database_url)
    with database.writer.begin() as own:
        run(own)
    database.close()
