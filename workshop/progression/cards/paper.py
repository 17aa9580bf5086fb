"""The competence card as a PDF on A4, as its owner wants it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flask import make_response
from werkzeug.wrappers import Response

from workshop.core import clock, i18n, identity
from workshop.core.i18n import _
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.progression.cards.contents import Card, CardLine, where_shown

_SOURCE = Path(__file__).with_name("card.typ")


def answer(card: Card, today: date) -> Response:
    """The file, named after what it is and never after whose."""
    made = make_response(render(card, today))
    made.mimetype = "application/pdf"
    made.headers["Content-Disposition"] = 'inline; filename="kompetencekort.pdf"'
    made.headers["Cache-Control"] = "no-store"
    return made


def render(card: Card, today: date) -> bytes:
    """The card as bytes of a PDF."""
    house = identity.current()
    agreed = _("Aftalt %(day)s.", day=clock.day_text(card.agreed_on)) if card.agreed_on else ""
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": _("Kompetencekort"),
        "name": printable(card.name),
        "own_words": printable(card.own_words),
        "groups": [
            {"name": printable(i18n.shipped(group)).capitalize(), "lines": [_line(line, card) for line in lines]}
            for group, lines in card.groups.items()
        ],
        "nothing": _("Her er tomt endnu."),
        "from": printable(f"{house.name}, {house.address}, {house.postcode} {house.town}"),
        "about": " ".join(
            part
            for part in (agreed, _("Skrevet ud %(day)s.", day=clock.day_text(today)), _("Kortet tilhører ejeren."))
            if part
        ),
    }
    return typeset(_SOURCE, data, "pdf")


def _line(line: CardLine, card: Card) -> dict[str, Any]:
    where = where_shown(line) if card.shows_work else []
    return {
        "name": printable(i18n.shipped(line.name)),
        "i_can": printable(i18n.shipped(line.i_can)),
        "words": line.words,
        "where": [printable(each) for each in where],
    }
