"""The monthly sample of the log: the manager goes through some rows drawn at random, and says what they found."""

from __future__ import annotations

from babel.dates import format_date
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.core import access, audit, clock, db, i18n
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.logbook import actions, deeds, queries
from workshop.logbook.forms import ASK, FINE, VerdictForm
from workshop.logbook.models import LogSample
from workshop.logbook.queries import SampleRow

blueprint = Blueprint("log_samples", __name__, url_prefix="/personale/stikproever")


def _open() -> int:
    with db.reading() as session:
        return queries.open_samples(session)


MENU = (MenuEntry("desk", lazy("Stikprøver"), "log_samples.months", "soeg", "log:sample", order=80, count=_open),)
FEW_NAMES = 3


@blueprint.get("")
@needs("log:sample")
def months() -> Response:
    """Every month's sample: gone through, or waiting."""
    with db.reading() as session:
        found = queries.samples(session)
    return make_response(render_template("logbook/samples.html", samples=found, month_name=month_name))


@blueprint.get("/<public_id>")
@needs("log:sample")
def month(public_id: str) -> Response:
    """One month's rows."""
    sample, rows = _read(public_id)
    return _page(sample, rows, _forms(rows), "", 200)


@blueprint.post("/<public_id>")
@needs("log:sample")
def judge(public_id: str) -> Response:
    """Write what was found; the second button also finishes."""
    sample, rows = _read(public_id)
    forms = {row.id: VerdictForm.posted(prefix=f"r{row.id}-") for row in rows}
    wrong = [form for form in forms.values() if not form.validate()]  # each of them is asked, so that each says its own
    if wrong:
        return _page(sample, rows, forms, _("Ret noten, så er du klar."), 422)
    said = {row_id: (_verdict(form), form.note.data or "") for row_id, form in forms.items()}
    with db.transaction() as session:
        actions.judge(session, _sample(queries.sample(session, public_id)), said)
    if not request.form.get("afslut"):
        flash(_("Gemt."))
        return redirect(url_for("log_samples.month", public_id=public_id), 303)
    try:
        with db.transaction() as session:
            found = _sample(queries.sample(session, public_id))
            actions.finish(session, found, access.require_actor().account_id, clock.now())
    except Refusal as refusal:
        return _page(sample, rows, forms, refusal.sentence, 409)
    flash(_("Stikprøven er afsluttet. Tak for det."))
    return redirect(url_for("log_samples.months"), 303)


def _read(public_id: str) -> tuple[LogSample, list[SampleRow]]:
    """A sample and its rows; that they were read is in the log before they are shown."""
    with db.reading() as session:
        sample = _sample(queries.sample(session, public_id))
        rows = queries.sample_rows(session, sample.id)
    people = sorted({person for row in rows for person in row.people})
    reason = _("Stikprøve %(month)s", month=sample.month)
    audit.record(access.require_actor(), deeds.LOOKED_IN_LOG, people, clock.now(), reason=reason)
    return sample, rows


def _sample(found: LogSample | None) -> LogSample:
    if found is None:
        raise NotHere
    return found


def _verdict(form: VerdictForm) -> bool | None:
    return {FINE: True, ASK: False}.get(form.verdict.data or "")


def _forms(rows: list[SampleRow]) -> dict[int, VerdictForm]:
    kept = {True: FINE, False: ASK, None: None}
    return {
        row.id: VerdictForm(prefix=f"r{row.id}-", data={"verdict": kept[row.is_fine], "note": row.note}) for row in rows
    }


def _page(
    sample: LogSample, rows: list[SampleRow], forms: dict[int, VerdictForm], sentence: str, status: int
) -> Response:
    people = {person for row in rows for person in row.people}
    with db.reading() as session:
        names = queries.names_in(session, people, access.require_actor().department_ids)
    html = render_template(
        "logbook/sample.html",
        sample=sample,
        rows=rows,
        forms=forms,
        about={row.id: about(row, names) for row in rows},
        sentence=sentence,
        name_of=deeds.name_of,
        month_name=month_name,
    )
    return make_response(html, status)


def about(row: SampleRow, names: dict[str, str]) -> str:
    """Whom a row is about: names of one's own departments, and how many others."""
    if row.emptied_at is not None:
        return "–"
    known = [names[person] for person in row.people if person in names]
    shown = known[:FEW_NAMES]
    others = len(row.people) - len(shown)
    if not shown:
        return _("Én i en anden afdeling") if others == 1 else _("%(num)s i andre afdelinger", num=others)
    listed = ", ".join(shown)
    return _("%(names)s og %(num)s til", names=listed, num=others) if others else listed


def month_name(month: str) -> str:
    """`oktober 2026`."""
    return str(format_date(actions.month_days(month)[0], "LLLL y", i18n.language()))
