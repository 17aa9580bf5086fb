"""What people do together, on the board: planned, changed, called off, and who took part. Own department only."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, ngettext
from workshop.core.text import clean
from workshop.tasks.activities import actions, queries
from workshop.tasks.activities.actions import Shape
from workshop.tasks.activities.forms import NewForm, ShapeForm
from workshop.tasks.activities.models import GroupActivity
from workshop.tasks.week.forms import clock_of
from workshop.tasks.week.shown import Week

blueprint = Blueprint("activities", __name__, url_prefix="/personale/uge/aktivitet")
ANSWERS = {"ja": True, "nej": False, "-": None}
ALL = "alle"


@blueprint.get("/ny")
@needs("week:assign")
def new() -> Response:
    """An empty form for the day that comes along in the address; everybody who comes that day is ticked."""
    person = access.require_actor()
    day = clock.day_of(request.args.get("dag", "")) or clock.local_day(clock.now())
    with db.reading() as session:
        ids = citizens.agreed_ids(session, person.department_ids, day)
        rows = citizens.everyone(session, person, day, only_enrolled=True)
    return _new_page(NewForm(data={"day": day}), {each.public_id for each in rows if each.id in ids}, 200)


@blueprint.post("/ny")
@needs("week:assign")
def plan() -> Response:
    """Put it on the board."""
    person, now = access.require_actor(), clock.now()
    form, ticked = NewForm.posted(), _ticked()
    with db.reading() as session:
        _fill(session, form, person)
    if not form.validate():
        return _new_page(form, ticked, 422)
    try:
        with db.transaction() as session:
            places = {each.key: each.id for each in queries.departments(session, person.department_ids)}
            chosen = _chosen(session, person, ticked)
            made = actions.plan(
                session,
                _shape(session, form),
                department_id=places[form.department.data],
                until=form.until.data,
                people=chosen,
                by_staff_id=person.account_id,
                now=now,
            )
            audit.record(person, "assign", sorted(each.public_id for each in chosen), now)
            many, first = len(made), made[0].day
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _new_page(form, ticked, 409)
    flash(ngettext("Lagt i ugen.", "Lagt i ugen %(num)s gange.", many))
    return redirect(Week.of(first).url(), 303)


@blueprint.get("/<public_id>")
@needs("week:assign")
def show(public_id: str) -> Response:
    """An activity: who is to take part, who did, and how it is changed or called off."""
    return _page(public_id, 200)


@blueprint.post("/<public_id>/ret")
@needs("week:assign")
def change(public_id: str) -> Response:
    """Another day, time or place, this time alone."""
    person, now = access.require_actor(), clock.now()
    form = ShapeForm.posted()
    with db.reading() as session:
        _fill(session, form, person)
    if not form.validate():
        return _page(public_id, 422, form=form)
    try:
        with db.transaction() as session:
            actions.change(session, queries.activity_for(session, person, public_id), _shape(session, form), now=now)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(public_id, 409, form=form)
    flash(_("Gemt."))
    return redirect(url_for("activities.show", public_id=public_id), 303)


@blueprint.post("/<public_id>/folk")
@needs("week:assign")
def set_people(public_id: str) -> Response:
    """Let exactly the ticked take part, this time or from now on."""
    person, now = access.require_actor(), clock.now()
    ticked = _ticked()
    try:
        with db.transaction() as session:
            activity = queries.activity_for(session, person, public_id)
            chosen = _chosen(session, person, ticked)
            actions.set_people(
                session, activity, chosen, department_ids=person.department_ids, is_for_all=_is_for_all(), now=now
            )
            audit.record(person, "assign", sorted(each.public_id for each in chosen), now)
    except Refusal as refusal:
        return _page(public_id, 409, said=refusal.sentence, ticked=ticked)
    flash(_("Gemt."))
    return redirect(url_for("activities.show", public_id=public_id), 303)


@blueprint.post("/<public_id>/var-med")
@needs("week:assign")
def say_who_came(public_id: str) -> Response:
    """Keep who took part; nothing else is asked."""
    person, now = access.require_actor(), clock.now()
    try:
        with db.transaction() as session:
            activity = queries.activity_for(session, person, public_id)
            listed = queries.parts(session, [activity.id], person.department_ids).get(activity.id, [])
            said = {
                part.citizen_id: ANSWERS[answer]
                for part in listed
                if (answer := request.form.get(f"var-{part.citizen_public_id}", "")) in ANSWERS
            }
            actions.say_who_came(session, activity, said, by_staff_id=person.account_id, now=now)
            audit.record(person, "write", [part.citizen_public_id for part in listed], now)
    except Refusal as refusal:
        return _page(public_id, 409, said=refusal.sentence)
    flash(_("Gemt."))
    return redirect(url_for("activities.show", public_id=public_id), 303)


@blueprint.post("/<public_id>/aflys")
@needs("week:assign")
def cancel(public_id: str) -> Response:
    """Call it off, this time or from now on."""
    person, now = access.require_actor(), clock.now()
    try:
        with db.transaction() as session:
            activity = queries.activity_for(session, person, public_id)
            many = actions.cancel(session, activity, is_for_all=_is_for_all(), now=now)
    except Refusal as refusal:
        return _told(public_id, refusal)
    flash(ngettext("Aflyst.", "Aflyst %(num)s gange.", many) if many else _("Den var allerede aflyst."))
    return redirect(url_for("activities.show", public_id=public_id), 303)


@blueprint.post("/<public_id>/fortryd")
@needs("week:assign")
def bring_back(public_id: str) -> Response:
    """It was called off by mistake: on again, with every time the same press called off."""
    person, now = access.require_actor(), clock.now()
    try:
        with db.transaction() as session:
            activity = queries.activity_for(session, person, public_id)
            many = actions.bring_back(session, activity, now=now)
    except Refusal as refusal:
        return _told(public_id, refusal)
    flash(ngettext("Står i ugen igen.", "Står i ugen igen %(num)s gange.", many) if many else _("Den er ikke aflyst."))
    return redirect(url_for("activities.show", public_id=public_id), 303)


def _told(public_id: str, refusal: Refusal) -> Response:
    """A press that comes to nothing says why on the page; nothing was typed that could be lost."""
    flash(refusal.sentence)
    return redirect(url_for("activities.show", public_id=public_id), 303)


def _is_for_all() -> bool:
    return request.form.get("hvor") == ALL


def _ticked() -> set[str]:
    """The public ids that were ticked; PostgreSQL cannot be asked about every letter somebody may send."""
    return {clean(each) for each in request.form.getlist("med")}


def _chosen(session: Session, person: Actor, ticked: set[str]) -> list[Citizen]:
    """The ticked of the actor's own; a try at anybody else's is in the log, as everywhere."""
    return [citizens.citizen_for(session, person, each) for each in sorted(ticked)]


def _shape(session: Session, form: ShapeForm) -> Shape:
    kind = queries.kind_id(session, form.kind.data)
    if kind is None:
        raise NotHere
    return Shape(form.title.data, kind, form.place.data or "", form.day.data, form.start_minute, form.minutes.data)


def _fill(session: Session, form: ShapeForm, person: Actor) -> None:
    form.kind.choices = queries.kinds(session)
    if isinstance(form, NewForm):
        here = queries.departments(session, person.department_ids)
        form.department.choices = [(each.key, each.name) for each in here]


def _new_page(form: NewForm, ticked: set[str], status: int) -> Response:
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        _fill(session, form, person)
        everybody = citizens.everyone(session, person, form.day.data or today, only_enrolled=True)
    audit.record(person, "list", [each.public_id for each in everybody], clock.now())
    html = render_template("activities/new.html", form=form, everybody=everybody, ticked=ticked)
    return make_response(html, status)


def _page(
    public_id: str, status: int, *, form: ShapeForm | None = None, said: str = "", ticked: set[str] | None = None
) -> Response:
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        activity = queries.activity_for(session, person, public_id)
        shown = form or _form_of(session, activity)
        _fill(session, shown, person)
        people = queries.parts(session, [activity.id], person.department_ids).get(activity.id, [])
        everybody = citizens.everyone(session, person, activity.day, only_enrolled=True)
        left = queries.times_left(session, activity)
        off = queries.times_off(session, activity, today)
    named = {each.public_id for each in everybody} | {each.citizen_public_id for each in people}
    audit.record(person, "list", sorted(named), clock.now())
    html = render_template(
        "activities/show.html",
        activity=activity,
        form=shown,
        said=said,
        people=people,
        everybody=everybody,
        ticked={each.citizen_public_id for each in people} if ticked is None else ticked,
        left=left,
        off=off,
        today=today,
        week=Week.of(activity.day),
        clock_of=clock_of,
    )
    return make_response(html, status)


def _form_of(session: Session, activity: GroupActivity) -> ShapeForm:
    names = ("title", "place", "day", "minutes")
    key = queries.kind_key(session, activity.activity_kind_id)
    values = {name: getattr(activity, name) for name in names}
    return ShapeForm(data=values | {"kind": key, "time": clock_of(activity.start_minute)})
