"""Bringing the database to the newest shape with a copy in hand: taken, found sound, and only then touched."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from workshop.backups import checking, databases, manifest, restoring, taking
from workshop.core.config import Settings
from workshop.core.db import Database
from workshop.migrating import migrate


class NotUpgraded(Exception):  # noqa: N818 — like the other answers in `errors`
    """A migration failed. `copy` is the way back; `is_restored` says whether it was gone already."""

    def __init__(self, copy: Path, problem: str, *, is_restored: bool) -> None:
        super().__init__(problem)
        self.copy, self.problem, self.is_restored = copy, problem, is_restored


def upgrade(settings: Settings, now: datetime, *, restores_on_failure: bool = False) -> Path:
    """Copy, check, migrate; where the copy lies. The programs should be stopped.

    Raises Damaged when the copy is not sound (then nothing was touched), NotUpgraded when a migration failed, and
    whatever taking a copy raises.
    """
    copy = taking.take(settings, now, slot="upgrade", before=manifest.BEFORE_UPGRADE)
    faults = checking.check(copy, settings)
    if faults:
        raise restoring.Damaged(faults)
    database = Database(databases.url_of(settings).render_as_string(hide_password=False))
    try:
        migrate(database)
    except (SQLAlchemyError, RuntimeError) as problem:
        database.close()
        if restores_on_failure:
            restoring.put_back(copy, settings, now)
        raise NotUpgraded(copy, type(problem).__name__, is_restored=restores_on_failure) from problem
    finally:
        database.close()
    return copy
