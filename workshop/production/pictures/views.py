"""The sketches of an order: taken in, shown to those who may see the order, removed."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import Length

from workshop.core import access, clock, db, images
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm, PhotoField, required
from workshop.core.i18n import _, lazy
from workshop.core.photo_store import FILE_NAME, Unreachable
from workshop.production import queries
from workshop.production.models import ProductionOrder
from workshop.production.pictures import actions
from workshop.production.views import find_order, order_page, to_order
from workshop.products.photos import checking, serving

blueprint = Blueprint("pictures", __name__, url_prefix="/personale/produktion")
checking.also_named_by(actions.names)


class SketchForm(BaseForm):
    """A sketch or a photo, and what it shows."""

    photo = PhotoField(lazy("Skitse eller billede"), [required(lazy("Vælg et billede."))])
    alt_text = StringField(lazy("Hvad viser det?"), [Length(max=200, message=lazy("Skriv højst 200 tegn."))])
    step = StringField()


@blueprint.post("/<public_id>/billeder")
@needs("production:edit")
def add_picture(public_id: str) -> AnyResponse:
    """Keep a sketch: re-encoded, without what the camera wrote into it."""
    try:
        form = SketchForm.posted()
    except RequestEntityTooLarge:
        said = _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        return order_page(public_id, 413, said=said)
    if not form.validate():
        return order_page(public_id, 422, said=_first_error(form))
    with db.reading() as session:
        find_order(session, public_id)
    try:
        with actions.stored(form.photo.data.stream, serving.store()) as photo, db.transaction() as session:
            order = find_order(session, public_id)
            staff_id = access.require_actor().account_id
            step = queries.step_of_order(session, order.id, form.step.data) if form.step.data else None
            actions.add_picture(
                session,
                order,
                photo,
                alt_text=form.alt_text.data or "",
                now=clock.now(),
                by_staff_id=staff_id,
                step=step,
            )
    except Refusal as refusal:
        return order_page(public_id, 422, said=refusal.sentence)
    except Unreachable:
        return order_page(public_id, 503, said=_("Billedet kan ikke gemmes lige nu. Prøv igen om lidt."))
    flash(_("Billedet er gemt ved ordren."))
    return to_order(public_id)


@blueprint.post("/<public_id>/billeder/<name>/fjern")
@needs("production:edit")
def remove_picture(public_id: str, name: str) -> AnyResponse:
    """Take a sketch away for good, files and all."""
    with db.transaction() as session:
        order = find_order(session, public_id)
        found = actions.picture_by_name(session, name)
        if found is None or found.order_id != order.id:
            raise NotHere
        files = images.files_of(found.name)
        actions.remove_picture(session, found)
    images.remove(files, serving.store())
    flash(_("Billedet er fjernet."))
    return to_order(public_id)


@blueprint.get("/skitse/<file>")
@needs("production:read")
def picture(file: str) -> Response:
    """A sketch, for those who may see its order."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        found = actions.picture_by_name(session, parts["name"])
        order = session.get(ProductionOrder, found.order_id) if found else None
        mine = access.require_actor().department_ids
        if order is None or queries.order_by_public_id(session, order.public_id, mine) is None:
            raise NotHere
    return serving.answer(file, max_age=None)


def _first_error(form: SketchForm) -> str:
    return str(next(iter(form.errors.values()))[0])
