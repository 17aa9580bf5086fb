"""Doing at once what a request has just written down as due, so that nobody waits a minute for the sweep.

Nothing hangs on it: the rows are claimed as the sweep claims them, so what is not done here is done there. It runs in a
thread of its own because Stripe and the mail server may be slow, and a person's page waits only so long for them.
"""

from __future__ import annotations

import threading
from datetime import datetime

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.exc import OperationalError

from shop.orders import sweeps
from shop.orders.letterhead import Letterhead
from shop.orders.web import gateway_of
from shop.payments.gateway import StripeGateway
from shop.payments.models import Payment, PaymentDue
from shop.payments.outcomes import Follow
from workshop.core import db, mail
from workshop.core.config import Settings

log = structlog.get_logger()
WAIT_SECONDS = 4.0
_DUE = (
    sa.select(PaymentDue.id)
    .join(Payment, Payment.id == PaymentDue.payment_id)
    .where(Payment.reference == sa.bindparam("reference"))
    .where(PaymentDue.done_at.is_(None), PaymentDue.due_at <= sa.bindparam("now"))
    .limit(1)
)


def nudge(public_id: str, now: datetime) -> None:
    """Do what is due for one order, or one bill: money first, then the mails, also those that the money caused.

    Called after the commit; it never fails the request, and keeps it at most `WAIT_SECONDS`.
    Raises RuntimeError inside a block, because the rows it looks for are not committed there.
    """
    if db.open_session() is not None:
        raise RuntimeError("nudge after the commit, not inside a block")
    settings: Settings = current_app.extensions["settings"]
    follow: Follow = current_app.extensions["follow"]
    work = threading.Thread(
        target=_do, args=(gateway_of(current_app), follow, settings, public_id, now), name="nudge", daemon=True
    )
    work.start()
    work.join(WAIT_SECONDS)


def _do(gateway: StripeGateway, follow: Follow, settings: Settings, public_id: str, now: datetime) -> None:
    try:
        with db.reading() as session:
            has_dues = bool(db.rows(session, _DUE, {"reference": public_id, "now": now}))
        if has_dues:  # else nobody is kept waiting for the write lock
            sweeps.do_dues(gateway, Letterhead.of(settings), now, public_id=public_id, follow=follow)
        mail.send_due(settings, now, about=public_id)
    except OperationalError as busy:
        log.warning("left for the sweep", why=type(busy.orig).__name__)
