"""The desk's pages about things, and the photos everybody sees. There is no citizen on any of them."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_from_directory, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, images, money, web
from workshop.core.access import needs, public
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy
from workshop.products import actions, queries
from workshop.products.forms import ApprovePhotoForm, DetailsForm, PhotoForm, PriceForm
from workshop.products.life import life_of
from workshop.products.models import Item, ItemPhoto, ItemState
from workshop.products.queries import GONE, LARGEST_NUMBER
from workshop.products.sections import category_name

blueprint = Blueprint("products", __name__)
MENU = (web.MenuEntry("desk", lazy("Møbler"), "products.items", "baenk", "item:read", order=30),)
ON_A_PAGE = 50
ITEM = f"/personale/moebler/<int(max={LARGEST_NUMBER}):number>"
PHOTO = f"{ITEM}/billeder/<name>"
_PHOTO_FILE = re.compile(r"(?P<name>[A-Za-z0-9_-]{1,40})-(?:400|800|1600)\.(?P<kind>webp|jpg)")
_MIME = {"webp": "image/webp", "jpg": "image/jpeg"}
# What the list can be narrowed to: the word in the address, what it is called, which states it means.
STATES: dict[str, tuple[str, tuple[ItemState, ...] | None]] = {
    "": ("Alle, der ikke er solgt", (ItemState.MADE, ItemState.FOR_SALE, ItemState.WITHDRAWN)),
    "til-godkendelse": ("Ikke godkendt", (ItemState.MADE,)),
    "til-salg": ("Til salg", (ItemState.FOR_SALE,)),
    "taget-ud": ("Taget ud", (ItemState.WITHDRAWN,)),
    "solgt": ("Solgt", GONE),
    "alle": ("Alle", None),
}


@blueprint.get("/personale/moebler")
@needs("item:read")
def items() -> Response:
    """Everything the workshop has made, by number, name, place or state."""
    words = request.args.get("soeg", "").strip()[:100]
    wanted = request.args.get("tilstand", "")
    # Who searches means everything, unless a state was chosen as well.
    chosen = wanted if wanted in STATES and (wanted or not words) else ("alle" if words else "")
    page = min(max(request.args.get("side", 1, type=int), 1), 10_000)
    with db.reading() as session:
        found = queries.desk_list(
            session, words=words, states=STATES[chosen][1], limit=ON_A_PAGE + 1, offset=(page - 1) * ON_A_PAGE
        )
        counts = queries.counts_by_state(session)
    return make_response(
        render_template(
            "products/items.html",
            cards=found[:ON_A_PAGE],
            has_more=len(found) > ON_A_PAGE,
            page=page,
            words=words,
            chosen=chosen,
            states={key: name for key, (name, _states) in STATES.items()},
            waiting=counts.get(ItemState.MADE, 0),
        )
    )


@blueprint.get(ITEM)
@needs("item:read")
def item(number: int) -> Response:
    """One thing: its price, photos, words and life."""
    return _item_page(number)


@blueprint.post(f"{ITEM}/pris")
@needs("item:price")
def set_price(number: int) -> Response:
    """A new price; its history is kept."""
    form = PriceForm.posted()
    if not form.validate():
        return _item_page(number, 422, price_form=form)
    try:
        with db.transaction() as session:
            found = _to_change(session, number)
            is_new = actions.set_price(
                session, found, form.price.data, now=clock.now(), by_staff_id=access.require_actor().account_id
            )
    except Refusal as refusal:
        form.price.errors = [refusal.sentence]
        return _item_page(number, 422, price_form=form)
    price = money.kr(form.price.data)
    flash(_("Prisen er nu %(price)s.", price=price) if is_new else _("Prisen var allerede %(price)s.", price=price))
    return _to_item(number)


@blueprint.post(f"{ITEM}/godkend")
@needs("item:approve")
def approve(number: int) -> Response:
    """Put it up for sale."""
    with db.transaction() as session:
        found = _to_change(session, number)
        actions.approve(session, found, now=clock.now(), by_staff_id=access.require_actor().account_id)
    flash(_("Nr. %(number)s er til salg.", number=number))
    return _to_item(number)


@blueprint.post(f"{ITEM}/tag-ud")
@needs("item:approve")
def withdraw(number: int) -> Response:
    """Take it out of the shop."""
    with db.transaction() as session:
        found = _to_change(session, number)
        actions.withdraw(session, found, now=clock.now(), by_staff_id=access.require_actor().account_id)
    flash(_("Nr. %(number)s er taget ud af butikken.", number=number))
    return _to_item(number)


@blueprint.post(f"{ITEM}/oplysninger")
@needs("item:edit")
def edit(number: int) -> Response:
    """Change the words. When somebody else did so meanwhile, both stand on the page and nothing is lost."""
    form = DetailsForm.posted()
    if not form.validate():
        return _item_page(number, 422, details_form=form)
    try:
        with db.transaction() as session:
            actions.edit_details(
                session,
                _to_change(session, number),
                version=min(int(form.version.data), LARGEST_NUMBER),
                title=form.title.data,
                description=form.description.data or "",
                place=form.place.data or "",
                measures=form.measures.data or "",
            )
    except actions.EditedMeanwhile as refusal:
        form.form_errors.append(refusal.sentence)
        return _item_page(number, 409, details_form=form, is_conflict=True)
    flash(_("Teksten er gemt."))
    return _to_item(number)


@blueprint.post(f"{ITEM}/billeder")
@needs("item:edit")
def add_photo(number: int) -> Response:
    """Keep a photo: re-encoded, without what the camera wrote into it, and seen by staff only."""
    form = PhotoForm.posted()
    if not form.validate():
        return _item_page(number, 422, photo_form=form)
    with db.reading() as session:
        _found(session, number)
    try:
        photo = images.store(form.photo.data.stream, web.settings().photos_dir)
    except Refusal as refusal:
        form.photo.errors = [refusal.sentence]
        return _item_page(number, 422, photo_form=form)
    with db.transaction() as session:
        actions.add_photo(
            session,
            _to_change(session, number),
            photo,
            alt_text=form.alt_text.data or "",
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )
    flash(_("Billedet er gemt. Det skal godkendes, før kunder ser det."))
    return _to_item(number, "billeder")


@blueprint.post(f"{PHOTO}/godkend")
@needs("item:approve")
def approve_photo(number: int, name: str) -> Response:
    """Let everybody see a photo in which nobody can be recognised."""
    form = ApprovePhotoForm.posted()
    if not form.validate():
        return _item_page(number, 422, approve_form=form, photo_name=name)
    with db.transaction() as session:
        photo = _photo(session, number, name)
        actions.approve_photo(session, photo, now=clock.now(), by_staff_id=access.require_actor().account_id)
    flash(_("Billedet er godkendt. Kunder kan se det."))
    return _to_item(number, "billeder")


@blueprint.post(f"{PHOTO}/fjern")
@needs("item:edit")
def remove_photo(number: int, name: str) -> Response:
    """Take a photo away for good, files and all."""
    with db.transaction() as session:
        photo = _photo(session, number, name)
        kept_name = photo.name
        actions.remove_photo(session, photo)
    _delete_files(kept_name)
    flash(_("Billedet er fjernet."))
    return _to_item(number, "billeder")


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
    parts = _PHOTO_FILE.fullmatch(file)
    if parts is None:
        raise NotHere
    with db.reading() as session:
        found = queries.photo_by_name(session, parts["name"])
    if found is None or (only_approved and found.approved_at is None):
        raise NotHere
    # A day, not for ever: a photo that has to go should be gone from browsers too.
    max_age = 86_400 if only_approved else None
    return send_from_directory(web.settings().photos_dir, file, mimetype=_MIME[parts["kind"]], max_age=max_age)


def _delete_files(name: str) -> None:
    folder: Path = web.settings().photos_dir
    for width in images.WIDTHS:
        for kind in ("webp", "jpg"):
            with suppress(FileNotFoundError):
                (folder / f"{name}-{width}.{kind}").unlink()


def _found(session: Session, number: int) -> Item:
    found = queries.item_by_number(session, number)
    if found is None:
        raise NotHere
    return found


def _to_change(session: Session, number: int) -> Item:
    found = queries.item_to_change(session, number)
    if found is None:
        raise NotHere
    return found


def _photo(session: Session, number: int, name: str) -> ItemPhoto:
    found = queries.photo_by_name(session, name)
    if found is None or found.item_id != _to_change(session, number).id:
        raise NotHere
    return found


def _to_item(number: int, part: str | None = None) -> Response:
    return redirect(url_for("products.item", number=number, _anchor=part), 303)


def _item_page(
    number: int,
    status: int = 200,
    *,
    price_form: PriceForm | None = None,
    details_form: DetailsForm | None = None,
    photo_form: PhotoForm | None = None,
    approve_form: ApprovePhotoForm | None = None,
    photo_name: str = "",
    is_conflict: bool = False,
) -> Response:
    """The page of a thing, with the form that was refused as it was typed."""
    with db.reading() as session:
        found = _found(session, number)
        values = {
            "item": found,
            "prices": queries.price_history(session, found.id),
            "photos": queries.photos(session, found.id, only_approved=False),
            "life": life_of(session, found),
        }
        stored = DetailsForm.of(found)
    refused: list[BaseForm] = [form for form in (price_form, details_form, photo_form, approve_form) if form]
    if is_conflict and details_form is not None:
        # Both versions are in sight now, so saving again is a choice and not an accident.
        details_form.version.data, details_form.version.raw_data = stored.version.data, None
    html = render_template(
        "products/item.html",
        **values,
        category=category_name(found.category),
        price_form=price_form or PriceForm(data={"price": found.price_ore}),
        details_form=details_form or stored,
        photo_form=photo_form or PhotoForm(),
        approve_form=approve_form or ApprovePhotoForm(),
        photo_name=photo_name,
        stored=stored if is_conflict else None,
        refused=refused[0] if refused else None,
    )
    return make_response(html, status)
