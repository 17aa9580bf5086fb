"""What machines read: a map of the public pages, what robots may not open, and the things for sale as a product feed.

The feed is RSS 2.0 with the `g:` names that price and shopping services read. A thing that is sold is out of it at
once; one that somebody is paying for stands as out of stock.
"""

from __future__ import annotations

from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from flask import Blueprint, Response
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shop.storefront import keeping, onoffer, queries
from shop.storefront.views import PLAIN_TITLES
from workshop.core import clock, identity
from workshop.core.access import public
from workshop.core.i18n import _
from workshop.core.text import slug
from workshop.core.web import settings
from workshop.products import pricing, shelves
from workshop.products.models import Origin
from workshop.products.sections import SECTIONS, category_name, section_of
from workshop.products.shelves import FeedRow
from workshop.services.prices import queries as services

blueprint = Blueprint("feeds", __name__)
MOST_ADDRESSES = 45_000  # a sitemap may hold 50,000
SITEMAP, GOOGLE = "http://www.sitemaps.org/schemas/sitemap/0.9", "http://base.google.com/ns/1.0"
CLOSED = (
    *("/personale", "/vaerksted", "/kurv", "/kassen", "/ordre/", "/soeg", "/sig-til", "/spoerg", "/q/", "/Q/"),
    *("/service/sendt/", "/forespoergsel/", "/tilbud/", "/aftale/", "/regning/"),
)
register_namespace("g", GOOGLE)


def _nothing() -> int:
    return 0  # a machine has no basket


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """What search engines may not open, and where the map is."""
    closed = [f"Disallow: {path}" for path in CLOSED]
    lines = ["User-agent: *", *closed, "", f"Sitemap: {settings().base_url}/sitemap.xml"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@public
def sitemap() -> AnyResponse:
    """Every public page, with the day its thing last changed hands."""
    return keeping.answer(_sitemap, _nothing, mimetype="application/xml")


@blueprint.get("/varer.xml")
@public
def products() -> AnyResponse:
    """Every thing for sale."""
    return keeping.answer(_feed, _nothing, mimetype="application/rss+xml")


def _sitemap(session: Session) -> str:
    root = Element("urlset", xmlns=SITEMAP)
    for path in ("/", *(f"/butik/{section.key}" for section in SECTIONS), *(f"/{name}" for name in PLAIN_TITLES)):
        _place(root, path)
    offers = onoffer.offers(session)
    for path in (*(["/bestil"] if offers else []), *(offer.url for offer in offers)):
        _place(root, path)
    for path in ("/service", *(f"/service/{kind.slug}" for kind in services.offered(session))):
        _place(root, path)
    for number, title, moment in shelves.addresses(session, MOST_ADDRESSES):
        _place(root, _thing_path(number, title), clock.local_day(moment) if isinstance(moment, datetime) else None)
    return _document(root)


def _place(root: Element, path: str, day: date | None = None) -> None:
    url = SubElement(root, "url")
    SubElement(url, "loc").text = settings().base_url + path
    if day is not None:
        SubElement(url, "lastmod").text = day.isoformat()


def _feed(session: Session) -> str:
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    who = identity.current()
    SubElement(channel, "title").text = who.name
    SubElement(channel, "link").text = settings().base_url + "/"
    SubElement(channel, "description").text = _("Møbler fra vores eget værksted.")
    for row in shelves.for_feed(session):
        _entry(channel, row)
    return _document(root)


def _entry(channel: Element, row: FeedRow) -> None:
    entry = SubElement(channel, "item")
    before = pricing.shown_before(row.before_ore, row.before_until, clock.now())
    if before is not None and row.before_until is not None:
        keeping.holds_until(row.before_until)
    picture = queries.photo_url(row.photo_name, 1600, "jpg") if row.photo_name else queries.drawing_url(row.drawing)
    section = section_of(row.category)
    facts = {
        "id": str(row.number),
        "title": row.title,
        "description": row.description or row.title,
        "link": settings().base_url + _thing_path(row.number, row.title),
        "image_link": settings().base_url + picture,
        "availability": "out_of_stock" if row.is_held else "in_stock",
        "price": _price(before or row.price_ore),
        "sale_price": _price(row.price_ore) if before else "",
        "condition": "refurbished" if row.origin is Origin.DONATED else "new",
        "brand": identity.current().name,
        "identifier_exists": "no",
        "material": row.material_text,
        "product_type": " > ".join((*([_(section.name)] if section else []), category_name(row.category))),
    }
    for name, value in facts.items():
        if value:
            SubElement(entry, f"{{{GOOGLE}}}{name}").text = _readable(value)


def _thing_path(number: int, title: str) -> str:
    return f"/vare/{number}-{slug(title)}" if title else f"/vare/{number}"


def _price(ore: int) -> str:
    return f"{ore // 100}.{ore % 100:02d} DKK"


def _readable(text: str) -> str:
    """XML 1.0 has no way to write some characters."""
    return "".join(sign for sign in text if (sign >= " " and sign not in "\ufffe\uffff") or sign in "\t\n")


def _document(root: Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
