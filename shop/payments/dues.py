"""Doing what is due at Stripe: claim the row, ask outside any block with the row's own key, then mark it done.

Killed anywhere, the row is found again when its claim runs out, and the same key makes the second time the same as the
first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from shop.payments import actions, looking
from shop.payments.gateway import PaymentRefused, PaymentUnavailable, StripeGateway
from shop.payments.looking import Seen
from shop.payments.models import Deed, Payment, PaymentDue
from shop.payments.outcomes import DeedRefused, Follow, Outcome
from workshop.core import db

log = structlog.get_logger()
CLAIM = timedelta(minutes=3)  # longer than a deed may take, and over well before five minutes after a kill
RETRY = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))


@dataclass(frozen=True)
class Job:
    """One due row as it was claimed."""

    due_id: int
    key: str
    deed: Deed
    amount_ore: int
    payment_id: int
    session_id: str | None
    payment_intent_id: str | None


@dataclass(frozen=True)
class Done:
    """What Stripe shows after the deed, and its word for why if it refused."""

    seen: Seen | None
    refused: str = ""


def run_due(gateway: StripeGateway, follow: Follow, now: datetime, *, reference: str | None = None) -> int:
    """Do everything that is due, or what is due for one reference; how many.

    What came of each is handed to `follow` in the block that marks it done.
    """
    count = 0
    while (job := claim(now, reference)) is not None:
        if do(gateway, job, follow, now):
            count += 1
    return count


def do(gateway: StripeGateway, job: Job, follow: Follow, now: datetime) -> bool:
    """One claimed row; False when Stripe cannot be reached and it is put back."""
    try:
        done = _ask(gateway, job)
    except PaymentUnavailable as trouble:
        log.warning("payment due put back", due=job.due_id, deed=job.deed.value, reason=trouble.reason)
        _put_back(job.due_id, trouble.reason, now)
        return False
    with db.transaction() as session:
        for outcome in _mark(session, job, done, now):
            follow(session, outcome, now)
    return True


def claim(now: datetime, reference: str | None = None) -> Job | None:
    """The next due row, of this reference if one is given, kept from other workers for a while."""
    due = (
        sa.select(PaymentDue)
        .where(PaymentDue.done_at.is_(None), PaymentDue.due_at <= now)
        .where(sa.or_(PaymentDue.claimed_until.is_(None), PaymentDue.claimed_until < now))
        .order_by(PaymentDue.due_at, PaymentDue.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if reference is not None:
        due = due.where(PaymentDue.payment_id.in_(sa.select(Payment.id).where(Payment.reference == reference)))
    with db.transaction() as session:
        row = session.scalar(due)
        if row is None:
            return None
        row.claimed_until = now + CLAIM
        row.attempts += 1
        payment = session.get_one(Payment, row.payment_id)
        return Job(row.id, row.key, row.deed, row.amount_ore, payment.id, payment.session_id, payment.payment_intent_id)


def _ask(gateway: StripeGateway, job: Job) -> Done:
    """The call itself. Raises PaymentUnavailable."""
    try:
        return Done(_call(gateway, job))
    except PaymentRefused as no:
        log.warning("payment due refused", due=job.due_id, deed=job.deed.value, code=no.code)
        refused = no.code
    try:
        return Done(_look(gateway, job), refused)
    except PaymentRefused:
        return Done(None, refused)


def _call(gateway: StripeGateway, job: Job) -> Seen | None:
    if job.deed is Deed.EXPIRE:
        # Without a page that we know of, nobody was sent to one.
        return looking.of_page(gateway, gateway.expire_checkout(job.session_id)) if job.session_id else None
    intent = job.payment_intent_id
    if intent is None:
        raise PaymentRefused("resource_missing", "no payment is known")
    if job.deed is Deed.CAPTURE:
        return looking.of_payment(gateway.capture(intent, job.amount_ore, job.key))
    if job.deed is Deed.VOID:
        return looking.of_payment(gateway.void(intent, job.key))
    refund = gateway.refund(intent, job.amount_ore, job.key)
    if refund.status in looking.NOT_GIVEN:
        raise PaymentRefused(f"refund_{refund.status}", "the bank sent it back")
    return looking.at_payment(gateway, intent)


def _look(gateway: StripeGateway, job: Job) -> Seen | None:
    if job.payment_intent_id:
        return looking.at_payment(gateway, job.payment_intent_id)
    return looking.at_page(gateway, job.session_id) if job.session_id else None


def _mark(session: Session, job: Job, done: Done, now: datetime) -> list[Outcome]:
    payment = session.get_one(Payment, job.payment_id, with_for_update=True, populate_existing=True)
    told: list[Outcome] = []
    if done.seen is not None:
        told += actions.settle(session, payment, done.seen, now)
    elif job.deed is Deed.EXPIRE:
        told += actions.close_unseen(session, payment)
        if payment.session_id is not None:  # The page was opened meanwhile: close that one next.
            _again(session, job.due_id)
            return told
    if done.refused:
        told.append(DeedRefused(payment.reference, payment.id, job.deed, done.refused))
    session.execute(
        sa.update(PaymentDue)
        .where(PaymentDue.id == job.due_id)
        .values(done_at=now, claimed_until=None, problem=done.refused[:200])
    )
    return told


def _again(session: Session, due_id: int) -> None:
    session.execute(sa.update(PaymentDue).where(PaymentDue.id == due_id).values(claimed_until=None))


def _put_back(due_id: int, reason: str, now: datetime) -> None:
    with db.transaction() as session:
        row = session.get_one(PaymentDue, due_id)
        row.due_at = now + RETRY[min(row.attempts, len(RETRY)) - 1]
        row.claimed_until = None
        row.problem = reason[:200]
