"""The printed card with somebody's picture and code, made while the code is shown and not again.

The code lies nowhere: the page that shows it carries it in a signed note, which the card is made from. A note is good
for half an hour, for whoever was shown the code, and until there is a newer code.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from workshop.accounts.models import CitizenPin
from workshop.citizens.models import Citizen
from workshop.core import i18n, web
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.pictures import PICTURES
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset

LASTS = timedelta(minutes=30)
SHORT_NAME = 9  # letters that fit in large
_SOURCE = Path(__file__).with_name("card.typ")


def note(session: Session, citizen: Citizen, pin: str, by: int) -> str:
    """What the page with the code carries, so that the card can be printed from it."""
    return _signer().dumps([citizen.public_id, pin, by, _changed(session, citizen)])


def pin_of_note(session: Session, citizen: Citizen, text: str, by: int) -> str:
    """The code a card is printed with. Raises Refusal when the note is not one of ours, not theirs, or too old."""
    try:
        public_id, pin, shown_to, changed = _signer().loads(text, max_age=int(LASTS.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        public_id = pin = shown_to = changed = None
    if (public_id, shown_to, changed) != (citizen.public_id, by, _changed(session, citizen)):
        raise Refusal(_("Koden vises ikke mere. Lav en ny kode, og print kortet med det samme."))
    return str(pin)


def render(display_name: str, picture: str, pin: str) -> bytes:
    """The card as a PDF, 85.6 by 54 mm."""
    name = printable(display_name)
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": _("Kort med kode"),
        "name": name,
        "size": 20 if len(name) <= SHORT_NAME else 13,
        "picture": drawing(picture),
        "picture_name": _(PICTURES[picture]),
        "code_label": _("Din kode"),
        "pin": pin,
        "how": _("Tryk på dit billede på tabletten, og tast din kode."),
    }
    return typeset(_SOURCE, data, "pdf")


def drawing(picture: str) -> str:
    """The picture somebody signs in with, as an SVG file of its own."""
    pictures: Any = current_app.jinja_env.get_template("ui/faces.html").module
    ground, shapes = pictures.pictures[picture]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<rect width="100" height="100" rx="18" fill="{ground}"/>{shapes}</svg>'
    )


def _changed(session: Session, citizen: Citizen) -> str:
    at: datetime = session.get_one(CitizenPin, citizen.account_id).changed_at
    return at.isoformat()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(web.settings().secret_key, salt="pin-card")
