"""The sale desk at the door: scan, see the price, take the money, give a receipt."""

from __future__ import annotations

import re

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders import actions as orders
from shop.orders import checkout
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, OrderState
from shop.orders.nudge import nudge
from shop.orders.web import gateway
from shop.payments import queries as payments
from shop.till import actions, basket, daybook, queries
from shop.till.basket import Counter
from shop.till.daybook import What
from shop.till.forms import CountForm, LineForm, MailForm, SellForm
from shop.till.models import TillSale
from shop.till.words import entry_text, sold_text, undone_text
from workshop.core import access, clock, crypto, db, identity
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.money import PayMeans, kr
from workshop.core.web import MenuEntry, settings
from workshop.products.codes import queries as codes
from workshop.products.models import Item

blueprint = Blueprint("till", __name__, url_prefix="/personale/salg")
MENU = (MenuEntry("desk", lazy("Salg"), "till.counter", "banknote", "till:sell", order=55),)
PAGES = {
    What.SALE: ("till.receipt", "till:sell"),
    What.SALE_BACK: ("till.receipt", "till:sell"),
    What.ORDER: ("orders.desk_order", "order:read"),
    What.ORDER_BACK: ("orders.desk_order", "order:read"),
    What.REPAIR: ("repairs.card", "repair:handle"),
    What.BILL: ("billing.one", "service:sell"),
    What.BILL_BACK: ("billing.one", "service:sell"),
}
ONCE = re.compile(r"[A-Za-z0-9_-]{20,40}")


def _counter() -> Counter:
    return basket.read(request.values.getlist("nr"), request.values.getlist("linje"))


def _to(counter: Counter) -> Response:
    return redirect(f"{url_for('till.counter')}?{counter.query}", 303)


@blueprint.get("")
@needs("till:sell")
def counter() -> Response:
    """What lies on the counter; with a number or a scanned code in the address it is put there too."""
    found = _counter()
    words = request.args.get("find", "").strip()[:200]
    if not words:
        return _page(found)
    if found.is_full:
        return _page(found, 422, say=_("Der er ikke plads til mere. Sælg det, der ligger der, først."), words=words)
    with db.reading() as session:
        item = codes.find(session, words)
        number = item.number if isinstance(item, Item) else None
    if number is None:
        is_blank = item is not None  # a label that was printed ahead
        say = _("Mærket sidder ikke på nogen vare endnu.") if is_blank else _("Det nummer findes ikke.")
        return _page(found, 422, say=f"{say} {_('Se på mærket, og prøv igen.')}", words=words)
    return _to(found.with_thing(number))


@blueprint.get("/vaek")
@needs("till:sell")
def take_off() -> Response:
    """The counter without one of its things or lines."""
    found = _counter()
    number, line = request.args.get("ting", "", type=str), request.args.get("skrevet", "", type=str)
    if number.isascii() and number.isdecimal() and len(number) < 10:
        found = found.without_thing(int(number))
    if line.isascii() and line.isdecimal() and len(line) < 4:
        found = found.without_typed(int(line))
    return _to(found)


@blueprint.get("/antal")
@needs("till:sell")
def so_many() -> Response:
    """The counter with so many of one of its things; what is no number changes nothing."""
    found, form = _counter(), CountForm(request.args)
    return _to(found.with_so_many(form.ting.data, form.antal.data) if form.validate() else found)


@blueprint.get("/linje")
@needs("till:sell")
def add_line() -> Response:
    """Put a line there that is no numbered thing."""
    found, form = _counter(), LineForm(request.args)
    if found.is_full or not form.validate():
        return _page(found, 422, line_form=form)
    return _to(found.with_typed(form.text.data, form.price.data))


@blueprint.post("")
@needs("till:sell")
def sell() -> Response:
    """Sell it all: money in hand, things out of the door."""
    found, form = _counter(), SellForm.posted()
    if not ONCE.fullmatch(form.once.data or ""):
        form.once.data = crypto.new_public_id()
        return _page(found, 422, form=form)
    if not form.validate():
        return _page(found, 422, form=form)
    try:
        if request.form.get("overtag") == "ja":
            _close_online(found)
        public_id = _sell(found, form)
    except actions.HeldOnline as held:
        return _page(found, 409, form=form, held=held)
    except Refusal as no:
        return _page(found, 409, form=form, refusal=no.sentence)
    nudge(public_id, clock.now())  # its mail
    flash(_("Solgt."))
    return redirect(url_for("till.receipt", public_id=public_id), 303)


def _sell(found: Counter, form: SellForm) -> str:
    with db.transaction() as session:
        return actions.sell(
            session,
            found,
            once=form.once.data,
            means=PayMeans(form.means.data),
            agreed_ore=form.agreed_ore,
            receipt_email=form.email.data or "",
            seller=identity.current(),
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        ).public_id


def _close_online(found: Counter) -> None:
    """End the unfinished web orders that keep these things: their payment pages first, so that nobody pays in vain.

    Raises Refusal when one of them turns out to be paid. Stripe is asked between the blocks, never inside one.
    """
    head, now = Letterhead.of(settings()), clock.now()
    with db.reading() as session:
        keepers = actions.keepers(session, [each.number for each in found.things])
        open_payments = {
            each: payment.id
            for each in keepers
            if (payment := payments.newest(session, each)) is not None and payments.may_be_paid(session, payment)
        }
    for public_id in keepers:
        if public_id in open_payments and checkout.close(gateway(), open_payments[public_id], head, now) is not None:
            raise Refusal(_("Kunden på nettet har lige betalt. Den er solgt der."))
        with db.transaction() as session:
            order = orders.load(session, public_id)
            if order.state is OrderState.PLACED:
                orders.cancel(session, public_id, cause=CancelCause.STAFF, head=head, now=now, by_staff_id=_staff_id())
        nudge(public_id, now)


def _staff_id() -> int:
    return access.require_actor().account_id


@blueprint.get("/dagen")
@needs("till:sell")
def day() -> Response:
    """The money of a day: how much came and went by each means, and every time it did."""
    shown = clock.day_of(request.args.get("dag", "")) or clock.local_day(clock.now())
    with db.reading() as session:
        entries = daybook.of_day(session, shown)
    html = render_template(
        "till/day.html",
        day=shown,
        entries=entries,
        sums=daybook.by_means(entries),
        entry_text=entry_text,
        entry_url=entry_url,
    )
    return make_response(html)


def entry_url(entry: daybook.Entry) -> str:
    """Where it can be read; empty for who may not open it."""
    person = access.require_actor()
    endpoint, permission = PAGES[entry.what]
    is_elsewhere = entry.department_id is not None and entry.department_id not in person.department_ids
    return "" if is_elsewhere or not person.may(permission) else url_for(endpoint, public_id=entry.public_id)


@blueprint.get("/<public_id>")
@needs("till:sell")
def receipt(public_id: str) -> Response:
    """The receipt, to print or to show."""
    return _receipt_page(public_id, MailForm())


def _receipt_page(public_id: str, form: MailForm, status: int = 200) -> Response:
    with db.reading() as session:
        sale = _found(session, public_id)
    html = render_template(
        "till/receipt.html",
        sale=sale,
        sold_at=sold_text(sale.sold_at),
        is_of_today=actions.is_of_today(sale, clock.now()),
        undone_text=undone_text(sale.sold_at, sale.undone_at) if sale.undone_at else "",
        form=form,
    )
    return make_response(html, status)


@blueprint.post("/<public_id>/mail")
@needs("till:sell")
def mail_receipt(public_id: str) -> Response:
    """Send the receipt after all."""
    form = MailForm.posted()
    if not form.validate():
        return _receipt_page(public_id, form, 422)
    with db.transaction() as session:
        actions.mail_receipt(session, public_id, to=form.email.data, seller=identity.current(), now=clock.now())
    nudge(public_id, clock.now())
    return redirect(url_for("till.receipt", public_id=public_id), 303)


@blueprint.post("/<public_id>/fortryd")
@needs("till:sell")
def undo(public_id: str) -> Response:
    """A mistake of today, or something that comes back from an earlier day."""
    now, seller, by_staff_id = clock.now(), identity.current(), _staff_id()
    ticked = set(request.form.getlist("lager"))
    with db.reading() as session:
        sale = _found(session, public_id)
    on_sale = {line.position for line in sale.lines if str(line.position) in ticked}
    with db.transaction() as session:
        if actions.is_of_today(sale, now):
            actions.undo(session, public_id, seller=seller, now=now, by_staff_id=by_staff_id)
        else:
            actions.take_back(session, public_id, on_sale=on_sale, seller=seller, now=now, by_staff_id=by_staff_id)
    nudge(public_id, now)  # its mail
    if actions.is_of_today(sale, now):
        flash(_("Salget er fortrudt. Varen er til salg igen. Husk at give pengene tilbage."))
    else:
        how = {"total": kr(sale.total_ore), "means": sale.means.label}
        flash(_("Salget er taget tilbage. Husk at give pengene tilbage: %(total)s, %(means)s.", **how))
    return redirect(url_for("till.receipt", public_id=public_id), 303)


def _found(session: Session, public_id: str) -> TillSale:
    """Raises NotHere."""
    sale = queries.sale(session, public_id)
    if sale is None:
        raise NotHere
    return sale


def _page(
    found: Counter,
    status: int = 200,
    *,
    form: SellForm | None = None,
    line_form: LineForm | None = None,
    say: str = "",
    words: str = "",
    refusal: str = "",
    held: actions.HeldOnline | None = None,
) -> Response:
    with db.reading() as session:
        lines = queries.counter_lines(session, found, clock.now())
    form = form or SellForm(data={"once": crypto.new_public_id()})
    total_ore = sum(line.amount_ore for line in lines) + sum(each.ore for each in found.typed)
    html = render_template(
        "till/counter.html",
        counter=found,
        lines=lines,
        total_ore=total_ore,
        form=form,
        line_form=line_form or LineForm(),
        say=say,
        words=words,
        refusal=refusal,
        is_stopped=any(line.problem for line in lines),
        held=held,
    )
    return make_response(html, status)
