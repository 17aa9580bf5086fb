"""What does not fit between a payment of ours and what Stripe shows. Pure: no database, no Stripe."""

from __future__ import annotations

from dataclasses import dataclass

from shop.payments import actions
from shop.payments.facts import CURRENCY
from shop.payments.looking import Seen
from shop.payments.models import FindingKind, Payment, PaymentState
from shop.payments.reconciling.books import object_id_of
from workshop.core.i18n import _
from workshop.core.money import kr

HAS_MONEY = frozenset({PaymentState.AUTHORISED, PaymentState.CAPTURED})
UNPAID = frozenset({PaymentState.OPENED, PaymentState.FAILED, PaymentState.EXPIRED})
LET_GO = frozenset({PaymentState.VOIDED, PaymentState.LAPSED, PaymentState.EXPIRED})
STATES = {
    PaymentState.OPENED: "ikke betalt endnu",
    PaymentState.FAILED: "ikke betalt",
    PaymentState.EXPIRED: "lukket uden betaling",
    PaymentState.AUTHORISED: "reserveret",
    PaymentState.CAPTURED: "trukket",
    PaymentState.VOIDED: "sluppet igen",
    PaymentState.LAPSED: "udløbet",
}


@dataclass(frozen=True)
class Difference:
    """One thing that does not fit; `object_id` and `kind` together name it for as long as it lasts."""

    kind: FindingKind
    object_id: str
    reference: str
    text: str


def of_payment(payment: Payment, seen: Seen | None) -> Difference | None:
    """What differs most between our row and Stripe; None when the two say the same."""
    if seen is None:
        if payment.state not in HAS_MONEY:
            return None
        text = _("Vi har %(amount)s som %(state)s, men Stripe kender ikke betalingen.", **_ours(payment))
        return _difference(FindingKind.ORDER_WITHOUT_MONEY, payment, payment.payment_intent_id or payment.key, text)
    object_id = object_id_of(seen)
    if not actions.fits(payment, seen):
        theirs = kr(seen.amount_ore) if seen.currency == CURRENCY else f"{seen.amount_ore} {seen.currency.upper()}"
        text = _("Stripe har en betaling på %(theirs)s, vi har aftalt %(amount)s.", theirs=theirs, **_ours(payment))
        return _difference(FindingKind.AMOUNT_DIFFERS, payment, object_id, text)
    shown = actions.state_shown(seen)
    if payment.state in HAS_MONEY and shown in UNPAID:
        text = _("Vi har %(amount)s som %(state)s, men hos Stripe er der ikke betalt.", **_ours(payment))
        return _difference(FindingKind.ORDER_WITHOUT_MONEY, payment, object_id, text)
    if not _is_same_state(payment.state, shown):
        text = _("Hos Stripe er pengene %(theirs)s, hos os er de %(state)s.", theirs=_(STATES[shown]), **_ours(payment))
        return _difference(FindingKind.STATE_DIFFERS, payment, object_id, text)
    return _of_amounts(payment, seen)


def of_unknown(seen: Seen) -> Difference | None:
    """A payment that none of our rows is about; None when nobody paid anything, or all of it went back."""
    left = seen.capturable_ore + seen.received_ore - seen.refunded_ore
    if left <= 0:
        return None
    amount = kr(left) if seen.currency == CURRENCY else f"{left} {seen.currency.upper()}"
    text = _("Hos Stripe ligger %(amount)s, som ingen ordre hører til.", amount=amount)
    return Difference(FindingKind.MONEY_WITHOUT_ORDER, object_id_of(seen), seen.reference[:60], text)


def _of_amounts(payment: Payment, seen: Seen) -> Difference | None:
    for theirs, ours, sentence in (
        (seen.received_ore, payment.captured_ore, _("Stripe har trukket %(theirs)s, vi har skrevet %(ours)s.")),
        (seen.refunded_ore, payment.refunded_ore, _("Stripe har betalt %(theirs)s tilbage, vi har skrevet %(ours)s.")),
    ):
        if theirs != ours:
            text = sentence % {"theirs": kr(theirs), "ours": kr(ours)}
            return _difference(FindingKind.AMOUNT_DIFFERS, payment, object_id_of(seen), text)
    return None


def _is_same_state(ours: PaymentState, shown: PaymentState) -> bool:
    """A try that failed leaves the page open, and money let go is let go, whoever did it."""
    if shown is PaymentState.OPENED:
        return ours in {PaymentState.OPENED, PaymentState.FAILED}
    return ours is shown or (ours in LET_GO and shown in LET_GO)


def _ours(payment: Payment) -> dict[str, str]:
    return {"amount": kr(payment.amount_ore), "state": _(STATES[payment.state])}


def _difference(kind: FindingKind, payment: Payment, object_id: str, text: str) -> Difference:
    return Difference(kind, object_id, payment.reference, text)
