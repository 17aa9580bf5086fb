"""What happens to a card: the plan and its lines, the price given and answered, the work, the test, the end."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.forms import SeenForm
from workshop.production.repairs import agreeing, ending
from workshop.production.repairs.actions import EditedMeanwhile
from workshop.production.repairs.agreeing import Plan
from workshop.production.repairs.door import Head
from workshop.production.repairs.forms import FinishForm, LineForm, PlanForm, TestForm
from workshop.production.repairs.models import RepairJob
from workshop.production.repairs.views import Forms, card_page, find, to_card
from workshop.products.materials import queries as materials

blueprint = Blueprint("repair_work", __name__, url_prefix="/personale/produktion/indleveret/<public_id>")


@blueprint.post("/plan")
@needs("production:edit")
def plan(public_id: str) -> Response:
    """Write the plan; the second button gives the owner the price with it."""
    form = PlanForm.posted()
    if not form.validate():
        return card_page(public_id, 422, forms=Forms(plan=form))
    is_offer = request.form.get("deed") == "pris"

    def do(session: Session, job: RepairJob) -> None:
        now = clock.now()
        written = Plan(form.plan.data or "", form.promised_on.data, form.quote_until.data)
        agreeing.assess(session, job, written, version=form.seen, now=now)
        if is_offer:
            agreeing.offer(session, job, version=job.version, head=_head(), now=now)

    said = _("Prisen er givet.") if is_offer else _("Planen er gemt.")
    return _do(public_id, form, Forms(plan=form), do, said)


@blueprint.post("/linjer")
@needs("production:edit")
def add_line(public_id: str) -> Response:
    """A part or a piece of work with its price."""
    form = LineForm.posted()
    with db.reading() as session:
        form.material.choices = [("", ""), *materials.choices(session)]
    form.material.data = form.material.data or ""
    if not form.validate():
        return card_page(public_id, 422, forms=Forms(line=form))

    def do(session: Session, job: RepairJob) -> None:
        chosen = form.material.data
        agreeing.add_line(
            session,
            job,
            text=form.text.data or "",
            quantity=form.quantity.data,
            unit_price_ore=form.price.data,
            material=materials.material_by_key(session, chosen) if chosen else None,
            version=form.seen,
        )

    return _do(public_id, form, Forms(line=form), do, _("Linjen er skrevet på kortet."))


@blueprint.post("/linjer/<int:line_id>/fjern")
@needs("production:edit")
def remove_line(public_id: str, line_id: int) -> Response:
    """Take a line off the card."""
    form = SeenForm.posted()
    return _do(
        public_id,
        form,
        Forms(),
        lambda session, job: agreeing.remove_line(session, job, line_id, version=form.seen),
        _("Linjen er fjernet."),
    )


@blueprint.post("/svar")
@needs("repair:handle")
def note_answer(public_id: str) -> Response:
    """What the owner said on the phone or at the counter."""
    form, said = SeenForm.posted(), request.form.get("svar")
    if said not in ("ja", "nej"):
        return card_page(public_id, 422, said=_("Vælg, om ejeren sagde ja eller nej."))

    def do(session: Session, job: RepairJob) -> None:
        agreeing.answer(
            session,
            job,
            is_yes=said == "ja",
            version=form.seen,
            head=_head(),
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )

    done = _("Ejeren har sagt ja. Ordren er oprettet.") if said == "ja" else _("Ejeren har sagt nej tak.")
    return _do(public_id, form, Forms(), do, done)


@blueprint.post("/begynd")
@needs("production:edit")
def begin(public_id: str) -> Response:
    """Begin on a thing of ours, or again on one whose order was stopped."""
    form = SeenForm.posted()

    def do(session: Session, job: RepairJob) -> None:
        staff_id = access.require_actor().account_id
        agreeing.begin(session, job, version=form.seen, now=clock.now(), by_staff_id=staff_id)

    return _do(public_id, form, Forms(), do, _("Ordren er oprettet."))


@blueprint.post("/drop")
@needs("repair:handle")
def drop(public_id: str) -> Response:
    """Nothing comes of it."""
    form = SeenForm.posted()
    return _do(
        public_id,
        form,
        Forms(),
        lambda session, job: agreeing.drop(session, job, version=form.seen, head=_head(), now=clock.now()),
        _("Kortet er lukket uden arbejde."),
    )


@blueprint.post("/proevet")
@needs("production:edit")
def record_test(public_id: str) -> Response:
    """How it went when it was tried."""
    form = TestForm.posted()
    if not form.validate():
        return card_page(public_id, 422, forms=Forms(test=form))

    def do(session: Session, job: RepairJob) -> None:
        ending.record_test(session, job, form.test_note.data or "", version=form.seen, now=clock.now())

    return _do(public_id, form, Forms(test=form), do, _("Prøven er skrevet på kortet."))


@blueprint.post("/faerdig")
@needs("production:edit")
def finish(public_id: str) -> Response:
    """A customer's thing is done; the owner is told that it can be fetched."""
    form = FinishForm.posted()
    if not form.validate():
        return card_page(public_id, 422, forms=Forms(finish=form))

    def do(session: Session, job: RepairJob) -> None:
        ending.finish(session, job, form.final.data, version=form.seen, head=_head(), now=clock.now())

    return _do(public_id, form, Forms(finish=form), do, _("Den er klar til at blive hentet."))


def _do(
    public_id: str, form: SeenForm, forms: Forms, deed: Callable[[Session, RepairJob], None], done: str
) -> Response:
    """One deed in one block. What a rule says no to comes back with what was typed, beside what stands there now."""
    try:
        with db.transaction() as session:
            deed(session, find(session, public_id))
    except NotHere:
        raise
    except Refusal as refusal:
        is_conflict = isinstance(refusal, EditedMeanwhile)
        with db.reading() as session:
            form.see(find(session, public_id).version)
        return card_page(public_id, 409 if is_conflict else 422, forms=forms, said=refusal.sentence)
    flash(done)
    return to_card(public_id)


def _head() -> Head:
    return Head.of(web.settings())
