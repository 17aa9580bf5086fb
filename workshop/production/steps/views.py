"""The steps of an order at the desk."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.production import actions, queries
from workshop.production.models import OrderStep, ProductionOrder, StepState
from workshop.production.steps import actions as steps
from workshop.production.steps.forms import AT_THE_END, MoveForm, OnceForm, RenameForm, StepForm
from workshop.production.views import find_order, order_page, say_what_came_out, to_order

blueprint = Blueprint("steps", __name__, url_prefix="/personale/produktion/<public_id>/trin")


@blueprint.post("")
@needs("production:edit")
def add_step(public_id: str) -> Response:
    """One more step, at the end or before another one."""
    form = StepForm.posted()
    with db.reading() as session:
        line = queries.order_line(session, find_order(session, public_id).id)
        tasks = {task.key: task.id for task in queries.task_types(session)}
    form.task.choices = [("", ""), *((key, key) for key in tasks)]
    form.where.choices = [(AT_THE_END, ""), *((step.public_id, "") for step in line.steps)]
    form.where.data = form.where.data or AT_THE_END
    if not form.validate():
        return order_page(public_id, 422, step_form=form)
    with db.transaction() as session:
        order = find_order(session, public_id)
        before = queries.step_of_order(session, order.id, form.where.data)
        actions.add_step(
            session,
            order,
            task_type_id=tasks[form.task.data],
            title=form.title.data or "",
            place=form.place.data or "",
            position=before.position if before else None,
            once=form.word,
        )
    flash(_("Trinnet er lagt til."))
    return to_order(public_id)


@blueprint.post("/<step_id>/faerdig")
@needs("production:edit")
def finish_step(public_id: str, step_id: str) -> Response:
    """Staff did a step themselves, or saw that it is done."""
    return _end_step(public_id, step_id, StepState.FINISHED)


@blueprint.post("/<step_id>/spring-over")
@needs("production:edit")
def skip_step(public_id: str, step_id: str) -> Response:
    """The step is not needed this time."""
    return _end_step(public_id, step_id, StepState.SKIPPED)


@blueprint.post("/<step_id>/tilbage")
@needs("production:edit")
def take_back(public_id: str, step_id: str) -> Response:
    """A step was ended by mistake: it waits again."""
    with db.transaction() as session:
        order, step = _found(session, public_id, step_id)
        steps.take_back(session, order, step)
    flash(_("Trinnet venter igen."))
    return to_order(public_id)


@blueprint.post("/<step_id>/igen")
@needs("production:edit")
def repeat_step(public_id: str, step_id: str) -> Response:
    """The same step once more, right after itself."""
    word = OnceForm.posted().word
    with db.transaction() as session:
        order, step = _found(session, public_id, step_id)
        steps.repeat_step(session, order, step, once=word)
    flash(_("Trinnet står der en gang til."))
    return to_order(public_id)


@blueprint.post("/<step_id>/flyt")
@needs("production:edit")
def move_step(public_id: str, step_id: str) -> Response:
    """Let a step change places with the one before or after it."""
    form = MoveForm.posted()
    if not form.validate():
        raise NotHere  # the page sends both; without them nobody knows what was meant
    try:
        with db.transaction() as session:
            order, step = _found(session, public_id, step_id)
            steps.move_step(
                session, order, step, is_down=form.way.data == "ned", seen_position=form.position.data
            )  # fmt: skip
    except steps.MovedMeanwhile as refusal:
        flash(refusal.sentence)
    return to_order(public_id)


@blueprint.get("/<step_id>")
@needs("production:edit")
def step(public_id: str, step_id: str) -> Response:
    """The form for a step's name and place."""
    with db.reading() as session:
        _order, found = _found(session, public_id, step_id)
        form = RenameForm(data={"title": found.title, "place": found.place})
    return _step_page(public_id, step_id, form, 200)


@blueprint.post("/<step_id>")
@needs("production:edit")
def rename_step(public_id: str, step_id: str) -> Response:
    """Call a step something else."""
    form = RenameForm.posted()
    if not form.validate():
        return _step_page(public_id, step_id, form, 422)
    with db.transaction() as session:
        order, found = _found(session, public_id, step_id)
        steps.rename_step(session, order, found, title=form.title.data, place=form.place.data or "")
    flash(_("Trinnet er gemt."))
    return to_order(public_id)


def _step_page(public_id: str, step_id: str, form: RenameForm, status: int) -> Response:
    with db.reading() as session:
        order, found = _found(session, public_id, step_id)
        names = {"order_title": order.title, "step_title": found.title}
    return make_response(
        render_template("production/step.html", form=form, public_id=public_id, step_id=step_id, **names), status
    )  # fmt: skip


def _end_step(public_id: str, step_id: str, state: StepState) -> Response:
    with db.transaction() as session:
        order, step = _found(session, public_id, step_id)
        end = actions.finish_step if state is StepState.FINISHED else actions.skip_step
        items = end(session, step.id, base_url=web.settings().base_url, now=clock.now())
        numbers = [item.number for item in items]
        session.refresh(order)
        is_empty = order.pieces == order.rejected and order.finished_at is not None
    say_what_came_out(numbers, is_empty=is_empty)
    return to_order(public_id)


def _found(session: Session, public_id: str, step_id: str) -> tuple[ProductionOrder, OrderStep]:
    order = find_order(session, public_id)
    found = queries.step_of_order(session, order.id, step_id)
    if found is None:
        raise NotHere
    return order, found
