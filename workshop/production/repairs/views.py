"""The desk's pages about what came in: the list, a new card in seconds, the card itself and its slip."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from workshop.accounts import queries as accounts
from workshop.core import access, clock, crypto, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.photo_store import Unreachable
from workshop.production.repairs import actions, agreeing, letters, photos, queries, slip, words
from workshop.production.repairs.actions import EditedMeanwhile
from workshop.production.repairs.door import Head
from workshop.production.repairs.forms import CardForm, FinishForm, LineForm, PhotoForm, PlanForm, ReceiveForm, TestForm
from workshop.production.repairs.models import JobState, PhotoPhase, RepairJob, Whose
from workshop.products import life
from workshop.products.life import LifeEvent
from workshop.products.materials import queries as materials
from workshop.products.photos import serving

blueprint = Blueprint("repairs", __name__, url_prefix="/personale/produktion/indleveret")
MENU = (
    web.MenuEntry("making", lazy("Indleveret"), "repairs.everything", "armchair-brush", "repair:handle", order=30),
    # Those who sell have no way in by the production's own row; to them it is a part of the day's orders.
    web.MenuEntry("orders", lazy("Indleveret"), "repairs.everything", "armchair-brush", "repair:handle", order=60),
)


@dataclass
class Forms:
    """The forms of a card's page; one that was typed wrong stands in for the empty one."""

    plan: PlanForm | None = None
    line: LineForm | None = None
    test: TestForm | None = None
    finish: FinishForm | None = None
    photo: PhotoForm = field(default_factory=PhotoForm)

    @property
    def wrong(self) -> PlanForm | LineForm | TestForm | FinishForm | PhotoForm:
        """The form with something to mend in it; any, when there is none."""
        every = (self.plan, self.line, self.test, self.finish, self.photo)
        return next((form for form in every if form is not None and form.errors), self.photo)


@blueprint.record
def tell_the_life(setup: BlueprintSetupState) -> None:
    """A thing of ours remembers how it came in."""
    life.also_told_by(setup.app, _life_of_item)


@blueprint.app_context_processor
def say_it() -> dict[str, object]:
    """The words of the cards, for every template of theirs."""
    return {"repair_words": words}


@blueprint.get("")
@needs("repair:handle")
def everything() -> Response:
    """What came in, by whom it waits for."""
    asked = request.args.get("q", "")[:60].replace("\x00", "")
    now = clock.now()
    with db.reading() as session:
        found = queries.everything(session, access.require_actor().department_ids, now, asked)
    today = clock.local_day(now)
    return make_response(render_template("production/repairs/list.html", found=found, asked=asked, today=today))


@blueprint.get("/ny")
@needs("repair:handle")
def new() -> Response:
    """The form for what stands on the counter."""
    form = ReceiveForm(data={"once": crypto.new_public_id(), "whose": Whose.CUSTOMER.value})
    return _new_page(form, 200)


@blueprint.post("/ny")
@needs("repair:handle")
def receive() -> Response:
    """Take it in: a number, a code, a photo; the page that follows has the slip."""
    try:
        form = ReceiveForm.posted()
    except RequestEntityTooLarge:
        form = ReceiveForm(data={"once": crypto.new_public_id(), "whose": Whose.CUSTOMER.value})
        form.photo.errors = [
            _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        ]
        return _new_page(form, 413)
    with db.reading() as session:
        known = _departments(session, form)
    if not form.validate():
        return _new_page(form, 422)
    try:
        public_id = _take_in(form, known[form.department.data])
    except Refusal as refusal:
        form.photo.errors = [refusal.sentence]
        return _new_page(form, 422)
    except Unreachable:
        form.photo.errors = [_("Billedet kan ikke gemmes lige nu. Prøv igen om lidt, eller gem uden billede.")]
        return _new_page(form, 503)
    return to_card(public_id)


def _take_in(form: ReceiveForm, department_id: int) -> str:
    """One block for the card, its first photo and the mail; the same form a second time finds the first card."""
    now, head, staff_id = clock.now(), Head.of(web.settings()), access.require_actor().account_id
    with photos.stored(form.photo.data, serving.store()) as photo, db.transaction() as session:
        job, is_new = actions.receive(
            session,
            form.card,
            once=form.once.data or "",
            department_id=department_id,
            head=head,
            now=now,
            by_staff_id=staff_id,
        )
        if is_new and photo is not None:
            before = PhotoPhase.BEFORE
            photos.add(session, job, photo, phase=before, alt_text="", now=now, by_staff_id=staff_id)
        if is_new and job.whose is Whose.CUSTOMER:
            letters.received(session, job, head, now)
        number = words.printed(job.number)
        public_id = job.public_id
    flash(_("Den er skrevet ind som %(number)s. Print sedlen.", number=number))
    return public_id


@blueprint.get("/nr/<printed>")
@needs("repair:handle")
def by_number(printed: str) -> Response:
    """The card with this printed number; orders carry the number and nothing else."""
    digits = printed.upper().removeprefix("R-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise NotHere
    with db.reading() as session:
        public_id = queries.public_id_of(session, int(digits), access.require_actor().department_ids)
    if public_id is None:
        raise NotHere
    return to_card(public_id)


@blueprint.get("/<public_id>")
@needs("repair:handle")
def card(public_id: str) -> Response:
    """One card."""
    return card_page(public_id, 200)


@blueprint.get("/<public_id>/ret")
@needs("repair:handle")
def edit_page(public_id: str) -> Response:
    """The form for what was written when it came in."""
    with db.reading() as session:
        job = find(session, public_id)
        return _edit_page(job, CardForm.of(job), 200)


@blueprint.post("/<public_id>/ret")
@needs("repair:handle")
def edit(public_id: str) -> Response:
    """Write the card anew."""
    form = CardForm.posted()
    if not form.validate():
        with db.reading() as session:
            return _edit_page(find(session, public_id), form, 422)
    try:
        with db.transaction() as session:
            actions.edit(session, find(session, public_id), form.card, version=form.seen)
    except Refusal as refusal:
        is_conflict = isinstance(refusal, EditedMeanwhile)
        with db.reading() as session:
            job = find(session, public_id)
            form.see(job.version)
            return _edit_page(job, form, 409 if is_conflict else 422, said=refusal.sentence, is_conflict=is_conflict)
    flash(_("Kortet er gemt."))
    return to_card(public_id)


@blueprint.get("/<public_id>/seddel.pdf")
@needs("repair:handle")
def print_slip(public_id: str) -> Response:
    """The slip to print: one part for the owner, one for the thing."""
    with db.reading() as session:
        job = find(session, public_id)
        body = slip.render_slip(job, Head.of(web.settings()), clock.local_day(job.received_at))
    response = Response(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="seddel.pdf"'
    return response


def find(session: Session, public_id: str) -> RepairJob:
    """A card of the asking person's departments. Raises NotHere."""
    found = queries.job_by_public_id(session, public_id, access.require_actor().department_ids)
    if found is None:
        raise NotHere
    return found


def to_card(public_id: str) -> Response:
    """Back to the card's page."""
    return redirect(url_for("repairs.card", public_id=public_id), 303)


def card_page(public_id: str, status: int, *, forms: Forms | None = None, said: str = "") -> Response:
    """One card with its forms, what was typed wrong, and in `said` what a rule answered."""
    shown = forms or Forms()
    with db.reading() as session:
        job = find(session, public_id)
        found = queries.whole(session, job)
        known = materials.choices(session)
    today = clock.local_day(clock.now())
    version = {"version": str(job.version)}
    shown.plan = shown.plan or PlanForm.of(job)
    shown.line = shown.line or LineForm(data=version)
    shown.line.material.choices = [("", _("Intet af lageret")), *known]
    shown.line.material.data = shown.line.material.data or ""
    shown.test = shown.test or TestForm(data=version | {"test_note": job.test_note})
    shown.finish = shown.finish or FinishForm(data=version | {"final": min(found.total_ore, job.quoted_ore or 0)})
    html = render_template(
        "production/repairs/card.html",
        job=job,
        found=found,
        forms=shown,
        said=said,
        today=today,
        is_open=job.state in agreeing.OPEN,
        is_customers=job.whose is Whose.CUSTOMER,
        is_asked=job.state is JobState.ASSESSED and job.whose is Whose.CUSTOMER,
        has_lapsed=job.quote_until is not None and job.quote_until < today,
        is_vehicle=job.kind in words.VEHICLES,
    )
    return make_response(html, status)


def _life_of_item(session: Session, item_id: int) -> list[LifeEvent]:
    """Told with a way to the card for those who may open it."""
    person = access.actor()
    found = queries.came_in_with(session, item_id)
    if found is None:
        return []
    at, number, public_id = found
    address = url_for("repairs.card", public_id=public_id) if person and person.may("repair:handle") else ""
    return [LifeEvent(at, _("Kom ind, %(number)s", number=words.printed(number)), url=address)]


def _departments(session: Session, form: ReceiveForm) -> dict[str, int]:
    """Fill in the departments of the person asking; gives their ids by key. Nothing chosen is the one last used."""
    mine = access.require_actor().department_ids
    found = {each.key: each for each in accounts.departments(session) if each.id in mine}
    form.department.choices = [(key, each.name) for key, each in found.items()]
    if not form.department.data and found:
        last = queries.last_department_id(session, mine)
        form.department.data = next((key for key, each in found.items() if each.id == last), next(iter(found)))
    return {key: each.id for key, each in found.items()}


def _new_page(form: ReceiveForm, status: int) -> Response:
    with db.reading() as session:
        _departments(session, form)
    return make_response(render_template("production/repairs/new.html", form=form), status)


def _edit_page(job: RepairJob, form: CardForm, status: int, *, said: str = "", is_conflict: bool = False) -> Response:
    html = render_template(
        "production/repairs/edit.html", form=form, job=job, said=said, stored=job if is_conflict else None
    )
    return make_response(html, status)
