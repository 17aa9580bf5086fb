"""The desk's pages of materials: what there is, what came in, and what an order takes of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from workshop.core import access, clock, crypto, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.photo_store import FILE_NAME, Unreachable
from workshop.core.text import clean
from workshop.production.models import MaterialCause
from workshop.production.stores import actions, amounts, photos, queries
from workshop.production.stores.forms import CountForm, InForm, LimitForm, ScrapForm
from workshop.production.stores.ledger import Why
from workshop.products.materials import queries as materials
from workshop.products.models import Material
from workshop.products.photos import checking, serving

PREFIX = "/personale/produktion/lager"
blueprint = Blueprint("stores", __name__, url_prefix=PREFIX)
MENU = (web.MenuEntry("making", lazy("Materialer"), "stores.everything", "lager", "production:read", order=60),)
blueprint.add_app_template_filter(amounts.text, "amount")


@dataclass
class Forms:
    """The forms on the page of a material."""

    count: CountForm
    scrap: ScrapForm
    limit: LimitForm

    @property
    def refused(self) -> Any:
        """The form that has something to put right, or the first."""
        return next((form for form in (self.count, self.scrap, self.limit) if form.errors), self.count)


@blueprint.record_once
def keep_the_photos(_setup: BlueprintSetupState) -> None:
    """The check of the photo store asks us which photos are ours."""
    checking.also_named_by(queries.photo_names)


@blueprint.get("")
@needs("production:read")
def everything() -> Response:
    """What there is of every material, or of those whose name has the words."""
    words = request.args.get("soeg", "").strip()[:100]
    with db.reading() as session:
        rows = queries.stock(session, words)
    low = sum(row.is_low for row in rows)
    return make_response(render_template("production/stores/stock.html", rows=rows, words=words, low=low))


@blueprint.get("/ind")
@needs("production:edit")
def come_in() -> Response:
    """Something came in: the big form."""
    form = InForm(data={"once": crypto.new_public_id(), "cause": MaterialCause.RECLAIMED.value})
    form.material.data = request.args.get("materiale", "")
    return _in_page(form, 200)


@blueprint.post("/ind")
@needs("production:edit")
def put_in() -> Response:
    """Put it on the shelf, once."""
    try:
        form = InForm.posted()
    except RequestEntityTooLarge:
        form = InForm(data={"once": crypto.new_public_id()})
        form.photo.errors = [
            _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        ]
        return _in_page(form, 413)
    with db.reading() as session:
        form.material.choices = _choices(session)
    if not form.validate():
        return _in_page(form, 422)
    try:
        with photos.stored(form.photo.data, serving.store()) as photo_name, db.transaction() as session:
            material = _material(session, form.material.data)
            why = _why(MaterialCause(form.cause.data), form.note.data, str(form.once.data), photo_name)
            is_new = actions.put_in(session, material, form.amount.data, why)
            said = amounts.text(form.amount.data, material.unit)
            name = material.name
    except Refusal as refusal:
        form.amount.errors = [refusal.sentence]
        return _in_page(form, 422)
    except Unreachable:
        form.photo.errors = [_("Billedet kan ikke gemmes lige nu. Prøv igen om lidt, eller gem uden billede.")]
        return _in_page(form, 503)
    flash(
        _("Lagt på lager: %(amount)s %(name)s.", amount=said, name=name)
        if is_new
        else _("Det stod på lager i forvejen.")
    )
    return redirect(url_for("stores.come_in"), 303)


@blueprint.get("/foto/<file>")
@needs("production:read")
def photo(file: str) -> Response:
    """A photo of what came in, for staff."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        if not queries.photo_is_kept(session, parts["name"]):
            raise NotHere
    return serving.answer(file, max_age=None)


@blueprint.get("/materiale/<key>")
@needs("production:read")
def one(key: str) -> Response:
    """What there is of a material, and every change."""
    return _page(key, 200)


@blueprint.post("/materiale/<key>/talt")
@needs("production:edit")
def count(key: str) -> Response:
    """Somebody has counted."""
    form = CountForm.posted()
    if not form.validate():
        return _page(key, 422, count=form)
    try:
        with db.transaction() as session:
            why = _why(MaterialCause.COUNTED, form.note.data)
            actions.count(session, _material(session, key), form.counted.data, why, seen=form.seen.data)
    except Refusal as refusal:
        form.counted.errors = [refusal.sentence]
        return _page(key, 409 if isinstance(refusal, actions.Overtaken) else 422, count=form)
    flash(_("Lageret er rettet."))
    return _to_material(key)


@blueprint.post("/materiale/<key>/ud")
@needs("production:edit")
def scrap(key: str) -> Response:
    """Something is thrown away."""
    form = ScrapForm.posted()
    if not form.validate():
        return _page(key, 422, scrap=form)
    try:
        with db.transaction() as session:
            why = _why(MaterialCause.SCRAPPED, form.reason.data, str(form.once.data))
            actions.scrap(session, _material(session, key), form.thrown.data, why)
    except Refusal as refusal:
        form.thrown.errors = [refusal.sentence]
        return _page(key, 422, scrap=form)
    flash(_("Det er taget ud af lageret."))
    return _to_material(key)


@blueprint.post("/materiale/<key>/mindst")
@needs("production:edit")
def limit(key: str) -> Response:
    """How much there should always be, and where it is bought."""
    form = LimitForm.posted()
    if not form.validate():
        return _page(key, 422, limit=form)
    try:
        with db.transaction() as session:
            least: Decimal = form.at_least.data or amounts.NONE
            actions.set_limit(session, _material(session, key), at_least=least, supplier=form.supplier.data or "")
    except Refusal as refusal:
        form.at_least.errors = [refusal.sentence]
        return _page(key, 422, limit=form)
    flash(_("Det er gemt."))
    return _to_material(key)


def _why(cause: MaterialCause, note: str | None, once: str = "", photo_name: str | None = None) -> Why:
    return Why(
        cause,
        clock.now(),
        by_staff_id=access.require_actor().account_id,
        note=clean(note or "")[:200],
        reference=once,
        photo_name=photo_name,
    )


def _material(session: Session, key: str) -> Material:
    found = materials.material_by_key(session, key)
    if found is None:
        raise NotHere
    return found


def _choices(session: Session) -> list[tuple[str, str]]:
    return [("", _("Vælg et materiale")), *materials.choices(session)]


def _to_material(key: str) -> Response:
    return redirect(url_for("stores.one", key=key), 303)


def _in_page(form: InForm, status: int) -> Response:
    with db.reading() as session:
        form.material.choices = _choices(session)
    return make_response(render_template("production/stores/in.html", form=form), status)


def _page(
    key: str,
    status: int,
    *,
    count: CountForm | None = None,
    scrap: ScrapForm | None = None,
    limit: LimitForm | None = None,
) -> Response:
    with db.reading() as session:
        material = _material(session, key)
        row = queries.stock_of(session, material.id)
        lines = queries.movements(session, material.id)
        seen = queries.how_many_movements(session, material.id)
    forms = Forms(
        count or CountForm(),
        scrap or ScrapForm(data={"once": crypto.new_public_id()}),
        limit or LimitForm(data={"at_least": row.at_least or None, "supplier": row.supplier}),
    )
    # Whoever is told that the stock has changed sees the new one, so sending again is a choice and not an accident.
    forms.count.seen.data, forms.count.seen.raw_data = seen, None
    html = render_template("production/stores/material.html", row=row, lines=lines, forms=forms, seen=seen)
    return make_response(html, status)
