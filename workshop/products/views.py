"""The desk's pages about things. There is no citizen on any of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, money, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy
from workshop.core.text import clean
from workshop.products import actions, queries, reductions
from workshop.products.codes import queries as codes
from workshop.products.forms import DetailsForm, PriceForm
from workshop.products.life import life_of
from workshop.products.materials import queries as materials
from workshop.products.materials.forms import UseForm
from workshop.products.models import Item, ItemState
from workshop.products.origins import origin_text
from workshop.products.photos.forms import PhotoForms
from workshop.products.price_help import bought_for, price_advice
from workshop.products.pricing import shown_before
from workshop.products.queries import GONE, LARGEST_NUMBER
from workshop.products.sections import category_name
from workshop.products.vat.forms import OriginForm
from workshop.products.vat.words import words_for

blueprint = Blueprint("products", __name__)
MENU = (
    web.MenuEntry("desk", lazy("Møbler"), "products.items", "baenk", "item:read", order=30),
    web.MenuEntry("items", lazy("Alle møbler"), "products.items", "baenk", "item:read", order=10),
)
ON_A_PAGE = 50
ITEM = f"/personale/moebler/<int(max={LARGEST_NUMBER}):number>"
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
    kept = {key: clean(request.args.get(key, ""))[:60] for key in ("slags", "plads")}
    wanted = request.args.get("tilstand", "")
    # Who searches means everything, unless a state was chosen as well.
    is_search = bool(words or any(kept.values()))
    chosen = wanted if wanted in STATES and (wanted or not is_search) else ("alle" if is_search else "")
    page = min(max(request.args.get("side", 1, type=int), 1), 10_000)
    with db.reading() as session:
        exact = codes.find(session, words)  # a number typed in full means that thing and no other
        if isinstance(exact, Item):
            return to_item(exact.number)
        found = queries.desk_list(
            session,
            words=words,
            states=STATES[chosen][1],
            category=kept["slags"],
            place=kept["plads"],
            limit=ON_A_PAGE + 1,
            offset=(page - 1) * ON_A_PAGE,
        )
        counts = queries.counts_by_state(session)
        categories, places = queries.categories_and_places(session)
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
            kept=kept,
            categories=[(key, category_name(key)) for key in categories],
            places=places,
        )
    )


@blueprint.get(ITEM)
@needs("item:read")
def item(number: int) -> Response:
    """One thing: its price, photos, words and life. With a price in the address it says what that would look like."""
    if "price" not in request.args:
        return item_page(number)
    form = PriceForm(request.args)
    return item_page(number, price_form=form) if form.validate() else item_page(number, 422, price_form=form)


@blueprint.post(f"{ITEM}/pris")
@needs("item:price")
def set_price(number: int) -> Response:
    """A new price; its history is kept."""
    form = PriceForm.posted()
    if not form.validate():
        return item_page(number, 422, price_form=form)
    try:
        with db.transaction() as session:
            found = item_to_change(session, number)
            note = _note(session, found, form.price.data, clock.now())
            is_new = actions.set_price(
                session, found, form.price.data, now=clock.now(), by_staff_id=access.require_actor().account_id
            )
    except Refusal as refusal:
        form.price.errors = [refusal.sentence]
        return item_page(number, 422, price_form=form)
    price = money.kr(form.price.data)
    done = _("Prisen er nu %(price)s", price=price) if is_new else _("Prisen var allerede %(price)s", price=price)
    flash(f"{done} {note}".strip())
    return to_item(number)


@blueprint.post(f"{ITEM}/godkend")
@needs("item:approve")
def approve(number: int) -> Response:
    """Put it up for sale."""
    with db.transaction() as session:
        found = item_to_change(session, number)
        actions.approve(session, found, now=clock.now(), by_staff_id=access.require_actor().account_id)
        price_ore, proposed_ore = found.price_ore, found.proposed_ore
    flash(_("Nr. %(number)s er til salg for %(price)s", number=number, price=money.kr(price_ore or 0)))
    if proposed_ore not in (None, price_ore):
        flash(_("På tabletten blev der foreslået %(price)s", price=money.kr(proposed_ore or 0)))
    return to_item(number)


@blueprint.post(f"{ITEM}/tag-ud")
@needs("item:approve")
def withdraw(number: int) -> Response:
    """Take it out of the shop."""
    with db.transaction() as session:
        found = item_to_change(session, number)
        actions.withdraw(session, found, now=clock.now(), by_staff_id=access.require_actor().account_id)
    flash(_("Nr. %(number)s er taget ud af butikken.", number=number))
    return to_item(number)


@blueprint.post(f"{ITEM}/oplysninger")
@needs("item:edit")
def edit(number: int) -> Response:
    """Change the words. When somebody else did so meanwhile, both stand on the page and nothing is lost."""
    form = DetailsForm.posted()
    if not form.validate():
        return item_page(number, 422, details_form=form)
    try:
        with db.transaction() as session:
            actions.edit_details(
                session,
                item_to_change(session, number),
                version=min(int(form.version.data), LARGEST_NUMBER),
                title=form.title.data,
                description=form.description.data or "",
                place=form.place.data or "",
                measures=form.measures.data or "",
            )
    except actions.EditedMeanwhile as refusal:
        form.form_errors.append(refusal.sentence)
        return item_page(number, 409, details_form=form, is_conflict=True)
    flash(_("Teksten er gemt."))
    return to_item(number)


def _found(session: Session, number: int) -> Item:
    found = queries.item_by_number(session, number)
    if found is None:
        raise NotHere
    return found


def item_to_change(session: Session, number: int) -> Item:
    """The thing of a page, locked until the block ends. Raises NotHere when there is none."""
    found = queries.item_to_change(session, number)
    if found is None:
        raise NotHere
    return found


def to_item(number: int, part: str | None = None) -> Response:
    """To the page of a thing, at one of its parts."""
    return redirect(url_for("products.item", number=number, _anchor=part), 303)


def item_page(
    number: int,
    status: int = 200,
    *,
    price_form: PriceForm | None = None,
    details_form: DetailsForm | None = None,
    photo_forms: PhotoForms | None = None,
    use_form: UseForm | None = None,
    origin_form: OriginForm | None = None,
    is_conflict: bool = False,
) -> Response:
    """The page of a thing, with the form that was refused as it was typed."""
    with db.reading() as session:
        found = _found(session, number)
        stored = DetailsForm.of(found)
        price_form = price_form or PriceForm.of(found)
        known = _known(session, found, price_form.price.data, clock.now())
        use_form = use_form or UseForm.offering(materials.choices(session))
    if is_conflict and details_form is not None:
        # Both versions are in sight now, so saving again is a choice and not an accident.
        details_form.version.data, details_form.version.raw_data = stored.version.data, None
    html = render_template(
        "products/item.html",
        item=found,
        **known,
        price_form=price_form,
        details_form=details_form or stored,
        photo_forms=photo_forms or PhotoForms(),
        use_form=use_form,
        origin_form=origin_form or OriginForm.of(found),
        stored=stored if is_conflict else None,
        refused=_refused(price_form, details_form, photo_forms.refused if photo_forms else None, use_form, origin_form),
    )
    return make_response(html, status)


def _known(session: Session, item: Item, typed_ore: int | None, now: datetime) -> dict[str, Any]:
    """What the page of a thing tells beside its forms; `typed_ore` is the price that stands in the form of it."""
    used = materials.used_in(session, item.id)
    return {
        "category": category_name(item.category),
        "prices": queries.price_history(session, item.id),
        "photos": queries.photos(session, item.id, only_approved=False),
        "life": life_of(session, item),
        "advice": price_advice(session, item, now=now),
        "price_note": _note(session, item, typed_ore, now),
        "before_ore": shown_before(item.before_ore, item.before_until, now),
        "before_day": reductions.last_day(item.before_until) if item.before_until else "",
        "used": used,
        "materials_ore": bought_for((line.quantity, line.unit_cost_ore) for line in used),
        "origin_text": origin_text(item.origin),
        "vat": words_for(item.vat_scheme),
    }


def _note(session: Session, item: Item, price_ore: int | None, now: datetime) -> str:
    """What a price would say to customers; nothing about a thing that they cannot see."""
    return reductions.note_for(session, item, price_ore, now) if item.state is ItemState.FOR_SALE else ""


def _refused(*forms: BaseForm | None) -> BaseForm | None:
    """The form that came back with something to put right, of those a page has."""
    return next((form for form in forms if form is not None and form.errors), None)
