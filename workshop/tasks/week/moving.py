"""A card of the board: moved to another day, or somebody is taken off it."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.sealed.queries import lines_for
from workshop.tasks import actions, queries
from workshop.tasks.week import giving, minding
from workshop.tasks.week.blueprint import blueprint
from workshop.tasks.week.forms import WhenForm, clock_of
from workshop.tasks.week.shown import Week


@blueprint.get("/opgave/<public_id>")
@needs("week:assign")
def task(public_id: str) -> Response:
    """A card of the board: move it, or take somebody off it."""
    with db.reading() as session:
        found = queries.assignment_for(session, access.require_actor(), public_id)
    return _page(public_id, WhenForm(data={"day": found.day, "time": clock_of(found.start_minute)}), 200)


@blueprint.post("/opgave/<public_id>")
@needs("week:assign")
def move(public_id: str) -> Response:
    """Move the card to another day or time, for everybody who has not begun."""
    form = WhenForm.posted()
    if not form.validate():
        return _page(public_id, form, 422)
    try:
        with db.transaction() as session:
            found = queries.assignment_for(session, access.require_actor(), public_id)
            mates = queries.mates_of(session, found)
            moved = actions.move_together(
                session,
                [mate.assignment for mate in mates],
                day=form.day.data,
                start_minute=form.start_minute,
                now=clock.now(),
                seen=form.seen,
            )
            people = [mate.citizen_public_id for mate in mates]
            audit.record(access.require_actor(), "assign", people, clock.now())
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(public_id, form, 409)
    day = clock.day_text(form.day.data)
    flash(ngettext("Flyttet til %(day)s.", "Flyttet til %(day)s for %(num)s.", moved, day=day))
    return redirect(Week.of(form.day.data).url(), 303)


@blueprint.post("/opgave/<public_id>/tag-af")
@needs("week:assign")
def cancel(public_id: str) -> Response:
    """Take one person off; what is begun ends without a record."""
    person = access.require_actor()
    try:
        with db.transaction() as session:
            found = queries.assignment_for(session, person, public_id)
            actions.cancel(session, found, now=clock.now())
            audit.record(person, "assign", [citizens.public_id_of(session, found.citizen_id)], clock.now())
            day = found.day
    except Refusal as refusal:
        flash(refusal.sentence)
        return redirect(url_for("week.task", public_id=public_id), 303)
    flash(_("Taget af listen."))
    return redirect(Week.of(day).url(), 303)


def _page(public_id: str, form: WhenForm, status: int) -> Response:
    person = access.require_actor()
    with db.reading() as session:
        found = queries.assignment_for(session, person, public_id)
        mates = queries.mates_of(session, found)
        step = giving.step_public_id(session, found.order_step_id)
        routine = giving.routine_of_day(session, found.routine_day_id)
        visit = giving.visit_public_id(session, found.visit_id)
        ids = [mate.assignment.citizen_id for mate in mates]
        mind = lines_for(session, person, ids, found.day)
        minded = minding.of(session, person, ids, [found.task_type_id], found.day)
    audit.record(person, "list", [mate.citizen_public_id for mate in mates], clock.now())
    html = render_template(
        "tasks/task.html",
        task=found,
        mates=mates,
        form=form,
        step=step,
        routine=routine,
        visit=visit,
        mind=mind,
        minded={citizen_id: each.sentences for (citizen_id, _task), each in minded.items()},
        week_url=Week.of(found.day).url(),
        clock_of=clock_of,
    )
    return make_response(html, status)
