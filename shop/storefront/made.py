"""What the workshop makes to order: choose, see the price and the day, put it in the basket. Works without JavaScript.

The page is made anew each time, for its day follows the workshop's queue; a browser that has it already is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders.making import actions, queries
from shop.orders.web import basket_token, keep_basket, private
from shop.storefront import facts
from shop.storefront.queries import offer_cards
from workshop.core import clock, db, money
from workshop.core.access import public
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean, slug
from workshop.core.web import settings
from workshop.production.lead_times.rules import Promise
from workshop.products import made_to_order
from workshop.products.drawings import drawing_for
from workshop.products.made_to_order import LENGTH, MEASURES, OwnLength
from workshop.products.models import ProductType
from workshop.products.sections import category_name, section_of

blueprint = Blueprint("made", __name__)
OWN = "eget"  # what the length says when the customer writes their own
LONGEST_TYPED = 20


class Face(NamedTuple):
    """A value of an option as the page shows it."""

    value: str
    label: str
    adds: str
    is_chosen: bool


class Choices(NamedTuple):
    """An option of the product with its values; `field` is what the form calls it."""

    field: str
    label: str
    faces: list[Face]
    own: OwnLength | None
    is_own: bool


class Typed(NamedTuple):
    """What the visitor has chosen and written, as it stands in the form."""

    chosen: dict[str, str]
    is_own: bool
    own: str
    pieces: str


class Wrong(Refusal):
    """What was typed cannot be used; `field` is where."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Priced(NamedTuple):
    """What the choice comes to. Øre, VAT included."""

    options: dict[str, str]
    own_length_cm: int | None
    quantity: int
    unit_price_ore: int

    @property
    def total_ore(self) -> int:
        """For all of them."""
        return self.unit_price_ore * self.quantity

    @property
    def is_made_to_measure(self) -> bool:
        """Whether it is cut to the customer's own measure."""
        return self.own_length_cm is not None


@blueprint.get("/bestil")
@public
def everything() -> Response:
    """All that can be made to order."""
    with db.reading() as session:
        found = queries.offers(session)
    address = settings().base_url + url_for("made.everything")
    return _fresh(render_template("storefront/made_all.html", made=offer_cards(found, first=4), address=address))


@blueprint.get("/bestil/<name>")
@public
def product(name: str) -> Response:
    """A product made to order, with the choice the address says, what it costs and when it can be ready."""
    now = clock.now()
    with db.reading() as session:
        kind = _kind(session, name)
        right = queries.address(kind.sku, kind.name)
        if request.path != right:
            return redirect(right, 301)
        return _page(session, kind, _typed(kind, request.args), now)


@blueprint.post("/bestil/<name>")
@public
def wish(name: str) -> Response:
    """Put it in the basket as chosen; what cannot be made comes back with what was typed."""
    now = clock.now()
    with db.reading() as session:
        kind = _kind(session, name)
        typed = _typed(kind, request.form)
        try:
            priced = _priced(kind, typed)
        except Refusal as no:
            return _page(session, kind, typed, now, no.sentence)
        session.expunge_all()
    try:
        with db.transaction() as session:
            token = actions.wish(
                session,
                basket_token(),
                product_type=kind,
                options=priced.options,
                own_length_cm=priced.own_length_cm,
                quantity=priced.quantity,
                now=now,
            )
    except Refusal as no:
        with db.reading() as session:
            return _page(session, kind, typed, now, no.sentence)
    return private(keep_basket(redirect(url_for("storefront.basket"), 303), token))


@blueprint.post("/kurv/fjern-bestilling")
@public
def unwish() -> Response:
    """Take something to be made out of the basket."""
    text = request.form.get("bestilling", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotHere
    with db.transaction() as session:
        actions.unwish(session, basket_token(), int(text))
    return private(redirect(url_for("storefront.basket"), 303))


def _kind(session: Session, name: str) -> ProductType:
    kind = queries.offered_at(session, name)
    if kind is None:
        raise NotHere
    return kind


def _typed(kind: ProductType, sent: Mapping[str, str]) -> Typed:
    """What stands in the form: the usual choice where nothing was said."""
    chosen = made_to_order.usual_choice(kind.options, kind.length_cm)
    is_own = False
    for name in kind.options:
        said = clean(sent.get(_field(name), ""))[:LONGEST_TYPED]
        if name == LENGTH and said == OWN:
            is_own = True
            chosen.pop(LENGTH, None)
        elif said:
            chosen[name] = said
    own = clean(sent.get("maal", ""))[:LONGEST_TYPED]
    return Typed(chosen, is_own, own, clean(sent.get("antal", "1"))[:LONGEST_TYPED])


def _priced(kind: ProductType, typed: Typed) -> Priced:
    """Raises Wrong for a choice that cannot be made, with the sentence to show."""
    own = _number(typed.own) if typed.is_own else None
    if typed.is_own and own is None:
        raise Wrong("maal", _("Skriv din egen længde i hele centimeter, for eksempel 163."))
    if typed.own and not typed.is_own:
        raise Wrong("maal", _("Du har skrevet dit eget mål. Vælg “Eget mål” som længde, eller slet tallet."))
    pieces = _number(typed.pieces)
    if pieces is None or not 1 <= pieces <= made_to_order.MOST_PIECES:
        raise Wrong("antal", _("Skriv et antal mellem 1 og %(most)s.", most=made_to_order.MOST_PIECES))
    try:
        options, own = made_to_order.settled(kind.options, typed.chosen, own)
    except Refusal as no:
        raise Wrong("maal" if typed.is_own else "", no.sentence) from no
    return Priced(options, own, pieces, made_to_order.unit_price_ore(kind.price_ore, kind.options, options, own))


def _number(text: str) -> int | None:
    digits = text.removesuffix("cm").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else None


def _page(session: Session, kind: ProductType, typed: Typed, now: datetime, sentence: str | None = None) -> Response:
    priced, wrong = None, ""
    try:
        priced = _priced(kind, typed)
    except Wrong as no:
        sentence, wrong = sentence or no.sentence, no.field
    promise = queries.promise(session, product_type_id=kind.id, pieces=priced.quantity if priced else 1, now=now)
    drawing: str = current_app.jinja_env.globals["art"](drawing_for(kind.sku, kind.category))  # type: ignore[operator]  # set by core.web
    html = render_template(
        "storefront/made.html",
        kind=kind,
        kind_name=category_name(kind.category),
        shelf=section_of(kind.category),
        options=_choices(kind, typed),
        typed=typed,
        priced=priced,
        promise=promise,
        from_ore=made_to_order.lowest_price_ore(kind.price_ore, kind.options),
        measures=_measures(kind, priced),
        drawing=drawing,
        most=made_to_order.MOST_PIECES,
        sentence=sentence,
        wrong=wrong,
        address=settings().base_url + queries.address(kind.sku, kind.name),
        facts=_structured(kind, promise, drawing),
        shared_facts=facts.shared(),
    )
    if sentence is None and request.method == "GET":
        return _fresh(html)
    return private(make_response(html, 422 if priced is None else 409 if sentence else 200))


def _choices(kind: ProductType, typed: Typed) -> list[Choices]:
    """The options in the order of the product, each value with what it adds to the price."""
    return [
        Choices(
            _field(name),
            name[:1].upper() + name[1:],
            [
                Face(
                    each.value,
                    made_to_order.value_text(name, each.value),
                    _adds(each.adds_ore),
                    typed.chosen.get(name) == each.value,
                )
                for each in made_to_order.values_of(kind.options, name)
            ],
            made_to_order.own_length(kind.options) if name == LENGTH else None,
            typed.is_own and name == LENGTH,
        )
        for name in kind.options
    ]


def _field(name: str) -> str:
    return f"valg-{slug(name)}"


def _adds(ore: int) -> str:
    if not ore:
        return ""
    return f"+ {money.kr(ore)}" if ore > 0 else f"− {money.kr(-ore)}"


def _measures(kind: ProductType, priced: Priced | None) -> str:
    """Length × width × height as chosen."""
    chosen: dict[str, int | str | None] = dict(priced.options) if priced else {}
    if priced and priced.own_length_cm:
        chosen[LENGTH] = priced.own_length_cm
    usual = (kind.length_cm, kind.width_cm, kind.height_cm)
    sides = [str(chosen.get(name) or cm) for name, cm in zip(MEASURES, usual, strict=True) if chosen.get(name) or cm]
    return f"{' × '.join(sides)} cm" if sides else ""


def _structured(kind: ProductType, promise: Promise, picture: str) -> dict[str, Any]:
    """The same facts for search engines: the usual choice. There is no person in it."""
    address = settings().base_url + queries.address(kind.sku, kind.name)
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": kind.name,
        "sku": kind.sku,
        "description": kind.description,
        "image": settings().base_url + picture,
        "material": kind.material_text,
        "manufacturer": facts.us(),
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": _plain(made_to_order.lowest_price_ore(kind.price_ore, kind.options)),
            "priceCurrency": "DKK",
            "availability": "https://schema.org/PreOrder",
            "availabilityStarts": _iso(promise.ready_on),
            "itemCondition": "https://schema.org/NewCondition",
            "hasMerchantReturnPolicy": facts.returns(),
            "seller": facts.us(),
        },
    }


def _plain(ore: int) -> str:
    return f"{ore // 100}.{ore % 100:02d}"


def _iso(day: date) -> str:
    return day.isoformat()


def _fresh(html: str) -> Response:
    """A page anybody may see, asked for again each time; unchanged is answered as such."""
    response = make_response(html)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie"
    response.add_etag()
    return response.make_conditional(request)
