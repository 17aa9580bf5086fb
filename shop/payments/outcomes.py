"""What became of a payment, in words its caller understands; payments themselves know no orders.

`reference` is what the caller named the payment by. The same news may be told more than once: whoever acts on it acts
on the state of its own rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shop.payments.models import Deed


@dataclass(frozen=True)
class Outcome:
    """Something new about the payment of `reference`."""

    reference: str
    payment_id: int


@dataclass(frozen=True)
class Secured(Outcome):
    """The whole amount is reserved, or already taken."""


@dataclass(frozen=True)
class Captured(Outcome):
    """`amount_ore` was taken."""

    amount_ore: int


@dataclass(frozen=True)
class Refunded(Outcome):
    """`amount_ore` more has been given back; several refunds that are seen at once are told as one."""

    amount_ore: int


@dataclass(frozen=True)
class Expired(Outcome):
    """The payment page is closed and was never paid."""


@dataclass(frozen=True)
class Voided(Outcome):
    """Reserved money was let go, by us or in Stripe's own pages."""


@dataclass(frozen=True)
class Lapsed(Outcome):
    """The bank let the reserved money go, because nobody took it in time."""


@dataclass(frozen=True)
class Mismatch(Outcome):
    """Money that does not fit: another amount, currency or page than agreed."""


@dataclass(frozen=True)
class DeedRefused(Outcome):
    """Stripe said no to something that was due; `code` is its word for why."""

    deed: Deed
    code: str


Follow = Callable[[Session, Outcome, datetime], None]


def in_turn(followers: Sequence[Follow]) -> Follow:
    """All of them as one: each knows its own references and lets the others' be."""

    def follow(session: Session, outcome: Outcome, now: datetime) -> None:
        for each in followers:
            each(session, outcome, now)

    return follow
