"""The shop's pages as calls: kept, made anew, and made when nothing is known any more; the basket and a whole order."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from flask import Flask

from benchmarks.filled import FIRST_NUMBER, Filled, floor_beside, stock_up
from benchmarks.floor import create_floor
from benchmarks.measuring import Answer, Case, post, request
from benchmarks.oscar_side import Visitor
from benchmarks.settings import BASE_URL
from shop.app import create_app
from shop.orders.models import PayWay
from shop.orders.pickup import SHIPPED
from shop.storefront import keeping, onoffer, queries
from workshop.core import clock, db
from workshop.products.catalogue import Marks

LISTING = "/butik/havemobler"
PIECES = 10_000_000
PRICE_ORE = 20_000
OURS = {
    "HTTP_HOST": "butik.example",
    "SERVER_NAME": "butik.example",
    "wsgi.url_scheme": "https",
    "HTTP_SEC_FETCH_SITE": "same-origin",
}
CUSTOMER = {"navn": "Ane Hansen", "telefon": "20 00 00 00", "betingelser": "y"}


def cases_of(shop: Filled, ending: str) -> list[Case]:
    """The pages of one shop, and the floor's in the same database."""
    floor_beside(shop)
    many = FIRST_NUMBER + shop.count
    stock_up(shop.database, many, PIECES)
    ours, least = create_app(shop.settings), create_floor(shop.database)

    def use() -> None:
        db.use(shop.database)

    item = f"/vare/{shop.middle}"
    listing, thing = request(ours, LISTING), request(ours, item)
    calls: dict[str, Callable[[], Answer]] = {
        "front": _after(ours, forget_pages, request(ours, "/")),
        "listing": _after(ours, forget_pages, listing),
        "listing after a sale": _after(ours, forget_things, listing),
        "listing cold": _after(ours, forget_all, listing),
        "listing kept": listing,
        "listing 304": request(ours, LISTING, HTTP_IF_NONE_MATCH=_etag(ours, LISTING, use)),
        "item": _after(ours, forget_pages, thing),
        "item cold": _after(ours, forget_all, thing),
        "item kept": thing,
        "basket": post(ours, "/kurv", f"nummer={many}&antal=1"),
        "order": lambda: order(ours, many),
        "floor listing": request(least, "/"),
        "floor item": request(least, f"/vare/{shop.count // 2}"),
        "floor basket": post(least, "/kurv", f"product={shop.count // 2}"),
    }
    without_mail = Case(f"order without its mail, {ending}", calls["order"], use, clock=time.thread_time)
    return [without_mail, *(Case(f"{name}, {ending}", call, use) for name, call in calls.items())]


def order(app: Flask, number: int) -> Answer:
    """A customer buys: basket, its page, checkout, the button, the order's page. Paid on fetching; the mail is sent."""
    visitor = Visitor(app, OURS, {}, {})
    visitor.ask("POST", "/kurv", nummer=str(number), antal="1")
    visitor.ask("GET", "/kurv")
    visitor.ask("GET", "/kassen")
    mail = f"{secrets.token_hex(6)}@butik.example"  # one customer has no more than two such orders at a time
    choices = {
        "mail": mail,
        "tid": SHIPPED.slots(clock.now())[0].key,
        "betaling": PayWay.AT_PICKUP.value,
        "total": str(PRICE_ORE),
    }
    status, headers, body = visitor.ask("POST", "/kassen", **CUSTOMER, **choices)
    if not status.startswith("303"):
        raise RuntimeError(f"no order was placed: {status}")
    status, _headers, body = visitor.ask("GET", headers["location"])
    return Answer(status, len(body))


def forget_pages(app: Flask) -> None:
    """As for the first visitor to a page: it is made from the database."""
    app.extensions[keeping.EXTENSION].forget()
    queries.card_of.cache_clear()


def forget_things(app: Flask) -> None:
    """As after a sale: all that was worked out from things is gone too, such as how many there are of each kind."""
    forget_pages(app)
    facts = app.extensions[onoffer.EXTENSION].facts
    for name in [name for name, (mark, _fact) in facts.items() if isinstance(mark, Marks)]:
        del facts[name]


def forget_all(app: Flask) -> None:
    """As after a change of hours, prices of delivery or products: nothing is known."""
    forget_pages(app)
    app.extensions[onoffer.EXTENSION].facts.clear()


def _after(app: Flask, forget: Callable[[Flask], None], call: Callable[[], Answer]) -> Callable[[], Answer]:
    def forget_and_call() -> Answer:
        forget(app)
        return call()

    return forget_and_call


def _etag(app: Flask, path: str, use: Callable[[], None]) -> str:
    """The mark a browser that has the page asks again with."""
    use()
    return app.test_client().get(path, base_url=BASE_URL).headers["ETag"]
