"""The photos of a visit: taken with the phone, looked through, shown to the customer or removed."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from workshop.core import access, clock, db, images
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.photo_store import FILE_NAME, Unreachable
from workshop.products.photos import checking, serving
from workshop.services.visits import photos
from workshop.services.visits.forms import PhotoForm
from workshop.services.visits.models import VisitPhase, VisitPhoto
from workshop.services.visits.planning import find
from workshop.services.visits.visiting import Forms, visit_page

blueprint = Blueprint("garden_photos", __name__, url_prefix="/personale/service/besoeg")
checking.also_named_by(photos.names)


@blueprint.post("/<public_id>/billeder")
@needs("service:visit")
def add(public_id: str) -> AnyResponse:
    """Keep a photo: re-encoded, without what the camera wrote into it."""
    try:
        form = PhotoForm.posted()
    except RequestEntityTooLarge:
        said = _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        return visit_page(public_id, 413, said=said)
    if not form.validate():
        return visit_page(public_id, 422, forms=Forms(photo=form))
    with db.reading() as session:
        find(session, public_id)
    try:
        with photos.stored(form.photo.data, serving.store()) as photo, db.transaction() as session:
            phase = VisitPhase(form.phase.data)
            visit = find(session, public_id)
            staff_id = access.require_actor().account_id
            photos.add(session, visit, photo, phase=phase, now=clock.now(), by_staff_id=staff_id)
    except Refusal as refusal:
        return visit_page(public_id, 422, said=refusal.sentence)
    except Unreachable:
        return visit_page(public_id, 503, said=_("Billedet kan ikke gemmes lige nu. Prøv igen om lidt."))
    flash(_("Billedet er gemt."))
    return _back(public_id)


@blueprint.post("/<public_id>/billeder/<name>/vis")
@needs("service:visit")
def show(public_id: str, name: str) -> AnyResponse:
    """There are no people on it, so the customer may see it; or not any more."""
    is_shown = request.form.get("shown") == "1"
    with db.transaction() as session:
        found = _photo(session, public_id, name)
        photos.show(session, found, is_shown=is_shown, by_staff_id=access.require_actor().account_id)
    flash(_("Kunden kan se billedet.") if is_shown else _("Kunden kan ikke se billedet mere."))
    return _back(public_id)


@blueprint.post("/<public_id>/billeder/<name>/fjern")
@needs("service:visit")
def remove(public_id: str, name: str) -> AnyResponse:
    """Take a photo away for good, files and all."""
    with db.transaction() as session:
        found = _photo(session, public_id, name)
        files = images.files_of(found.name)
        session.delete(found)
    images.remove(files, serving.store())
    flash(_("Billedet er fjernet."))
    return _back(public_id)


@blueprint.get("/foto/<file>")
@needs("service:plan")
def photo(file: str) -> Response:
    """A photo, for staff."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        if photos.by_name(session, parts["name"]) is None:
            raise NotHere
    return serving.answer(file, max_age=None)


def _photo(session: Session, public_id: str, name: str) -> VisitPhoto:
    found = photos.by_name(session, name)
    if found is None or found.visit_id != find(session, public_id).id:
        raise NotHere
    return found


def _back(public_id: str) -> AnyResponse:
    return redirect(f"{url_for('garden_visit.page', public_id=public_id)}#billeder", 303)
