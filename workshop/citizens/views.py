"""The citizens of a department at the desk: the list, the attendance of a day, and help with the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts import actions as accounts
from workshop.citizens import actions, queries
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.enrolling import card
from workshop.citizens.forms import MarkForm
from workshop.citizens.queries import PersonRow
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.web import MenuEntry

blueprint = Blueprint("citizens", __name__, url_prefix="/personale/borgere")
MENU = (MenuEntry("desk", lazy("Borgere"), "citizens.everyone", "person", "citizen:read", order=30),)


@blueprint.get("")
@needs("citizen:read")
def everyone() -> Response:
    """The people of one's departments by Danish name; `?mine=1` is one's own caseload."""
    person, now = access.require_actor(), clock.now()
    today = clock.local_day(now)
    only_mine = bool(request.args.get("mine"))
    with db.reading() as session:
        people = queries.everyone(session, person, today, only_mine=only_mine)
        marks = queries.marks_of_day(session, [each.id for each in people], today)
        stopped = accounts.stopped_accounts(session, [each.account_id for each in people], now)
    audit.record(person, "list", [each.public_id for each in people], now)
    has_file = "progression.citizen" in current_app.view_functions
    return make_response(
        render_template(
            "citizens/everyone.html",
            people=people,
            marks=marks,
            stopped=stopped,
            today=today,
            only_mine=only_mine,
            has_file=has_file,
        )
    )


@blueprint.get("/fremmoede")
@needs("record:confirm")
def attendance_today() -> Response:
    """On to the page of today."""
    return redirect(url_for("citizens.attendance", day=clock.local_day(clock.now()).isoformat()), 303)


@blueprint.get("/fremmoede/<day>")
@needs("record:confirm")
def attendance(day: str) -> Response:
    """Who came on a day: those agreed for it first, then the others of the department."""
    return _attendance_page(_day(day), "", 200)


@blueprint.post("/fremmoede/<day>")
@needs("record:confirm")
def attendance_post(day: str) -> Response:
    """Write what was seen; nothing chosen leaves a day as it was."""
    shown, person, now = _day(day), access.require_actor(), clock.now()
    with db.reading() as session:
        people = queries.everyone(session, person, shown, only_enrolled=True)
    forms = {each.id: MarkForm.posted(prefix=each.public_id) for each in people}
    wrong = [form for form in forms.values() if not form.validate()]  # each is looked at, so that each says its own
    if wrong:
        return _attendance_page(shown, "", 422, forms)
    try:
        with db.transaction() as session:
            written = _write(session, shown, [each for each in people if forms[each.id].is_touched], forms, now)
            if written:
                audit.record(person, "write", written, now)
    except Refusal as refusal:
        return _attendance_page(shown, refusal.sentence, 409, forms)
    said = ngettext("Skrevet for én.", "Skrevet for %(num)s.", len(written))
    flash(said if written else _("Der var intet nyt at skrive."))
    return redirect(url_for("citizens.attendance", day=shown.isoformat()), 303)


def _write(
    session: Session, day: date, people: Sequence[PersonRow], forms: Mapping[int, MarkForm], now: datetime
) -> list[str]:
    """Write what was touched; gives whose days changed. What stands there already is not written again."""
    person = access.require_actor()
    ids = [each.id for each in people]
    before, came_before = queries.marks_of_day(session, ids, day), queries.arrivals_of_day(session, ids, day)
    written = []
    for each in people:
        form = forms[each.id]
        mark, came_at = AttendanceMark(form.mark.data), form.came_at(day)
        if (mark, came_at) == (before.get(each.id), came_before.get(each.id)):
            continue
        actions.mark_attendance(
            session,
            citizen=queries.citizen_for(session, person, each.public_id),
            day=day,
            mark=mark,
            now=now,
            by_staff_id=person.account_id,
            notice_at=now if mark is AttendanceMark.NOTIFIED else None,
            came_at=came_at,
        )
        written.append(each.public_id)
    return written


@blueprint.get("/<public_id>/kode")
@needs("pin:release")
def code(public_id: str) -> Response:
    """Help with the code: let the person try again, or make a new one."""
    with db.reading() as session:
        citizen = queries.citizen_for(session, access.require_actor(), public_id)
    audit.record(access.require_actor(), "read", [public_id], clock.now(), reason="kode")
    return make_response(render_template("citizens/code.html", citizen=citizen, pin=None))


@blueprint.post("/<public_id>/kode/slip")
@needs("pin:release")
def release_code(public_id: str) -> Response:
    """Let the person try again; the wrong ones no longer count."""
    with db.transaction() as session:
        citizen = queries.citizen_for(session, access.require_actor(), public_id)
        accounts.release_pin(session, citizen.account_id, clock.now())
        audit.record(access.require_actor(), "release", [public_id], clock.now())
        name = citizen.display_name
    flash(_("%(name)s kan prøve sin kode igen.", name=name))
    return redirect(url_for("citizens.everyone"), 303)


@blueprint.post("/<public_id>/kode/ny")
@needs("pin:release")
def new_code(public_id: str) -> Response:
    """Make a new random code and show it, once: it stands in this answer and nowhere else, so there is no redirect."""
    settings = web.settings()
    with db.transaction() as session:
        citizen = queries.citizen_for(session, access.require_actor(), public_id)
        pin = accounts.new_citizen_pin(
            session, citizen.account_id, pepper=settings.pin_pepper, now=clock.now(), cheap=settings.cheap_hashes
        )
        audit.record(access.require_actor(), "new code", [public_id], clock.now())
        note = card.note(session, citizen, pin, access.require_actor().account_id)
        html = render_template("citizens/code.html", citizen=citizen, pin=pin, note=note)
    return make_response(html)


def _day(text: str) -> date:
    day = clock.day_of(text)
    if day is None:
        raise NotHere
    return day


def _attendance_page(day: date, sentence: str, status: int, typed: Mapping[int, MarkForm] | None = None) -> Response:
    """The page; `typed` is what was chosen on it and could not be kept."""
    person = access.require_actor()
    with db.reading() as session:
        people = queries.everyone(session, person, day, only_enrolled=True)
        marks = queries.marks_of_day(session, [each.id for each in people], day)
        arrivals = queries.arrivals_of_day(session, [each.id for each in people], day)
        agreed = queries.agreed_ids(session, person.department_ids, day)
    audit.record(person, "list", [each.public_id for each in people], clock.now())
    html = render_template(
        "citizens/attendance.html",
        day=day,
        today=clock.local_day(clock.now()),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        agreed=[each for each in people if each.id in agreed],
        others=[each for each in people if each.id not in agreed],
        marks=marks,
        arrivals={each: clock.clock_text(moment) for each, moment in arrivals.items()},
        typed=typed or {},
        choices=list(AttendanceMark),
        sentence=sentence or (_("Skriv klokken som 9.30.") if status == 422 else ""),
    )
    return make_response(html, status)
