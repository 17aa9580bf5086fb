"""One visit, made for the phone of whoever goes there: on the way, begun, photos, finished; or why it could not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import PriceBasis, ServicePlace
from workshop.services.visits import actions, drives, photos, queries, times, words
from workshop.services.visits.actions import Meanwhile
from workshop.services.visits.forms import FinishForm, NotDoneForm, PhotoForm, SpotForm
from workshop.services.visits.models import Visit
from workshop.services.visits.planning import find, find_row

blueprint = Blueprint("garden_visit", __name__, url_prefix="/personale/service/besoeg")


@dataclass
class Forms:
    """The forms of the page; one that was typed wrong stands in for the empty one."""

    finish: FinishForm | None = None
    not_done: NotDoneForm | None = None
    spot: SpotForm | None = None
    photo: PhotoForm = field(default_factory=PhotoForm)

    @property
    def wrong(self) -> FinishForm | NotDoneForm | SpotForm | PhotoForm:
        """The form with something to mend in it; any, when there is none."""
        every = (self.finish, self.not_done, self.spot, self.photo)
        return next((form for form in every if form is not None and form.errors), self.photo)


@blueprint.get("/<public_id>")
@needs("service:plan")
def page(public_id: str) -> Response:
    """The visit."""
    return visit_page(public_id, 200)


@blueprint.post("/<public_id>/paa-vej")
@needs("service:visit")
def on_the_way(public_id: str) -> Response:
    """The first tap: we drive."""

    def do(session: Session, visit: Visit) -> None:
        actions.on_the_way(session, visit, head=_head(), now=clock.now(), by_staff_id=_me())

    return _tap(public_id, do, _("I er på vej. Kunden får det at vide."))


@blueprint.post("/<public_id>/begynd")
@needs("service:visit")
def start(public_id: str) -> Response:
    """The second tap: we have begun."""

    def do(session: Session, visit: Visit) -> None:
        actions.start(session, visit, now=clock.now(), by_staff_id=_me())

    return _tap(public_id, do, _("I er i gang."))


@blueprint.post("/<public_id>/faerdig")
@needs("service:visit")
def finish(public_id: str) -> Response:
    """The third tap: we are done; with what was measured and used, where somebody wrote it."""
    form = FinishForm.posted()
    if not form.validate():
        return visit_page(public_id, 422, forms=Forms(finish=form))
    try:
        with db.transaction() as session:
            visit = find(session, public_id)
            actions.finish(
                session,
                visit,
                units_done=form.units.data,
                note=form.note.data or "",
                materials=form.materials,
                now=clock.now(),
                by_staff_id=_me(),
                head=_head(),
            )
            version = visit.version
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Meanwhile) else 422
        return visit_page(public_id, status, forms=Forms(finish=form), said=refusal.sentence)
    return _done(public_id, version, _("Godt arbejde. Besøget er færdigt."))


@blueprint.post("/<public_id>/kunne-ikke")
@needs("service:visit")
def not_done(public_id: str) -> Response:
    """It could not be done, and why."""
    form = NotDoneForm.posted()
    if not form.validate():
        return visit_page(public_id, 422, forms=Forms(not_done=form))
    try:
        with db.transaction() as session:
            again = actions.not_done(
                session,
                find(session, public_id),
                why=form.why.data or "",
                is_tried_again=form.is_tried_again.data,
                now=clock.now(),
                by_staff_id=_me(),
                head=_head(),
            )
    except Refusal as refusal:
        return visit_page(public_id, 409, forms=Forms(not_done=form), said=refusal.sentence)
    flash(_("Det er skrevet ned. Et nyt besøg venter på en dag.") if again else _("Det er skrevet ned."))
    return _back(public_id)


@blueprint.post("/<public_id>/fortryd")
@needs("service:visit")
def undo(public_id: str) -> Response:
    """Take back the last tap. The version comes with the form, or with the address of the toast."""
    typed = request.values.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    try:
        with db.transaction() as session:
            actions.undo(session, find(session, public_id), version=version, by_staff_id=_me())
    except Refusal as refusal:
        return visit_page(public_id, 409, said=refusal.sentence)
    flash(_("Det sidste tryk er fortrudt."))
    return _back(public_id)


@blueprint.post("/<public_id>/sted")
@needs("service:plan")
def spot(public_id: str) -> Response:
    """Where the place is on the map; emptied, the middle of its postcode counts again."""
    form = SpotForm.posted()
    if not form.validate():
        return visit_page(public_id, 422, forms=Forms(spot=form))
    with db.transaction() as session:
        job = session.get_one(ServiceJob, find(session, public_id).job_id)
        place = session.get_one(ServicePlace, job.place_id)
        place.latitude_e6, place.longitude_e6 = form.e6 or (None, None)
    flash(_("Stedet er gemt."))
    return _back(public_id)


def visit_page(public_id: str, status: int, *, forms: Forms | None = None, said: str = "") -> Response:
    """The visit with its forms, what was typed wrong, and in `said` what a rule answered."""
    shown = forms or Forms()
    person = access.require_actor()
    with db.reading() as session:
        row = find_row(session, public_id)
        pictures = photos.of_visit(session, row.facts.id)
        used = queries.materials_of(session, [row.facts.id]).get(row.facts.id, [])
        may_enter = person.may("service:visit")
        gate = queries.access_notes(session, [row.facts.job_id]).get(row.facts.job_id, "") if may_enter else ""
    facts = row.facts
    shown.finish = shown.finish or FinishForm()
    shown.not_done = shown.not_done or NotDoneForm(data={"is_tried_again": True})
    shown.spot = shown.spot or SpotForm(data={"spot": _spot_text(facts)})
    html = render_template(
        "services/visits/visit.html",
        row=row,
        forms=shown,
        said=said,
        photos=pictures,
        used=used,
        gate=gate,
        may_visit=may_enter,
        today=clock.local_day(clock.now()),
        is_by_unit=facts.basis is PriceBasis.PER_UNIT,
        map_url=drives.map_url(facts),
        people_url=_people_url(public_id),
        words=words,
        minute_text=times.minute_text,
        window_text=times.window_text,
    )
    return make_response(html, status)


def _tap(public_id: str, deed: Callable[[Session, Visit], None], done: str) -> Response:
    """One tap in one block, with a way back in the toast."""
    try:
        with db.transaction() as session:
            visit = find(session, public_id)
            deed(session, visit)
            version = visit.version
    except Refusal as refusal:
        return visit_page(public_id, 409, said=refusal.sentence)
    return _done(public_id, version, done)


def _done(public_id: str, version: int, done: str) -> Response:
    """Back to the visit, with what was done and a way to take it back."""
    undo_url = url_for("garden_visit.undo", public_id=public_id, version=version)
    flash((done, undo_url, _("Fortryd")))  # type: ignore[arg-type]  # a toast with a way back
    return _back(public_id)


def _spot_text(facts: queries.Facts) -> str:
    if not facts.is_place_known or facts.latitude_e6 is None or facts.longitude_e6 is None:
        return ""
    return f"{facts.latitude_e6 / 1_000_000:.5f}, {facts.longitude_e6 / 1_000_000:.5f}"


def _people_url(public_id: str) -> str:
    """Where people are put on the visit, for those who do that; the page belongs to another part of the house."""
    if "visiting.people" not in current_app.view_functions or not access.require_actor().may("week:assign"):
        return ""
    return url_for("visiting.people", public_id=public_id)


def _back(public_id: str) -> Response:
    return redirect(url_for("garden_visit.page", public_id=public_id), 303)


def _head() -> Head:
    return Head.of(web.settings())


def _me() -> int:
    return access.require_actor().account_id
