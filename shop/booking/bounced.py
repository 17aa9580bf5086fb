"""Money of a bill that would not go back to the customer's card: staff send it again, or give it back by hand.

What is stuck is read from what is due at Stripe: a refund that was said no to, or that a bank sent back days later,
while the money still lies with us and nothing is under way. Sending it, or giving it, ends that by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.booking.followers import lock_money
from shop.payments.actions import BY_HAND, free_to_give_back_ore, given_by_hand, owe_money_back
from shop.payments.models import Deed, Finding, FindingKind, Payment, PaymentDue, PaymentState
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans, kr
from workshop.services.billing.models import ServiceCharge
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace

WAYS = (PayMeans.CASH, PayMeans.MOBILEPAY, PayMeans.INVOICE)  # the last is a transfer to their account


class Stuck(NamedTuple):
    """A bill whose customer waits for money. Øre, VAT included."""

    public_id: str
    number: str
    customer: str
    phone: str
    amount_ore: int


def stuck(session: Session, public_id: str | None = None) -> list[Stuck]:
    """Every bill whose money is stuck, or this one if it is; the oldest first."""
    customer = sa.case((ServicePlace.company_name != "", ServicePlace.company_name), else_=ServicePlace.customer_name)
    left = sa.func.sum(Payment.captured_ore - Payment.refunded_ore)
    found = (
        sa.select(ServiceCharge.public_id, ServiceCharge.number, customer, ServicePlace.customer_phone, left)
        .join(Payment, Payment.reference == ServiceCharge.public_id)
        .join(ServiceJob, ServiceJob.id == ServiceCharge.job_id)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(_is_stuck())
        .group_by(ServiceCharge.id, ServicePlace.id)
        .order_by(ServiceCharge.id)
    )
    if public_id is not None:
        found = found.where(ServiceCharge.public_id == public_id)
    return [Stuck(row[0], row[1], row[2], row[3], int(row[4])) for row in session.execute(found)]


def count(session: Session) -> int:
    """How many bills that is."""
    found = sa.select(sa.func.count(Payment.reference.distinct())).where(
        _is_stuck(), Payment.reference.in_(sa.select(ServiceCharge.public_id))
    )
    return session.scalar(found) or 0


def send_again(session: Session, public_id: str, now: datetime) -> None:
    """Ask Stripe once more, under a new key. Raises Refusal when nothing is stuck: it is on its way, or was given."""
    for payment in _payments(session, public_id):
        owe_money_back(session, payment, now)


def give_by_hand(session: Session, charge: ServiceCharge, means: PayMeans, *, now: datetime, by_staff_id: int) -> int:
    """The customer got their money otherwise; how much (øre). Who did it stands with what was found and put in order.

    Raises Refusal when nothing is stuck.
    """
    total = 0
    for payment in _payments(session, charge.public_id):
        due = given_by_hand(session, payment, means, now)
        if due is not None:
            total += due.amount_ore
            _write_down(session, charge, payment, due.amount_ore, means, now, by_staff_id)
    return total


def way_text(means: PayMeans) -> str:
    """How money is given by hand."""
    return {
        PayMeans.CASH: _("Kontant"),
        PayMeans.MOBILEPAY: _("MobilePay"),
        PayMeans.INVOICE: _("Overførsel til konto"),
    }[means]


def _is_stuck() -> sa.ColumnElement[bool]:
    """Of a payment. What was given by hand is all that was left of it, so it is stuck no more."""
    refunds = sa.select(PaymentDue.payment_id).where(PaymentDue.deed == Deed.REFUND)
    by_hand = PaymentDue.problem.startswith(BY_HAND, autoescape=True)
    refused = refunds.where(PaymentDue.done_at.is_not(None), PaymentDue.problem != "")
    seen_to = refunds.where(PaymentDue.payment_id == Payment.id, sa.or_(PaymentDue.done_at.is_(None), by_hand))
    return sa.and_(
        Payment.state == PaymentState.CAPTURED,
        Payment.captured_ore > Payment.refunded_ore,
        Payment.id.in_(refused),
        ~seen_to.exists(),
    )


def _payments(session: Session, public_id: str) -> list[Payment]:
    """What is stuck of one bill, locked. Raises Refusal when nothing is."""
    lock_money(session, public_id)
    found = session.scalars(
        sa.select(Payment).where(Payment.reference == public_id, _is_stuck()).order_by(Payment.id)
    ).all()
    if not any(free_to_give_back_ore(session, payment) for payment in found):
        raise Refusal(_("Pengene er på vej, eller de er givet tilbage. Se regningen igen."))
    return list(found)


def _write_down(
    session: Session,
    charge: ServiceCharge,
    payment: Payment,
    amount_ore: int,
    means: PayMeans,
    now: datetime,
    by_staff_id: int,
) -> None:
    """Among what did not fit and was put in order: Stripe keeps money that no bill is behind."""
    words = {"amount": kr(amount_ore), "number": charge.number, "how": way_text(means)}
    name = {"kind": FindingKind.MONEY_WITHOUT_ORDER, "object_id": payment.payment_intent_id or payment.key}
    about = {
        "text": _(
            "%(number)s: %(amount)s kunne ikke gå tilbage til kortet og er givet på en anden måde: %(how)s.", **words
        ),
        "settled_at": now,
        "by_staff_id": by_staff_id,
    }
    db.add_unless_there(session, Finding, {**name, **about, "reference": charge.public_id, "found_at": now})
    session.execute(
        sa.update(Finding).where(*(getattr(Finding, column) == value for column, value in name.items())).values(**about)
    )
