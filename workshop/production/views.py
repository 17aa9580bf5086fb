"""The desk's pages of production: what is being made and how far it is. There is no citizen on any of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from workshop.accounts import queries as accounts
from workshop.accounts.models import Department
from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.images import Photo
from workshop.core.photo_store import Unreachable
from workshop.production import actions, queries, words
from workshop.production.cutting import WASTE_PERCENT, metres
from workshop.production.forms import OrderForm, OutcomeForm
from workshop.production.lead_times import coming
from workshop.production.models import OrderSource, OrderState, ProductionOrder
from workshop.production.parts import queries as parts
from workshop.production.pictures import actions as pictures
from workshop.production.steps.forms import AT_THE_END, StepForm
from workshop.products import life
from workshop.products import queries as products
from workshop.products.photos import serving

blueprint = Blueprint("production", __name__, url_prefix="/personale/produktion")
MENU = (
    web.MenuEntry("desk", lazy("Produktion"), "production.orders", "bor", "production:read", order=25),
    web.MenuEntry("making", lazy("Tavlen"), "production.orders", "bor", "production:read", order=10),
)
ROWS_A_SHEET = 20


@blueprint.record_once
def tell_the_life_of_items(setup: BlueprintSetupState) -> None:
    """The page of an item asks us which steps lie behind it."""
    life.also_told_by(setup.app, queries.life_of_item)


@blueprint.record_once
def lend_our_words(setup: BlueprintSetupState) -> None:
    """Templates tell of orders in the words of production."""
    setup.app.jinja_env.globals["order_words"] = words


@blueprint.get("")
@needs("production:read")
def orders() -> Response:
    """What is ready to begin, under way, waiting for something, and waiting for approval; by day."""
    with db.reading() as session:
        board = queries.board(session, access.require_actor().department_ids)
        ready = coming.ready_days(session, clock.now())
    today = clock.local_day(clock.now())
    late = sum(bool(words.late_words(order, today)) for order in board.in_hand)
    html = render_template(
        "production/orders.html",
        board=board,
        today=today,
        late=late,
        note=OrderForm.blank(),
        days=words.days_ahead(today),
        ready=ready,
    )
    return make_response(html)


@blueprint.get("/tavle")
@needs("production:read")
def wall() -> Response:
    """Everything in hand for the wall: a sheet of paper for every twenty orders."""
    with db.reading() as session:
        found = queries.board(session, access.require_actor().department_ids).in_hand
    sheets = [found[first : first + ROWS_A_SHEET] for first in range(0, len(found), ROWS_A_SHEET)]
    today = clock.local_day(clock.now())
    return make_response(render_template("production/wall.html", sheets=sheets, today=today, orders=len(found)))


@blueprint.get("/ny")
@needs("production:edit")
def new_order() -> Response:
    """The form for something new to make."""
    return _new_order_page(OrderForm.blank(), 200)


@blueprint.post("/ny")
@needs("production:edit")
def open_order() -> Response:
    """Begin to make something; its steps are the product's usual route. A name and a day are enough."""
    try:
        form = OrderForm.posted()
    except RequestEntityTooLarge:
        form = OrderForm.blank()
        form.sketch.errors = [
            _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        ]
        return _new_order_page(form, 413)
    with db.reading() as session:
        departments = _choose(session, form)
    if not form.validate():
        return _new_order_page(form, 422)
    department = next(each for each in departments if each.key == form.department.data)
    said_by = form.sketch
    try:
        with pictures.stored_if_any(form.sketch.data, serving.store()) as sketch:
            said_by = form.title
            public_id = _opened(form, department.id, sketch)
    except actions.OpenedAlready:
        flash(_("Ordren var oprettet. Skal der laves en til, så begynd med Ny ordre."))
        return to_order(str(form.word))
    except Refusal as refusal:
        said_by.errors = [refusal.sentence]
        return _new_order_page(form, 422)
    except Unreachable:
        form.sketch.errors = [_("Billedet kan ikke gemmes lige nu. Opret ordren uden, og læg det ved bagefter.")]
        return _new_order_page(form, 503)
    flash(_("Ordren er oprettet."))
    return to_order(public_id)


@blueprint.get("/<public_id>")
@needs("production:read")
def order(public_id: str) -> Response:
    """One order with its steps."""
    return order_page(public_id, 200)


@blueprint.get("/<public_id>/stop")
@needs("production:edit")
def stop_page(public_id: str) -> Response:
    """Shall it be stopped? Nothing comes out of it then, so it is asked once."""
    with db.reading() as session:
        line = queries.order_line(session, find_order(session, public_id).id)
    if line.state is not OrderState.OPEN:
        return to_order(public_id)
    return make_response(render_template("production/stop.html", order=line))


@blueprint.post("/<public_id>/stop")
@needs("production:edit")
def cancel(public_id: str) -> Response:
    """Stop an order that will not be made."""
    form = OutcomeForm.posted()
    try:
        with db.transaction() as session:
            found = find_order(session, public_id)
            actions.cancel_order(session, found, now=clock.now(), version=form.seen or None)
    except Refusal as refusal:
        return order_page(public_id, 409, said=refusal.sentence)
    flash(_("Ordren er stoppet."))
    return redirect(url_for("production.orders"), 303)


@blueprint.post("/<public_id>/udfald")
@needs("production:edit")
def tell_outcome(public_id: str) -> Response:
    """How many pieces were reworked or rejected, before the last step."""
    form = OutcomeForm.posted()
    if not form.validate():
        return order_page(public_id, 422, outcome=form)
    try:
        with db.transaction() as session:
            actions.tell_outcome(session, find_order(session, public_id), version=form.seen, **_outcome(form))
    except Refusal as refusal:
        return _outcome_refused(public_id, form, refusal)
    flash(_("Det er gemt på ordren."))
    return to_order(public_id)


@blueprint.post("/<public_id>/afslut")
@needs("production:edit")
def finish_order(public_id: str) -> Response:
    """End an order with its last step, or one that has no steps; its good pieces get their numbers."""
    form = OutcomeForm.posted()
    if not form.validate():
        return order_page(public_id, 422, outcome=form)
    try:
        with db.transaction() as session:
            found = find_order(session, public_id)
            items = actions.finish_order(
                session,
                found,
                version=form.seen,
                base_url=web.settings().base_url,
                now=clock.now(),
                **_outcome(form),
            )
            numbers, is_empty = [item.number for item in items], found.pieces == found.rejected
    except Refusal as refusal:
        return _outcome_refused(public_id, form, refusal)
    say_what_came_out(numbers, is_empty=is_empty)
    return to_order(public_id)


def say_what_came_out(numbers: Sequence[int], *, is_empty: bool) -> None:
    """Tell which items an order ended with, or that it ended with none."""
    if numbers:
        known = ", ".join(str(number) for number in numbers[:10])
        flash(ngettext("Færdig: nr. %(known)s.", "Færdig: %(num)s møbler, nr. %(known)s.", len(numbers), known=known))
    elif is_empty:
        flash(_("Ordren er slut. Alle stykker er kasseret, så der kom ingen møbler ud af den."))


def find_order(session: Session, public_id: str) -> ProductionOrder:
    """An order of the asking person's departments. Raises NotHere."""
    found = queries.order_by_public_id(session, public_id, access.require_actor().department_ids)
    if found is None:
        raise NotHere
    return found


def to_order(public_id: str) -> Response:
    """Back to the order's page."""
    return redirect(url_for("production.order", public_id=public_id), 303)


def order_page(
    public_id: str,
    status: int,
    *,
    step_form: StepForm | None = None,
    outcome: OutcomeForm | None = None,
    said: str = "",
) -> Response:
    """One order with its steps, what was typed wrong, and in `said` what a rule answered."""
    with db.reading() as session:
        found = find_order(session, public_id)
        line = queries.order_line(session, found.id)
        tasks = queries.task_types(session)
        sketches = queries.sketches(session, found.id)
        cutting = parts.cut_list_of(session, found)
        ready = coming.ready_one(session, found.product_type_id, clock.now()) if line.state is OrderState.OPEN else None
    form = step_form or StepForm()
    form.task.choices = [("", _("Vælg en opgave")), *((task.key, task.name) for task in tasks)]
    before = [(step.public_id, _("Før “%(title)s”", title=step.title)) for step in line.steps]
    form.where.choices = [(AT_THE_END, _("Sidst")), *before]
    html = render_template(
        "production/order.html",
        order=line,
        is_open=line.state is OrderState.OPEN,
        form=form,
        outcome=outcome or OutcomeForm.of(line.reworked, line.rejected, line.version),
        said=said,
        sketches=sketches,
        cutting=cutting,
        ready=ready,
        metres=metres,
        waste=WASTE_PERCENT,
        late=words.late_words(line, clock.local_day(clock.now())) if line.state is OrderState.OPEN else "",
    )
    return make_response(html, status)


def _opened(form: OrderForm, department_id: int, sketch: Photo | None) -> str:
    """The public id of a new order, with its sketch."""
    staff_id = access.require_actor().account_id
    with db.transaction() as session:
        kind = products.product_type_by_sku(session, form.product.data) if form.product.data else None
        order = actions.open_order(
            session,
            product_type_id=kind.id if kind else None,
            title=form.title.data or "",
            pieces=1 if form.pieces.data is None else form.pieces.data,
            department_id=department_id,
            due_on=form.due_on.data,
            now=clock.now(),
            by_staff_id=staff_id,
            source=OrderSource(form.source.data),
            reference=form.reference.data or "",
            idea=form.idea.data or "",
            makes_items=not form.is_note.data,
            once=form.word,
        )
        if sketch is not None:
            pictures.add_picture(session, order, sketch, alt_text="", now=clock.now(), by_staff_id=staff_id)
        return order.public_id


def _outcome(form: OutcomeForm) -> dict[str, int]:
    return {"reworked": form.reworked.data or 0, "rejected": form.rejected.data or 0}


def _outcome_refused(public_id: str, form: OutcomeForm, refusal: Refusal) -> Response:
    """The page as it is now, with what was typed; the next press is about what it shows."""
    is_conflict = isinstance(refusal, actions.EditedMeanwhile)
    if is_conflict:
        with db.reading() as session:
            form.see(find_order(session, public_id).version)
    return order_page(public_id, 409 if is_conflict else 422, outcome=form, said=refusal.sentence)


def _choose(session: Session, form: OrderForm) -> list[Department]:
    """Fill in what can be chosen; gives the departments of the person asking. Nothing chosen is the first."""
    mine = access.require_actor().department_ids
    departments = [each for each in accounts.departments(session) if each.id in mine]
    kinds = [kind for kind in products.product_types(session) if kind.is_used or kind.sku == form.product.data]
    form.product.choices = [("", _("Noget for sig selv")), *((kind.sku, f"{kind.name} ({kind.sku})") for kind in kinds)]
    form.product.data = form.product.data or ""
    form.department.choices = [(each.key, each.name) for each in departments]
    if not form.department.data and departments:
        form.department.data = departments[0].key
    return departments


def _new_order_page(form: OrderForm, status: int) -> Response:
    with db.reading() as session:
        _choose(session, form)
    return make_response(render_template("production/new_order.html", form=form), status)
