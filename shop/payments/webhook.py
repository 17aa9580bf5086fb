"""Taking in what Stripe tells: proved, looked up, and written once. The caller acts on it in the same block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.payments import actions, looking, queries
from shop.payments.facts import Event
from shop.payments.gateway import EVENT_TYPES, StripeGateway
from shop.payments.looking import Seen
from shop.payments.models import PaymentEvent
from shop.payments.outcomes import Outcome
from workshop.core import db


class TooEarly(Exception):  # noqa: N818 — an answer to Stripe, not a failure: come again
    """An event about something that is not written yet; nothing is kept, so that Stripe tells it again."""


@dataclass(frozen=True)
class Told:
    """A proved event and what Stripe says now; `seen` is None for kinds that we do nothing about."""

    event: Event
    seen: Seen | None


def listen(gateway: StripeGateway, body: bytes, signature: str | None, now: datetime) -> Told:
    """Prove the message and look at what it is about. Asks Stripe, so no block may be open.

    Raises ForgedEvent, and PaymentUnavailable or PaymentRefused when Stripe cannot show what it told about.
    """
    event = gateway.read_event(body, signature, now=now)
    is_ours = event.type in EVENT_TYPES
    return Told(event, looking.at_event(gateway, event) if is_ours else None)


def take_in(session: Session, told: Told, now: datetime) -> list[Outcome]:
    """Keep the event and bring its payment up to date; nothing the second time.

    Raises TooEarly for an event of ours whose payment, or whose refund, is not written yet.
    """
    if not _keep(session, told.event, now):
        return []
    if told.seen is None:
        return []
    payment = queries.payment_behind(session, told.seen)
    if payment is None:
        if told.seen.reference:
            raise TooEarly
        return []  # Somebody else's payment on the same account; ours always carry a reference.
    try:
        outcomes = actions.settle(session, payment, told.seen, now)
    except actions.Unmarked as not_yet:
        raise TooEarly from not_yet
    said = ",".join(type(each).__name__ for each in outcomes) or "nothing new"
    session.execute(sa.update(PaymentEvent).where(PaymentEvent.event_id == told.event.id).values(outcome=said[:120]))
    return outcomes


def _keep(session: Session, event: Event, now: datetime) -> bool:
    """Whether the event was new. A copy that arrives meanwhile waits here until the first is committed."""
    values = {
        "event_id": event.id,
        "kind": event.type[:80],
        "object_id": event.object_id[:120],
        "created_at": event.created,
        "received_at": now,
        "outcome": "",
    }
    return db.add_unless_there(session, PaymentEvent, values)
