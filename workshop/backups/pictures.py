"""The photos of a copy. A photo never changes under its name, so the next copy shares the file with the one before.

What is shared is read and compared with its hash first: a file that went bad in the last copy is fetched anew.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from workshop.backups import contents, manifest
from workshop.backups.manifest import FileNote
from workshop.core import images
from workshop.core.photo_store import PhotoStore


@dataclass
class Gathering:
    """The photos on their way into the `folder` of a copy; `older` is the copy before, whose files can be shared."""

    store: PhotoStore
    folder: Path
    older: Path | None = None
    known: dict[str, FileNote] = field(default_factory=dict)  # the hashes of the copy before
    notes: dict[str, FileNote] = field(default_factory=dict)

    def gather(self) -> None:
        """Bring in everything that lies in the store now and is not here yet."""
        for stored in self.store.files():
            if stored.name not in self.notes and (note := self._bring(stored.name)):
                self.notes[stored.name] = note

    def keep_only(self, pictures: Collection[str]) -> None:
        """Take out what no row of the copied database speaks of: it was deleted, or is not anybody's yet."""
        for name in [each for each in self.notes if contents.picture_of(each) not in pictures]:
            (self.folder / name).unlink()
            del self.notes[name]

    def _bring(self, name: str) -> FileNote | None:
        target = self.folder / name
        if note := self._shared(name, target):
            return note
        body = self.store.get(name)
        if body is None:  # deleted since it was listed
            return None
        manifest.put(target, body)
        return manifest.note_of_bytes(body)

    def _shared(self, name: str, target: Path) -> FileNote | None:
        note = self.known.get(f"{manifest.PHOTOS}/{name}")
        if self.older is None or note is None:
            return None
        source = self.older / manifest.PHOTOS / name
        with suppress(OSError):  # gone, or a disk that knows no links: it is copied
            if manifest.note_of(source) == note:
                os.link(source, target)
                return note
        return None


def lacking(pictures: Collection[str], files: Collection[str]) -> list[str]:
    """The files that these pictures should have and that are not among `files`; old ones were kept without AVIF."""
    return sorted(
        file for name in pictures for file in images.files_of(name) if not file.endswith(".avif") and file not in files
    )
