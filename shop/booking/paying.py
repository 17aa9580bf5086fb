"""The customer's bill: what, when, how much, and a button to the payment page. It opens by the link of the mail."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.booking import followers
from shop.orders.nudge import nudge
from shop.orders.web import gateway
from shop.payments import looking
from shop.payments import queries as payments
from shop.payments.actions import close_unseen, open_page, open_payment, settle
from shop.payments.facts import CheckoutLine
from shop.payments.gateway import PaymentRefused, PaymentUnavailable, StripeGateway
from shop.payments.models import Payment, PaymentState
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.web import settings
from workshop.services.billing import queries, words
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.billing.queries import ChargePage
from workshop.services.door import Head, is_over, let_in, may_see, private, unknown

blueprint = Blueprint("paying", __name__, url_prefix="/regning")
PAGE_LASTS = timedelta(minutes=60)
CLOSES = timedelta(minutes=1)  # nobody is sent to a page that closes as they read it
SMALLEST_ORE = 250  # Source: Stripe, minimum charge amounts
TRIES = 3


@dataclass(frozen=True)
class Try:
    """A payment to send the customer on with; `is_stale`: its page is to be closed and looked at first."""

    payment_id: int
    is_stale: bool = False


@blueprint.get("/<public_id>/<token>")
@public
def link(public_id: str, token: str) -> Response:
    """The link in a mail: let this browser in, and go on to the clean address."""
    head = Head.of(settings())
    if not head.fits("charge", public_id, token) or _found(public_id) is None:
        return unknown()
    return private(let_in(redirect(url_for("paying.page", public_id=public_id), 303), "charge", public_id))


@blueprint.get("/<public_id>")
@public
def page(public_id: str) -> Response:
    """What is to be paid, or the receipt of what was."""
    found = _own(public_id)
    if found is None:
        return unknown()
    with db.reading() as session:
        tried = payments.newest(session, public_id)
    html = render_template(
        "booking/pay.html",
        charge=found.charge,
        job=found.job,
        place=found.place,
        has_just_paid="betalt" in request.args and found.charge.state is ChargeState.DUE,
        is_paid_back=tried is not None and tried.captured_ore > 0 and found.charge.state is ChargeState.CANCELLED,
        can_pay_here=_can_pay_here(found),
        means_text=words.means_text,
        day_with_year=words.day_with_year,
    )
    return private(make_response(html))


@blueprint.post("/<public_id>/betal")
@public
def pay(public_id: str) -> Response:
    """On to the payment page; the same page for every tab, as long as it is open."""
    found = _own(public_id)
    if found is None:
        return unknown()
    own, now = url_for("paying.page", public_id=public_id), clock.now()
    if found.charge.state is not ChargeState.DUE:
        return private(redirect(own, 303))
    if not _can_pay_here(found):
        raise Refusal(_("Det beløb kan ikke betales her på siden. Betal ved døren, eller ring til os."))
    try:
        address = payment_page(gateway(), found, Head.of(settings()), now)
    except PaymentUnavailable as away:
        flash(away.sentence)
        return private(redirect(own, 303))
    if address is None:
        nudge(public_id, now)
    return private(redirect(address or own, 303))


def payment_page(gateway: StripeGateway, found: ChargePage, head: Head, now: datetime) -> str | None:
    """The address of the payment page of a charge; None when it turns out to be paid. Raises PaymentUnavailable.

    There is one open page at a time: an earlier one is closed before another is opened, and whoever paid on it has
    paid. Opens blocks of its own, because Stripe is asked between them.
    """
    public_id = found.charge.public_id
    for _attempt in range(TRIES):
        with db.transaction() as session:
            attempt = begin(session, public_id, now)
        if attempt is None:
            return None
        if attempt.is_stale:
            close(gateway, attempt.payment_id, head, now)
            continue
        return open_page(
            gateway,
            attempt.payment_id,
            lines=payment_lines(found.charge),
            customer_email=found.place.customer_email,
            success_url=f"{head.base_url}/regning/{public_id}?betalt=1",
            cancel_url=f"{head.base_url}/regning/{public_id}",
        )
    raise PaymentUnavailable("the earlier page could not be closed")


def payment_lines(charge: ServiceCharge) -> list[CheckoutLine]:
    """What the payment page lists; it comes to the charge's amount."""
    return [CheckoutLine(charge.text, charge.amount_ore)]


def begin(session: Session, public_id: str, now: datetime) -> Try | None:
    """The payment to go on with: the one that is open, or a new one. None when nothing is due any more.

    Raises Refusal while money that came is not counted yet.
    """
    followers.lock_money(session, public_id)
    charge = queries.by_public_id(session, public_id, is_locked=True)
    if charge is None or charge.state is not ChargeState.DUE:
        return None
    before = payments.newest(session, public_id)
    if before is not None and before.state in {PaymentState.AUTHORISED, PaymentState.CAPTURED}:
        raise Refusal(_("Der er betalt for et øjeblik siden. Vent lidt, og se igen."))
    if before is not None and before.state is PaymentState.OPENED:
        return Try(before.id, is_stale=now >= before.expires_at - CLOSES)
    payment = open_payment(
        session,
        reference=public_id,
        amount_ore=charge.amount_ore,
        now=now,
        expires_at=now + PAGE_LASTS,
        is_captured_at_once=True,
    )
    return Try(payment.id)


def close(gateway: StripeGateway, payment_id: int, head: Head, now: datetime) -> None:
    """Close a payment page and take in what Stripe shows of it. Raises PaymentUnavailable."""
    with db.reading() as session:
        session_id = session.get_one(Payment, payment_id).session_id
    try:
        seen = looking.of_page(gateway, gateway.expire_checkout(session_id)) if session_id else None
    except PaymentRefused as no:
        raise PaymentUnavailable(no.code) from no
    follow = functools.partial(followers.follow, head=head)
    with db.transaction() as session:
        payment = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
        for outcome in settle(session, payment, seen, now) if seen else close_unseen(session, payment):
            follow(session, outcome, now)


def _own(public_id: str) -> ChargePage | None:
    return _found(public_id) if may_see("charge", public_id) else None


def _found(public_id: str) -> ChargePage | None:
    """The charge while its link lasts."""
    with db.reading() as session:
        found = queries.page(session, public_id)
    if found is None:
        return None
    charge = found.charge
    ended_at = None if charge.state is ChargeState.DUE else charge.paid_at or charge.told_at or charge.made_at
    return None if is_over(ended_at, clock.now()) else found


def _can_pay_here(found: ChargePage) -> bool:
    is_due = found.charge.state is ChargeState.DUE
    return is_due and found.charge.amount_ore >= SMALLEST_ORE and bool(found.place.customer_email)
