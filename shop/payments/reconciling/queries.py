"""Reads of a comparison: our payments for what Stripe showed, what was found, and when we last looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.payments.actions import BY_HAND
from shop.payments.models import Deed, Finding, Payment, PaymentDue, Reconciliation
from workshop.core import clock

_Value = TypeVar("_Value")
AT_ONCE = 500  # values in one question; a database takes some thousands
NIGHT_HOUR = 3  # Danish time
SETTLED_SHOWN = 30
MONEY_BACK = (Deed.VOID, Deed.REFUND, Deed.EXPIRE)


def payments_since(
    session: Session, since: datetime, pages: Collection[str], intents: Collection[str], keys: Collection[str]
) -> list[Payment]:
    """Our payments opened since then, and the older ones with these ids at Stripe or these keys or references."""
    found = {payment.id: payment for payment in session.scalars(sa.select(Payment).where(Payment.opened_at >= since))}
    for column, values in (
        (Payment.session_id, pages),
        (Payment.payment_intent_id, intents),
        (Payment.key, keys),
        (Payment.reference, keys),
    ):
        for some in _some(sorted(values)):
            rows = session.scalars(sa.select(Payment).where(column.in_(some)))
            found |= {payment.id: payment for payment in rows}
    return [found[payment_id] for payment_id in sorted(found)]


def payments(session: Session, payment_ids: Iterable[int]) -> list[Payment]:
    """These payments as they are now, the oldest first."""
    found: list[Payment] = []
    for some in _some(sorted(payment_ids)):
        found += session.scalars(sa.select(Payment).where(Payment.id.in_(some)).order_by(Payment.id))
    return found


def owed_back(session: Session, payment_ids: Iterable[int]) -> set[int]:
    """Those of these payments whose money is already on its way back, or was given back by hand."""
    owed: set[int] = set()
    is_seen_to = sa.or_(PaymentDue.done_at.is_(None), PaymentDue.problem.startswith(BY_HAND, autoescape=True))
    for some in _some(sorted(payment_ids)):
        due = sa.select(PaymentDue.payment_id).where(
            PaymentDue.payment_id.in_(some), PaymentDue.deed.in_(MONEY_BACK), is_seen_to
        )
        owed |= set(session.scalars(due))
    return owed


def open_findings(session: Session) -> Sequence[Finding]:
    """What does not fit right now, the oldest first."""
    return session.scalars(
        sa.select(Finding).where(Finding.settled_at.is_(None)).order_by(Finding.found_at, Finding.id)
    ).all()


def settled_findings(session: Session) -> Sequence[Finding]:
    """The newest that were settled."""
    settled = sa.select(Finding).where(Finding.settled_at.is_not(None))
    return session.scalars(settled.order_by(Finding.settled_at.desc(), Finding.id.desc()).limit(SETTLED_SHOWN)).all()


def count_open(session: Session) -> int:
    """How much does not fit."""
    return session.scalar(sa.select(sa.func.count(Finding.id)).where(Finding.settled_at.is_(None))) or 0


def newest(session: Session) -> Reconciliation | None:
    """The last comparison."""
    return session.scalar(
        sa.select(Reconciliation).order_by(Reconciliation.ran_at.desc(), Reconciliation.id.desc()).limit(1)
    )


def is_due(session: Session, now: datetime) -> bool:
    """Whether tonight's comparison is still to be made; when the night was missed, the morning will do."""
    here = clock.local(now)
    last = newest(session)
    return here.hour >= NIGHT_HOUR and (last is None or clock.local_day(last.ran_at) < here.date())


def _some(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
