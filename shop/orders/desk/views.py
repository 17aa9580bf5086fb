"""The order desk's pages: what waits for us, one order's story, and the mails we have written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from shop.orders import queries
from shop.orders.contract import contract
from shop.orders.desk import queries as desk_queries
from shop.orders.desk.forms import MeansForm
from shop.orders.desk.queries import GONE, Waits
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead, without_tokens
from shop.orders.models import Channel, CustomerKind, OrderState, PayWay
from shop.orders.pickup import hours_text
from shop.orders.views import blueprint
from shop.orders.withdrawing import queries as withdrawing
from shop.orders.withdrawing.models import ComplaintState, WithdrawalState
from shop.payments.models import Deed, PaymentState
from workshop.core import access, clock, db, mail
from workshop.core.access import needs
from workshop.core.config import Mode
from workshop.core.errors import NotHere
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.web import MenuEntry, settings

mail_blueprint = Blueprint("mails", __name__)
WORDS: dict[str, Any] = {
    "PayWay": PayWay,
    "OrderState": OrderState,
    "PaymentState": PaymentState,
    "Waits": Waits,
    "Channel": Channel,
    "CustomerKind": CustomerKind,
    "Deed": Deed,
    "WithdrawalState": WithdrawalState,
    "ComplaintState": ComplaintState,
    "hours_text": hours_text,
}
HEADINGS = (
    (Waits.ATTENTION, lazy("Kræver handling")),
    (Waits.LAPSING, lazy("Reservationen på kortet udløber snart")),
    (Waits.MAKE, lazy("Skal laves")),
    (Waits.PACK, lazy("Skal pakkes")),
    (Waits.LATE, lazy("Ikke hentet eller leveret til tiden")),
    (Waits.READY, lazy("Klar til afhentning eller levering")),
    (Waits.LATER, lazy("Senere")),
    (Waits.CUSTOMER, lazy("Venter på, at kunden betaler eller bekræfter")),
)


def _in_short(need: Waits, count: int) -> str:
    """How many wait for something, short enough for the line on top that leads to them."""
    return {
        Waits.ATTENTION: _("%(num)s kræver handling", num=count),
        Waits.LAPSING: ngettext("%(num)s reservation udløber", "%(num)s reservationer udløber", count),
        Waits.MAKE: _("%(num)s skal laves", num=count),
        Waits.PACK: _("%(num)s skal pakkes", num=count),
        Waits.LATE: _("%(num)s over tiden", num=count),
        Waits.READY: ngettext("%(num)s er klar", "%(num)s er klar", count),
        Waits.LATER: _("%(num)s senere", num=count),
        Waits.CUSTOMER: ngettext("%(num)s venter på kunden", "%(num)s venter på kunden", count),
    }[need]


def _day_word(day: date) -> str:
    """A day as it is said at the desk: `i dag`, `i morgen`, `24. nov.`."""
    today = clock.local_day(clock.now())
    near = {today: _("i dag"), today + timedelta(days=1): _("i morgen")}
    return near.get(day) or clock.short_day(day)


def _waiting() -> int:
    with db.reading() as session:
        return desk_queries.count_waiting(session)


MENU = (
    MenuEntry("desk", lazy("Ordrer"), "orders.desk", "kurv", "order:read", order=60, count=_waiting),
    MenuEntry("desk", lazy("Mails"), "mails.sent", "brev", "mail:read", order=80),
    MenuEntry("orders", lazy("Ordrer"), "orders.desk", "kurv", "order:read", order=10),
)


@blueprint.get("/personale/ordrer")
@needs("order:read")
def desk() -> Response:
    """What needs doing today, the most pressing first; or what a search found."""
    words, now = request.args.get("q", "").replace("\x00", "")[:100].strip(), clock.now()
    with db.reading() as session:
        found = desk_queries.search(session, words, now) if words else None
        waits = None if words else desk_queries.desk(session, now)
        count = desk_queries.count_waiting(session)
    waiting = ngettext("%(num)s venter på jer", "%(num)s venter på jer", count)
    html = render_template(
        "orders/desk.html",
        found=found,
        waits=waits,
        headings=HEADINGS,
        in_short=_in_short,
        day_word=_day_word,
        words=words,
        waiting=waiting,
        **WORDS,
    )
    return make_response(html)


@blueprint.get("/personale/ordrer/<public_id>")
@needs("order:read")
def desk_order(public_id: str) -> Response:
    """One order: what, when, money, story, and the next step."""
    return order_page(public_id, 200)


def order_page(public_id: str, status: int, means: MeansForm | None = None) -> Response:
    """The page of one order; `means` is a form that was not in order. Raises NotHere."""
    with db.reading() as session:
        found = queries.page(session, public_id)
        if found is None:
            raise NotHere
        story = queries.story(session, found.order.id)
        making = desk_queries.making_of(session, [found.order.id]).get(found.order.id)
        dues = desk_queries.dues(session, public_id)
        letters = desk_queries.letters(session, public_id)
        regrets = withdrawing.withdrawals_of(session, found.order.id)
        complaints = withdrawing.complaints_of(session, found.order.id)
        paid_back = withdrawing.refunds_of(session, found.order.id)
        calendar = house.calendar(session)
    person, order, now = access.require_actor(), found.order, clock.now()
    is_gone = found.money is not None and found.money.state in GONE
    needs_decision = order.state is OrderState.NEEDS_ATTENTION
    html = render_template(
        "orders/desk_order.html",
        found=found,
        order=order,
        story=story,
        making=making,
        dues=dues,
        letters=letters,
        regrets=regrets,
        complaints=complaints,
        paid_back=paid_back,
        means=means or MeansForm().offer(order.customer_kind),
        may_handle=person.may("order:handle"),
        may_refund=person.may("order:refund"),
        may_pay_at_pickup=needs_decision and is_gone and order.secured_at and not order.handed_over_at,
        is_lapsing=desk_queries.is_lapsing(order, found.money, now),
        is_past=order.handed_over_at is None and order.slot_ends_at <= now,
        kept_until=calendar.kept_until(order.pickup_on),
        is_closed_day=desk_queries.is_closed_day(order, calendar, now),
        **WORDS,
    )
    return make_response(html, status)


@blueprint.get("/personale/ordrer/<public_id>/aftale")
@needs("order:read")
def agreement(public_id: str) -> Response:
    """Receipt and contract to print, for a customer who has no mail."""
    with db.reading() as session:
        order = desk_queries.with_lines(session, public_id)
        if order is None:
            raise NotHere
        terms = house.terms(session, order.terms_version) if order.terms_version is not None else None
        text = contract(order, Letterhead.of(settings()), house.calendar(session), terms)
        html = render_template("orders/agreement.html", number=order.number, public_id=public_id, text=text)
    return make_response(html)


@mail_blueprint.get("/personale/mails")
@needs("mail:read")
def sent() -> Response:
    """What we have written to people, and whether it went; in the demo, where no mail arrives, with their links."""
    with db.reading() as session:
        rows, is_stuck = queries.mails(session), mail.is_stuck(session, clock.now())
    has_hidden_links = settings().mode is not Mode.DEMO
    shown = without_tokens if has_hidden_links else Letterhead.of(settings()).with_tokens
    rows = [row._replace(body=shown(row.body)) for row in rows]
    html = render_template("orders/mails.html", rows=rows, has_hidden_links=has_hidden_links, is_stuck=is_stuck)
    return make_response(html)
