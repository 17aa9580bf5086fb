"""The rounds of a day on A4, a page for each team, with a code on each stop that opens the visit on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from workshop.core import clock, i18n
from workshop.core.i18n import _, ngettext
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.products.qr import make_qr, qr_svg
from workshop.services.visits import words
from workshop.services.visits.drives import Drive, Halt
from workshop.services.visits.times import minute_text, window_text

_SOURCE = Path(__file__).with_name("round.typ")


def render_rounds(day: date, drives: Sequence[Drive], *, address_of: Callable[[str], str]) -> bytes:
    """The paper of a day. `address_of` gives the absolute address of a visit's page; only staff get in."""
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": _("Serviceture, %(day)s", day=clock.day_text(day)),
        "none": _("Der er ingen besøg den dag."),
        "code_alt": _("QR-kode, der åbner besøget"),
        "bring": _("Tag med"),
        "gate": _("Adgang"),
        "rounds": [
            {
                "title": printable(drive.team.name),
                "about": _about(drive),
                "equipment": [printable(each) for each in drive.equipment],
                "stops": [_stop(halt, address_of) for halt in drive.halts],
            }
            for drive in drives
        ],
    }
    return typeset(_SOURCE, data, "pdf")


def _about(drive: Drive) -> str:
    said = [ngettext("%(num)s besøg", "%(num)s besøg", len(drive.halts))]
    if drive.kilometres:
        said.append(_("omkring %(num)s km ud og hjem", num=drive.kilometres))
    return " · ".join(said)


def _stop(halt: Halt, address_of: Callable[[str], str]) -> dict[str, Any]:
    facts = halt.row.facts
    code = make_qr(address_of(facts.public_id))
    who = facts.company_name or facts.customer_name
    crew = ngettext("%(num)s person", "%(num)s personer", facts.crew)
    lines = [
        printable(f"{facts.street}, {facts.postcode} {facts.town}"),
        printable(" · ".join(part for part in (who, facts.customer_phone) if part)),
        _(
            "Planlagt kl. %(start)s · %(hours)s · %(crew)s",
            start=minute_text(facts.start_minute or 0),
            hours=words.short_hours(facts.minutes),
            crew=crew,
        ),
        _("Kunden regner med os %(window)s", window=window_text(facts.from_minute, facts.to_minute)),
    ]
    if facts.clear_by_minute is not None:
        lines.append(_("Ryddet senest kl. %(time)s", time=minute_text(facts.clear_by_minute)))
    return {
        "number": str(halt.number),
        "title": printable(facts.title),
        "time": _("omkring kl. %(time)s", time=minute_text(halt.arrives)),
        "lines": lines,
        "note": printable(facts.job_note.replace("\n", " ")),
        "gate": printable(halt.gate),
        "is_done": not halt.row.is_open,
        "code": qr_svg(code.path, code.side, _("Koden åbner besøget")),
    }
