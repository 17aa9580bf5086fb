"""Who has seen a citizen's data, as a PDF on A4 to hand over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from workshop.core import audit, clock, i18n, identity
from workshop.core.i18n import _
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.logbook.mine import Day

_SOURCE = Path(__file__).with_name("extract.typ")


def render(*, name: str, days: Sequence[Day], first: date, today: date) -> bytes:
    """The paper for one person: the newest day first."""
    house = identity.current()
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": _("Hvem har set dine oplysninger"),
        "about": [printable(name), _("Skrevet ud %(day)s", day=clock.day_text(today))],
        "intro": [
            _("Her står, hvem i værkstedet der har brugt dine oplysninger siden %(day)s.", day=clock.day_text(first)),
            _("Vi gemmer det i %(months)s måneder. Så slettes det.", months=audit.kept_months()),
        ],
        "days": [_day(day) for day in days],
        "nothing": _("Ingen har set dine oplysninger."),
        "outro": [
            _("Er der noget, du ikke forstår? Spørg din kontaktperson, eller ring på %(phone)s.", phone=house.phone),
            _("Du kan også klage til Datatilsynet på datatilsynet.dk."),
        ],
        "from": printable(f"{house.name}, {house.address}, {house.postcode} {house.town}"),
    }
    return typeset(_SOURCE, data, "pdf")


def _day(day: Day) -> dict[str, Any]:
    reasons = [_("Grund: %(reason)s", reason=line.reason) if line.reason else "" for line in day.lines]
    lines = [f"{line.sentence} {reason}".strip() for line, reason in zip(day.lines, reasons, strict=True)]
    said = [*lines, *([day.lists] if day.lists else [])]
    return {"title": clock.day_text(day.day).capitalize(), "lines": [printable(line) for line in said]}
