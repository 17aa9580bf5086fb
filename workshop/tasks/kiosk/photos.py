"""Photos of a thing on the bench. Staff look at each before anybody outside does."""

from __future__ import annotations

from flask import Response as FileResponse
from flask import make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from workshop.core import clock, db, images
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.products import queries as catalogue
from workshop.products.photos import actions as kept_photos
from workshop.products.photos import serving
from workshop.tasks.kiosk import begun
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.forms import PhotoForm
from workshop.tasks.kiosk.things import is_here, is_sold, item_here
from workshop.tasks.kiosk.words import definite


@blueprint.get("/moebler/<int:number>/foto")
@needs("kiosk:use")
def photo(number: int) -> Response:
    """Take a photo: the whole thing, and no people."""
    return _photo_page(number, PhotoForm(), 200)


@blueprint.post("/moebler/<int:number>/foto")
@needs("kiosk:use")
def photo_post(number: int) -> Response:
    """Keep the photo; staff look at it before anybody outside does."""
    try:
        form = PhotoForm.posted()
    except RequestEntityTooLarge:
        form = PhotoForm()
        form.photo.errors = [_("Billedet er for stort. Tag et nyt.")]
        return _photo_page(number, form, 413)
    if not form.validate():
        return _photo_page(number, form, 422)
    with db.reading() as session:
        thing = item_here(session, number)
        so_far = catalogue.photos(session, thing.id, only_approved=False)
    if not is_here(thing):
        raise Refusal(_("Den er her ikke mere. Den skal ikke have et billede."))
    if len(so_far) >= kept_photos.MOST_PHOTOS:
        form.photo.errors = [_("Der er billeder nok nu. Tak.")]
        return _photo_page(number, form, 422)
    try:
        with kept_photos.stored(form.photo.data.stream, serving.store()) as stored, db.transaction() as session:
            item = item_here(session, number)
            kept_photos.add_photo(session, item, stored, alt_text="", now=clock.now(), by_staff_id=None)
    except Refusal:  # what is wrong with the file helps nobody at the bench; what to do does
        form.photo.errors = [_("Det er ikke et billede, vi kan bruge. Tag et nyt med kameraet.")]
        return _photo_page(number, form, 422)
    begun.photo_taken(stored.name)
    return redirect(url_for("kiosk.photo", number=number, taget=1), 303)


@blueprint.post("/moebler/<int:number>/foto/fortryd")
@needs("kiosk:use")
def photo_undo(number: int) -> Response:
    """Take this tablet's last photo of the thing away again, as long as staff have not approved it."""
    with db.transaction() as session:
        shown = catalogue.photos(session, item_here(session, number).id, only_approved=False)
        mine = [each for each in shown if not each.is_approved and begun.is_taken_here(each.name)]
        last = catalogue.photo_by_name(session, mine[-1].name) if mine else None
        if last is not None:
            name = last.name
            kept_photos.remove_photo(session, last)
    if last is not None:
        images.remove(images.files_of(name), serving.store())
    return redirect(url_for("kiosk.photo", number=number), 303)


@blueprint.get("/moebler/<int:number>/foto/<name>.jpg")
@needs("kiosk:use")
def photo_file(number: int, name: str) -> FileResponse:
    """A photo of the thing, approved or not, for those in the workshop."""
    with db.reading() as session:
        names = {each.name for each in catalogue.photos(session, item_here(session, number).id, only_approved=False)}
    if name not in names:
        raise NotHere
    return serving.answer(f"{name}-800.jpg", max_age=None)


def _photo_page(number: int, form: PhotoForm, status: int) -> Response:
    with db.reading() as session:
        item = item_here(session, number)
        photos = catalogue.photos(session, item.id, only_approved=False)
    last = photos[-1] if photos else None
    return make_response(
        render_template(
            "kiosk/photo.html",
            item=item,
            thing=definite(item.category),
            photos=photos,
            form=form,
            is_taken=bool(request.args.get("taget")) and status == 200,
            is_here=is_here(item),
            is_sold=is_sold(item),
            can_undo=last is not None and not last.is_approved and begun.is_taken_here(last.name),
            flow=begun.flow(number),
        ),
        status,
    )
