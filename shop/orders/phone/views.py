"""Pages for an order that comes by phone: pick what the customer wants, then write who they are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders import queries as orders
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.making import queries as making
from shop.orders.models import Fulfilment
from shop.orders.nudge import nudge
from shop.orders.phone import picking, queries
from shop.orders.phone.actions import place
from shop.orders.phone.forms import ONCE, PhoneForm
from shop.orders.phone.picking import MOST_OF_ONE, Picked, PickedMaking
from shop.orders.phone.queries import Cart
from workshop.core import access, clock, crypto, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.money import kr
from workshop.core.web import MenuEntry, settings
from workshop.products import made_to_order
from workshop.products.models import ProductType

blueprint = Blueprint("phone", __name__, url_prefix="/personale/ordrer/telefon")
MENU = (MenuEntry("orders", lazy("Telefonordre"), "phone.pick", "telefon", "order:handle", order=60),)


@blueprint.get("")
@needs("order:handle")
def pick() -> Response:
    """What the customer wants: found by number or name, or made to order."""
    picked, words = picking.read(request.args), _words("q")
    if "nummer" in request.args:
        return _to(picked.with_thing(_whole("nummer", 0), _whole("antal", 1)))
    if "fjern" in request.args:
        return _to(picked.without(request.args["fjern"]))
    with db.reading() as session:
        found = queries.find(session, words) if words else []
        html = render_template(
            "orders/phone.html",
            picked=picked,
            cart=queries.cart(session, picked, clock.now()),
            words=words,
            found=found,
            offers=making.offers(session),
            most=MOST_OF_ONE,
        )
    return make_response(html)


@blueprint.get("/lav/<sku>")
@needs("order:handle")
def choose(sku: str) -> Response:
    """Choose how something is made; with a choice in the address that can be made, it is picked."""
    picked = picking.read(request.args)
    with db.reading() as session:
        kind = queries.offered(session, sku)
        if kind is None:
            raise NotHere
        chosen = made_to_order.usual_choice(kind.options, kind.length_cm)
        if "antal" not in request.args:
            return _choose_page(kind, picked, chosen, "")
        chosen = {name: request.args.get(f"valg-{place}", "") for place, name in enumerate(kind.options)}
        try:
            wanted = _made(kind, chosen)
        except Refusal as no:
            return _choose_page(kind, picked, chosen, no.sentence)
    return _to(picked.with_making(wanted))


@blueprint.get("/kunde")
@needs("order:handle")
def customer() -> Response:
    """Who buys, and when they get it."""
    form = PhoneForm(once=crypto.new_public_id())
    with db.reading() as session:
        cart = queries.cart(session, picking.read(request.args), clock.now())
        _offer(session, form, cart)
    if not cart.can_be_sold:
        return _to(picking.read(request.args))
    form.total.data = str(cart.goods_ore)
    return _customer_page(form, cart, cart.goods_ore, 200)


@blueprint.post("/kunde")
@needs("order:handle")
def order() -> Response:
    """Write the order down: it holds at once, and is paid when the customer has it."""
    form, now, head = PhoneForm.posted(), clock.now(), Letterhead.of(settings())
    before = picking.read(request.args)
    picked = _picked_anew(before, form)
    with db.reading() as session:
        cart = queries.cart(session, picked, now)
        _offer(session, form, cart)
        is_fine = form.check() if picked == before and not form.form_errors else False
        total = _total(session, form, cart)
    if picked != before:
        return _customer_page(form, cart, total, 200, picked)
    if not ONCE.fullmatch(form.once.data or ""):
        form.once.data = crypto.new_public_id()
        is_fine = False
    if not is_fine or form.errors or form.slot is None or not cart.is_whole:
        return _customer_page(form, cart, total, 422)
    if total != form.agreed_ore:
        text = _("I alt %(total)s med levering. Sig prisen til kunden, og tryk igen.", total=kr(total))
        form.form_errors.append(text)
        return _customer_page(form, cart, total, 422)
    try:
        with db.transaction() as session:
            public_id = place(
                session,
                cart,
                customer=form.customer,
                slot=form.slot,
                delivery=form.delivery,
                agreed_ore=total,
                once=str(form.once.data),
                head=head,
                now=now,
                by_staff_id=access.require_actor().account_id,
            )
    except (Refusal, IntegrityError) as no:
        if _is_written(str(form.once.data)):  # the other press of a double click was first
            return redirect(url_for("orders.desk_order", public_id=form.once.data), 303)
        if not isinstance(no, Refusal):
            raise
        form.form_errors.append(no.sentence)
        return _customer_page(form, cart, total, 422)
    nudge(public_id, now)
    flash(_("Ordren er skrevet ned."))
    return redirect(url_for("orders.desk_order", public_id=public_id), 303)


def _picked_anew(picked: Picked, form: PhoneForm) -> Picked:
    """What is picked after the buttons beside the form, which leave all that is typed about the customer as it is."""
    number = request.form.get("tag", "").strip()
    if number.isascii() and number.isdecimal() and len(number) <= 9:
        return picked.with_thing(int(number), 1)
    if number:
        form.form_errors.append(_("Skriv varens nummer med tal. Det står på mærket."))
    return picked.without(request.form.get("fjern", ""))


def _is_written(public_id: str) -> bool:
    with db.reading() as session:
        return orders.page(session, public_id) is not None


def _total(session: Session, form: PhoneForm, cart: Cart) -> int:
    """What it comes to (øre, VAT included), delivery too; where we do not go the form says so."""
    if not form.is_brought or not form.postcode or not cart.rows:
        return cart.goods_ore
    brought = queries.delivery_ore(session, cart, form.postcode)
    if brought is None:
        sentence = _("Vi leverer ikke til %(postcode)s. Vælg en tid, hvor kunden henter.", postcode=form.postcode)
        form.postnr.errors = [*form.postnr.errors, sentence]
    return cart.goods_ore + (brought or 0)


def _offer(session: Session, form: PhoneForm, cart: Cart) -> None:
    calendar, now = house.calendar(session), clock.now()
    pickup = calendar.slots(now, Fulfilment.PICKUP, cart.ready_on)
    form.offer(pickup, calendar.slots(now, Fulfilment.DELIVERY, cart.ready_on))


def _made(kind: ProductType, chosen: dict[str, str]) -> PickedMaking:
    """The choice the form made. Raises Refusal for one that is not offered."""
    written = request.args.get("eget", "").strip().removesuffix("cm").strip()
    if written and not (written.isascii() and written.isdecimal() and len(written) <= 4):
        raise Refusal(_("Skriv målet i hele centimeter, for eksempel 163."))
    options, own = made_to_order.settled(
        kind.options, {name: value for name, value in chosen.items() if value}, int(written) if written else None
    )
    return PickedMaking(kind.sku, _whole("antal", 1), own, tuple(options.items()))


def _choose_page(kind: ProductType, picked: Picked, chosen: dict[str, str], problem: str) -> Response:
    html = render_template(
        "orders/phone_make.html",
        kind=kind,
        picked=picked,
        chosen=chosen,
        problem=problem,
        options=[(name, made_to_order.values_of(kind.options, name)) for name in kind.options],
        own=made_to_order.own_length(kind.options),
        value_text=made_to_order.value_text,
        typed=request.args,
        most=made_to_order.MOST_PIECES,
        LENGTH=made_to_order.LENGTH,
    )
    return make_response(html, 422 if problem else 200)


def _customer_page(form: PhoneForm, cart: Cart, total: int, status: int, picked: Picked | None = None) -> Response:
    form.total.data = form.total.raw_data = None
    form.total.data = str(total)
    picked = picked or picking.read(request.args)
    html = render_template("orders/phone_customer.html", form=form, cart=cart, total=total, picked=picked)
    return make_response(html, status)


def _to(picked: Picked) -> Response:
    address: dict[str, Any] = {**picked.address}
    return redirect(url_for("phone.pick", **address), 303)


def _words(name: str) -> str:
    return request.args.get(name, "").replace("\x00", "")[:100].strip()


def _whole(name: str, least: int) -> int:
    """A number out of the address, at least `least` and never more than a person could mean."""
    text = request.args.get(name, "").strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else least
    return max(number, least) if name == "nummer" else min(max(number, least), MOST_OF_ONE)
