"""The snow log of an agreement, a season at a time: on a page, and on paper. It is the proof towards the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from workshop.core import clock, i18n
from workshop.core.config import Identity
from workshop.core.i18n import _, ngettext
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.products.photos import letterhead
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.snow import queries
from workshop.services.snow.queries import LogRow
from workshop.services.visits.models import VisitMaterial, VisitState
from workshop.services.visits.times import minute_text

_SOURCE = Path(__file__).with_name("log.typ")


@dataclass(frozen=True)
class Shown:
    """A season of a log. `year` is the one it began in, `years` are those that have something."""

    job: ServiceJob
    place: ServicePlace
    year: int
    years: Sequence[int]
    rows: Sequence[LogRow]

    @property
    def season(self) -> str:
        """`2026/2027`, or `2027` for one within a year."""
        begins, ends = self.job.season_from, self.job.season_to
        is_over_new_year = begins is not None and ends is not None and ends < begins
        return f"{self.year}/{self.year + 1}" if is_over_new_year else str(self.year)

    @property
    def made(self) -> int:
        """How many visits were made."""
        return sum(row.state is VisitState.DONE for row in self.rows)

    @property
    def customer(self) -> str:
        """Whose it is."""
        return self.place.company_name or self.place.customer_name


def read(session: Session, public_id: str, asked_year: str) -> Shown | None:
    """The season that is asked for, else the newest with a visit in it; None where there is no such agreement."""
    found = queries.snow_job(session, public_id)
    if found is None:
        return None
    job, place = found
    rows = queries.log_of(session, job.id)
    years = queries.seasons(job, rows) or [queries.season_of(job, job.starts_on)]
    year = int(asked_year) if asked_year.isascii() and asked_year.isdigit() and int(asked_year) in years else years[0]
    return Shown(job, place, year, years, [row for row in rows if row.day and queries.season_of(job, row.day) == year])


def terms(job: ServiceJob) -> str:
    """What was agreed about snow, in a line."""
    said = [_("Vi kommer fra %(cm)s cm sne", cm=job.trigger_cm or 1)]
    if job.clear_by_minute is not None:
        said.append(_("ryddet kl. %(time)s", time=minute_text(job.clear_by_minute)))
    return ", ".join(said) + "."


def times(row: LogRow) -> str:
    """`5.10–5.35`, or what there is of it."""
    if row.started_at and row.done_at:
        return f"{clock.clock_text(row.started_at)}–{clock.clock_text(row.done_at)}"
    at = row.done_at or row.started_at
    return clock.clock_text(at) if at else ""


def grit(materials: Sequence[VisitMaterial]) -> str:
    """`8 kg grus, 2 kg salt`."""
    return ", ".join(f"{_number(each.quantity)} {each.unit} {each.text}" for each in materials)


def result(row: LogRow) -> str:
    """What came of it, in a word or two."""
    if row.state is VisitState.DONE:
        return _("Ryddet")
    if row.state is VisitState.NOT_DONE:
        return row.why or _("Kunne ikke lade sig gøre")
    return _("Ikke ryddet endnu")


def answer(shown: Shown, identity: Identity) -> Response:
    """The log as a PDF."""
    body = typeset(_SOURCE, _paper(shown, identity), "pdf")
    response = Response(body, mimetype="application/pdf")
    name = f"snelog-{shown.job.number}-{shown.year}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _paper(shown: Shown, identity: Identity) -> dict[str, Any]:
    place = shown.place
    return {
        **letterhead.for_paper(),
        "lang": i18n.language(),
        "title": _("Snelog %(season)s", season=shown.season),
        "about": [
            printable(f"{shown.job.number} · {shown.customer}"),
            printable(f"{place.street}, {place.postcode} {place.town}"),
            terms(shown.job),
            ngettext("Ryddet %(num)s gang", "Ryddet %(num)s gange", shown.made),
        ],
        "from": printable(f"{identity.name}, {identity.address}, {identity.postcode} {identity.town}"),
        "none": _("Der er ikke ryddet i den sæson."),
        "head": [_("Dag"), _("Tid"), _("Sne"), _("Hvad"), _("Brugt"), _("Billeder")],
        "rows": [[printable(cell) for cell in _cells(row)] for row in shown.rows],
    }


def _cells(row: LogRow) -> list[str]:
    return [
        clock.short_day(row.day) + f" {row.day.year}" if row.day else "",
        times(row),
        _("%(cm)s cm", cm=row.depth_cm) if row.depth_cm else "",
        ". ".join(part.rstrip(".") for part in (result(row), row.note) if part),
        grit(row.materials),
        str(len(row.photos)) if row.photos else "",
    ]


def snow_text(row: LogRow) -> str:
    """`7 cm fra kl. 3.00`."""
    if row.depth_cm is None or row.snow_from is None:
        return ""
    return _("%(cm)s cm fra kl. %(time)s", cm=row.depth_cm, time=clock.clock_text(row.snow_from))


def _number(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}".replace(".", ",")
