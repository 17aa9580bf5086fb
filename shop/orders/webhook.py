"""What Stripe tells us: one block keeps the event, moves what it is about and writes the mail; then it hears "yes"."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, current_app, request

from shop.orders.nudge import nudge
from shop.orders.web import gateway
from shop.payments.gateway import ForgedEvent, PaymentRefused, PaymentUnavailable
from shop.payments.outcomes import Follow
from shop.payments.webhook import TooEarly, listen, take_in
from workshop.core import clock, db
from workshop.core.access import webhook

log = structlog.get_logger()
blueprint = Blueprint("stripe", __name__)


@blueprint.post("/stripe/webhook")
@webhook
def told() -> Response:
    """200 when it is kept (also the second time), 400 when it is forged, 503 when Stripe should tell it again."""
    now = clock.now()
    try:
        news = listen(gateway(), request.get_data(), request.headers.get("Stripe-Signature"), now)
    except ForgedEvent as verdict:
        log.warning("event refused", why=str(verdict))
        return _answer("refused", 400)
    except (PaymentUnavailable, PaymentRefused) as trouble:
        log.warning("event put off", why=str(trouble))
        return _answer("later", 503)
    follow: Follow = current_app.extensions["follow"]
    try:
        with db.transaction() as session:
            outcomes = take_in(session, news, now)
            for outcome in outcomes:
                follow(session, outcome, now)
    except TooEarly:
        return _answer("later", 503)
    for reference in {outcome.reference for outcome in outcomes}:
        nudge(reference, now)
    return _answer("ok", 200)


def _answer(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain")
