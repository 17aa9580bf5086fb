"""Taking a copy of everything: database, photos, the ends of the access log, the list of destroyed keys.

The master key, the pepper and every other secret stay out: a copy that is stolen opens nothing that is sealed. It is
made under another name and gets its own last, so what was begun and killed is never mistaken for a copy.
"""

from __future__ import annotations

import secrets
import shutil
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workshop.backups import databases, forgetting, manifest, pictures
from workshop.backups.contents import Contents
from workshop.backups.manifest import FileNote, Manifest
from workshop.backups.pictures import Gathering
from workshop.core import clock, photo_store, vault
from workshop.core.config import Settings

BEGUN = ".begun-"
LEFT_BEHIND = timedelta(hours=12)  # a copy that has taken longer was killed
_LETTERS = string.ascii_lowercase + string.digits


def take(settings: Settings, now: datetime, *, slot: str, before: str = "") -> Path:
    """A copy of everything as of now, in the folder for copies; where it lies.

    `slot` says which hour it is for; two copies of one hour have different names. `before` begins the name of one that
    is kept because something is about to be changed: it is not thinned out with those of the hours. Raises ToolTrouble,
    Unreadable, Unreachable (photo store), OSError (no room, no right).
    """
    home = settings.backups_dir
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep_up(home)
    name = before + now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ-") + _word()
    begun = home / f"{BEGUN}{name}"
    begun.mkdir(mode=0o700)
    try:
        _fill(settings, begun, now, slot)
        begun.rename(home / name)
        manifest.settle(home)
    except BaseException:  # also when somebody stops it: nothing half is left lying
        shutil.rmtree(begun, ignore_errors=True)
        raise
    return home / name


def _fill(settings: Settings, folder: Path, now: datetime, slot: str) -> None:
    photos = folder / manifest.PHOTOS
    photos.mkdir(mode=0o700)
    gathering = _gathering(settings, photos)
    # Before and after: what a row of the copied database speaks of was there at its moment, so one of the two has it.
    gathering.gather()
    # The log's written ends before the log, or one could speak of a row that is not in the copy.
    anchors = settings.anchor_file
    manifest.put(folder / manifest.ANCHORS, anchors.read_bytes() if anchors.is_file() else b"")
    found = databases.copy(settings, folder)
    gathering.gather()
    gathering.keep_only(found.pictures)
    manifest.put(folder / manifest.DESTROYED, forgetting.as_lines(forgetting.destroyed(settings)).encode())
    files = {f"{manifest.PHOTOS}/{name}": note for name, note in gathering.notes.items()}
    files |= {path.name: manifest.note_of(path) for path in folder.iterdir() if path.is_file()}
    manifest.settle(photos)
    manifest.write(folder, _manifest(settings, found, files, gathering, now, slot))
    manifest.settle(folder)


def _gathering(settings: Settings, photos: Path) -> Gathering:
    store = photo_store.of(settings)
    for older in manifest.copies(settings.backups_dir):
        try:
            return Gathering(store, photos, older, manifest.read(older).files)
        except manifest.NotACopy:
            continue  # the one before it, then
    return Gathering(store, photos)


def _manifest(
    settings: Settings, found: Contents, files: dict[str, FileNote], gathering: Gathering, now: datetime, slot: str
) -> Manifest:
    position, log_hash = found.log_end
    return Manifest(
        format=manifest.FORMAT,
        engine=databases.engine_of(settings),
        head=found.head,
        slot=slot,
        began_at=now.astimezone(UTC).isoformat(),
        ended_at=clock.now().isoformat(),
        rows=found.counts,
        log_position=position,
        log_hash=log_hash,
        master_key=vault.name_of(settings.master_keys[0]) if settings.master_keys else "",
        keys=sorted(found.keys),
        missing_photos=pictures.lacking(found.pictures, gathering.notes),
        files=files,
    )


def _sweep_up(home: Path) -> None:
    """Take away what a killed copy left behind; its age is the disk's, so it is compared with the true time."""
    for each in home.glob(f"{BEGUN}*"):
        if clock.now().timestamp() - each.stat().st_mtime > LEFT_BEHIND.total_seconds():
            shutil.rmtree(each, ignore_errors=True)


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _place in range(6))
