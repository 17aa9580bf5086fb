"""The checkout on one page. The basket holds nothing; the order does, from the moment the payment begins.

What is chosen of pickup, delivery and postcode changes price and times. Without JavaScript the button "Opdater" asks
for them, and what was typed comes back; the total that stands beside the button is the only one that can be bought at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from shop.orders import basket, checkout, payways, placing, totals
from shop.orders import queries as orders
from shop.orders.basket import JustSold, Line
from shop.orders.house import queries as house
from shop.orders.house.queries import DeliveryOffer
from shop.orders.letterhead import Letterhead
from shop.orders.making import queries as making
from shop.orders.making.queries import WishLine
from shop.orders.models import CustomerKind, Fulfilment, PayWay
from shop.orders.nudge import nudge
from shop.orders.pickup import Slot
from shop.orders.queries import OrderRow
from shop.orders.totals import Totals
from shop.orders.web import basket_token, gateway, open_order, private
from shop.storefront import frame, queries
from shop.storefront.basket_pages import basket_page
from shop.storefront.forms import CheckoutForm
from shop.storefront.views import blueprint as storefront
from workshop.core import clock, db, identity
from workshop.core.access import public
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.web import settings
from workshop.products.queries import ItemCard

__all__ = ["storefront"]

SECTIONS = tuple(f"storefront/_checkout_{name}.html" for name in ("where", "who", "pay"))


class Offered(NamedTuple):
    """What can be bought right now and on which terms, given what the form says. Øre, VAT included."""

    lines: list[Line]
    wishes: list[WishLine]
    sums: Totals
    brought_to: DeliveryOffer | None  # None when it is fetched, or nobody knows yet where to
    slots: list[Slot]
    times: list[tuple[str, str, str | None]]  # the same as they are chosen between: key, words, heading
    ways: tuple[PayWay, ...]
    is_card_too_late: bool  # every time is beyond what a bank reserves an amount for
    ready_on: date | None
    has_delivery: bool
    open_text: str
    has_any: bool  # whether anything lies in the basket, were it only what somebody else got

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to buy."""
        return not (self.lines or self.wishes)

    @property
    def to_measure(self) -> list[WishLine]:
        """What leaves no right of withdrawal."""
        return [wish for wish in self.wishes if wish.is_made_to_measure]


@storefront.get("/kassen", endpoint="checkout")
@public
def show_checkout() -> Response:
    """When to fetch or where to bring it, who buys, how to pay."""
    now = clock.now()
    with db.reading() as session:
        held = basket.contents(session, basket_token())
        may_be = held.has_unfinished is not False
        before = orders.unfinished_of_basket(session, basket_token()) if may_be else None
        form = _as_before(before)
        offered = _offered_in(session, form, now, held)
    if offered.is_empty:
        return redirect(url_for("storefront.basket"), 303)
    seen = request.args.get("set", "")
    is_new_price = seen.isascii() and seen.isdecimal() and len(seen) < 12 and int(seen) != offered.sums.goods_ore
    sentence = _("Prisen er ændret, siden du så din kurv. Her er den nye.") if is_new_price else None
    return _page(form, offered, 200, sentence, held_until=_held_until(before, now), is_blank=before is None)


@storefront.get("/kassen/opdater", endpoint="reload_checkout")
@public
def reload() -> Response:
    """Who opens the address of an update by itself begins at the checkout."""
    return redirect(url_for("storefront.checkout"), 303)


@storefront.post("/kassen/opdater", endpoint="update_checkout")
@public
def update() -> Response:
    """The same page with the price and the times that go with what was chosen; nothing is ordered by it."""
    form = CheckoutForm.posted()
    offered = _offered(form, clock.now())
    if offered.is_empty:
        return redirect(url_for("storefront.basket"), 303)
    if form.fulfilment is Fulfilment.DELIVERY:
        _check_place(form, offered)
    return _page(form, offered, 200)


@storefront.post("/kassen", endpoint="buy")
@public
def buy() -> Response:
    """Order with a duty to pay: on to Stripe's page, or to the order that waits for the link in its mail."""
    now = clock.now()
    form = CheckoutForm.posted()
    offered = _offered(form, now)
    if not offered.has_any:
        return redirect(url_for("storefront.basket"), 303)
    is_valid = form.validate()
    if form.fulfilment is Fulfilment.DELIVERY:
        is_valid = _check_place(form, offered) and is_valid
    slot = next((slot for slot in offered.slots if slot.key == form.tid.data), None)
    is_valid = _check_day(form, slot, now) and is_valid
    if not is_valid or slot is None:
        return _page(form, offered, 422)
    try:
        way = _place(form, slot, now)
    except JustSold as sold:
        return _without_the_sold(form, sold, now)
    except Refusal as no:
        return _page(form, _offered(form, now), 409, no.sentence)
    if way.payment_url is None:
        nudge(way.public_id, now)  # its mail
    target = way.payment_url or url_for("orders.page", public_id=way.public_id)
    return private(open_order(redirect(target, 303), way.public_id))


def _as_before(order: OrderRow | None) -> CheckoutForm:
    """The form, with what this basket's unfinished order was given: who comes back from paying types nothing twice."""
    if order is None:
        return CheckoutForm()
    return CheckoutForm(
        levering=order.fulfilment.value,
        vej=order.street,
        postnr=order.postcode,
        kunde=order.customer_kind.value,
        firma=order.company_name,
        cvr=order.cvr,
        ean=order.gln,
        reference=order.customer_reference,
        navn=order.customer_name,
        mail=order.customer_email,
        telefon=order.customer_phone,
        besked=order.message,
        betaling=order.pay_way.value,
        tid=Slot(order.pickup_on, order.pickup_from_minute, order.pickup_to_minute).key,
    )


def _held_until(order: OrderRow | None, now: datetime) -> datetime | None:
    """Until when the things are kept for somebody who left the payment page without paying."""
    if order is None or order.pay_way is PayWay.AT_PICKUP or now >= order.placed_at + placing.HOLD:
        return None
    return order.placed_at + placing.HOLD


def _offered(form: CheckoutForm, now: datetime) -> Offered:
    """What the basket comes to, with the choices that belong to it put into the form."""
    with db.reading() as session:
        return _offered_in(session, form, now, basket.contents(session, basket_token()))


def _offered_in(session: Session, form: CheckoutForm, now: datetime, held: basket.Contents) -> Offered:
    lines = [line for line in held.lines if line.is_free]
    wishes = making.wishes(session, basket_token(), now, has_any=held.has_wishes)
    calendar = house.calendar(session)
    is_brought = form.fulfilment is Fulfilment.DELIVERY
    sizes = [*(line.size_class for line in lines), *(wish.size_class for wish in wishes)]
    place = None
    if is_brought and form.postcode and sizes:
        place = house.delivery_price(session, form.postcode, totals.largest(sizes))
    ready_on = placing.ready_on(wishes)
    slots = calendar.slots(now, form.fulfilment, ready_on)
    last_day = payways.last_card_day(now)
    is_soon = bool(slots) and slots[0].day <= last_day
    ways = payways.pay_ways(has_stock=bool(lines), has_making=bool(wishes), is_soon=is_soon)
    times = _times(slots, last_day if PayWay.CARD in ways else None)
    form.tid.choices = [SelectChoice(value, text, optgroup=group) for value, text, group in times]
    form.betaling.choices = [SelectChoice(way.value) for way in ways]
    amounts = [(line.amount_ore, line.vat_scheme) for line in lines]
    amounts += [(wish.amount_ore, wish.vat_scheme) for wish in wishes]
    return Offered(
        lines=lines,
        wishes=wishes,
        sums=totals.add_up(amounts, place.price_ore if place else 0),
        brought_to=place,
        slots=slots,
        times=times,
        ways=ways,
        is_card_too_late=not (wishes or is_soon),
        ready_on=ready_on,
        has_delivery=is_brought or bool(calendar.slots(now, Fulfilment.DELIVERY, ready_on)),
        open_text=calendar.text,
        has_any=bool(held.lines or wishes),
    )


def _times(slots: Sequence[Slot], last_card_day: date | None) -> list[tuple[str, str, str | None]]:
    """The times to choose between; those too late for a card stand by themselves and say so."""
    if last_card_day is None or not slots or slots[-1].day <= last_card_day:
        return [(slot.key, slot.text, None) for slot in slots]
    soon, later = _("Betal nu, eller når du får det"), _("Betal, når du får det")
    return [(each.key, each.text, soon if each.day <= last_card_day else later) for each in slots]


def _check_day(form: CheckoutForm, slot: Slot | None, now: datetime) -> bool:
    """Say at the time itself that a card cannot be used so far ahead."""
    if slot is None or form.betaling.data != PayWay.CARD or slot.day <= payways.last_card_day(now):
        return True
    form.tid.errors = [placing.too_late_for_card()]
    return False


def _check_place(form: CheckoutForm, offered: Offered) -> bool:
    """Say at once when nothing is brought to the postcode, and what to do instead."""
    if form.postcode is None:
        if not form.postnr.errors:
            form.postnr.errors = [_("Skriv dit postnummer med 4 cifre.")]
        return False
    if offered.brought_to is None:
        form.postnr.errors = [
            _(
                "Vi leverer ikke til %(postcode)s. Vælg at hente, eller ring på %(phone)s, så finder vi ud af det.",
                postcode=form.postcode,
                phone=identity.current().phone,
            )
        ]
        return False
    return True


def _place(form: CheckoutForm, slot: Slot, now: datetime) -> checkout.Way:
    return checkout.buy(
        gateway(),
        token=basket_token(),
        customer=form.customer,
        slot=slot,
        pay_way=PayWay(form.betaling.data),
        agreed_ore=form.agreed_ore,
        head=Letterhead.of(settings()),
        now=now,
        delivery=form.delivery,
        has_agreed_prepayment=form.betaling.data == PayWay.PREPAID and bool(form.forud.data),
    )


def _without_the_sold(form: CheckoutForm, sold: JustSold, now: datetime) -> Response:
    """Name what somebody else got, and keep the rest: it can be bought with the very next press."""
    with db.transaction() as session:
        basket.drop_gone(session, basket_token())
    offered = _offered(form, now)
    if offered.is_empty:
        return basket_page(409, sold.sentence, sold.cards)
    return _page(form, offered, 409, sold.sentence, lost=sold.cards)


def _page(
    form: CheckoutForm,
    offered: Offered,
    status: int,
    sentence: str | None = None,
    *,
    held_until: datetime | None = None,
    lost: Sequence[ItemCard] = (),
    is_blank: bool = False,
) -> Response:
    if form.betaling.data not in offered.ways:
        form.betaling.data = offered.ways[0].value
    form.total.data = str(offered.sums.total_ore)
    form.total.raw_data = None
    is_brought = form.fulfilment is Fulfilment.DELIVERY
    shown = {
        "form": form,
        "offered": offered,
        "is_brought": is_brought,
        "PayWay": PayWay,
        "Fulfilment": Fulfilment,
        "CustomerKind": CustomerKind,
    }
    html = render_template(
        "storefront/checkout.html",
        sections=_blank_sections(offered, shown) if is_blank else _sections(shown),
        has_total=not is_brought or offered.brought_to is not None,
        sentence=sentence,
        held_until=held_until,
        lost=lost,
        shown=queries,
        **shown,
    )
    return private(make_response(html, status))


def _sections(shown: dict[str, Any]) -> Markup:
    """Where, who and how to pay, with what was typed."""
    return Markup().join(Markup(render_template(name, **shown)) for name in SECTIONS)  # noqa: S704 — our own templates


def _blank_sections(offered: Offered, shown: dict[str, Any]) -> Markup:
    """The same for somebody who has typed nothing: alike for all who can choose between the same, so they are kept."""
    times = (offered.has_delivery, offered.open_text, offered.ready_on, *offered.times)
    ways = (offered.ways, bool(offered.lines and offered.wishes), offered.is_card_too_late)
    return Markup().join(
        frame.part(name, *facts, **shown) for name, facts in zip(SECTIONS, (times, (), ways), strict=True)
    )
