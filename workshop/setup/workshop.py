"""The page about who the workshop is, with its picture and its earlier versions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, identity, images, unkept, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.identity import WorkshopVersion
from workshop.core.photo_store import FILE_NAME, Unreachable
from workshop.core.web import MenuEntry
from workshop.products.photos import checking, serving
from workshop.setup import actions, queries
from workshop.setup.forms import LogoForm, WorkshopForm

blueprint = Blueprint("setup_workshop", __name__, url_prefix="/personale/indstillinger/vaerkstedet")
MENU = (MenuEntry("admin", lazy("Hvem I er"), "setup_workshop.edit", "hjem", "settings:edit", order=12),)
checking.also_named_by(queries.logo_names)


@blueprint.get("")
@needs("settings:edit")
def edit() -> Response:
    """Who the workshop is, to be written, and who it was before."""
    with db.reading() as session:
        newest = identity.newest(session)
    return _page(WorkshopForm.of(newest, web.settings().identity), LogoForm())


@blueprint.post("")
@needs("settings:edit")
def save() -> Response:
    """A new version, shown everywhere from now on."""
    form = WorkshopForm.posted()
    if not form.validate():
        return _page(form, LogoForm(), 422)
    try:
        with db.transaction() as session:
            made = actions.say_who_we_are(
                session, form.details, after=form.seen, now=clock.now(), by_staff_id=_staff_id()
            )
            number = made.version if made else 0
    except actions.ChangedMeanwhile as changed:
        return _page(form, LogoForm(), 409, sentence=changed.sentence)
    identity.forget()
    if number == 1:
        flash(_("Gemt. Nu ved butikken, hvem I er."))
        return redirect(url_for("setup.overview"), 303)
    flash(_("Gemt. Kunderne ser det nu.") if number else _("Alt var, som det stod."))
    return _back()


@blueprint.post("/logo")
@needs("settings:edit")
def add_logo() -> Response:
    """Keep a picture: written anew, without what was in its file beside the points."""
    too_large = _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
    try:
        form = LogoForm.posted()
    except RequestEntityTooLarge:
        return _refused(LogoForm(), 413, too_large)
    if not form.validate():
        return _page(None, form, 422)
    photos = serving.store()
    try:
        photo = images.store(form.photo.data.stream, photos)
        try:
            _set_logo(photo.name)
        finally:
            unkept.forget_unless_named([photo.name], WorkshopVersion.logo, photos)
    except Refusal as refusal:
        return _refused(form, 422, refusal.sentence)
    except Unreachable:
        return _refused(form, 503, _("Billedet kan ikke gemmes lige nu. Prøv igen om lidt."))
    flash(_("Logoet er gemt. Det står ved jeres navn nu."))
    return _back()


@blueprint.post("/logo/fjern")
@needs("settings:edit")
def remove_logo() -> Response:
    """Show the house's own mark again. The picture stays with the version that had it."""
    _set_logo("")
    flash(_("Logoet er fjernet."))
    return _back()


@blueprint.get("/logo/<file>")
@needs("settings:edit")
def earlier_logo(file: str) -> Response:
    """A picture of this or an earlier version."""
    parts = FILE_NAME.fullmatch(file)
    with db.reading() as session:
        if parts is None or parts["name"] not in queries.logo_names(session):
            raise NotHere
    return serving.answer(file, max_age=None)


def _set_logo(name: str) -> None:
    with db.transaction() as session:
        actions.set_logo(session, name, now=clock.now(), by_staff_id=_staff_id())
    identity.forget()


def _staff_id() -> int:
    return access.require_actor().account_id


def _back() -> Response:
    return redirect(url_for("setup_workshop.edit"), 303)


def _refused(form: LogoForm, status: int, sentence: str) -> Response:
    form.photo.errors = [sentence]
    return _page(None, form, status)


def _page(form: WorkshopForm | None, logo_form: LogoForm, status: int = 200, *, sentence: str = "") -> Response:
    """The page. After a refused save it shows what is kept beside what was typed, and the next save is of both."""
    with db.reading() as session:
        newest = identity.newest(session)
        lines = queries.history(session)
    shown = form or WorkshopForm.of(newest, web.settings().identity)
    theirs: list[queries.Changed] = []
    if sentence and newest is not None:
        theirs = queries.differences(newest, shown.details)
        shown.version.data = str(newest.version)
    values: dict[str, Any] = {"form": shown, "logo_form": logo_form, "newest": newest, "lines": lines}
    return make_response(render_template("setup/workshop.html", **values, theirs=theirs, sentence=sentence), status)
