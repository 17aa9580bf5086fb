"""How the copies stand: the newest, how it went, how many there are and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from babel.numbers import format_decimal
from sqlalchemy.orm import Session

from workshop.accounts.models import Account
from workshop.backups import keeping, manifest
from workshop.backups.models import BackupRun
from workshop.core.config import Settings
from workshop.core.i18n import _, language, ngettext

TOO_OLD = timedelta(hours=26)
SHOWN = 12


@dataclass(frozen=True)
class State:
    """What the page shows. `newest` is the newest copy that was found sound."""

    newest: BackupRun | None
    age: timedelta | None
    is_late: bool
    kept: int
    oldest_at: datetime | None
    is_on_same_disk: bool
    runs: list[BackupRun]

    @property
    def age_text(self) -> str:
        """How old the newest sound copy is, in words."""
        return "" if self.age is None else age_text(self.age)


def state(session: Session, settings: Settings, now: datetime) -> State:
    """How the copies stand now."""
    newest = newest_sound(session)
    names = [path.name for path in manifest.copies(settings.backups_dir)]
    return State(
        newest=newest,
        age=now - newest.started_at if newest else None,
        is_late=is_late(newest, now, since=began_at(session)),
        kept=len(names),
        oldest_at=keeping.began(names[-1]) if names else None,
        is_on_same_disk=_is_on_same_disk(settings),
        runs=list(session.scalars(sa.select(BackupRun).order_by(BackupRun.id.desc()).limit(SHOWN))),
    )


def newest_sound(session: Session) -> BackupRun | None:
    """The newest copy that was taken and found sound."""
    sound = sa.select(BackupRun).where(BackupRun.finished_at.is_not(None), BackupRun.trouble == "")
    return session.scalar(sound.order_by(BackupRun.started_at.desc(), BackupRun.id.desc()).limit(1))


def began_at(session: Session) -> datetime | None:
    """Since when there is something to lose: the first account."""
    return session.scalar(sa.select(sa.func.min(Account.created_at)))


def is_late(newest: BackupRun | None, now: datetime, *, since: datetime | None) -> bool:
    """Whether more than a day could be lost. A workshop that began today has not lived so long."""
    last = newest.started_at if newest else since
    return last is not None and now - last > TOO_OLD


def age_text(age: timedelta) -> str:
    """`for 2 timer siden`."""
    minutes = max(0, int(age.total_seconds())) // 60
    if minutes < 1:
        return _("lige nu")
    if minutes < 60:
        return ngettext("for %(num)s minut siden", "for %(num)s minutter siden", minutes)
    if minutes < 48 * 60:
        return ngettext("for %(num)s time siden", "for %(num)s timer siden", minutes // 60)
    return ngettext("for %(num)s dag siden", "for %(num)s dage siden", minutes // (24 * 60))


def size_text(size: int) -> str:
    """`3,3 MB`."""
    unit, name = (10**9, "GB") if size >= 10**9 else (10**6, "MB")
    return f"{format_decimal(round(size / unit, 1), locale=language())} {name}"


def _is_on_same_disk(settings: Settings) -> bool:
    """Whether a broken disk would take the copies with it."""
    try:
        return settings.backups_dir.stat().st_dev == settings.data_dir.stat().st_dev
    except OSError:
        return False
