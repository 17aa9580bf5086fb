"""How goods can be paid, and how long an amount can be counted on once a bank keeps it for us."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from shop.orders.models import PayWay
from workshop.core import clock

RESERVED = timedelta(days=7)  # how long a bank keeps an amount for us. Source: docs.stripe.com/payments/place-a-hold
SPARE = timedelta(days=1)  # for who comes late
LEAST_ON_CARD_ORE = 250  # Source: docs.stripe.com/currencies, minimum charge amounts


def pay_ways(*, has_stock: bool, has_making: bool, is_soon: bool = True) -> tuple[PayWay, ...]:
    """How these goods can be paid, what is usual first.

    A card's reservation lapses after a week, so it is no way to pay for what takes longer to make, nor when there is no
    time to have it before (`is_soon`); what is taken at once is only taken for what is made to order.
    """
    if not has_making:
        return (PayWay.CARD, PayWay.AT_PICKUP) if is_soon else (PayWay.AT_PICKUP,)
    return (PayWay.AT_PICKUP,) if has_stock else (PayWay.PREPAID, PayWay.AT_PICKUP)


def last_card_day(reserved_at: datetime, lapses_at: datetime | None = None) -> date:
    """The last day a thing can be handed over that is paid by an amount reserved at that moment.

    `lapses_at` is when the bank lets go of it, where it has said so.
    """
    return clock.local_day((lapses_at or reserved_at + RESERVED) - SPARE)
