"""Taking the copy of an hour, once, whoever asks: taken, checked, older ones let go, and written down how it went."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
import structlog

from workshop.backups import checking, keeping, manifest, taking
from workshop.backups.contents import Unreadable
from workshop.backups.models import BackupRun
from workshop.backups.tools import ToolTrouble
from workshop.core import clock, db
from workshop.core.config import Settings
from workshop.core.i18n import _
from workshop.core.photo_store import Unreachable

log = structlog.get_logger()
LONGEST = 300  # letters of trouble that are kept


def sweep(settings: Settings) -> Callable[[datetime], int]:
    """The copy of this hour, taken by whichever worker comes first."""

    def run(now: datetime) -> int:
        slot = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
        if not settings.takes_copies or _is_taken(slot):
            return 0
        return 0 if copy_for(settings, slot, now) is None else 1

    return run


def copy_for(settings: Settings, slot: str, now: datetime) -> str | None:
    """Take and check the copy of a slot; what was wrong, empty when it is sound, None when somebody has taken it."""
    begun = {"slot": slot, "started_at": now, "name": "", "size_bytes": 0, "trouble": ""}
    with db.transaction() as session:
        if not db.add_unless_there(session, BackupRun, begun):
            return None
    taken, trouble = _take(settings, slot, now)
    size = manifest.read(taken).size if taken and not trouble else 0
    with db.transaction() as session:
        session.execute(
            sa.update(BackupRun)
            .where(BackupRun.slot == slot)
            .values(
                finished_at=max(now, clock.now()),
                name=taken.name if taken else "",
                size_bytes=size,
                trouble=trouble[:LONGEST],
            )
        )
    if trouble:
        log.warning("copy not sound", slot=slot)
    return trouble


def _take(settings: Settings, slot: str, now: datetime) -> tuple[Path | None, str]:
    taken: Path | None = None
    try:
        taken = taking.take(settings, now, slot=slot)
        faults = checking.check(taken, settings)
        if not faults:
            keeping.rotate(settings.backups_dir)
        return taken, " ".join(faults)
    except ToolTrouble as trouble:
        return taken, trouble.sentence
    except Unreadable as trouble:
        return taken, _("Databasen kan ikke kopieres: %(said)s", said=trouble)
    except Unreachable:
        return taken, _("Fotolageret svarer ikke, så der er ingen kopi af fotoene.")
    except OSError as trouble:
        return taken, _("Kopien kan ikke skrives. %(why)s", why=why_not_written(trouble))


def why_not_written(trouble: OSError) -> str:
    """What a person can do about a disk that says no."""
    if trouble.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _("Disken er fuld.")
    if trouble.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _("Programmet må ikke skrive i mappen til kopier.")
    return _("Se efter, om mappen til kopier findes, og om disken er sat til.")


def note_taken(copy: Path, began_at: datetime, ended_at: datetime) -> None:
    """Let the page know of a sound copy that was taken at the command line."""
    with db.transaction() as session:
        session.add(
            BackupRun(
                slot=copy.name,
                started_at=began_at,
                finished_at=ended_at,
                name=copy.name,
                size_bytes=manifest.read(copy).size,
            )
        )


def _is_taken(slot: str) -> bool:
    with db.reading() as session:
        return session.scalar(sa.select(BackupRun.id).where(BackupRun.slot == slot)) is not None
