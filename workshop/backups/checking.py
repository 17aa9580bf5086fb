"""Whether a copy is sound: every byte of every file, the database by its own check, rows, photos, log and keys."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from alembic.script import ScriptDirectory

from workshop.backups import databases, log, manifest, pictures
from workshop.backups.contents import Contents, Unreadable
from workshop.backups.manifest import Manifest, NotACopy
from workshop.backups.tools import Tools, ToolTrouble
from workshop.core import vault
from workshop.core.config import Settings
from workshop.core.i18n import _
from workshop.migrating import alembic_config


def check(path: Path, settings: Settings | None = None, *, asks_for_keys: bool = True) -> list[str]:
    """What is wrong with a copy, one sentence each; nothing when it is sound.

    With settings it is also asked whether our master keys open what is sealed in it; only their names are compared.
    """
    folder = manifest.folder_of(path)
    try:
        said = manifest.read(folder)
    except NotACopy as wrong:
        return [_("Listen over indholdet mangler eller er ændret: %(what)s.", what=wrong.sentence)]
    faults = list(_files(folder, said))
    database = manifest.DATABASES[said.engine]
    if not any(database in fault for fault in faults):
        faults += _database(folder / database, said, settings)
        if settings is not None and asks_for_keys:
            faults += [
                _("Hovednøglen %(name)s mangler. Uden den kan det forseglede ikke åbnes.", name=name)
                for name in lacking_keys(said, settings)
            ]
    return faults


def lacking_keys(said: Manifest, settings: Settings) -> list[str]:
    """The names of the master keys that sealed something in a copy and are not among ours."""
    return sorted(set(said.keys) - {vault.name_of(key) for key in settings.master_keys})


@functools.cache  # a running program's migrations do not change, and reading them takes longer than the rest
def known_heads() -> tuple[str, ...]:
    """The migrations this program knows, newest first."""
    return tuple(each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def _files(folder: Path, said: Manifest) -> Iterator[str]:
    for name, note in said.files.items():
        path = folder / name
        if not path.is_file():
            yield _("Filen %(name)s mangler.", name=name)
        elif manifest.note_of(path) != note:
            yield _("Filen %(name)s er ikke, som den var.", name=name)
    listed = {*said.files, manifest.NAME, manifest.HASH_NAME}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in listed:
            yield _("Filen %(name)s hører ikke til.", name=path.relative_to(folder).as_posix())


def _database(path: Path, said: Manifest, settings: Settings | None) -> Iterator[str]:
    try:
        found = databases.read(path, said.engine, Tools.of(settings))
    except Unreadable as problem:
        yield _("Databasen kan ikke læses: %(said)s", said=problem)
        return
    except ToolTrouble as problem:
        yield problem.sentence
        return
    for fault in found.faults:
        yield _("Databasen er skadet: %(said)s", said=fault)
    if found.faults:
        return
    yield from _rows(found, said)
    for fault in log.faults(path, said.engine, found, path.with_name(manifest.ANCHORS), said.began):
        yield _("Loggen over, hvem der har set hvad: %(fault)s", fault=fault)
    yield from _photos(found, said)


def _rows(found: Contents, said: Manifest) -> Iterator[str]:
    for table in sorted({*found.counts, *said.rows}):
        there, should = found.counts.get(table, 0), said.rows.get(table, 0)
        if there != should:
            yield _(
                "%(table)s har %(there)s rækker, men skal have %(should)s.", table=table, there=there, should=should
            )
    if said.head not in known_heads():
        yield _("Kopien er taget med et nyere program (%(head)s). Installér det program først.", head=said.head)
    elif found.head != said.head:
        yield _("Databasen står ved %(head)s, men skal stå ved %(should)s.", head=found.head or "?", should=said.head)
    if found.log_end != (said.log_position, said.log_hash):
        yield _("Loggen ender et andet sted, end der blev skrevet.")


def _photos(found: Contents, said: Manifest) -> Iterator[str]:
    photos = {name.removeprefix(f"{manifest.PHOTOS}/") for name in said.files if "/" in name}
    for name in pictures.lacking(found.pictures, photos):
        if name not in said.missing_photos:
            yield _("Fotoet %(name)s mangler.", name=name)
