"""The uploaded list between looking at it and bringing it in: a file under a random name, gone after use or a day.

It is the file itself that is kept, and it is checked again when it is used: nothing a browser sends in between is
believed.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

KEPT_FOR = timedelta(days=1)
_NAME = re.compile(r"[A-Za-z0-9_-]{22}")


def keep(folder: Path, body: bytes, now: datetime) -> str:
    """Keep an upload; its name. Those older than a day go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder, now)
    name = secrets.token_urlsafe(16)
    part = folder / f".{name}.part"
    part.write_bytes(body)
    part.replace(folder / name)
    return name


def kept(folder: Path, name: str) -> bytes | None:
    """An upload by its name; None when it was used, is too old, or never was."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None


def let_go(folder: Path, name: str) -> None:
    """Delete an upload that was used."""
    if _NAME.fullmatch(name):
        (folder / name).unlink(missing_ok=True)


def _sweep(folder: Path, now: datetime) -> None:
    for path in folder.iterdir():
        try:
            is_old = path.stat().st_mtime < (now - KEPT_FOR).timestamp()
        except FileNotFoundError:  # somebody else has just deleted it
            continue
        if is_old:
            path.unlink(missing_ok=True)
