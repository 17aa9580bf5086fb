"""Doing at once what a request has just written down as due, so that nobody waits a minute for the sweep.

Nothing hangs on it: the rows are claimed as the sweep claims them, so what is not done here is done there. It runs in a
thread of its own because Stripe and the mail server may be slow, and a person's page waits only so long for them.
"""

from __future__ import annotations

import threading
from datetime import datetime

import structlog
from flask import current_app
from sqlalchemy.exc import OperationalError

from shop.orders import sweeps
from shop.orders.letterhead import Letterhead
from shop.orders.web import gateway_of
from shop.payments.gateway import StripeGateway
from workshop.core import db, mail
from workshop.core.config import Settings

log = structlog.get_logger()
WAIT_SECONDS = 4.0


def nudge(public_id: str, now: datetime) -> None:
    """Do what is due for one order: money first, then the mails, also those that the money caused.

    Called after the commit; it never fails the request, and keeps it at most `WAIT_SECONDS`.
    Raises RuntimeError inside a block, because the rows it looks for are not committed there.
    """
    if db.open_session() is not None:
        raise RuntimeError("nudge after the commit, not inside a block")
    settings: Settings = current_app.extensions["settings"]
    work = threading.Thread(
        target=_do, args=(gateway_of(current_app), settings, public_id, now), name="nudge", daemon=True
    )
    work.start()
    work.join(WAIT_SECONDS)


def _do(gateway: StripeGateway, settings: Settings, public_id: str, now: datetime) -> None:
    try:
        sweeps.do_dues(gateway, Letterhead.of(settings), now, public_id=public_id)
        mail.send_due(settings, now, about=public_id)
    except OperationalError as busy:
        log.warning("left for the sweep", why=type(busy.orig).__name__)
