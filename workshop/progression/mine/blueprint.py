"""The blueprint of a citizen's own pages, and whose they are."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint

from workshop.accounts import signing
from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import access, audit, db

blueprint = Blueprint("mine", __name__, url_prefix="/vaerksted")


def enter(now: datetime, *, deed: str = "read") -> Citizen:
    """The signed-in citizen; the visit is in the log before anything is shown or changed.

    Opens a block of its own, so it is called outside one. Raises NotHere for staff.
    """
    actor = access.require_actor()
    with db.reading() as session:
        me = citizens.own_citizen(session, actor)
    audit.record(actor, deed, [me.public_id], now)
    return me


def is_own_phone() -> bool:
    """Whether the page is asked for from the person's own phone: a shared tablet keeps no file of anybody's."""
    return signing.own_phone() is not None
