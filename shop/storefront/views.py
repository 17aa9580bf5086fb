"""The pages anybody may open: front, shelves, things, and the few pages of plain words."""

from __future__ import annotations

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders import basket
from shop.orders.pickup import slots
from shop.orders.web import basket_token
from shop.storefront import keeping, queries
from workshop.core import access, clock, db
from workshop.core.access import public
from workshop.core.errors import NotHere
from workshop.core.web import MenuEntry, settings
from workshop.products import queries as products
from workshop.products import sections
from workshop.products.codes import queries as codes
from workshop.products.models import Item, ItemState
from workshop.products.queries import ItemCard, ItemPage
from workshop.products.sections import Section, category_name, section_of

blueprint = Blueprint("storefront", __name__)
NEW_ON_FRONT = 8
SOLD_ON_FRONT = 4
PLAIN_PAGES = "om, levering, betingelser, persondata, tilgaengelighed"


def _in_basket() -> int:
    """How many things this visitor has put aside; no question asked without a cookie, and one a request."""
    token = basket_token()
    if not token:
        return 0
    if "in_basket" not in g:
        with db.reading() as session:
            g.in_basket = basket.count(session, token)
    count: int = g.in_basket
    return count


MENU = (
    MenuEntry("shop", "Havemøbler", "storefront.category", "bord", order=10, values=(("section", "havemobler"),)),
    MenuEntry("shop", "Pallemøbler", "storefront.category", "pallet", order=20, values=(("section", "pallemobler"),)),
    MenuEntry("shop", "Restaureret", "storefront.category", "slib", order=30, values=(("section", "restaureret"),)),
    MenuEntry("shop", "Til hjemmet", "storefront.category", "hjem", order=40, values=(("section", "til-hjemmet"),)),
    MenuEntry("shop", "Om os", "storefront.plain", "hjaelp", order=50, values=(("name", "om"),)),
    MenuEntry("shop", "Kurv", "storefront.basket", "kurv", order=90, count=_in_basket),
)
FOOTER = (
    ("Køb", (("Hent og levering", "/levering"), ("Betaling og vilkår", "/betingelser"))),
    ("Om siden", (("Om os", "/om"), ("Persondata", "/persondata"), ("Tilgængelighed", "/tilgaengelighed"))),
)  # fmt: skip


@blueprint.app_template_global()
def card_picture(card: ItemCard, width: int = 400) -> str:
    """Where a thing's picture is, for templates."""
    return queries.picture_url(card, width)


@blueprint.get("/")
@public
def front() -> Response:
    """What is new from the workshop, and what found a home."""

    def render(session: Session) -> str:
        new = products.listing(session, limit=NEW_ON_FRONT)
        sold = products.recently_sold(session, clock.now(), limit=SOLD_ON_FRONT)
        return render_template("storefront/front.html", new=new, sold=sold, shown=queries)

    return keeping.answer(render, _in_basket)


@blueprint.get("/butik/<section>")
@public
def category(section: str) -> Response:
    """A shelf of the shop, narrowed by kind or price."""
    shelf = _shelf(section)
    chosen = request.args.get("slags", "")
    if chosen and chosen not in shelf.categories:
        raise NotHere
    is_cheap = request.args.get("under") == str(queries.UNDER_ORE // 100)
    words = request.args.get("q", "")[:100]
    page = request.args.get("side", 1, type=int)
    if not 1 <= page <= 1_000:
        raise NotHere

    def render(session: Session) -> str:
        counts = products.counts_by_category(session, shelf.categories)
        found = products.listing(
            session,
            [chosen] if chosen else list(shelf.categories),
            words=words,
            under_ore=queries.UNDER_ORE if is_cheap else None,
            limit=queries.PAGE + 1,
            offset=(page - 1) * queries.PAGE,
        )
        return render_template(
            "storefront/category.html",
            shelf=shelf,
            cards=found[: queries.PAGE],
            chips=queries.chips(shelf, counts, chosen, is_cheap),
            words=words,
            page=page,
            has_more=len(found) > queries.PAGE,
            kept={key: request.args[key] for key in ("slags", "under", "q") if request.args.get(key)},
            shown=queries,
        )

    return keeping.answer(render, _in_basket)


@blueprint.get("/vare/<name>")
@public
def item(name: str) -> Response:
    """One thing; it keeps its page after it is sold. Any address with its number leads to the one."""
    number = name.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotHere

    def render(session: Session) -> str | Response:
        page = products.item_page(session, int(number))
        if page is None:
            raise NotHere
        if page.card.slug != name:
            return redirect(url_for("storefront.item", name=page.card.slug), 301)
        return _item_page(page, products.similar(session, page.card.category, except_number=page.card.number))

    return keeping.answer(render, _in_basket)


def _item_page(page: ItemPage, others: list[ItemCard]) -> str:
    card = page.card
    address = settings().base_url + queries.thing_url(card)
    picture = settings().base_url + card_picture(card, 800)
    return render_template(
        "storefront/item.html",
        page=page,
        card=card,
        others=others,
        shelf=section_of(card.category),
        kind=category_name(card.category),
        first_day=slots(clock.now())[0].day,
        facts=queries.structured(page, address, picture, settings().identity.name),
        shown=queries,
    )


@blueprint.get("/q/<token>")
@blueprint.get("/Q/<token>")
@public
def scanned(token: str) -> Response:
    """A price label's code: a visitor gets the thing's page, staff their desk's, a citizen the tablet's."""
    if len(token) > 20:
        return _unknown_code()
    with db.reading() as session:
        found = codes.item_by_token(session, token)
        is_blank = found is None and codes.blank_by_token(session, token) is not None
    target = _where_to(found) if found else (_where_to_bind(token) if is_blank else None)
    if target is None:
        return _unknown_code()
    response = redirect(target, 302)
    response.headers["Cache-Control"] = "no-store"  # the answer depends on who scans
    return response


def _unknown_code() -> Response:
    """The same for a code that is nobody's and for a thing that is not for sale: a stranger learns no difference."""
    response = make_response(render_template("storefront/unknown_code.html"), 404)
    response.headers["Cache-Control"] = "no-store"
    return response


def _where_to(found: Item) -> str | None:
    person = access.actor()
    views = current_app.view_functions
    if person is not None and person.is_citizen and "kiosk.thing" in views:
        return url_for("kiosk.thing", number=found.number)
    if person is not None and not person.is_citizen and person.may("item:read") and "products.item" in views:
        return url_for("products.item", number=found.number)
    if found.state in {ItemState.MADE, ItemState.WITHDRAWN}:
        return None
    return url_for("storefront.item", name=str(found.number))


def _where_to_bind(token: str) -> str | None:
    """Where a code that is on nothing yet is put on a thing; to a visitor it is a code that is nobody's."""
    person = access.actor()
    if person is None:
        return None
    if person.is_citizen:
        return url_for("kiosk.bind", token=token.lower()) if "kiosk.bind" in current_app.view_functions else None
    return url_for("codes.bind", token=token.lower()) if person.may("item:edit") else None


@blueprint.get(f"/<any({PLAIN_PAGES}):name>")
@public
def plain(name: str) -> Response:
    """The pages of plain words."""
    return keeping.answer(lambda _session: render_template(f"storefront/plain/{name}.html"), _in_basket)


def _shelf(key: str) -> Section:
    found = sections.section(key)
    if found is None:
        raise NotHere
    return found
