"""What changes a payment: opening one, and taking in what Stripe shows. State only ever moves forward."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from shop.payments.facts import CURRENCY, CheckoutLine
from shop.payments.gateway import PaymentRefused, PaymentUnavailable, StripeGateway
from shop.payments.looking import Seen
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from shop.payments.outcomes import Captured, DeedRefused, Expired, Lapsed, Mismatch, Outcome, Refunded, Secured, Voided
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans

log = structlog.get_logger()
BOUNCED = "refund_failed"
BY_HAND = "by_hand:"  # and the means: what would not go back to a card was given to the customer otherwise
# A payment never goes back to a lower step, whatever arrives late.
STEP = {
    PaymentState.OPENED: 0,
    PaymentState.FAILED: 0,
    PaymentState.EXPIRED: 1,
    PaymentState.AUTHORISED: 2,
    PaymentState.CAPTURED: 3,
    PaymentState.VOIDED: 3,
    PaymentState.LAPSED: 3,
}
NEWS: dict[PaymentState, type[Outcome]] = {
    PaymentState.EXPIRED: Expired,
    PaymentState.VOIDED: Voided,
    PaymentState.LAPSED: Lapsed,
}


class Unmarked(Exception):  # noqa: N818 — a matter of order, not a failure: look again later
    """Stripe tells of the end of something whose beginning is not written down here yet."""


def open_payment(
    session: Session,
    *,
    reference: str,
    amount_ore: int,
    now: datetime,
    expires_at: datetime,
    is_captured_at_once: bool = False,
) -> Payment:
    """The row of a payment about to be asked for, with its permanent key; the page itself is opened after the commit.

    `amount_ore` is øre, VAT included; `expires_at` at least 30 minutes ahead. `is_captured_at_once` takes the money
    when it is paid rather than at hand-over: only for what is made to order, and only when the customer said yes.
    """
    payment = Payment(
        reference=reference,
        amount_ore=amount_ore,
        is_captured_at_once=is_captured_at_once,
        opened_at=now,
        expires_at=expires_at,
    )
    session.add(payment)
    session.flush()
    return payment


def open_page(
    gateway: StripeGateway,
    payment_id: int,
    *,
    lines: Sequence[CheckoutLine],
    customer_email: str,
    success_url: str,
    cancel_url: str,
) -> str:
    """The address of the payment page. Ask again after a crash: the key is the row's own, so there is one page.

    Opens blocks of its own, because a call to Stripe stands between them.
    Raises PaymentUnavailable when Stripe cannot be reached, or will not open a page any more.
    """
    with db.reading() as session:
        payment = session.get_one(Payment, payment_id)
    if payment.page_url:
        return payment.page_url
    try:
        page = gateway.create_checkout(
            reference=payment.reference,
            lines=lines,
            customer_email=customer_email,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at=payment.expires_at,
            capture="automatic" if payment.is_captured_at_once else "manual",
            key=payment.key,
        )
    except PaymentRefused as no:
        _give_up(payment_id, no)
        raise PaymentUnavailable(no.code) from no
    if not _keep_page(payment_id, page.session_id, page.url):
        raise PaymentUnavailable("the payment was given up meanwhile")
    return page.url


def _keep_page(payment_id: int, session_id: str, url: str) -> bool:
    """Whether the page may be shown: not when the payment ended while Stripe was asked."""
    is_open = sa.and_(Payment.id == payment_id, Payment.state == PaymentState.OPENED)
    with db.transaction() as session:
        session.execute(sa.update(Payment).where(is_open).values(session_id=session_id, page_url=url))
        return session.scalar(sa.select(Payment.id).where(is_open)) is not None


def _give_up(payment_id: int, no: PaymentRefused) -> None:
    log.warning("payment page refused", payment=payment_id, code=no.code)
    if no.code.startswith("idempotency"):
        return  # another request is opening the very same page
    with db.transaction() as session:
        session.execute(
            sa.update(Payment)
            .where(Payment.id == payment_id, Payment.state == PaymentState.OPENED, Payment.session_id.is_(None))
            .values(state=PaymentState.FAILED)
        )


def settle(session: Session, payment: Payment, seen: Seen, now: datetime) -> list[Outcome]:
    """Bring a locked payment up to what Stripe shows; what is new, in the order it happened."""
    if not fits(payment, seen):
        return [Mismatch(payment.reference, payment.id)]
    before, taken, given = payment.state, payment.captured_ore, payment.refunded_ore
    payment.session_id = payment.session_id or seen.session_id
    payment.payment_intent_id = payment.payment_intent_id or seen.payment_intent_id
    payment.lapses_at = seen.lapses_at or payment.lapses_at
    payment.captured_ore = max(taken, seen.received_ore)
    payment.refunded_ore = max(given, seen.refunded_ore)
    shown = state_shown(seen)
    if STEP[shown] > STEP[before]:
        payment.state = shown
    if STEP[before] < STEP[PaymentState.AUTHORISED] <= STEP[payment.state]:
        payment.authorised_at = payment.authorised_at or now
    session.flush()
    return [*_news(payment, before, taken, given), *_sent_back(session, payment, seen)]


def _sent_back(session: Session, payment: Payment, seen: Seen) -> list[Outcome]:
    """Refunds that had gone out and came back, each told once: what they gave is the customer's again.

    Raises Unmarked for one whose own deed is still under way here.
    """
    if not seen.bounced:
        return []
    rows = session.scalars(
        sa.select(PaymentDue)
        .where(PaymentDue.payment_id == payment.id, PaymentDue.key.in_(sorted(seen.bounced)), PaymentDue.problem == "")
        .order_by(PaymentDue.id)
    ).all()
    if any(row.done_at is None for row in rows):
        raise Unmarked
    for row in rows:
        row.problem = BOUNCED
        # Another refund may have been heard of before this one came back: what Stripe shows as given stays given.
        payment.refunded_ore = max(seen.refunded_ore, payment.refunded_ore - row.amount_ore)
    session.flush()
    return [DeedRefused(payment.reference, payment.id, Deed.REFUND, BOUNCED) for _row in rows]


def close_unseen(session: Session, payment: Payment) -> list[Outcome]:
    """End a locked payment whose page nobody was ever sent to, so that it cannot have been paid."""
    if payment.state not in {PaymentState.OPENED, PaymentState.FAILED} or payment.session_id is not None:
        return []
    payment.state = PaymentState.EXPIRED
    session.flush()
    return [Expired(payment.reference, payment.id)]


def owe(
    session: Session, payment: Payment, deed: Deed, now: datetime, *, amount_ore: int = 0, cause: str = ""
) -> PaymentDue:
    """Write down something that has to be done at Stripe; the same deed for the same cause is written once."""
    key = due_key(payment, deed, cause)
    due = session.scalar(sa.select(PaymentDue).where(PaymentDue.key == key))
    if due is None:
        due = PaymentDue(key=key, payment_id=payment.id, deed=deed, amount_ore=amount_ore, due_at=now)
        session.add(due)
        session.flush()
    return due


def due_key(payment: Payment, deed: Deed, cause: str = "") -> str:
    """The permanent key of a deed: what is asked of Stripe a second time is answered as the first."""
    return "-".join(part for part in (deed.value, payment.key, cause) if part)


def owe_money_back(session: Session, payment: Payment, now: datetime) -> Deed | None:
    """Give the customer everything back: let reserved money go, or refund what was taken. None when there is nothing.

    Raises Refusal while a capture is under way, because nobody knows yet which of the two it will be.
    """
    if payment.state is PaymentState.AUTHORISED:
        if _is_due(session, payment, Deed.CAPTURE):
            raise Refusal(_("Beløbet er ved at blive trukket. Vent et minut, og prøv igen."))
        owe(session, payment, Deed.VOID, now)
        return Deed.VOID
    if payment.state is not PaymentState.CAPTURED:
        return None
    left = free_to_give_back_ore(session, payment)
    if left > 0:
        # A refund that Stripe said no to keeps its key for ever, so a new try needs a word of its own.
        tries = sa.select(sa.func.count(PaymentDue.id)).where(
            PaymentDue.payment_id == payment.id, PaymentDue.deed == Deed.REFUND
        )
        before = session.scalar(tries) or 0
        owe(session, payment, Deed.REFUND, now, amount_ore=left, cause=f"rest-{before}" if before else "")
        return Deed.REFUND
    return Deed.REFUND if _is_due(session, payment, Deed.REFUND) else None


def owe_part_back(session: Session, payment: Payment, amount_ore: int, now: datetime, *, cause: str) -> PaymentDue:
    """Give back some of what was taken from a locked payment: one refund for each `cause`, for ever with its own key.

    Raises Refusal for more than is left when everything already promised has gone out, or before anything was taken.
    """
    key = due_key(payment, Deed.REFUND, cause)
    known = session.scalar(sa.select(PaymentDue).where(PaymentDue.key == key))
    if known is not None:
        return known
    if payment.state is PaymentState.AUTHORISED and _is_due(session, payment, Deed.CAPTURE):
        raise Refusal(_("Beløbet er ved at blive trukket. Vent et minut, og prøv igen."))
    if amount_ore > free_to_give_back_ore(session, payment):
        raise Refusal(_("Så meget er der ikke trukket på kortet. Se, hvad der allerede er betalt tilbage."))
    return owe(session, payment, Deed.REFUND, now, amount_ore=amount_ore, cause=cause)


def given_by_hand(session: Session, payment: Payment, means: PayMeans, now: datetime) -> PaymentDue | None:
    """Write down that what is left of a locked payment was given back otherwise; None when nothing is left.

    Stripe keeps the money then and is never asked for it again: the row is done as it is written.
    """
    left = free_to_give_back_ore(session, payment)
    if not left:
        return None
    tries = sa.select(sa.func.count(PaymentDue.id)).where(PaymentDue.payment_id == payment.id)
    due = PaymentDue(
        key=due_key(payment, Deed.REFUND, f"hand-{session.scalar(tries) or 0}"),
        payment_id=payment.id,
        deed=Deed.REFUND,
        amount_ore=left,
        due_at=now,
        done_at=now,
        problem=f"{BY_HAND}{means.value}",
    )
    session.add(due)
    session.flush()
    return due


def free_to_give_back_ore(session: Session, payment: Payment) -> int:
    """What was taken, less what was given back, by hand too, less what is promised and not out yet. Øre."""
    is_spoken_for = sa.or_(PaymentDue.done_at.is_(None), PaymentDue.problem.startswith(BY_HAND, autoescape=True))
    promised = sa.select(sa.func.coalesce(sa.func.sum(PaymentDue.amount_ore), 0)).where(
        PaymentDue.payment_id == payment.id, PaymentDue.deed == Deed.REFUND, is_spoken_for
    )
    return max(0, payment.captured_ore - payment.refunded_ore - (session.scalar(promised) or 0))


def _is_due(session: Session, payment: Payment, deed: Deed) -> bool:
    return (
        session.scalar(
            sa.select(PaymentDue.id).where(
                PaymentDue.payment_id == payment.id, PaymentDue.deed == deed, PaymentDue.done_at.is_(None)
            )
        )
        is not None
    )


def fits(payment: Payment, seen: Seen) -> bool:
    """Whether amount, currency, reference and page are the ones agreed on."""
    is_same_page = seen.session_id is None or payment.session_id in {None, seen.session_id}
    is_same_payment = seen.payment_intent_id is None or payment.payment_intent_id in {None, seen.payment_intent_id}
    is_whole = seen.status != "requires_capture" or seen.capturable_ore == payment.amount_ore
    agreed = (payment.reference, payment.amount_ore, CURRENCY)
    return is_same_page and is_same_payment and is_whole and (seen.reference, seen.amount_ore, seen.currency) == agreed


def state_shown(seen: Seen) -> PaymentState:
    """Where the money is by what Stripe shows."""
    if seen.status == "requires_capture":
        return PaymentState.AUTHORISED
    if seen.status == "succeeded":
        return PaymentState.CAPTURED
    if seen.status == "canceled" and seen.was_tried:
        return PaymentState.LAPSED if seen.cancellation_reason == "automatic" else PaymentState.VOIDED
    if seen.status == "canceled" or seen.session_status == "expired":
        return PaymentState.EXPIRED
    return PaymentState.OPENED


def _news(payment: Payment, before: PaymentState, taken: int, given: int) -> list[Outcome]:
    reference, step = payment.reference, STEP[PaymentState.AUTHORISED]
    told: list[Outcome] = []
    if STEP[before] < step and payment.state in {PaymentState.AUTHORISED, PaymentState.CAPTURED}:
        told.append(Secured(reference, payment.id))
    if payment.captured_ore > taken:
        told.append(Captured(reference, payment.id, payment.captured_ore))
    if payment.refunded_ore > given:
        told.append(Refunded(reference, payment.id, payment.refunded_ore - given))
    if payment.state is not before and payment.state in NEWS:
        told.append(NEWS[payment.state](reference, payment.id))
    return told
