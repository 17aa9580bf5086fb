"""The pages anybody may open: front, shelves, things, and the few pages of plain words."""

from __future__ import annotations

from contextlib import nullcontext

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders import basket
from shop.orders.house import queries as house
from shop.orders.making import queries as making
from shop.orders.web import basket_token
from shop.storefront import delivering, facts, frame, keeping, narrowing, onoffer, queries
from shop.storefront.narrowing import Asked
from workshop.core import access, clock, db
from workshop.core.access import public
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.core.web import MenuEntry, settings
from workshop.products import queries as products
from workshop.products import sections, shelves
from workshop.products.codes import queries as codes
from workshop.products.models import Item, ItemState
from workshop.products.queries import ItemCard, ItemPage
from workshop.products.sections import Section, category_name, section_of

blueprint = Blueprint("storefront", __name__)
NEW_ON_FRONT = 8
SOLD_ON_FRONT = 4
MADE_ON_FRONT = 4
SOLD_FOUND, ALIKE_FOUND = 4, 8
PAGE = 24
MOST_PAGES = 1_000
LONGEST_SEARCH = 100
PLAIN_TITLES = {
    "om": "Om os",
    "levering": "Hent og levering",
    "betingelser": "Betingelser",
    "persondata": "Persondata",
    "tilgaengelighed": "Tilgængelighed",
}
TERMS = "betingelser"
PLAIN_PAGES = ", ".join(PLAIN_TITLES)


def in_basket() -> int:
    """How many things this visitor has put aside; no question asked without a cookie, and one a request."""
    token = basket_token()
    if not token:
        return 0
    if "in_basket" not in g:
        with nullcontext(g.reading) if "reading" in g else db.reading() as session:
            g.in_basket = basket.count(session, token)
    count: int = g.in_basket
    return count


MENU = (
    MenuEntry("shop", "Havemøbler", "storefront.category", "bord", order=10, values=(("section", "havemobler"),)),
    MenuEntry("shop", "Pallemøbler", "storefront.category", "pallet", order=20, values=(("section", "pallemobler"),)),
    MenuEntry("shop", "Restaureret", "storefront.category", "slib", order=30, values=(("section", "restaureret"),)),
    MenuEntry("shop", "Til hjemmet", "storefront.category", "hjem", order=40, values=(("section", "til-hjemmet"),)),
    MenuEntry("shop", "Om os", "storefront.plain", "hjaelp", order=50, values=(("name", "om"),)),
    MenuEntry("shop", "Kurv", "storefront.basket", "kurv", order=90, count=in_basket),
)
FOOTER = (
    ("Køb", (
        ("Hent og levering", "/levering"), ("Betaling og vilkår", "/betingelser"),
        ("Bestil", "/bestil"), ("Service", "/service"),
    )),
    ("Om siden", (("Om os", "/om"), ("Persondata", "/persondata"), ("Tilgængelighed", "/tilgaengelighed"))),
    ("Hjælp", (("Spørg os", "/spoerg"), ("Sig til, når der er en ny", "/sig-til"))),
)  # fmt: skip


blueprint.app_context_processor(frame.macros)
blueprint.add_app_template_global(frame.opening_hours, "opening_hours")
blueprint.add_app_template_global(frame.sign, "shop_sign")
blueprint.add_app_template_global(frame.menu, "shop_menu")
blueprint.add_app_template_global(frame.foot, "shop_foot")
blueprint.add_app_template_global(frame.plain_part, "shop_part")


@blueprint.app_template_global()
def card_picture(card: ItemCard, width: int = 400) -> str:
    """Where a thing's picture is, for templates."""
    return queries.picture_url(card, width)


@blueprint.get("/")
@public
def front() -> Response:
    """What is new from the workshop, what can be made, and what found a home."""

    def render(session: Session) -> str:
        return frame.page(
            "storefront/front.html",
            new=products.listing(session, limit=NEW_ON_FRONT),
            made=onoffer.offers(session)[:MADE_ON_FRONT],
            sold=products.recently_sold(session, clock.now(), limit=SOLD_ON_FRONT),
            base_url=settings().base_url,
            shown=queries,
        )

    return keeping.answer(render, in_basket)


@blueprint.get("/butik/<section>")
@public
def category(section: str) -> Response:
    """A shelf of the shop, narrowed by kind, price, size and origin."""
    shelf = sections.section(section)
    if shelf is None:
        raise NotHere
    asked = narrowing.asked(shelf, request.args)
    page = request.args.get("side", 1, type=int)
    if not 1 <= page <= MOST_PAGES:
        raise NotHere
    return keeping.answer(lambda session: _shelf_page(session, shelf, asked, page), in_basket)


def _shelf_page(session: Session, shelf: Section, asked: Asked, page: int) -> str:
    narrow = asked.narrow(shelf)
    made = [offer for offer in onoffer.offers(session) if offer.category in narrow.categories]
    found = [] if asked.is_made else _on_page(session, narrow, asked, page)
    return frame.page(
        "storefront/category.html",
        shelf=shelf,
        asked=asked,
        ways=onoffer.written(session, ("ways", shelf.key, asked), lambda: _ways(session, shelf, asked, len(made))),
        cards=queries.cards(found[:PAGE], first=3),
        made=queries.offer_cards(made) if asked.is_made or (page == 1 and not asked.is_narrowed) else "",
        page=page,
        before=narrowing.address(shelf, asked, page - 1) if page > 1 else None,
        after=narrowing.address(shelf, asked, page + 1) if len(found) > PAGE else None,
        canonical=settings().base_url + narrowing.address(shelf, Asked(asked.kind), 1 if asked.is_narrowed else page),
    )


def _ways(session: Session, shelf: Section, asked: Asked, made: int) -> Markup:
    """The chips that narrow a shelf, each with how many things it leads to."""
    counts = narrowing.counts(onoffer.facets(session, shelf), asked)
    groups = narrowing.groups(shelf, asked, counts, made)
    is_open = asked.is_narrowed or asked.is_cheapest_first
    return queries.ways(narrowing.kinds(shelf, asked, counts), groups, is_open=is_open)


def _on_page(session: Session, narrow: shelves.Narrow, asked: Asked, page: int) -> list[ItemCard]:
    """One more than a page holds, when there are more."""
    skipped = (page - 1) * PAGE
    return shelves.shelf(session, narrow, is_cheapest_first=asked.is_cheapest_first, limit=PAGE + 1, offset=skipped)


@blueprint.get("/soeg")
@public
def search() -> Response:
    """What is found by some words: things for sale, what can be made, and what was sold lately."""
    typed = clean(request.args.get("q", ""))[:LONGEST_SEARCH]
    page = request.args.get("side", 1, type=int)
    if not 1 <= page <= MOST_PAGES:
        raise NotHere
    return keeping.answer(lambda session: _search_page(session, typed, page), in_basket, is_kept=False)


def _search_page(session: Session, typed: str, page: int) -> str:
    known = onoffer.words(session)
    found = known.vocabulary.find(typed)
    hits = onoffer.hits(known, typed, found)
    here = hits.for_sale[(page - 1) * PAGE : page * PAGE]
    sold = hits.sold[:SOLD_FOUND] if page == 1 else []
    alike = hits.alike[:ALIKE_FOUND] if page == 1 else []
    wanted = [*here, *sold, *alike]
    by_id = products.cards(session, wanted) if wanted else {}
    return render_template(
        "storefront/search.html",
        typed=typed,
        found=found,
        count=len(hits.for_sale),
        cards=queries.cards([by_id[each] for each in here if each in by_id], first=3),
        made=queries.offer_cards(hits.offers if page == 1 else []),
        alike=queries.cards([by_id[each] for each in alike if each in by_id]),
        sold=queries.cards([by_id[each] for each in sold if each in by_id]),
        sections=sections.SECTIONS,
        page=page,
        has_more=len(hits.for_sale) > page * PAGE,
    )


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
        others = onoffer.alike(session, page.card.category, page.card.number)
        return _item_page(session, page, others)

    return keeping.answer(render, in_basket)


def _item_page(session: Session, page: ItemPage, others: list[ItemCard]) -> str:
    card, base_url = page.card, settings().base_url
    address = base_url + queries.thing_url(card)
    picture = base_url + (queries.photo_url(card.photo_name, 800, "jpg") if card.photo_name else card_picture(card))
    shelf = section_of(card.category)
    return frame.page(
        "storefront/item.html",
        page=page,
        card=card,
        others=queries.cards(others),
        shelf=shelf,
        kind=category_name(card.category),
        first_day=None if card.is_sold else onoffer.first_day(session, clock.now()),
        delivery_ore=onoffer.cheapest_delivery(session).get(page.size_class),
        made_url=making.address(page.sku, page.made_as) if page.sku and page.made_as else None,
        address=address,
        picture=picture if card.photo_name else None,
        facts=queries.structured(page, address, picture),
        shared_facts=facts.shared(),
        way=queries.way_there(base_url, shelf, card.title),
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
    """The pages of plain words: staff's own where they have written some, else those the shop came with."""
    return keeping.answer(
        lambda session: _terms_page(session) if name == TERMS else _own_page(session, name), in_basket
    )


@blueprint.get("/betingelser/<int:version>")
@public
def terms(version: int) -> Response:
    """The terms as they were when an order was made under them."""
    return keeping.answer(lambda session: _terms_page(session, version), in_basket)


def _own_page(session: Session, name: str) -> str:
    own = house.text(session, name)
    if own is None:
        return render_template(
            f"storefront/plain/{name}.html", zones=delivering.zones(session) if name == "levering" else []
        )
    return render_template("storefront/plain/own.html", title=_(PLAIN_TITLES[name]), body=own)


def _terms_page(session: Session, version: int | None = None) -> str:
    newest = house.terms(session)
    shown = newest if version is None or newest is None or newest.version == version else house.terms(session, version)
    if version is not None and shown is None:
        raise NotHere
    return render_template("storefront/plain/betingelser.html", terms=shown, newest=newest)
