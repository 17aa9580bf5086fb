"""The list of persons whose key was destroyed, kept outside the database: a copy from before gives no key back.

Only public ids and moments stand in it, one JSON object a line, added to and never changed. It lies beside the ends of
the access log and once more beside the copies, so that it survives the loss of either disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from workshop.backups import manifest
from workshop.core.config import Settings
from workshop.core.db import UtcDateTime

_KEYS = sa.table(
    "person_key",
    sa.column("citizen_id", sa.Integer),
    sa.column("sealed_key", sa.String),
    sa.column("destroyed_at", UtcDateTime),
)
_SEEDS = sa.table("totp_seed", sa.column("sealed", sa.String))
_CITIZENS = sa.table("citizen", sa.column("id", sa.Integer), sa.column("public_id", sa.String))


def files_of(settings: Settings) -> tuple[Path, ...]:
    """Where the list is kept."""
    both = (settings.anchor_file.parent / manifest.DESTROYED, settings.backups_dir / manifest.DESTROYED)
    return tuple(dict.fromkeys(both))


def note_destroyed(settings: Settings, citizen_public_id: str, now: datetime) -> None:
    """Write down that this person's key is destroyed, before the database forgets it.

    A line too many does no harm, one too few would bring a key back. Raises OSError: then nothing is to be destroyed.
    """
    line = as_lines([(citizen_public_id, now)]).encode()
    for path in files_of(settings):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def destroyed(settings: Settings, *more: Path) -> dict[str, datetime]:
    """Everybody whose key is destroyed, by public id, with the first moment that was written."""
    found: dict[str, datetime] = {}
    for path in (*files_of(settings), *more):
        for public_id, at in _lines_of(path):
            found[public_id] = min(at, found.get(public_id, at))
    return found


def as_lines(people: Iterable[tuple[str, datetime]] | dict[str, datetime]) -> str:
    """The list as it is written."""
    pairs = people.items() if isinstance(people, dict) else people
    return "".join(
        json.dumps({"citizen": public_id, "at": at.astimezone(UTC).isoformat()}) + "\n" for public_id, at in pairs
    )


def destroy_again(connection: sa.Connection, people: dict[str, datetime]) -> int:
    """Destroy the keys of these people in a restored database; how many it had given back."""
    count = 0
    for public_id, at in people.items():
        person = sa.select(_CITIZENS.c.id).where(_CITIZENS.c.public_id == public_id).scalar_subquery()
        gone = sa.update(_KEYS).where(_KEYS.c.citizen_id == person, _KEYS.c.destroyed_at.is_(None))
        count += connection.execute(gone.values(sealed_key="", destroyed_at=at)).rowcount
    return count


def let_go_of(connection: sa.Connection, master_keys: list[str], now: datetime) -> None:
    """End what master keys of these names sealed, since they are lost: people's keys, and the code apps of staff.

    Whoever had a code app makes a new one at the next sign-in; else nobody would come in again.
    """
    for name in master_keys:
        gone = sa.update(_KEYS).where(_KEYS.c.sealed_key.startswith(f"{name}.", autoescape=True))
        connection.execute(gone.values(sealed_key="", destroyed_at=now))
        connection.execute(sa.delete(_SEEDS).where(_SEEDS.c.sealed.startswith(f"{name}.", autoescape=True)))


def _lines_of(path: Path) -> Iterable[tuple[str, datetime]]:
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        if line.strip():
            kept = json.loads(line)
            yield kept["citizen"], datetime.fromisoformat(kept["at"])
