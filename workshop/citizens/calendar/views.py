"""Two weeks of a department: tap the first day of an absence, then the last."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.validators import Length

from workshop.citizens import queries as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.calendar import actions, queries
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.web import MenuEntry

blueprint = Blueprint("attendance_calendar", __name__, url_prefix="/personale/borgere/kalender")
MENU = (MenuEntry("people", lazy("Kalender"), "attendance_calendar.shown", "kalender", "record:confirm", order=25),)
TAKE_AWAY = "fjern"
CHOICES = [*(each.value for each in actions.ABSENCES), TAKE_AWAY]
TWO_WEEKS = timedelta(days=14)


class AbsenceForm(BaseForm):
    """Whose absence, from when, to when, and of which kind."""

    hvem = StringField("", [Length(max=30)])
    start = StringField("", [Length(max=10)])
    til = StringField("", [Length(max=10)])
    slags = RadioField(lazy("Hvad skal der stå?"), choices=CHOICES, default=AttendanceMark.NOTIFIED.value)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first day and the last; None where one of them is none."""
        first, last = clock.day_of(self.start.data or ""), clock.day_of(self.til.data or "")
        return (first, last) if first is not None and last is not None else None

    @property
    def mark(self) -> AttendanceMark | None:
        """What to write; None to take away what stands."""
        return None if self.slags.data == TAKE_AWAY else AttendanceMark(self.slags.data)


@blueprint.get("")
@needs("record:confirm")
def shown() -> Response:
    """The calendar; with somebody and a first day, their row waits for the last one."""
    return _page(request.args.get("hvem", ""), clock.day_of(request.args.get("start", "")), "", 200)


@blueprint.post("")
@needs("record:confirm")
def write() -> Response:
    """The second tap: the last day."""
    form, actor, now = AbsenceForm.posted(), access.require_actor(), clock.now()
    first = clock.day_of(form.start.data or "")
    if not form.validate() or form.days is None:
        return _page(form.hvem.data or "", first, _("Tryk på den første dag og så på den sidste."), 422)
    try:
        with db.transaction() as session:
            person = citizens.citizen_for(session, actor, form.hvem.data)
            first, last = form.days
            many = actions.mark_days(
                session, citizen=person, first=first, last=last, mark=form.mark, now=now, by_staff_id=actor.account_id
            )
            audit.record(actor, "write", [person.public_id], now)
            name = person.display_name
    except Refusal as refusal:
        return _page(form.hvem.data, first, refusal.sentence, 409)
    what = form.mark.label if form.mark else _("Fjernet")
    flash(f"{name}: {what}, " + ngettext("%(num)s dag.", "%(num)s dage.", many))
    return redirect(url_for("attendance_calendar.shown", fra=_monday().isoformat()), 303)


def _monday() -> date:
    """The Monday of the first week shown: this week's, unless another is asked for."""
    day = clock.day_of(request.args.get("fra", "")) or clock.local_day(clock.now())
    return day - timedelta(days=day.weekday())


def _page(who: str, start: date | None, sentence: str, status: int) -> Response:
    actor, monday = access.require_actor(), _monday()
    with db.reading() as session:
        lines = queries.lines(session, actor, monday)
    audit.record(actor, "list", [each.person.public_id for each in lines], clock.now())
    chosen = next((each.person for each in lines if each.person.public_id == who), None) if start else None
    html = render_template(
        "citizens/calendar.html",
        lines=lines,
        chosen=chosen,
        start=start if chosen else None,
        monday=monday,
        before=monday - TWO_WEEKS,
        after=monday + TWO_WEEKS,
        today=clock.local_day(clock.now()),
        absences=[(each.value, "", each.label) for each in actions.ABSENCES],
        take_away=TAKE_AWAY,
        usual=AttendanceMark.NOTIFIED.value,
        sentence=sentence,
    )
    return make_response(html, status)
