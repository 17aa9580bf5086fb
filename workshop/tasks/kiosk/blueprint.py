"""The tablet's blueprint, and who is at the tablet."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request

from workshop.accounts import signing
from workshop.accounts.models import Device
from workshop.citizens import queries as citizens
from workshop.citizens.queries import Me
from workshop.core import access, db
from workshop.core.errors import Forbidden

blueprint = Blueprint("kiosk", __name__, url_prefix="/vaerksted")


@blueprint.app_context_processor
def who_is_here() -> dict[str, Any]:
    """`me` for the head of every page of the tablet; before the code there is nobody and no name.

    On one's own phone nobody is next in line, so no page there asks whether somebody is still here.
    """
    if not request.path.startswith("/vaerksted"):
        return {}
    return {"me": me(), "is_own_phone": signing.own_phone() is not None}


def me() -> Me | None:
    """Name and picture of the citizen at the tablet, read once a request."""
    if "me" not in g:
        person = access.actor()
        g.me = None
        if person is not None and person.is_citizen:
            with db.reading() as session:
                g.me = citizens.me(session, person.account_id)
    found: Me | None = g.me
    return found


def this_tablet() -> Device:
    """The enrolled tablet of this request. Raises Forbidden elsewhere."""
    found = signing.device()
    if found is None:
        raise Forbidden
    return found
