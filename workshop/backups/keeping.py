"""Which copies are kept: 24 hours, 14 days, 8 weeks, 12 months. Nothing goes before the newest was found sound.

Those taken just before an upgrade or a restore are the way back from it: they stay a month, whatever else was taken.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from workshop.backups import manifest

_GOING = ".going-"
WAY_BACK = timedelta(days=31)
_RULES: tuple[tuple[int, Callable[[datetime], str]], ...] = (
    (24, lambda at: at.strftime("%Y-%m-%dT%H")),
    (14, lambda at: at.strftime("%Y-%m-%d")),
    (8, lambda at: at.strftime("%G-W%V")),
    (12, lambda at: at.strftime("%Y-%m")),
)


def rotate(folder: Path) -> int:
    """Take away the copies that are no longer needed; how many. Call it only after the newest was checked."""
    there = [path.name for path in manifest.copies(folder)]
    stay = kept(there)
    gone = [name for name in there if name not in stay] + _old_ways_back(folder, there)
    for name in gone:
        # A name of its own first: a copy that is half taken away is no copy.
        going = folder / f"{_GOING}{name}"
        (folder / name).rename(going)
        shutil.rmtree(going)
    for left in folder.glob(f"{_GOING}*"):
        shutil.rmtree(left, ignore_errors=True)
    return len(gone)


def _old_ways_back(folder: Path, there: Sequence[str]) -> list[str]:
    """Copies from before an upgrade or a restore whose month is over, by the newest copy's clock."""
    if not there:
        return []
    found = []
    for begins in (manifest.BEFORE_UPGRADE, manifest.BEFORE_RESTORE):
        for path in folder.glob(f"{begins}*"):
            name = path.name.removeprefix(begins)
            if manifest.COPY_NAME.fullmatch(name) and began(there[0]) - began(name) > WAY_BACK:
                found.append(path.name)
    return found


def kept(names: Sequence[str]) -> set[str]:
    """Those of these copies, newest first, that stay: of each hour, day, week and month the newest one."""
    stay: set[str] = set()
    for count, span_of in _RULES:
        newest: dict[str, str] = {}
        for name in names:
            newest.setdefault(span_of(began(name)), name)
        stay |= set(list(newest.values())[:count])
    return stay


def began(name: str) -> datetime:
    """When a copy began, from its name."""
    day, clock = name[:10], name[11:19].replace("-", ":")
    return datetime.fromisoformat(f"{day}T{clock}+00:00")
