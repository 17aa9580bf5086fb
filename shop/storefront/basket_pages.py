"""The basket: what a visitor has put aside, things from stock and things to be made. It keeps nothing from others."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.orders import basket
from shop.orders.basket import JustSold
from shop.orders.making import queries as making
from shop.orders.web import basket_token, keep_basket, private
from shop.storefront import queries
from shop.storefront.forms import PutForm, QuantityForm
from shop.storefront.views import blueprint as storefront
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import NotHere, Refusal
from workshop.products import made_to_order
from workshop.products import queries as products
from workshop.products.queries import ItemCard


@storefront.get("/kurv", endpoint="basket")
@public
def show_basket() -> Response:
    """What the visitor has put aside, and what it costs."""
    return basket_page(200)


@storefront.post("/kurv", endpoint="put")
@public
def put() -> Response:
    """Put a thing in the basket."""
    form = PutForm.posted()
    if not form.validate():
        raise NotHere
    try:
        with db.transaction() as session:
            thing = products.offered(session, form.nummer.data)
            if thing is None:
                raise NotHere
            token = basket.put(session, basket_token(), thing, form.antal.data or 1, clock.now())
    except JustSold as sold:
        return basket_page(409, sold.sentence, sold.cards)
    except Refusal as no:
        return basket_page(409, no.sentence)
    return private(keep_basket(redirect(url_for("storefront.basket"), 303), token))


@storefront.post("/kurv/antal", endpoint="set_quantity")
@public
def set_quantity() -> Response:
    """Another number of a line; none takes it out."""
    form = QuantityForm.posted()
    if not form.validate() or form.antal.data is None:
        return basket_page(422, basket.how_many_text())
    with db.transaction() as session:
        thing = products.offered(session, form.nummer.data) if form.nummer.data else None
        if thing is not None:
            basket.set_quantity(session, basket_token(), thing, form.antal.data, clock.now())
        elif form.bestilling.data:
            basket.set_wish_quantity(session, basket_token(), form.bestilling.data, form.antal.data, clock.now())
    return private(redirect(url_for("storefront.basket"), 303))


@storefront.post("/kurv/fjern", endpoint="take_out")
@public
def take_out() -> Response:
    """Take a thing out of the basket."""
    form = PutForm.posted()
    if not form.validate():
        raise NotHere
    with db.transaction() as session:
        found = products.item_by_number(session, form.nummer.data)
        if found is not None:
            basket.take_out(session, basket_token(), found.id)
    return redirect(url_for("storefront.basket"), 303)


def basket_page(status: int, sentence: str | None = None, lost: Sequence[ItemCard] = ()) -> Response:
    """The basket; with a sentence about what just went wrong, if something did, and the way to what others got."""
    with db.reading() as session:
        lines, has_wishes, _has_unfinished = basket.contents(session, basket_token())
        wishes, gone = making.wishes_and_gone(session, basket_token(), clock.now(), has_any=has_wishes)
    g.in_basket = len(lines) + len(wishes) + len(gone)  # the menu need not ask again
    free = [line for line in lines if line.is_free]
    html = render_template(
        "storefront/basket.html",
        lines=lines,
        wishes=wishes,
        gone=gone,
        count=sum(line.quantity for line in free) + sum(wish.quantity for wish in wishes),
        total_ore=sum(line.amount_ore for line in free) + sum(wish.amount_ore for wish in wishes),
        sentence=sentence,
        lost=lost,
        shown=queries,
        why_not=basket.what_became_of,
        most=basket.MOST_OF_ONE,
        most_made=made_to_order.MOST_PIECES,
    )
    return private(make_response(html, status))
