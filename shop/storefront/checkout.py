"""Basket and checkout. The basket holds nothing; the order does, from the moment the payment begins."""

from __future__ import annotations

from datetime import datetime

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from shop.orders import basket, checkout, placing
from shop.orders import queries as orders
from shop.orders.basket import JustSold, Line
from shop.orders.letterhead import Letterhead
from shop.orders.models import PayWay
from shop.orders.nudge import nudge
from shop.orders.pickup import Slot, slot_of, slots
from shop.orders.queries import OrderRow
from shop.orders.web import basket_token, gateway, keep_basket, open_order, private
from shop.storefront import queries
from shop.storefront.forms import CheckoutForm, PutForm
from shop.storefront.views import blueprint as storefront
from workshop.core import clock, db, money
from workshop.core.access import public
from workshop.core.errors import NotHere, Refusal
from workshop.core.web import settings
from workshop.products import queries as products

__all__ = ["storefront"]


@storefront.get("/kurv", endpoint="basket")
@public
def show_basket() -> Response:
    """What the visitor has put aside, and what it costs."""
    return _basket_page(200)


@storefront.post("/kurv", endpoint="put")
@public
def put() -> Response:
    """Put a thing in the basket."""
    form = PutForm.posted()
    if not form.validate():
        raise NotHere
    with db.reading() as session:
        page = products.item_page(session, form.nummer.data)
    if page is None:
        raise NotHere
    try:
        with db.transaction() as session:
            token = basket.put(session, basket_token(), page.card, form.antal.data or 1, clock.now())
    except Refusal as no:
        return _basket_page(409, no.sentence)
    return private(keep_basket(redirect(url_for("storefront.basket"), 303), token))


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


@storefront.get("/kassen", endpoint="checkout")
@public
def show_checkout() -> Response:
    """When to fetch, who buys, how to pay."""
    now = clock.now()
    with db.reading() as session:
        lines = basket.lines(session, basket_token())
        before = orders.unfinished_of_basket(session, basket_token())
    if not any(line.is_free for line in lines):
        return redirect(url_for("storefront.basket"), 303)
    return _checkout_page(_as_before(before), lines, now, 200, held_until=_held_until(before, now))


@storefront.post("/kassen", endpoint="buy")
@public
def buy() -> Response:
    """Order with a duty to pay: on to Stripe's page, or to the order that waits for the link in its mail."""
    now = clock.now()
    form = CheckoutForm.posted()
    _offer(form, now)
    with db.reading() as session:
        lines = basket.lines(session, basket_token())
    if not lines:
        return redirect(url_for("storefront.basket"), 303)
    slot = slot_of(form.tid.data or "", now)
    if not form.validate() or slot is None:
        return _checkout_page(form, lines, now, 422)
    try:
        way = _place(form, slot, now)
    except JustSold as sold:
        return _without_the_sold(form, sold, now)
    except Refusal as no:
        with db.reading() as session:
            lines = basket.lines(session, basket_token())
        return _checkout_page(form, lines, now, 409, no.sentence)
    if way.payment_url is None:
        nudge(way.public_id, now)  # its mail
    target = way.payment_url or url_for("orders.page", public_id=way.public_id)
    return private(open_order(redirect(target, 303), way.public_id))


def _as_before(order: OrderRow | None) -> CheckoutForm:
    """The form, with what this basket's unfinished order was given: who comes back from paying types nothing twice."""
    if order is None:
        return CheckoutForm(betaling=PayWay.CARD.value)
    return CheckoutForm(
        navn=order.customer_name,
        mail=order.customer_email,
        telefon=order.customer_phone,
        besked=order.message,
        betaling=order.pay_way.value,
        tid=Slot(order.pickup_on, order.pickup_from_minute, order.pickup_to_minute).key,
    )


def _held_until(order: OrderRow | None, now: datetime) -> datetime | None:
    """Until when the things are kept for somebody who left the payment page without paying."""
    if order is None or order.pay_way is not PayWay.CARD or now >= order.placed_at + placing.HOLD:
        return None
    return order.placed_at + placing.HOLD


def _place(form: CheckoutForm, slot: Slot, now: datetime) -> checkout.Way:
    return checkout.buy(
        gateway(),
        token=basket_token(),
        customer=placing.Customer(form.navn.data, form.mail.data, form.telefon.data, form.besked.data or ""),
        slot=slot,
        pay_way=PayWay(form.betaling.data),
        agreed_ore=form.agreed_ore,
        head=Letterhead.of(settings()),
        now=now,
    )


def _without_the_sold(form: CheckoutForm, sold: JustSold, now: datetime) -> Response:
    """Name what somebody else got, and keep the rest: it can be bought with the very next press."""
    with db.transaction() as session:
        basket.drop_gone(session, basket_token())
        lines = basket.lines(session, basket_token())
    if not lines:
        return _basket_page(409, sold.sentence)
    return _checkout_page(form, lines, now, 409, sold.sentence)


def _offer(form: CheckoutForm, now: datetime) -> None:
    form.tid.choices = [SelectChoice(slot.key, slot.text) for slot in slots(now)]


def _checkout_page(
    form: CheckoutForm,
    lines: list[Line],
    now: datetime,
    status: int,
    sentence: str | None = None,
    *,
    held_until: datetime | None = None,
) -> Response:
    _offer(form, now)
    free = [line for line in lines if line.is_free]
    form.total.data = str(_total(free))
    form.total.raw_data = None
    html = render_template(
        "storefront/checkout.html",
        form=form,
        lines=free,
        total_ore=_total(free),
        vat_ore=_vat(free),
        sentence=sentence,
        held_until=held_until,
        PayWay=PayWay,
        shown=queries,
    )
    return private(make_response(html, status))


def _basket_page(status: int, sentence: str | None = None) -> Response:
    with db.reading() as session:
        lines = basket.lines(session, basket_token())
    free = [line for line in lines if line.is_free]
    html = render_template(
        "storefront/basket.html",
        lines=lines,
        count=sum(line.quantity for line in free),
        total_ore=_total(free),
        sentence=sentence,
        shown=queries,
        why_not=basket.what_became_of,
    )
    return private(make_response(html, status))


def _total(lines: list[Line]) -> int:
    return sum(line.amount_ore for line in lines)


def _vat(lines: list[Line]) -> int:
    taxed = [(line.amount_ore, placing.STANDARD_RATES.get(line.vat_scheme, 0)) for line in lines]
    return sum(money.vat_of_lines(taxed).values())
