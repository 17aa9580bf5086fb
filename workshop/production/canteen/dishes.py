"""The dishes the kitchen makes, and what they take for one."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.canteen import actions, ingredients, queries
from workshop.production.canteen.blueprint import blueprint
from workshop.production.canteen.forms import DishForm
from workshop.production.canteen.models import Dish


@blueprint.get("/retter")
@needs("production:read")
def dishes() -> Response:
    """Every dish."""
    with db.reading() as session:
        found = queries.dishes(session)
    return make_response(render_template("production/canteen/dishes.html", dishes=found))


@blueprint.get("/retter/ny")
@needs("production:edit")
def new_dish() -> Response:
    """The form for a dish."""
    return _new_page(DishForm(), 200)


@blueprint.post("/retter/ny")
@needs("production:edit")
def add_dish() -> Response:
    """A new dish. A second tap is told that it is there."""
    form = DishForm.posted()
    if not form.validate():
        return _new_page(form, 422)
    try:
        with db.transaction() as session:
            actions.add_dish(session, name=form.name.data, note=form.note.data or "", takes=form.ingredients)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _new_page(form, 422)
    flash(_("Retten er gemt."))
    return redirect(url_for("canteen.dishes"), 303)


@blueprint.get("/retter/<int:dish_id>")
@needs("production:edit")
def dish(dish_id: int) -> Response:
    """A dish to change."""
    with db.reading() as session:
        found = _find(session, dish_id)
        form = DishForm.of(found, queries.ingredients_of(session, dish_id))
    return _dish_page(dish_id, form, 200)


@blueprint.post("/retter/<int:dish_id>")
@needs("production:edit")
def edit_dish(dish_id: int) -> Response:
    """Change a dish, or say that it is not made any more."""
    form = DishForm.posted()
    if not form.validate():
        return _dish_page(dish_id, form, 422)
    try:
        with db.transaction() as session:
            actions.edit_dish(
                session,
                _find(session, dish_id),
                name=form.name.data,
                note=form.note.data or "",
                takes=form.ingredients,
                is_used=form.is_used.data,
                version=form.seen,
            )
    except actions.EditedMeanwhile as refusal:
        return _dish_page(dish_id, form, 409, said=refusal.sentence)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _dish_page(dish_id, form, 422)
    flash(_("Retten er gemt."))
    return redirect(url_for("canteen.dishes"), 303)


def _find(session: Session, dish_id: int) -> Dish:
    found = session.get(Dish, dish_id)
    if found is None:
        raise NotHere
    return found


def _new_page(form: DishForm, status: int) -> Response:
    return make_response(render_template("production/canteen/new_dish.html", form=form), status)


def _dish_page(dish_id: int, form: DishForm, status: int, *, said: str = "") -> Response:
    with db.reading() as session:
        found = _find(session, dish_id)
        stored = ingredients.write(queries.ingredients_of(session, dish_id)) if said else ""
    if said:
        form.see(found.version)  # sending again is then a choice and not an accident
    html = render_template("production/canteen/dish.html", form=form, dish=found, said=said, stored=stored)
    return make_response(html, status)
