"""What tests about starting share: the address of the machine, whoever administers, who the workshop is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.core import db, identity, mail
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.setup import actions, door

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SETTINGS = "/personale/indstillinger"
WORKSHOP = f"{SETTINGS}/vaerkstedet"
DEPARTMENTS = f"{SETTINGS}/afdelinger"
FIRST = {
    "name": "Grethe Holm",
    "email": "grethe@vaerket.example",
    "password": "korsvej lampe myre tinsoldat",
    "is_manager": "y",
}
WHO = {
    "name": "Værket på Havnen",
    "short_name": "Værket",
    "address": "Havnegade 12",
    "postcode": "4200",
    "town": "Slagelse",
    "phone": "58 12 34 56",
    "email": "kontakt@vaerket.example",
    "cvr": "13585628",
}
DETAILS = actions.Details(**WHO)


def path(settings: Settings) -> str:
    """The one-time address, as a browser asks for it."""
    return f"{door.PLACE}/{mail.secret_of(settings.secret_key, 'setup')}"


def administrator(app: Flask, *roles: Role) -> FlaskClient:
    """A browser of somebody who may change settings."""
    with db.transaction() as session:
        email = factories.staff(session, name="Grethe Holm", roles=(Role.ADMIN, *roles), departments=[]).email
    return people.at_desk(app, email)


def say(session: Session, *, after: int = 0, by: int | None = None, now: datetime = NOW, **changes: str) -> None:
    """Say who the workshop is, with some fields otherwise."""
    details = actions.Details(**{**WHO, **changes})
    actions.say_who_we_are(session, details, after=after, now=now, by_staff_id=by)


def is_called(**changes: str) -> None:
    """The same, committed and known to this process."""
    with db.transaction() as session:
        newest = identity.newest(session)
        say(session, after=newest.version if newest else 0, **changes)
    identity.forget()


def typed(version: int = 0, **changes: str) -> dict[str, Any]:
    """The form about who the workshop is, as a browser posts it."""
    return {**WHO, "version": str(version), **changes}
