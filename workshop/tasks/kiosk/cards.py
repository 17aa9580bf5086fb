"""How a task is done, on the tablet: its picture, its steps, what to have on and at hand; and what was used for it."""

from __future__ import annotations

from decimal import Decimal

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask import session as browser
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from workshop.core import access, clock, crypto, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.photo_store import FILE_NAME
from workshop.production.cards import queries as cards
from workshop.production.cutting import metres
from workshop.production.models import MaterialCause, OrderState, OrderStep, ProductionOrder, TaskType
from workshop.production.parts import queries as parts
from workshop.production.stores import actions as stores
from workshop.production.stores import amounts
from workshop.production.stores import queries as stock
from workshop.production.stores.forms import OneDeedForm
from workshop.production.stores.ledger import Why
from workshop.production.stores.queries import OrderLine
from workshop.production.wanted import wanted_of
from workshop.products.models import Material
from workshop.products.photos import serving
from workshop.tasks import actions, queries
from workshop.tasks.kiosk import begun
from workshop.tasks.kiosk import queries as kiosk
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.models import Assignment, AssignmentState
from workshop.tasks.permits import queries as permits

ALL, NOTHING, AMOUNTS = "alt", "intet", "tal"
MOST_SKETCHES = 2


@blueprint.get("/opgaver/<public_id>")
@needs("kiosk:use")
def task_card(public_id: str) -> AnyResponse:
    """The work card of one's own task."""
    with db.reading() as session:
        task = _own(session, public_id)
        order = _order_of(session, task)
        html = render_template(
            "kiosk/task_card.html",
            task=task,
            pictogram=session.get_one(TaskType, task.task_type_id).pictogram,
            order_title=order.title if order else "",
            wanted=wanted_of(order) if order else "",
            card=cards.card_of(session, task_type_id=task.task_type_id, step_id=task.order_step_id),
            sketches=cards.order_sketches(session, order.id, most=MOST_SKETCHES) if order else [],
            cutting=parts.cut_list_of(session, order) if order else None,
            metres=metres,
            is_kitchen=kiosk.is_in_kitchen(session, task.task_type_id),
            may_tell=bool(order and _lines(session, order)),
            missing=permits.missing_for(session, task.citizen_id, task.task_type_id, task.day),
            tickets=browser.get(begun.TICKETS, {}),
        )
    return make_response(html)


@blueprint.get("/opgaver/<public_id>/billede/<file>")
@needs("kiosk:use")
def task_picture(public_id: str, file: str) -> Response:
    """A picture on the work card of one's own task."""
    found = FILE_NAME.fullmatch(file)
    if found is None:
        raise NotHere
    with db.reading() as session:
        task = _own(session, public_id)
        name = found["name"]
        if not cards.may_show(session, name, task_type_id=task.task_type_id, step_id=task.order_step_id):
            raise NotHere
    return serving.answer(file, max_age=None)


@blueprint.get("/opgaver/<public_id>/materialer")
@needs("kiosk:use")
def used(public_id: str) -> AnyResponse:
    """What was used for the order of one's own task; it can be skipped."""
    return _used_page(public_id, 200)


@blueprint.post("/opgaver/<public_id>/materialer")
@needs("kiosk:use")
def tell_used(public_id: str) -> AnyResponse:
    """Write what was used on the order, and never who used it."""
    form = OneDeedForm.posted()
    if not form.validate():
        return _used_page(public_id, 422, said=str(next(iter(form.errors.values()))[0]))
    try:
        with db.transaction() as session:
            order = _order_of(session, _own(session, public_id))
            if order is None:
                raise NotHere
            said = _tell(session, order, form.deed.data or "", str(form.once.data))
    except Refusal as refusal:
        return _used_page(public_id, 422, said=refusal.sentence)
    flash(said)
    return redirect(after(public_id), 303)


def asks_for_materials(session: Session, task: Assignment) -> bool:
    """Whether something is put aside for the order of a task, so that somebody should be asked if it was used."""
    order = _order_of(session, task)
    return order is not None and any(line.reserved for line in _lines(session, order))


def after(public_id: str) -> str:
    """Where one goes when a task is over: to what was made, or back to the day's tasks."""
    with db.reading() as session:
        task = _own(session, public_id)
        if task.state is not AssignmentState.FINISHED:
            return url_for("kiosk.task_card", public_id=public_id)
        numbers = [item.number for item in actions.items_of(session, queries.record_of(session, task))]
    if len(numbers) == 1:
        return url_for("kiosk.thing", number=numbers[0], ny=1)
    return url_for("kiosk.made", public_id=public_id) if numbers else url_for("kiosk.tasks")


def _tell(session: Session, order: ProductionOrder, deed: str, once: str) -> str:
    why = Why(MaterialCause.USED, clock.now(), order_id=order.id, reference=once)
    if deed == ALL:
        stores.use_reserved(session, order.id, why)
        return _("Tak. Det hele er skrevet som brugt.")
    if deed == NOTHING and order.state is OrderState.FINISHED:
        stores.put_back(session, order.id)
        return _("Tak. Læg det tilbage på hylden.")
    told = _typed(_lines(session, order))
    for line, amount in told:
        try:
            stores.use(session, order.id, session.get_one(Material, line.material_id), amount, why)
        except Refusal as refusal:  # several are written at once, so the sentence says which
            raise Refusal(f"{line.name}: {refusal.sentence}") from refusal
    if not told:
        raise Refusal(_("Skriv, hvor meget der er brugt. Eller spring over."))
    return _("Tak. Det er skrevet på ordren.")


def _typed(lines: list[OrderLine]) -> list[tuple[OrderLine, Decimal]]:
    """The amounts that were typed, in the one order in which everybody takes hold of materials."""
    found = []
    for line in sorted(lines, key=lambda each: each.material_id):
        typed = request.form.get(f"brugt-{line.key}", "").strip()
        if typed:
            try:
                amount = amounts.parse(typed)
            except ValueError as error:
                raise Refusal(f"{line.name}: {error}") from error
            found += [(line, amount)] if amount > 0 else []
    return found


def _own(session: Session, public_id: str) -> Assignment:
    return queries.assignment_for(session, access.require_actor(), public_id)


def _order_of(session: Session, task: Assignment) -> ProductionOrder | None:
    step = session.get(OrderStep, task.order_step_id) if task.order_step_id is not None else None
    return session.get(ProductionOrder, step.order_id) if step else None


def _lines(session: Session, order: ProductionOrder) -> list[OrderLine]:
    """What can be told of: while the order is open all it takes, afterwards what is still put aside."""
    if order.state is OrderState.CANCELLED:
        return []
    found = stock.order_lines(session, order.id)
    return [line for line in found if line.reserved or (order.state is OrderState.OPEN and line.needed)]


def _used_page(public_id: str, status: int, *, said: str = "") -> AnyResponse:
    with db.reading() as session:
        task = _own(session, public_id)
        order = _order_of(session, task)
        lines = _lines(session, order) if order else []
        is_over = order is not None and order.state is OrderState.FINISHED
        order_title = order.title if order else ""
    html = render_template(
        "kiosk/used.html",
        task=task,
        order_title=order_title,
        lines=lines,
        aside=[line for line in lines if line.reserved],
        is_over=is_over,
        typed=request.form,
        once=crypto.new_public_id(),
        said=said,
        on_url=after(public_id),
    )
    return make_response(html, status)
