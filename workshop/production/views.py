"""The desk's pages of production: what is being made and how far it is. There is no citizen on any of them."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts import queries as accounts
from workshop.accounts.models import Department
from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.production import actions, queries
from workshop.production.forms import OrderForm, StepForm
from workshop.production.models import OrderState, OrderStep, ProductionOrder, StepState
from workshop.products import life
from workshop.products import queries as products

blueprint = Blueprint("production", __name__, url_prefix="/personale/produktion")
MENU = (web.MenuEntry("desk", lazy("Produktion"), "production.orders", "bor", "production:read", order=25),)


@blueprint.record_once
def tell_the_life_of_items(setup: BlueprintSetupState) -> None:
    """The page of an item asks us which steps lie behind it."""
    life.also_told_by(setup.app, queries.life_of_item)


@blueprint.get("")
@needs("production:read")
def orders() -> Response:
    """What is ready to begin, under way, and waiting for approval."""
    with db.reading() as session:
        board = queries.board(session, access.require_actor().department_ids)
    return make_response(render_template("production/orders.html", board=board))


@blueprint.get("/ny")
@needs("production:edit")
def new_order() -> Response:
    """The form for something new to make."""
    return _new_order_page(OrderForm(), 200)


@blueprint.post("/ny")
@needs("production:edit")
def open_order() -> Response:
    """Begin to make something; its steps are the product's usual route."""
    form = OrderForm.posted()
    person = access.require_actor()
    with db.reading() as session:
        departments = _choose(session, form)
    if not form.validate():
        return _new_order_page(form, 422)
    department = next(each for each in departments if each.key == form.department.data)
    try:
        with db.transaction() as session:
            kind = products.product_type_by_sku(session, form.product.data)
            order = actions.open_order(
                session,
                product_type_id=kind.id if kind else None,
                title=form.title.data or "",
                pieces=form.pieces.data,
                department_id=department.id,
                due_on=form.due_on.data,
                now=clock.now(),
                by_staff_id=person.account_id,
            )
            public_id = order.public_id
    except Refusal as refusal:
        form.title.errors = [refusal.sentence]
        return _new_order_page(form, 422)
    flash(_("Ordren er oprettet."))
    return _to_order(public_id)


@blueprint.get("/<public_id>")
@needs("production:read")
def order(public_id: str) -> Response:
    """One order with its steps."""
    return _order_page(public_id, StepForm(), 200)


@blueprint.post("/<public_id>/trin")
@needs("production:edit")
def add_step(public_id: str) -> Response:
    """One more step at the end."""
    form = StepForm.posted()
    with db.reading() as session:
        _find(session, public_id)
        tasks = {task.key: task.id for task in queries.task_types(session)}
    form.task.choices = [("", ""), *((key, key) for key in tasks)]
    if not form.validate():
        return _order_page(public_id, form, 422)
    with db.transaction() as session:
        actions.add_step(
            session,
            _find(session, public_id),
            task_type_id=tasks[form.task.data],
            title=form.title.data or "",
            place=form.place.data or "",
        )
    flash(_("Trinnet er lagt til."))
    return _to_order(public_id)


@blueprint.post("/<public_id>/trin/<step_id>/faerdig")
@needs("production:edit")
def finish_step(public_id: str, step_id: str) -> Response:
    """Staff did a step themselves, or saw that it is done."""
    return _end_step(public_id, step_id, StepState.FINISHED)


@blueprint.post("/<public_id>/trin/<step_id>/spring-over")
@needs("production:edit")
def skip_step(public_id: str, step_id: str) -> Response:
    """The step is not needed this time."""
    return _end_step(public_id, step_id, StepState.SKIPPED)


@blueprint.post("/<public_id>/stop")
@needs("production:edit")
def cancel(public_id: str) -> Response:
    """Stop an order that will not be made."""
    with db.transaction() as session:
        actions.cancel_order(session, _find(session, public_id), now=clock.now())
    flash(_("Ordren er stoppet."))
    return redirect(url_for("production.orders"), 303)


def _end_step(public_id: str, step_id: str, state: StepState) -> Response:
    with db.transaction() as session:
        step = _step(session, public_id, step_id)
        end = actions.finish_step if state is StepState.FINISHED else actions.skip_step
        items = end(session, step.id, base_url=web.settings().base_url, now=clock.now())
        numbers = [item.number for item in items]
    if numbers:
        known = ", ".join(str(number) for number in numbers[:10])
        flash(ngettext("Færdig: nr. %(known)s.", "Færdig: %(num)s møbler, nr. %(known)s.", len(numbers), known=known))
    return _to_order(public_id)


def _find(session: Session, public_id: str) -> ProductionOrder:
    found = queries.order_by_public_id(session, public_id, access.require_actor().department_ids)
    if found is None:
        raise NotHere
    return found


def _step(session: Session, public_id: str, step_id: str) -> OrderStep:
    found = queries.step_of_order(session, _find(session, public_id).id, step_id)
    if found is None:
        raise NotHere
    return found


def _to_order(public_id: str) -> Response:
    return redirect(url_for("production.order", public_id=public_id), 303)


def _choose(session: Session, form: OrderForm) -> list[Department]:
    """Fill in what can be chosen; gives the departments of the person asking."""
    mine = access.require_actor().department_ids
    departments = [each for each in accounts.departments(session) if each.id in mine]
    kinds = products.product_types(session)
    form.product.choices = [("", _("Noget andet")), *((kind.sku, f"{kind.name} ({kind.sku})") for kind in kinds)]
    form.department.choices = [(each.key, each.name) for each in departments]
    return departments


def _new_order_page(form: OrderForm, status: int) -> Response:
    with db.reading() as session:
        _choose(session, form)
    return make_response(render_template("production/new_order.html", form=form), status)


def _order_page(public_id: str, form: StepForm, status: int) -> Response:
    with db.reading() as session:
        line = queries.order_line(session, _find(session, public_id).id)
        tasks = queries.task_types(session)
    form.task.choices = [("", _("Vælg en opgave")), *((task.key, task.name) for task in tasks)]
    is_open = line.state is OrderState.OPEN
    return make_response(render_template("production/order.html", order=line, is_open=is_open, form=form), status)
