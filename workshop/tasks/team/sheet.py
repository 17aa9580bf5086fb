"""The form of a round on A4: a row for each person with boxes to tick, and room for those nobody thought of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workshop.core import clock, i18n
from workshop.core.i18n import _
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.tasks.marks import Quality, Support
from workshop.tasks.team.jobs import Found

EMPTY_ROWS = 2
LEAST_ROWS = 4
_SOURCE = Path(__file__).with_name("sheet.typ")


def render(found: Found, names: Sequence[str]) -> bytes:
    """The paper as PDF; names are those who stand on the round, in the order of the page."""
    rows = [printable(name) for name in names]
    rows += [""] * max(EMPTY_ROWS, LEAST_ROWS - len(rows))
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": printable(found.heading),
        "day": clock.day_text(found.job.day),
        "who": _("Hvem"),
        "minutes": _("Minutter"),
        "support": _("Støtte"),
        "quality": _("Kvalitet"),
        "seen": _("Det sete"),
        "supports": [[each.value, each.label] for each in Support],
        "not_today": _("Ikke vurderet i dag"),
        "qualities": [[each.value, each.label] for each in Quality],
        "sentences": [[label, printable(words)] for label, words in found.sentences],
        "joint": [_("Set hver for sig"), _("Fælles for holdet")],
        "rows": rows,
        "by": _("Skrevet af"),
        "note": _("Skriv kun det sete. Arket tastes ind samme dag og makuleres."),
    }
    return typeset(_SOURCE, data, "pdf")
