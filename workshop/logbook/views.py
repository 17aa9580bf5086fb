"""The log for whoever looks after it: search, what stands out, and a file to take away. Nothing here can be changed.

It shows who did what when, and random ids of people; never a citizen's name. Looking is itself written in the log.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from workshop.core import access, audit, chain, clock, db, web
from workshop.core.access import needs
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.logbook import deeds, queries, unusual
from workshop.logbook.forms import SearchForm
from workshop.logbook.queries import LogRow, Wanted
from workshop.products.importing.tables import guarded

blueprint = Blueprint("logbook", __name__, url_prefix="/personale/log")
MENU = (
    MenuEntry("desk", lazy("Log"), "logbook.entries", "liste", "log:read", order=80),
    MenuEntry("log", lazy("Loggen"), "logbook.entries", "liste", "log:read", order=10),
    MenuEntry("log", lazy("Skiller sig ud"), "logbook.stands_out", "soeg", "log:read", order=20),
)
DAYS_AT_FIRST = 7
DAYS_LOOKED_AT = 31  # for what stands out: a month at a time
LONGEST_EXPORT = timedelta(days=366)


@blueprint.get("")
@needs("log:read")
def entries() -> Response:
    """The rows of some days, the newest first; a week when nothing is asked for."""
    now = clock.now()
    form = _search_form(clock.local_day(now))
    if not form.validate():
        return _page(form, None, [], None, 422)
    wanted = _wanted(form)
    _note_the_look(wanted, deeds.LOOKED_IN_LOG, now)
    with db.reading() as session:
        rows, more = queries.search(session, wanted, _before())
    return _page(form, wanted, rows, more, 200)


@blueprint.get("/skiller-sig-ud")
@needs("log:read")
def stands_out() -> Response:
    """A month's look-ups that stand out, as facts; who they are about is not told."""
    now = clock.now()
    today = clock.local_day(now)
    last = min(clock.day_of(request.args.get("til", "")) or today, today)
    first = last - timedelta(days=DAYS_LOOKED_AT - 1)
    _note_the_look(Wanted(first, last), deeds.LOOKED_IN_LOG, now)
    with db.reading() as session:
        facts = unusual.facts(queries.by_staff(session, first, last))
    return make_response(
        render_template(
            "logbook/stands_out.html",
            facts=facts,
            first=first,
            last=last,
            earlier=first - timedelta(days=1),
            is_today=last == today,
            rules=unusual,
        )
    )


@blueprint.get("/udtraek.csv")
@needs("log:read", sudo=True)
def export() -> Response:
    """The rows of a search as a file for a spreadsheet; at most a year. Nothing in it runs when it is opened."""
    now = clock.now()
    form = _search_form(clock.local_day(now))
    is_valid = form.validate()
    if is_valid and form.last.data - form.first.data > LONGEST_EXPORT:
        form.last.errors = [_("Et udtræk kan højst være et år.")]
        is_valid = False
    if not is_valid:
        return _page(form, None, [], None, 422)
    wanted = _wanted(form)
    _note_the_look(wanted, deeds.EXPORT, now)
    body = io.StringIO()
    sheet = csv.writer(body, delimiter=";")
    sheet.writerow([_("Række"), _("Tid"), _("Medarbejder"), _("Handling"), _("Personer"), _("Grund"), _("Side")])
    with db.snapshot() as session:
        sheet.writerows(_cells(row) for row in queries.all_matching(session, wanted))
    answer = make_response(body.getvalue().encode("utf-8-sig"))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="log-{wanted.first}-{wanted.last}.csv"'
    return answer


def _cells(row: LogRow) -> list[str | int]:
    words = [who(row), deeds.name_of(row.deed), " ".join(row.people), row.reason, row.endpoint]
    return [row.position, clock.local(row.at).strftime("%Y-%m-%d %H:%M:%S"), *map(guarded, words)]


def who(row: LogRow) -> str:
    """Whose row it is: a member of staff by name, a citizen as one."""
    if row.staff:
        return row.staff
    return "–" if row.emptied_at else _("Borgeren selv")


def _search_form(today: date) -> SearchForm:
    with db.reading() as session:
        staff = [(each.public_id, each.name) for each in queries.staff_choices(session)]
    asked = request.args.copy()
    asked.setdefault("fra", (today - timedelta(days=DAYS_AT_FIRST - 1)).isoformat())
    asked.setdefault("til", today.isoformat())
    return SearchForm(asked).fill(staff)


def _wanted(form: SearchForm) -> Wanted:
    return Wanted(form.first.data, form.last.data, form.staff.data or "", form.deed.data or "", form.citizen.data or "")


def _before() -> int | None:
    text = request.args.get("foer", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None


def _note_the_look(wanted: Wanted, deed: str, now: datetime) -> None:
    """Looking in the log is written in the log: what was looked for, and about whom."""
    looked_for = [f"{wanted.first} – {wanted.last}", wanted.staff_public_id, wanted.deed]
    people = [wanted.citizen_public_id] if wanted.citizen_public_id else []
    audit.record(access.require_actor(), deed, people, now, reason=", ".join(each for each in looked_for if each))


def _page(form: SearchForm, wanted: Wanted | None, rows: list[LogRow], more: int | None, status: int) -> Response:
    newest = chain.newest_anchor(web.settings().anchor_file)
    with db.reading() as session:
        position, _word = queries.end_of_log(session)
        fits = newest is None or queries.hash_at(session, newest.position) == newest.chain_hash
    html = render_template(
        "logbook/entries.html",
        form=form,
        wanted=wanted,
        rows=rows,
        more=more,
        asked={field.name: request.args[field.name] for field in form if field.name in request.args},
        name_of=deeds.name_of,
        who=who,
        position=position,
        newest=newest,
        fits=fits,
    )
    return make_response(html, status)
