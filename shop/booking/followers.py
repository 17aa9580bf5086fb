"""What a charge of the garden service does when its money moves. Its own state decides, so news twice changes nothing.

Locks are taken as orders take them: the payment first, then the charge.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from shop.payments import outcomes
from shop.payments.actions import owe, owe_money_back
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from shop.payments.reconciling.house import Expects, Standing
from workshop.core import db
from workshop.core.money import PayMeans
from workshop.services.billing import actions, letters, queries
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.door import Head

log = structlog.get_logger()
AT_ONCE = 500
PAGE = "billing.one"  # where staff see a charge


def follow(session: Session, outcome: outcomes.Outcome, now: datetime, *, head: Head) -> None:
    """Let the charge behind a payment follow what became of the money, in the block that wrote it down."""
    charge = queries.by_public_id(session, outcome.reference, is_locked=True)
    if charge is None:
        return
    match outcome:
        case outcomes.Secured():
            _come(session, charge, outcome.payment_id, now, head)
        case outcomes.Mismatch() | outcomes.DeedRefused():
            # Money that would not go back stands on the page of bills (`bounced`); the rest the comparison with
            # Stripe's books finds, and keeps before staff's eyes until it is put right.
            log.warning("money of a charge", charge=charge.number, what=type(outcome).__name__)


def _come(session: Session, charge: ServiceCharge, payment_id: int, now: datetime, head: Head) -> None:
    """Money came: it pays what is due, and what is not due any more goes back by itself."""
    if charge.state is ChargeState.DUE:
        actions.paid(session, charge, PayMeans.CARD, now=now, by_staff_id=None)
        letters.paid(session, charge, head, now)
        close_pages_of(session, charge.public_id, now)
        return
    payment = session.get_one(Payment, payment_id)
    if owe_money_back(session, payment, now) is not None:
        letters.paid_twice(session, charge, head, now, payment_key=payment.key)


def lock_money(session: Session, public_id: str) -> None:
    """Lock what was paid or is being paid for a charge; done before the charge itself is changed."""
    session.execute(sa.select(Payment.id).where(Payment.reference == public_id).order_by(Payment.id).with_for_update())


def close_pages_of(session: Session, public_id: str, now: datetime) -> None:
    """Close every payment page of a charge that is not to be paid by one any more."""
    for payment in session.scalars(_open_pages().where(Payment.reference == public_id)):
        owe(session, payment, Deed.EXPIRE, now)


def give_back(session: Session, public_id: str, now: datetime) -> bool:
    """Send back whatever was paid by card for a charge; whether there was anything."""
    held = sa.select(Payment).where(
        Payment.reference == public_id, Payment.state.in_((PaymentState.AUTHORISED, PaymentState.CAPTURED))
    )
    deeds = [owe_money_back(session, payment, now) for payment in session.scalars(held)]
    return any(deed is not None for deed in deeds)


def close_pages(now: datetime) -> int:
    """The sweep: pages of charges that were paid at the door, or called off, wherever that was done; how many."""
    is_over = ServiceCharge.state != ChargeState.DUE
    over = _open_pages().join(ServiceCharge, ServiceCharge.public_id == Payment.reference).where(is_over)
    with db.reading() as session:
        found = session.scalars(over.with_only_columns(Payment.reference).order_by(None).distinct()).all()
    for public_id in found:
        with db.transaction() as session:
            close_pages_of(session, public_id, now)
    return len(found)


def standings(session: Session, references: Collection[str], since: datetime | None) -> Mapping[str, Standing]:
    """The charges with these public ids, and when `since` is given every one written since then."""
    columns = sa.select(
        ServiceCharge.public_id, ServiceCharge.number, ServiceCharge.state, ServiceCharge.paid_means
    )  # fmt: skip
    asked = sorted(references)
    rows: list[Any] = []
    for start in range(0, len(asked), AT_ONCE):
        rows += session.execute(columns.where(ServiceCharge.public_id.in_(asked[start : start + AT_ONCE]))).all()
    if since is not None:
        rows += session.execute(columns.where(ServiceCharge.made_at >= since)).all()
    return {row.public_id: Standing(row.number, _expects(row.state, row.paid_means), PAGE) for row in rows}


def _expects(state: ChargeState, means: PayMeans | None) -> Expects:
    if state is ChargeState.DUE:
        return Expects.EITHER
    return Expects.MONEY if state is ChargeState.PAID and means is PayMeans.CARD else Expects.NOTHING


def _open_pages() -> sa.Select[Payment]:
    is_closing = sa.exists().where(PaymentDue.payment_id == Payment.id, PaymentDue.deed == Deed.EXPIRE)
    return sa.select(Payment).where(Payment.state == PaymentState.OPENED, ~is_closing).order_by(Payment.id)
