"""The photos of a thing: at the desk, where they are taken in and approved, and where everybody sees them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from workshop.core import access, clock, db, images, web
from workshop.core.access import needs, public
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.photo_store import FILE_NAME, Unreachable
from workshop.products import queries
from workshop.products.models import Item, ItemPhoto
from workshop.products.photos import actions, serving
from workshop.products.photos.forms import AltTextForm, ApprovePhotoForm, MoveForm, PhotoForm, PhotoForms
from workshop.products.views import ITEM, item_page

blueprint = Blueprint("photos", __name__)
blueprint.add_app_template_global(serving.photo_of, "photo_of")
PHOTO = f"{ITEM}/billeder/<name>"
A_DAY = 86_400
RETRY_SECONDS = 30


@blueprint.app_errorhandler(Unreachable)
def unreachable(_problem: Unreachable) -> Response:
    """The place where photos lie does not answer: the rest of the house goes on."""
    answer = web.error_page(503, _("Vi kan ikke komme til billederne lige nu. Prøv igen om lidt."))
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


@blueprint.post(f"{ITEM}/billeder")
@needs("item:edit")
def add_photo(number: int) -> AnyResponse:
    """Keep a photo: re-encoded, without what the camera wrote into it, and seen by staff only."""
    try:
        form = PhotoForm.posted()
    except RequestEntityTooLarge:
        form = PhotoForm()
        sentence = _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        return _refused(number, 413, PhotoForms(add=form), form.photo, sentence)
    if not form.validate():
        return item_page(number, 422, photo_forms=PhotoForms(add=form))
    with db.reading() as session:
        if queries.item_by_number(session, number) is None:
            raise NotHere
    try:
        with actions.stored(form.photo.data.stream, serving.store()) as photo, db.transaction() as session:
            item = _to_change(session, number)
            words = form.alt_text.data or ""
            actions.add_photo(session, item, photo, alt_text=words, now=clock.now(), by_staff_id=_staff_id())
    except Refusal as refusal:
        return _refused(number, 422, PhotoForms(add=form), form.photo, refusal.sentence)
    except Unreachable:
        sentence = _("Billedet kan ikke gemmes lige nu. Prøv igen om lidt.")
        return _refused(number, 503, PhotoForms(add=form), form.photo, sentence)
    flash(_("Billedet er gemt. Det skal godkendes, før kunder ser det."))
    return _to_item(number)


@blueprint.post(f"{PHOTO}/godkend")
@needs("item:approve")
def approve_photo(number: int, name: str) -> AnyResponse:
    """Let everybody see a photo in which nobody can be recognised."""
    form = ApprovePhotoForm.posted()
    if not form.validate():
        return item_page(number, 422, photo_forms=PhotoForms(approve=form, name=name))
    try:
        with db.transaction() as session:
            photo = _photo(session, number, name)
            actions.approve_photo(session, photo, now=clock.now(), by_staff_id=_staff_id())
    except Refusal as refusal:
        return _refused(number, 422, PhotoForms(approve=form, name=name), form.nobody, refusal.sentence)
    flash(_("Billedet er godkendt. Kunder kan se det."))
    return _to_item(number)


@blueprint.post(f"{PHOTO}/skjul")
@needs("item:approve")
def hide_photo(number: int, name: str) -> AnyResponse:
    """Keep a photo from everybody again."""
    with db.transaction() as session:
        actions.hide_photo(session, _photo(session, number, name), by_staff_id=_staff_id())
    flash(_("Billedet er skjult. Kunder kan ikke se det mere."))
    return _to_item(number)


@blueprint.post(f"{PHOTO}/tekst")
@needs("item:edit")
def describe_photo(number: int, name: str) -> AnyResponse:
    """Say what a photo shows."""
    form = AltTextForm.posted()
    if not form.validate():
        return item_page(number, 422, photo_forms=PhotoForms(alt=form, name=name))
    with db.transaction() as session:
        actions.describe_photo(session, _photo(session, number, name), form.words.data)
    flash(_("Billedets tekst er gemt."))
    return _to_item(number)


@blueprint.post(f"{PHOTO}/flyt")
@needs("item:edit")
def move_photo(number: int, name: str) -> AnyResponse:
    """Let a photo change places with the one before or after it."""
    form = MoveForm.posted()
    if not form.validate():
        raise NotHere  # the page sends both; without them nobody knows what was meant
    is_forward = form.way.data == "frem"
    try:
        with db.transaction() as session:
            photo = _photo(session, number, name)
            actions.move_photo(session, photo, is_forward=is_forward, seen_position=form.position.data)
    except actions.MovedMeanwhile as refusal:
        flash(refusal.sentence)
        return _to_item(number)
    flash(_("Billedet er flyttet."))
    return _to_item(number)


@blueprint.post(f"{PHOTO}/fjern")
@needs("item:edit")
def remove_photo(number: int, name: str) -> AnyResponse:
    """Take a photo away for good, files and all."""
    with db.transaction() as session:
        photo = _photo(session, number, name)
        files = images.files_of(photo.name)
        actions.remove_photo(session, photo)
    images.remove(files, serving.store())
    flash(_("Billedet er fjernet."))
    return _to_item(number)


@blueprint.get("/foto/<file>")
@public
def photo(file: str) -> Response:
    """An approved photo, for everybody."""
    return _photo_file(file, only_approved=True)


@blueprint.get("/personale/foto/<file>")
@needs("item:read")
def staff_photo(file: str) -> Response:
    """A photo for staff, approved or not."""
    return _photo_file(file, only_approved=False)


def _photo_file(file: str, *, only_approved: bool) -> Response:
    parts = FILE_NAME.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        found = queries.photo_by_name(session, parts["name"])
    if found is None or (only_approved and found.approved_at is None):
        raise NotHere
    # A day, not for ever: a photo that has to go should be gone from browsers too.
    return serving.answer(file, max_age=A_DAY if only_approved else None)


def _refused(number: int, status: int, forms: PhotoForms, field: Any, sentence: str) -> AnyResponse:
    field.errors = [sentence]
    return item_page(number, status, photo_forms=forms)


def _staff_id() -> int:
    return access.require_actor().account_id


def _to_change(session: Session, number: int) -> Item:
    found = queries.item_to_change(session, number)
    if found is None:
        raise NotHere
    return found


def _photo(session: Session, number: int, name: str) -> ItemPhoto:
    """The photo, read while its thing is locked: its place is the one it has now."""
    item = _to_change(session, number)
    found = queries.photo_by_name(session, name)
    if found is None or found.item_id != item.id:
        raise NotHere
    return found


def _to_item(number: int) -> AnyResponse:
    return redirect(url_for("products.item", number=number, _anchor="billeder"), 303)
