"""Changing an order at the desk. What somebody else saved meanwhile stands beside what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production import actions, cutting, numbering
from workshop.production.actions import EditedMeanwhile, Facts
from workshop.production.forms import EditForm, PlanForm
from workshop.production.models import OrderSource, ProductionOrder
from workshop.production.views import find_order, to_order
from workshop.production.words import source_name
from workshop.products.models import ProductType

blueprint = Blueprint("planning", __name__, url_prefix="/personale/produktion/<public_id>")
Offered = Mapping[str, Sequence[Sequence[str | int]]]


@blueprint.get("/ret")
@needs("production:edit")
def edit_page(public_id: str) -> Response:
    """The form for what an order is about."""
    with db.reading() as session:
        order = find_order(session, public_id)
        return _edit_page(session, order, EditForm.of(order), numbering.own_options(order.options), 200)


@blueprint.post("/ret")
@needs("production:edit")
def edit(public_id: str) -> Response:
    """Say anew what an order is about."""
    form = EditForm.posted()
    with db.reading() as session:
        order = find_order(session, public_id)
        offered = _offered(session, order)
        chosen = _chosen(offered)
        if not form.validate():
            return _edit_page(session, order, form, chosen, 422)
    try:
        cutting.check_options(chosen, offered)
        with db.transaction() as session:
            actions.edit_order(session, find_order(session, public_id), _facts(form, chosen), version=form.seen)
    except Refusal as refusal:
        with db.reading() as session:
            order = find_order(session, public_id)
            if isinstance(refusal, EditedMeanwhile):
                form.see(order.version)
                return _edit_page(session, order, form, chosen, 409, stored=order, said=refusal.sentence)
            return _edit_page(session, order, form, chosen, 422, said=refusal.sentence)
    flash(_("Ordren er gemt."))
    return to_order(public_id)


@blueprint.get("/flyt")
@needs("production:edit")
def plan_page(public_id: str) -> Response:
    """The form for another day, and for what the order waits for."""
    with db.reading() as session:
        order = find_order(session, public_id)
        return _plan_page(order, PlanForm.of(order), 200)


@blueprint.post("/flyt")
@needs("production:edit")
def plan(public_id: str) -> Response:
    """Another day, or something that is lacking, or nothing lacking any more."""
    form = PlanForm.posted()
    if not form.validate():
        with db.reading() as session:
            return _plan_page(find_order(session, public_id), form, 422)
    try:
        with db.transaction() as session:
            order = find_order(session, public_id)
            before = PlanForm.of(order)
            note = form.note.data or ""
            actions.move_order(
                session, order, due_on=form.due_on.data, lacking=form.wants, note=note, version=form.seen
            )  # fmt: skip
            title, due_on, version = order.title, order.due_on, order.version
    except EditedMeanwhile as refusal:
        with db.reading() as session:
            order = find_order(session, public_id)
            form.see(order.version)
            return _plan_page(order, form, 409, stored=order, said=refusal.sentence)
    day = clock.day_text(due_on) if due_on else _("uden dag")
    undo = url_for(
        "planning.undo",
        public_id=public_id,
        version=version,
        due_on=before.due_on.data.isoformat() if before.due_on.data else None,
        lacking=before.lacking.data or "",
        note=before.note.data or None,
    )
    flash((_("%(title)s: %(day)s.", title=title, day=day), undo, _("Fortryd")))  # type: ignore[arg-type]  # a toast
    return redirect(url_for("production.orders"), 303)


@blueprint.post("/flyt/fortryd")
@needs("production:edit")
def undo(public_id: str) -> Response:
    """The order goes back to where it stood; the address says where, for the order itself does not remember."""
    form = PlanForm(request.args)
    with db.reading() as session:
        find_order(session, public_id)
    if not form.validate():
        raise NotHere  # our page sends all of it; without it nobody knows where it stood
    try:
        with db.transaction() as session:
            order = find_order(session, public_id)
            actions.move_order(
                session,
                order,
                due_on=form.due_on.data,
                lacking=form.wants,
                note=form.note.data or "",
                version=form.seen,
            )
            title = order.title
    except EditedMeanwhile as refusal:
        flash(refusal.sentence)
    else:
        flash(_("%(title)s står igen, hvor den stod.", title=title))
    return redirect(url_for("production.orders"), 303)


def _facts(form: EditForm, chosen: Mapping[str, str]) -> Facts:
    return Facts(
        title=form.title.data or "",
        pieces=form.pieces.data,
        due_on=form.due_on.data,
        source=OrderSource(form.source.data),
        reference=form.reference.data or "",
        idea=form.idea.data or "",
        options={**chosen, numbering.CHOICE: form.numbers.data} if form.numbers.data else chosen,
        length_cm=form.length_cm.data,
        width_cm=form.width_cm.data,
        height_cm=form.height_cm.data,
    )


def _offered(session: Session, order: ProductionOrder) -> Offered:
    kind = session.get(ProductType, order.product_type_id) if order.product_type_id else None
    return kind.options if kind else {}


def _chosen(offered: Offered) -> dict[str, str]:
    """The options as posted; the fields are numbered, since an option may be called anything."""
    typed = {name: clean(request.form.get(f"valg-{place}", ""))[:60] for place, name in enumerate(offered)}
    return {name: value for name, value in typed.items() if value}


def _edit_page(
    session: Session,
    order: ProductionOrder,
    form: EditForm,
    chosen: Mapping[str, str],
    status: int,
    *,
    stored: ProductionOrder | None = None,
    said: str = "",
) -> Response:
    offered = {name: [str(each[0]) for each in values] for name, values in _offered(session, order).items()}
    html = render_template(
        "production/edit.html", form=form, order=order, offered=offered, chosen=chosen, stored=stored, said=said,
        stored_source=source_name(order.source), stored_options=numbering.own_options(order.options),
        stored_numbers=dict(numbering.choices())[numbering.chosen(order)],
    )  # fmt: skip
    return make_response(html, status)


def _plan_page(
    order: ProductionOrder, form: PlanForm, status: int, *, stored: ProductionOrder | None = None, said: str = ""
) -> Response:
    html = render_template("production/plan.html", form=form, order=order, stored=stored, said=said)
    return make_response(html, status)
