"""Staff's pages of agreements: the list, one agreement with its whole story, and what is written on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, crypto, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy
from workshop.services.door import Head
from workshop.services.jobs import actions, editing, queries, words
from workshop.services.jobs.forms import AccessForm, EndForm, ExtraForm, NoteForm, PauseForm
from workshop.services.jobs.models import JobState, ServiceJob

blueprint = Blueprint("garden_jobs", __name__, url_prefix="/personale/service/aftaler")
MENU = (web.MenuEntry("garden", lazy("Aftaler"), "garden_jobs.everything", "kalender", "service:plan", order=40),)
_LISTS = {
    "": (JobState.ACTIVE,),
    "slut": (JobState.ENDED, JobState.WITHDRAWN),
    "alle": tuple(JobState),
}


class By(TypedDict):
    """Who does something, when, and as whom the customer is told of it; None: not told."""

    now: datetime
    by_staff_id: int
    head: Head | None


@dataclass
class Forms:
    """The forms of an agreement's page; one that was typed wrong stands in for the empty one."""

    note: NoteForm | None = None
    access: AccessForm | None = None
    pause: PauseForm | None = None
    end: EndForm | None = None
    extra: ExtraForm | None = None

    @property
    def wrong(self) -> BaseForm | None:
        """The form with something to mend in it."""
        every = (self.note, self.access, self.pause, self.end, self.extra)
        return next((form for form in every if form is not None and form.errors), None)


@blueprint.app_context_processor
def say_it() -> dict[str, object]:
    """The words of agreements, for every template of theirs."""
    return {"job_words": words}


@blueprint.get("")
@needs("service:plan")
def everything() -> Response:
    """Agreements, those with something to look at first."""
    asked = request.args.get("q", "")[:60].replace("\x00", "")
    chosen = request.args.get("vis", "")
    if chosen not in _LISTS:
        chosen = ""
    with db.reading() as session:
        rows = queries.everything(session, _LISTS[chosen], asked, clock.now())
    lists = (("", _("I gang")), ("slut", _("Slut")), ("alle", _("Alle")))
    html = render_template("services/jobs/list.html", rows=rows, asked=asked, chosen=chosen, lists=lists)
    return make_response(html)


@blueprint.get("/<public_id>")
@needs("service:plan")
def one(public_id: str) -> Response:
    """One agreement: what was agreed, its visits, its pauses, and what is odd."""
    return job_page(public_id, 200)


@blueprint.post("/<public_id>/note")
@needs("service:plan")
def note(public_id: str) -> Response:
    """Write the note and what to bring."""
    form = NoteForm.posted(prefix="note")

    def write(session: Session, job: ServiceJob) -> None:
        editing.describe(session, job, note=form.note.data or "", equipment=form.things, version=form.seen)

    return _do(public_id, Forms(note=form), form, write, _("Noten er gemt."))


@blueprint.post("/<public_id>/adgang")
@needs("service:visit")
def access_note(public_id: str) -> Response:
    """Write how to get in; only those who go there read it."""
    form = AccessForm.posted(prefix="adgang")

    def write(session: Session, job: ServiceJob) -> None:
        editing.describe_access(session, job, form.access.data or "", version=form.seen)

    return _do(public_id, Forms(access=form), form, write, _("Det er gemt."))


@blueprint.post("/<public_id>/pause")
@needs("service:plan")
def pause(public_id: str) -> Response:
    """The agreement rests for a while."""
    form = PauseForm.posted(prefix="pause")

    def write(session: Session, job: ServiceJob) -> None:
        actions.pause(session, job, form.from_on.data, form.to_on.data, **by_staff(is_told=form.is_told.data))

    return _do(public_id, Forms(pause=form), form, write, _("Pausen er skrevet ind."))


@blueprint.post("/<public_id>/pause/<pause_id>/slut")
@needs("service:plan")
def resume(public_id: str, pause_id: str) -> Response:
    """A pause is over sooner."""
    with db.transaction() as session:
        found = queries.pause_of(session, find(session, public_id), pause_id)
        if found is not None:
            actions.resume(session, found, **by_staff(is_told=True))
    flash(_("Pausen er slut. Besøgene er tilbage på deres dage."))
    return to_job(public_id)


@blueprint.post("/<public_id>/slut")
@needs("service:sell")
def end(public_id: str) -> Response:
    """The agreement gets a last day."""
    form = EndForm.posted(prefix="slut")

    def write(session: Session, job: ServiceJob) -> None:
        actions.end(session, job, form.on.data, why=form.why.data or "", **by_staff(is_told=form.is_told.data))

    return _do(public_id, Forms(end=form), form, write, _("Den sidste dag er skrevet ind."))


@blueprint.post("/<public_id>/nyt-besoeg")
@needs("service:plan")
def extra(public_id: str) -> Response:
    """A visit beside the rule."""
    form = ExtraForm.posted(prefix="nyt")

    def write(session: Session, job: ServiceJob) -> None:
        editing.add_visit(
            session,
            job,
            form.day.data,
            once=form.once.data,
            from_minute=form.from_minute.data,
            to_minute=form.to_minute.data,
            **by_staff(is_told=form.is_told.data),
        )

    return _do(public_id, Forms(extra=form), form, write, _("Besøget er lagt ind."))


def find(session: Session, public_id: str) -> ServiceJob:
    """An agreement. Raises NotHere."""
    found = queries.by_public_id(session, public_id)
    if found is None:
        raise NotHere
    return found


def to_job(public_id: str) -> Response:
    """Back to the agreement's page."""
    return redirect(url_for("garden_jobs.one", public_id=public_id), 303)


def job_page(public_id: str, status: int, *, forms: Forms | None = None, said: str = "") -> Response:
    """One agreement with its forms, what was typed wrong, and in `said` what a rule answered."""
    shown, now = forms or Forms(), clock.now()
    with db.reading() as session:
        found = queries.whole(session, find(session, public_id), now)
    is_conflict = status == 409
    for form in (shown.note, shown.access):
        if form is not None and is_conflict:
            form.see(found.job.version)
    _fill(shown, found, clock.local_day(now))
    html = render_template(
        "services/jobs/one.html",
        found=found,
        job=found.job,
        forms=shown,
        said=said,
        is_conflict=is_conflict,
        today=clock.local_day(now),
    )
    return make_response(html, status)


def _fill(shown: Forms, found: queries.Whole, today: date) -> None:
    job = found.job
    window = {"from_minute": job.from_minute, "to_minute": job.to_minute}
    shown.note = shown.note or NoteForm.of(job)
    shown.access = shown.access or AccessForm.of(job, found.place.access_note)
    shown.pause = shown.pause or PauseForm(data={"is_told": True}, prefix="pause")
    shown.end = shown.end or EndForm(data={"is_told": True, "on": job.ends_on or today}, prefix="slut")
    once = {"is_told": True, "once": crypto.new_public_id()}
    shown.extra = shown.extra or ExtraForm(data=window | once, prefix="nyt")


def _do(
    public_id: str, forms: Forms, form: BaseForm, write: Callable[[Session, ServiceJob], None], done: str
) -> Response:
    """Write what was posted, or show the page again with what was typed and why it cannot be so."""
    if not form.validate():
        return job_page(public_id, 422, forms=forms)
    try:
        with db.transaction() as session:
            write(session, find(session, public_id))
    except editing.EditedMeanwhile as refusal:
        return job_page(public_id, 409, forms=forms, said=refusal.sentence)
    except Refusal as refusal:
        return job_page(public_id, 422, forms=forms, said=refusal.sentence)
    flash(done)
    return to_job(public_id)


def by_staff(*, is_told: bool) -> By:
    """Who does it, when, and whether the customer hears of it."""
    head = Head.of(web.settings()) if is_told else None
    return {"now": clock.now(), "by_staff_id": access.require_actor().account_id, "head": head}
