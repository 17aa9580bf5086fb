"""A person's own day: what is there to do, begin it, be done, say how it went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from flask import flash, make_response, redirect, render_template, request, url_for
from flask import session as browser
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, clock, db, web
from workshop.core.access import Actor, needs, tablet
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels import queries as labels
from workshop.labels.models import JobState
from workshop.tasks import actions, own_work, queries
from workshop.tasks.activities.queries import own_between
from workshop.tasks.kiosk import begun, cards, kitchen
from workshop.tasks.kiosk import queries as begun_things
from workshop.tasks.kiosk.blueprint import blueprint, this_tablet
from workshop.tasks.kiosk.forms import FeelingForm
from workshop.tasks.models import AssignmentState, Feeling, RecordStatus

MOST_TICKETS = 12  # what fits beside the session in one cookie, and more tasks than anybody has begun on a day
MOST_HALF_DONE = 3  # on the first page; the tiles are what one came for


def told_on_the_list(view: Callable[[str], Response]) -> Callable[[str], Response]:
    """A press that comes to nothing says why on the list of tasks: nothing was typed, and Back sends nothing again."""

    @wraps(view)
    def answer(public_id: str) -> Response:
        try:
            return view(public_id)
        except Refusal as refusal:
            flash(refusal.sentence)
            return redirect(url_for("kiosk.tasks"), 303)

    return answer


@blueprint.get("/hjem")
@needs("kiosk:use")
def home() -> Response:
    """The tiles: what one can do here, and above them what was begun on this tablet and is not finished."""
    with db.reading() as session:
        mine = citizens.own_citizen(session, access.require_actor()).public_id
        half_done = begun_things.half_done(session, begun.numbers())
        has_kitchen = kitchen.is_open(session)
        runs = [job for job in (labels.job(session, job_id) for job_id in begun.runs_of(mine)) if job is not None]
    waiting = [job for job in runs if job.state is JobState.MADE]
    html = render_template(
        "kiosk/home.html", half_done=half_done[:MOST_HALF_DONE], runs=waiting[:1], has_kitchen=has_kitchen
    )
    return make_response(html)


@blueprint.get("/opgaver")
@needs("kiosk:use")
def tasks() -> Response:
    """The day's tasks of whoever is signed in."""
    with db.reading() as session:
        person = citizens.own_citizen(session, access.require_actor())
        today = clock.local_day(clock.now())
        rows, own = queries.own_tasks(session, person.id, today), own_work.of_day(session, person.id, today)
        together = own_between(session, person.id, today, today)
        declined = queries.own_declined(session, person.id, today)
    counts = {state: sum(row.state is state for row in rows) for state in AssignmentState}
    return make_response(
        render_template(
            "kiosk/tasks.html",
            tasks=rows,
            begun=counts[AssignmentState.STARTED],
            planned=counts[AssignmentState.PLANNED],
            own=own,
            together=together,
            declined=declined,
            tickets=browser.get(begun.TICKETS, {}),
        )
    )


@blueprint.post("/opgaver/<public_id>/start")
@needs("kiosk:use")
@told_on_the_list
def start(public_id: str) -> Response:
    """Begin; the ticket for the end waits in the tablet."""
    with db.transaction() as session:
        assignment = queries.assignment_for(session, access.require_actor(), public_id)
        ticket = actions.start(session, assignment, this_tablet().id, clock.now())
    _keep_ticket(public_id, ticket)
    return redirect(url_for("kiosk.tasks"), 303)


@blueprint.post("/opgaver/<public_id>/pause")
@needs("kiosk:use")
@told_on_the_list
def pause(public_id: str) -> Response:
    """A break from a task that is begun."""
    with db.transaction() as session:
        actions.pause(session, queries.assignment_for(session, access.require_actor(), public_id), clock.now())
    return redirect(url_for("kiosk.tasks"), 303)


@blueprint.post("/opgaver/<public_id>/videre")
@needs("kiosk:use")
@told_on_the_list
def resume(public_id: str) -> Response:
    """Back from the break."""
    with db.transaction() as session:
        actions.resume(session, queries.assignment_for(session, access.require_actor(), public_id), clock.now())
    return redirect(url_for("kiosk.tasks"), 303)


@blueprint.get("/opgaver/<public_id>/nej-tak")
@needs("kiosk:use")
def ask_decline(public_id: str) -> Response:
    """Ask once; no reason is asked for."""
    with db.reading() as session:
        assignment = queries.assignment_for(session, access.require_actor(), public_id)
    if assignment.state not in (AssignmentState.PLANNED, AssignmentState.STARTED):
        return redirect(url_for("kiosk.tasks"), 303)
    return make_response(render_template("kiosk/decline.html", task=assignment))


@blueprint.post("/opgaver/<public_id>/nej-tak")
@needs("kiosk:use")
@told_on_the_list
def decline(public_id: str) -> Response:
    """Off one's list; the work waits for somebody again."""
    with db.transaction() as session:
        actions.decline(session, queries.assignment_for(session, access.require_actor(), public_id), clock.now())
    flash(_("Det er helt i orden."))
    return redirect(url_for("kiosk.tasks"), 303)


@blueprint.post("/opgaver/<public_id>/alligevel")
@needs("kiosk:use")
@told_on_the_list
def take_back_decline(public_id: str) -> Response:
    """A yes after all, while nobody else has it."""
    with db.transaction() as session:
        assignment = queries.assignment_for(session, access.require_actor(), public_id)
        actions.take_back_decline(session, assignment, clock.now())
    flash(_("Nu står den på din liste igen."))
    return redirect(url_for("kiosk.tasks"), 303)


@blueprint.post("/opgaver/<public_id>/ikke-faerdig")
@needs("kiosk:use")
@told_on_the_list
def take_back_finish(public_id: str) -> Response:
    """Not done after all: the task goes on, with a ticket for its real end."""
    with db.transaction() as session:
        assignment = queries.assignment_for(session, access.require_actor(), public_id)
        actions.take_back_finish(session, assignment)
        ticket = actions.start(session, assignment, this_tablet().id, clock.now())
    _keep_ticket(public_id, ticket)
    return redirect(url_for("kiosk.tasks"), 303)


@blueprint.post("/opgaver/<public_id>/faerdig")
@tablet
def finish(public_id: str) -> Response:
    """Done. The ticket says whose task it is, so one sent late counts for its owner, whoever is signed in by then."""
    person = access.actor()
    ticket = request.form.get("ticket", "")
    with db.transaction() as session:
        _finish(session, person, public_id, ticket)
        is_own = person is not None and queries.is_known_to(session, person, public_id)
    if person is None or not is_own:
        return redirect(url_for("kiosk.home" if person else "kiosk.who"), 303)
    kept = dict(browser.get(begun.TICKETS, {}))
    kept.pop(public_id, None)
    browser[begun.TICKETS] = kept
    return redirect(url_for("kiosk.how_was_it", public_id=public_id), 303)


@blueprint.get("/opgaver/<public_id>/faerdig")
@needs("kiosk:use")
def how_was_it(public_id: str) -> Response:
    """How did it feel? Three faces, or none."""
    with db.reading() as session:
        assignment = queries.assignment_for(session, access.require_actor(), public_id)
        if assignment.state is not AssignmentState.FINISHED:
            return redirect(url_for("kiosk.tasks"), 303)
        record = queries.record_of(session, assignment)
    may_take_back = record.status is RecordStatus.DRAFT and record.item_id is None
    return make_response(render_template("kiosk/how_was_it.html", task=assignment, may_take_back=may_take_back))


@blueprint.post("/opgaver/<public_id>/svar")
@needs("kiosk:use")
def answer(public_id: str) -> Response:
    """Keep the answer, or that there is none, and go on to what was made."""
    form = FeelingForm.posted()
    if not form.validate():
        return redirect(url_for("kiosk.how_was_it", public_id=public_id), 303)
    with db.transaction() as session:
        actor = access.require_actor()
        assignment = queries.assignment_for(session, actor, public_id)
        if assignment.state is not AssignmentState.FINISHED:
            return redirect(url_for("kiosk.tasks"), 303)  # taken back on another page
        person = citizens.own_citizen(session, actor)
        record = queries.record_of(session, assignment)
        felt = Feeling(form.felt.data) if form.felt.data else None
        actions.say_how_it_felt(session, record, person.id, felt)
        is_asked = cards.asks_for_materials(session, assignment)
    if is_asked:
        return redirect(url_for("kiosk.used", public_id=public_id), 303)
    return redirect(cards.after(public_id), 303)


@blueprint.get("/opgaver/<public_id>/lavet")
@needs("kiosk:use")
def made(public_id: str) -> Response:
    """The numbered things that came out, when there are several."""
    with db.reading() as session:
        assignment = queries.assignment_for(session, access.require_actor(), public_id)
        items = actions.items_of(session, queries.record_of(session, assignment))
    return make_response(render_template("kiosk/made.html", items=items))


@blueprint.get("/uge")
@needs("kiosk:use")
def my_week() -> Response:
    """One's own agreed days and tasks from today and a week on: what comes, not what is over."""
    today = clock.local_day(clock.now())
    days = [today + timedelta(days=offset) for offset in range(7)]
    with db.reading() as session:
        person = citizens.own_citizen(session, access.require_actor())
        plan = {row.weekday: row for row in citizens.week_plan(session, person.id, today)}
        together = own_between(session, person.id, days[0], days[-1])
        tasks_ahead = queries.own_week(session, person.id, days[0], days[-1]) + [each[:3] for each in together]
    shown = [
        (day, plan.get(day.weekday()), [title for at, _minute, title in tasks_ahead if at == day])
        for day in days
        if day.weekday() in plan or any(at == day for at, _minute, _title in tasks_ahead)
    ]
    return make_response(render_template("kiosk/week.html", days=shown, today=today, tomorrow=days[1]))


def _keep_ticket(public_id: str, ticket: str) -> None:
    kept = dict(list(browser.get(begun.TICKETS, {}).items())[-MOST_TICKETS:])
    browser[begun.TICKETS] = {**kept, public_id: ticket}


def _finish(session: Session, person: Actor | None, public_id: str, ticket: str) -> None:
    """With the ticket where it fits; without one, the owner's own task alone."""
    here, now, base_url = this_tablet().id, clock.now(), web.settings().base_url
    try:
        actions.finish(
            session, assignment_public_id=public_id, ticket=ticket, device_id=here, now=now, base_url=base_url
        )
    except NotHere:
        if person is None:
            raise
        assignment = queries.assignment_for(session, person, public_id)
        actions.finish_own(session, assignment, device_id=here, now=now, base_url=base_url)
