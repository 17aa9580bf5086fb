"""The demo's comparison with Stripe's books: last night's found nothing, and one from last week was put right."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from shop.demo.stage import Stage
from shop.orders.models import Order
from shop.payments.models import Finding, FindingKind, Payment, PaymentState, Reconciliation
from shop.payments.reconciling.actions import DAYS
from workshop.core import clock
from workshop.core.money import kr

FOUND_DAYS_AGO, SETTLED_DAYS_AGO = 6, 5


def compare_the_books(stage: Stage) -> None:
    """A run each night of the last week, and a capture that Stripe had a day later than we."""
    session = stage.session
    seen = session.scalar(sa.select(sa.func.count(Payment.id))) or 0
    for days in range(FOUND_DAYS_AGO + 1, -1, -1):
        ran_at = _night(stage, days)
        found = int(SETTLED_DAYS_AGO < days <= FOUND_DAYS_AGO)
        row = Reconciliation(from_at=ran_at - timedelta(days=DAYS), ran_at=ran_at, payments_seen=seen, found=found)
        session.add(row)
    taken = session.execute(
        sa.select(Payment.reference, Payment.key, Payment.amount_ore)
        .join(Order, Order.public_id == Payment.reference)
        .where(Payment.state == PaymentState.CAPTURED)
        .order_by(Payment.id)
        .limit(1)
    ).first()
    if taken is not None:
        finding = Finding(
            kind=FindingKind.STATE_DIFFERS,
            object_id=taken.key,
            reference=taken.reference,
            text=f"Hos Stripe er pengene reserveret, hos os er de trukket. Det gælder {kr(taken.amount_ore)}",
            found_at=_night(stage, FOUND_DAYS_AGO),
            settled_at=_night(stage, SETTLED_DAYS_AGO),
        )
        session.add(finding)
    session.flush()


def _night(stage: Stage, days_ago: int) -> datetime:
    """Ten past three, Danish time; this night's has not come yet when the demo is filled before that."""
    ran_at = clock.at(clock.local_day(stage.now) - timedelta(days=days_ago), time(3, 10))
    return min(ran_at, stage.now)
