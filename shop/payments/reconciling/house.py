"""What a comparison needs to know of the house around it; payments themselves know no orders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from shop.payments.gateway import StripeGateway
from shop.payments.outcomes import Follow


class Expects(Enum):
    """What whoever a payment was for says about the money."""

    MONEY = "money"  # it holds, so its money must be there
    NOTHING = "nothing"  # it is over, so no money of it may lie at Stripe
    EITHER = "either"  # not paid yet, or a person already looks at it


@dataclass(frozen=True)
class Standing:
    """One order, as far as its money goes. `number` is what people call it, `page` the endpoint staff see it at."""

    number: str
    expects: Expects
    page: str = "orders.desk_order"


# Reference -> how it stands: of these references, and (when a time is given) of every one that was placed since.
Standings = Callable[[Session, Collection[str], datetime | None], Mapping[str, Standing]]


@dataclass(frozen=True)
class House:
    """The door to Stripe, what follows when a payment moves, and how the orders stand."""

    gateway: Callable[[], StripeGateway]
    follow: Follow
    standings: Standings
