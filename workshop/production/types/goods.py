"""The kinds of goods at the desk: what the workshop makes, in which tasks, and what it costs."""

from __future__ import annotations

import re

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.production.types import actions, menu, queries
from workshop.production.types.forms import GoodForm
from workshop.products import queries as products
from workshop.products.models import ProductType
from workshop.products.sections import CATEGORY_NAMES, category_name

blueprint = Blueprint("product_types", __name__, url_prefix="/personale/produktion/varetyper")
MENU = (
    menu.ENTRY,
    web.MenuEntry("types", lazy("Varetyper"), "product_types.everything", "lager", "production:read", order=10),
)
MOST_STEPS = 20
SPARE_ROWS = 3
_KEY = re.compile(r"[a-z0-9_]{1,40}")


@blueprint.get("")
@needs("production:read")
def everything() -> Response:
    """Every kind of goods, those that are used no more last."""
    with db.reading() as session:
        found = queries.good_lines(session)
    return make_response(render_template("production/types/goods.html", goods=found))


@blueprint.get("/ny")
@needs("production:edit")
def new() -> Response:
    """The form for a new kind of goods."""
    return _page(None, GoodForm(), [], 200)


@blueprint.post("/ny")
@needs("production:edit")
def add() -> Response:
    """One more kind of goods."""
    form = GoodForm.posted()
    route = _posted_route()
    with db.reading() as session:
        tasks = _choose(session, form, route)
    if not form.validate():
        return _page(None, form, route, 422)
    try:
        with db.transaction() as session:
            actions.add_good(session, form.values(None), [tasks[key] for key in route if key in tasks])
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _page(None, form, route, 422)
    flash(_("Varetypen er oprettet."))
    return redirect(url_for("product_types.one", sku=form.sku.data), 303)


@blueprint.get("/<sku>")
@needs("production:read")
def one(sku: str) -> Response:
    """A kind of goods; the form for those who may change it."""
    return _page(sku, None, None, 200)


@blueprint.post("/<sku>")
@needs("production:edit")
def edit(sku: str) -> Response:
    """Say a kind of goods anew, or let it be used no more. Its number stays."""
    form = GoodForm.posted()
    route = _posted_route()
    with db.reading() as session:
        kind = _find(session, sku)
        tasks = _choose(session, form, route, kind)
    del form.sku
    if not form.validate():
        return _page(sku, form, route, 422)
    try:
        with db.transaction() as session:
            kind = _find(session, sku)
            steps = [tasks[key] for key in route if key in tasks]
            actions.edit_good(session, kind, form.values(kind), steps, version=form.seen)
    except actions.EditedMeanwhile as refusal:
        with db.reading() as session:
            kind = _find(session, sku)
            stored, stored_route = GoodForm.of(kind), queries.route_of(session, kind.id)
            _choose(session, stored, stored_route, kind)
        form.see(stored.seen)
        return _page(sku, form, route, 409, stored=stored, stored_route=stored_route, said=refusal.sentence)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _page(sku, form, route, 422)
    flash(_("Varetypen er gemt."))
    return redirect(url_for("product_types.one", sku=sku), 303)


@blueprint.post("/<sku>/slet")
@needs("production:edit")
def remove(sku: str) -> Response:
    """Take a kind of goods away; one that is in use stays."""
    try:
        with db.transaction() as session:
            actions.remove_good(session, _find(session, sku))
    except Refusal as refusal:
        return _page(sku, None, None, 409, said=refusal.sentence)
    flash(_("Varetypen er slettet."))
    return redirect(url_for("product_types.everything"), 303)


def _find(session: Session, sku: str) -> ProductType:
    found = products.product_type_by_sku(session, sku)
    if found is None:
        raise NotHere
    return found


def _posted_route() -> list[str]:
    """The keys of the tasks as posted: sorted by the numbers beside them, rows without a task left out."""
    rows = []
    for place in range(MOST_STEPS + SPARE_ROWS):
        key, number = request.form.get(f"trin-{place}", ""), request.form.get(f"nr-{place}", "")
        if _KEY.fullmatch(key):  # what a database would choke on is no key of ours
            is_number = number.isascii() and number.isdigit() and len(number) < 4
            rows.append((int(number) if is_number else place + 1, place, key))
    return [key for _number, _place, key in sorted(rows)][:MOST_STEPS]


def _choose(session: Session, form: GoodForm, route: list[str], kind: ProductType | None = None) -> dict[str, int]:
    """Fill in what can be chosen; gives the tasks by key: those in use, and retired ones the route has already."""
    categories = dict.fromkeys([*CATEGORY_NAMES, *([kind.category] if kind else [])])
    form.category.choices = [(each, category_name(each)) for each in categories]
    form.category.data = form.category.data or next(iter(categories))
    form.size_class.data = form.size_class.data or "M"
    return {each.key: each.id for each in queries.choosable_tasks(session, route)}


def _page(
    sku: str | None,
    form: GoodForm | None,
    route: list[str] | None,
    status: int,
    *,
    stored: GoodForm | None = None,
    stored_route: list[str] | None = None,
    said: str = "",
) -> Response:
    with db.reading() as session:
        kind = _find(session, sku) if sku else None
        form = form or (GoodForm.of(kind) if kind else GoodForm())
        if route is None:
            route = queries.route_of(session, kind.id) if kind else []
        _choose(session, form, route, kind)
        tasks = [(each.key, each.name) for each in queries.choosable_tasks(session, [*route, *(stored_route or [])])]
    html = render_template(
        "production/types/good.html",
        kind=kind,
        form=form,
        rows=[*route, *[""] * min(SPARE_ROWS, MOST_STEPS + SPARE_ROWS - len(route))],
        route=route,
        tasks=tasks,
        names=dict(tasks),
        stored=stored,
        stored_route=stored_route,
        said=said,
    )
    return make_response(html, status)
