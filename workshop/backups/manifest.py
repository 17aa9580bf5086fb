"""The list of contents of a copy: what lies in it, each file's hash, what its database holds, which key it needs.

Beside it stands its own hash, as `sha256sum` writes it: `sha256sum -c manifest.json.sha256` needs none of our programs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

FORMAT = 1
NAME = "manifest.json"
HASH_NAME = "manifest.json.sha256"
PHOTOS = "photos"
ANCHORS = "log-anchors.jsonl"
DESTROYED = "destroyed-keys.jsonl"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
COPY_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[a-z0-9]{6}")  # when it began, UTC
BEFORE_UPGRADE, BEFORE_RESTORE = "before-upgrade-", "before-restore-"  # the way back: no hour's copy takes their place
_BLOCK = 1 << 20


class NotACopy(Exception):  # noqa: N818 — like the other answers in `errors`
    """There is no list of contents here, or it is not as it was written; `sentence` says which."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class FileNote:
    """A file of a copy: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a copy says about itself. Moments are ISO 8601 in UTC."""

    format: int
    engine: str  # sqlite or postgresql
    head: str  # the migration its database stands at
    slot: str  # the hour it was due, or a word for one taken by hand
    began_at: str  # everything that was committed by then is in it
    ended_at: str
    rows: dict[str, int]  # by table
    log_position: int
    log_hash: str
    master_key: str  # the name of the newest key; the key itself is never here
    keys: list[str]  # the names of all keys that sealed something in it
    missing_photos: list[str] = field(default_factory=list)  # files that were gone before the copy was taken
    files: dict[str, FileNote] = field(default_factory=dict)

    @property
    def began(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.began_at)

    @property
    def size(self) -> int:
        """Bytes of all files; what is shared with other copies counts in each."""
        return sum(note.size for note in self.files.values())


def write(folder: Path, manifest: Manifest) -> None:
    """Put the list of contents and its hash into a folder."""
    body = (json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n").encode()
    put(folder / NAME, body)
    put(folder / HASH_NAME, _hash_line(body))


def read(folder: Path) -> Manifest:
    """The list of contents of a copy. Raises NotACopy."""
    try:
        body, line = (folder / NAME).read_bytes(), (folder / HASH_NAME).read_bytes()
    except OSError as problem:
        raise NotACopy(f"{NAME}: {type(problem).__name__}") from problem
    if line != _hash_line(body):
        raise NotACopy(f"{NAME}, {HASH_NAME}")
    kept = json.loads(body)
    if kept["format"] != FORMAT:
        raise NotACopy(f"{NAME}: format {kept['format']}")
    return Manifest(**{**kept, "files": {name: FileNote(**note) for name, note in kept["files"].items()}})


def note_of(path: Path) -> FileNote:
    """Size and hash of a file, read in blocks."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return FileNote(size, digest.hexdigest())


def note_of_bytes(body: bytes) -> FileNote:
    """Size and hash of what is in memory."""
    return FileNote(len(body), hashlib.sha256(body).hexdigest())


def put(path: Path, body: bytes) -> None:
    """Write a file that only its owner reads, down to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def settle(path: Path) -> None:
    """Make sure that a file or the names in a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def folder_of(path: Path) -> Path:
    """The copy somebody means who names its folder or its list of contents."""
    return path.parent if path.name in {NAME, HASH_NAME} else path


def copies(folder: Path) -> list[Path]:
    """The copies in a folder, newest first. What was begun and not ended has another name."""
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if COPY_NAME.fullmatch(each.name)), reverse=True)


def _hash_line(body: bytes) -> bytes:
    return f"{hashlib.sha256(body).hexdigest()}  {NAME}\n".encode()
