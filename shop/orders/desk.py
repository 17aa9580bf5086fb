"""The sales desk: which orders wait for us, one order's money and story, and the mails we have written."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.orders import actions, queries
from shop.orders.letterhead import Letterhead, without_tokens
from shop.orders.models import CancelCause, OrderState, PayWay
from shop.orders.nudge import nudge
from shop.orders.pickup import hours_text, kept_until
from shop.orders.views import blueprint
from shop.payments.models import PaymentState
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.config import Mode
from workshop.core.errors import NotHere
from workshop.core.i18n import _, ngettext
from workshop.core.web import MenuEntry, settings

mail_blueprint = Blueprint("mails", __name__)
WORDS = {"PayWay": PayWay, "OrderState": OrderState, "PaymentState": PaymentState, "hours_text": hours_text}


def _waiting() -> int:
    with db.reading() as session:
        return queries.count_waiting(session)


MENU = (
    MenuEntry("desk", "Ordrer", "orders.desk", "kurv", "order:read", order=60, count=_waiting),
    MenuEntry("desk", "Mails", "mails.sent", "brev", "mail:read", order=80),
)


@blueprint.get("/personale/ordrer")
@needs("order:read")
def desk() -> Response:
    """Every order, those that wait for us first."""
    words = request.args.get("q", "")[:100]
    with db.reading() as session:
        rows = queries.desk(session, words)
        count = queries.count_waiting(session)
    waiting = ngettext("%(num)s venter på jer", "%(num)s venter på jer", count)
    return make_response(render_template("orders/desk.html", rows=rows, words=words, waiting=waiting, **WORDS))


@blueprint.get("/personale/ordrer/<public_id>")
@needs("order:read")
def desk_order(public_id: str) -> Response:
    """One order: what, when, money, story, and the next step."""
    with db.reading() as session:
        found = queries.page(session, public_id)
    if found is None:
        raise NotHere
    person = access.require_actor()
    html = render_template(
        "orders/desk_order.html",
        found=found,
        order=found.order,
        may_handle=person.may("order:handle"),
        may_refund=person.may("order:refund"),
        kept_until=kept_until(found.order.pickup_on),
        **WORDS,
    )
    return make_response(html)


@blueprint.post("/personale/ordrer/<public_id>/klar")
@needs("order:handle")
def ready(public_id: str) -> Response:
    """The things stand ready; the customer is told."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.make_ready(session, public_id, head=head, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back(public_id, _("Meldt klar. Kunden får en mail."))


@blueprint.post("/personale/ordrer/<public_id>/udlever")
@needs("order:handle")
def hand_over(public_id: str) -> Response:
    """The customer has the things in hand."""
    now = clock.now()
    with db.transaction() as session:
        actions.hand_over(session, public_id, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back(public_id, _("Udleveret."))


@blueprint.post("/personale/ordrer/<public_id>/annuller")
@needs("order:handle")
def desk_cancel(public_id: str) -> Response:
    """Call an order off from our side."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.cancel(session, public_id, cause=CancelCause.STAFF, head=head, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back(public_id, _("Annulleret. Kunden får en mail."))


@blueprint.post("/personale/ordrer/<public_id>/betal-tilbage")
@needs("order:refund")
def pay_back(public_id: str) -> Response:
    """Give the customer everything back, once."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.pay_back(
            session,
            public_id,
            is_back_in_stock=request.form.get("lager") == "ja",
            head=head,
            now=now,
            by_staff_id=_staff_id(),
        )
    nudge(public_id, now)
    return _back(public_id, _("Pengene er på vej tilbage."))


@mail_blueprint.get("/personale/mails")
@needs("mail:read")
def sent() -> Response:
    """What we have written to people, and whether it went; in the demo, where no mail arrives, with their links."""
    with db.reading() as session:
        rows = queries.mails(session)
    has_hidden_links = settings().mode is not Mode.DEMO
    if has_hidden_links:
        rows = [row._replace(body=without_tokens(row.body)) for row in rows]
    return make_response(render_template("orders/mails.html", rows=rows, has_hidden_links=has_hidden_links))


def _staff_id() -> int:
    return access.require_actor().account_id


def _back(public_id: str, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("orders.desk_order", public_id=public_id), 303)
