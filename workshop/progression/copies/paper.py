"""The copy as files: a PDF to read, and JSON for machines. Neither is named after anybody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import make_response
from werkzeug.wrappers import Response

from workshop.core import clock, i18n, identity
from workshop.core.i18n import _
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.progression.copies.collecting import Collected, for_machines
from workshop.progression.copies.words import COLUMNS, said

FOR_MACHINES = {"signed"}  # a token of two thousand letters, which nobody reads
_SOURCE = Path(__file__).with_name("copy.typ")


def as_pdf(name: str, parts: Sequence[Collected], now: datetime) -> Response:
    """The copy to read and keep."""
    return _file(render(name, parts, now), "application/pdf", "inline; filename=kopi.pdf")


def as_json(parts: Sequence[Collected], now: datetime) -> Response:
    """The copy for other programs."""
    text = json.dumps(for_machines(parts, now), ensure_ascii=False, indent=1)
    return _file(text.encode(), "application/json", "attachment; filename=kopi.json")


def render(name: str, parts: Sequence[Collected], now: datetime) -> bytes:
    """The paper: a part where something is written, and in the end the parts where nothing is."""
    house = identity.current()
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": _("Alt om dig"),
        "about": [printable(name), _("Skrevet ud %(day)s", day=clock.day_text(clock.local_day(now)))],
        "intro": _("Her står alt, vi har skrevet om dig. Hvem der skrev det, står her ikke."),
        "parts": [_part(part) for part in parts if part.rows],
        "empty_title": _("Her er intet skrevet"),
        "empty": [str(part.title) for part in parts if not part.rows],
        "outro": [
            _("Din kontaktperson kan have noter om dig, som er låst. De står ikke her. Du kan bede om at se dem."),
            _("Er der noget, du ikke forstår? Spørg din kontaktperson, eller ring på %(phone)s.", phone=house.phone),
            _("Du kan også klage til Datatilsynet på datatilsynet.dk."),
        ],
        "from": printable(f"{house.name}, {house.address}, {house.postcode} {house.town}"),
    }
    return typeset(_SOURCE, data, "pdf")


def _part(part: Collected) -> dict[str, Any]:
    return {"title": str(part.title), "rows": [_row(row) for row in part.rows]}


def _row(row: dict[str, Any]) -> list[list[str]]:
    """A row as pairs of what it is and what it says; what nobody has said is left out."""
    for_paper = {name: value for name, value in row.items() if name not in FOR_MACHINES}
    told = ((str(COLUMNS[name]), printable(said(name, value))) for name, value in for_paper.items())
    return [[name, words] for name, words in told if words]


def _file(body: bytes, mimetype: str, disposition: str) -> Response:
    answer = make_response(body)
    answer.mimetype = mimetype
    answer.headers["Content-Disposition"] = disposition
    answer.headers["Cache-Control"] = "no-store"
    return answer
