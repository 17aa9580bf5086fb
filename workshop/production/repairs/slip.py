"""The slip as a PDF, A5: the upper part goes with the owner, the lower is tied to the thing. No owner on either."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from workshop.core import clock, i18n
from workshop.core.i18n import _
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import RepairJob, Whose
from workshop.production.repairs.words import code_text, kind_name, printed, whose_short
from workshop.products.photos import letterhead
from workshop.products.qr import make_qr, qr_svg

_SOURCE = Path(__file__).with_name("slip.typ")


def render_slip(job: RepairJob, head: Head, received_on: date) -> bytes:
    """The slip of a card. A thing of ours gets the lower part alone."""
    is_customers = job.whose is Whose.CUSTOMER
    who = head.identity
    code = make_qr(head.link(job.public_id)) if is_customers else None
    data: dict[str, Any] = {
        **letterhead.for_paper(),
        "lang": i18n.language(),
        "title": _("Indlevering %(number)s", number=printed(job.number)),
        "shop": printable(who.name),
        "where": [
            printable(f"{who.address}, {who.postcode} {who.town}"),
            printable(f"{who.opening_hours} · {who.phone}"),
            printable(who.email),
        ],
        "number": printed(job.number),
        "what": printable(job.title),
        "facts": [
            (_("Slags"), kind_name(job.kind)),
            (_("Kendetegn"), printable(job.marks)),
            (_("Modtaget"), clock.day_text(received_on)),
            (_("Ønsket"), printable(job.faults)[:300]),
        ],
        "code_label": _("Din kode"),
        "code": code_text(job.code),
        "qr": qr_svg(code.path, code.side, _("Koden åbner din indlevering")) if code else "",
        "qr_alt": _("QR-kode, der åbner din indlevering"),
        "scan": _("Scan, og følg med"),
        "next_title": _("Sådan går det nu"),
        "next": [
            _("Vi ser på den og giver dig en pris. Det koster ikke noget."),
            _("Du siger ja eller nej. Vi går først i gang, når du har sagt ja."),
            _("Vi siger til, når du kan hente. Tag sedlen eller koden med, og betal, når du henter."),
        ],
        "is_customers": is_customers,
        "cut": _("Klip her. Bind den nederste del på tingen."),
        "whose": whose_short(job.whose),
        "place": _("Plads: %(place)s", place=printable(job.place)) if job.place else "",
    }
    data["facts"] = [(name, said) for name, said in data["facts"] if said]
    return typeset(_SOURCE, data, "pdf")
