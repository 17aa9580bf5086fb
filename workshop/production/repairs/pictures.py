"""The photos of a card: taken in, shown to staff, removed."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from workshop.core import access, clock, db, images
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.photo_store import FILE_NAME, Unreachable
from workshop.production.repairs import photos, queries
from workshop.production.repairs.forms import PhotoForm
from workshop.production.repairs.models import PhotoPhase, RepairJob
from workshop.production.repairs.views import Forms, card_page, find, to_card
from workshop.products.photos import checking, serving

blueprint = Blueprint("repair_photos", __name__, url_prefix="/personale/produktion/indleveret")
checking.also_named_by(photos.names)


@blueprint.post("/<public_id>/billeder")
@needs("repair:handle")
def add(public_id: str) -> AnyResponse:
    """Keep a photo before or after: re-encoded, without what the camera wrote into it."""
    try:
        form = PhotoForm.posted()
    except RequestEntityTooLarge:
        said = _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        return card_page(public_id, 413, said=said)
    if not form.validate():
        return card_page(public_id, 422, forms=Forms(photo=form))
    with db.reading() as session:
        find(session, public_id)
    try:
        with photos.stored(form.photo.data, serving.store()) as photo, db.transaction() as session:
            if photo is not None:
                photos.add(
                    session,
                    find(session, public_id),
                    photo,
                    phase=PhotoPhase(form.phase.data),
                    alt_text=form.alt_text.data or "",
                    now=clock.now(),
                    by_staff_id=access.require_actor().account_id,
                )
    except Refusal as refusal:
        return card_page(public_id, 422, said=refusal.sentence)
    except Unreachable:
        return card_page(public_id, 503, said=_("Billedet kan ikke gemmes lige nu. Prøv igen om lidt."))
    flash(_("Billedet er gemt på kortet."))
    return to_card(public_id)


@blueprint.post("/<public_id>/billeder/<name>/fjern")
@needs("repair:handle")
def remove(public_id: str, name: str) -> AnyResponse:
    """Take a photo away for good, files and all."""
    with db.transaction() as session:
        job = find(session, public_id)
        found = photos.by_name(session, name)
        if found is None or found.job_id != job.id:
            raise NotHere
        files = images.files_of(found.name)
        session.delete(found)
    images.remove(files, serving.store())
    flash(_("Billedet er fjernet."))
    return to_card(public_id)


@blueprint.get("/foto/<file>")
@needs("repair:handle")
def photo(file: str) -> Response:
    """A photo, for those who may see its card."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        found = photos.by_name(session, parts["name"])
        job = session.get(RepairJob, found.job_id) if found else None
        mine = access.require_actor().department_ids
        if job is None or queries.job_by_public_id(session, job.public_id, mine) is None:
            raise NotHere
    return serving.answer(file, max_age=None)
