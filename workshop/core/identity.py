"""Who the workshop is, in versions: shown in the shop, on labels, in mails. Settings give the first one.

It stands on every page, so it is kept in the process. A change made here shows at once; one made by another process
within `REREAD_SECONDS`, without anybody waiting for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.exc
import structlog
from flask import Flask
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.local import LocalProxy

from workshop.core import db
from workshop.core.config import Identity, Mode, Settings

REREAD_SECONDS = 10.0
log = structlog.get_logger()


class WorkshopVersion(db.Base):
    """What the workshop was called and where it was from a moment on. A change is a new row."""

    __tablename__ = "workshop_version"
    __table_args__ = db.W

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(100))
    short_name: Mapped[str] = mapped_column(sa.String(40))
    address: Mapped[str] = mapped_column(sa.String(120))
    postcode: Mapped[str] = mapped_column(sa.String(4))
    town: Mapped[str] = mapped_column(sa.String(60))
    phone: Mapped[str] = mapped_column(sa.String(30))
    email: Mapped[str] = mapped_column(sa.String(254))
    cvr: Mapped[str] = mapped_column(sa.String(8))
    logo: Mapped[str] = mapped_column(sa.String(60), default="")  # name of the picture in the photo store; empty: none
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # empty: the setup


@dataclass(frozen=True)
class _Known:
    """What this process knows. `read_at` is None when it has to be asked for."""

    identity: Identity
    version: int  # 0: as the settings say
    read_at: float | None


_settings = Identity()
_hours: Callable[[Session], str] | None = None
_is_reread = True
_known = _Known(_settings, 0, None)
_changes = 0


def install(app: Flask, settings: Settings) -> None:
    """Let the pages of this app show who the workshop is. Tests ask the database only after `forget`."""
    global _settings, _is_reread, _known
    _settings = settings.identity
    _is_reread = settings.mode is not Mode.TEST
    _known = _Known(_settings, 0, None if _is_reread else time.monotonic())
    app.jinja_env.globals["identity"] = LocalProxy(current)


def take_hours_from(hours: Callable[[Session], str]) -> None:
    """The shop above knows when the workshop is open; what it says, when it says something, stands on paper too."""
    global _hours
    _hours = hours


def current() -> Identity:
    """Who the workshop is now."""
    return _fresh().identity


def version() -> int:
    """Which version `current` is, for what is kept with it; 0 is what the settings say."""
    return _fresh().version


def forget() -> None:
    """Ask the database the next time; whoever changes the identity calls it after the block has been committed."""
    global _known, _changes
    _changes += 1
    _known = replace(_known, read_at=None)


def newest(session: Session) -> WorkshopVersion | None:
    """The newest version, or None in an installation that has none yet."""
    return session.scalar(sa.select(WorkshopVersion).order_by(WorkshopVersion.version.desc()).limit(1))


def is_told(session: Session) -> bool:
    """Whether anybody has said who the workshop is, on its page or in the settings; else it bears a made-up name."""
    return _settings != Identity() or newest(session) is not None


def as_of(session: Session) -> Identity:
    """Who the workshop is as the database says at this moment, for what is kept or sent with its name."""
    found = newest(session)
    return from_version(found) if found else _settings


def from_version(row: WorkshopVersion) -> Identity:
    """A version as pages show it; what it does not say stays as the settings have it."""
    return replace(
        _settings,
        name=row.name,
        short_name=row.short_name,
        address=row.address,
        postcode=row.postcode,
        town=row.town,
        phone=row.phone,
        email=row.email,
        cvr=in_pairs(row.cvr),
        logo=row.logo,
    )


def in_pairs(digits: str) -> str:
    """`12345678` as `12 34 56 78`, the way a CVR number is read aloud."""
    return " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def _fresh() -> _Known:
    """What is known, asked for anew when it is old. A database that does not answer leaves it as it was."""
    global _known
    known, now = _known, time.monotonic()
    if known.read_at is not None and not (_is_reread and now - known.read_at > REREAD_SECONDS):
        return known
    if known.read_at is not None:
        _known = replace(known, read_at=now)  # the others go on with what is known while this one asks
    changes = _changes
    try:
        with db.reading() as session:
            row = newest(session)
            hours = _hours(session) if _hours else ""
    except sqlalchemy.exc.SQLAlchemyError:
        log.warning("identity not read")
        return known
    who = from_version(row) if row else _settings
    found = _Known(replace(who, opening_hours=hours or who.opening_hours), row.version if row else 0, now)
    if changes == _changes:  # nobody changed it while it was read
        _known = found
    return found
