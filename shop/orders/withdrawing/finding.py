"""A new link to an order, or to help in a garden, whose old one is lost: sent to its own address, told to nobody else.

The page answers before anything is looked up, so neither its words nor its speed say whether it exists.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask import current_app, make_response, render_template
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from shop.orders import actions as orders
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order
from shop.orders.web import private
from shop.orders.withdrawing import mails
from shop.orders.withdrawing.blueprint import blueprint
from shop.orders.withdrawing.forms import FindForm
from shop.orders.withdrawing.queries import as_number, service_number
from workshop.core import clock, db, mail
from workshop.core.access import public
from workshop.core.config import Settings
from workshop.services.door import Head
from workshop.services.requests import letters
from workshop.services.requests.models import ServicePlace, ServiceRequest

log = structlog.get_logger()
THREAD = "find-order"
AFTER_SECONDS = 0.1


@blueprint.get("/ordre")
@public
def find() -> Response:
    """Which order, and whose."""
    return _page(FindForm(), 200)


@blueprint.post("/ordre")
@public
def send() -> Response:
    """The same answer whether they fit together or not."""
    form = FindForm.posted()
    if not form.validate():
        return _page(form, 422)
    settings: Settings = current_app.extensions["settings"]
    asked = (settings, str(form.ordre.data), str(form.mail.data), clock.now())
    # The work begins when the answer is away: beside it, it would take of its time, and so tell whether there is one.
    later = threading.Timer(AFTER_SECONDS, _send, asked)
    later.name, later.daemon = THREAD, True
    later.start()
    return _page(form, 200, is_sent=True)


def _send(settings: Settings, number: str, address: str, now: datetime) -> None:
    try:
        if service_number(number):
            public_id = remind(number, address, head=Head.of(settings), now=now)
        else:
            public_id = renew(number, address, head=Letterhead.of(settings), now=now)
        if public_id is not None:
            mail.send_due(settings, now, about=public_id)
    except OperationalError as busy:
        log.warning("no link sent", why=type(busy.orig).__name__)


def renew(number: str, address: str, *, head: Letterhead, now: datetime) -> str | None:
    """Let an order's link last anew and write the mail with it, once an hour; None when number and mail do not fit.

    A block of its own.
    """
    fits = sa.select(Order.public_id).where(
        Order.number == as_number(number), Order.customer_email == address.strip().lower()
    )
    with db.reading() as session:
        public_id = session.scalar(fits)
    if public_id is None:
        return None
    with db.transaction() as session:
        order = orders.load(session, public_id)
        order.link_expires_at = max(order.link_expires_at, now + timedelta(days=Order.LINK_LASTS_DAYS))
        mails.new_link(session, order, head, now)
    return public_id


def remind(number: str, address: str, *, head: Head, now: datetime) -> str | None:
    """Write the mail with the link to help in a garden, once an hour; None when number and mail do not fit.

    A block of its own.
    """
    fits = (
        sa.select(ServiceRequest.public_id)
        .join(ServicePlace, ServicePlace.id == ServiceRequest.place_id)
        .where(
            ServiceRequest.number == service_number(number),
            ServicePlace.customer_email == address.strip().lower(),
        )
    )
    with db.reading() as session:
        public_id = session.scalar(fits)
    if public_id is None:
        return None
    with db.transaction() as session:
        asked = session.scalars(sa.select(ServiceRequest).where(ServiceRequest.public_id == public_id)).one()
        letters.new_link(session, asked, head, now)
    return public_id


def _page(form: FindForm, status: int, *, is_sent: bool = False) -> Response:
    return private(make_response(render_template("withdrawing/find.html", form=form, is_sent=is_sent), status))
