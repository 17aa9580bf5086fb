"""When a thing may show a before-price, which, and until when. Pure: a timeline goes in, a verdict a price comes out.

The before-price is the lowest price in force in the 30 days before the reduction, all of which the thing was for sale.
A campaign of several steps keeps its first before-price and lives until a raise, or until the thing leaves the shop;
the ten days it may be shown run from its latest step. Days are days on the Danish wall clock, also when the clocks are
changed: what begins at 14.05 ends at 14.05. A clock time that is skipped in spring has come when the clock jumps over
it; one that comes twice in autumn has come the first time.

Source: directive 98/6/EC article 6a (from directive 2019/2161), prismærkningsbekendtgørelsen § 9 a.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from workshop.core.clock import COPENHAGEN, local, local_day


class Days(NamedTuple):
    """How many days look back and how many may be shown, for reductions from a Danish day on."""

    valid_from: date
    looked_back: int
    shown: int
    source: str


# The latest row that has begun by the day of a reduction is the one it goes by. New rules are new rows.
DAYS: tuple[Days, ...] = (
    Days(
        date(2022, 5, 28),
        looked_back=30,
        shown=10,
        source="Prismærkningsbekendtgørelsen § 9 a (at least 30 days). The 10 days are the house's own: "
        "Forbrugerombudsmanden asks that an offer be short beside the normal price, about 10 days to 30.",
    ),
)


class Kind(StrEnum):
    """What a price is, beside those before it."""

    REDUCTION = "reduction"
    FIRST = "first"  # there was none before it
    NOT_FOR_SALE = "not_for_sale"  # nobody could buy it, so nobody is told what it cost
    RAISE = "raise"
    TOO_NEW = "too_new"  # not for sale through all of the days looked back upon
    NOT_LOWEST = "not_lowest"  # it has been as cheap within them


class Verdict(NamedTuple):
    """What may be said about a price. Amounts in øre, VAT included; moments in UTC.

    `before_ore` and `until` are there for a reduction only, and from `until` on it must not be shown.
    """

    kind: Kind
    before_ore: int | None = None
    until: datetime | None = None
    lowest_ore: int | None = None  # of the days looked back upon, when that is why there is no reduction
    for_sale_since: datetime | None = None


class Step(NamedTuple):
    """A price that was set and took effect, with the verdict on it."""

    at: datetime
    price_ore: int
    verdict: Verdict


Price = tuple[datetime, int]  # from when, øre
Sale = tuple[datetime, bool]  # from when, whether it can be bought


def shown_before(before_ore: int | None, before_until: datetime | None, now: datetime) -> int | None:
    """The before-price that may be shown now, in øre; None when there is none, or its days are over."""
    if before_ore is None or before_until is None or now >= before_until:
        return None
    return before_ore


def on_the_wall_clock(moment: datetime, days: int) -> datetime:
    """The first UTC moment when the Danish clock shows this day and time, so many days later (or earlier)."""
    wall = local(moment).replace(tzinfo=None, fold=0) + timedelta(days=days)
    found = wall.replace(tzinfo=COPENHAGEN).astimezone(UTC)
    if local(found).replace(tzinfo=None, fold=0) != wall:
        # The clock jumps over it. It jumps at a full hour, and `found` is less than an hour after that.
        return found.replace(minute=0, second=0, microsecond=0)
    return found


def days_for(moment: datetime) -> Days:
    """The rule that a reduction at this moment goes by."""
    day = local_day(moment)
    return next((days for days in reversed(DAYS) if days.valid_from <= day), DAYS[0])


def present(prices: Iterable[Price], sales: Iterable[Sale]) -> Verdict | None:
    """The running reduction of the price a thing has now; None when there is none. Its days may be over."""
    walk = _walked(prices, sales)
    return walk.campaign


def steps(prices: Iterable[Price], sales: Iterable[Sale]) -> list[Step]:
    """Every price that took effect, the first first; the same price again, or one replaced at once, is none."""
    return _walked(prices, sales).steps


def _walked(prices: Iterable[Price], sales: Iterable[Sale]) -> _Walk:
    """Go through a timeline in order.

    Of several prices set at one moment only the last was in force. One set at the moment the thing left the shop, or
    came up for sale, was not in force while it could be bought before that.
    """
    comings = list(sales)
    moments: list[tuple[datetime, int, int | bool]] = [(at, 0, False) for at, is_on in comings if not is_on]
    moments += [(at, 1, ore) for at, ore in dict(sorted(prices, key=lambda price: price[0])).items()]
    moments += [(at, 2, is_on) for at, is_on in comings]
    walk = _Walk()
    for at, place, what in sorted(moments, key=lambda moment: moment[:2]):
        if place == 1:
            walk.price(at, what)
        elif what:
            walk.begin(at)
        else:
            walk.end()
    return walk


@dataclass
class _Walk:
    """Where we are in a timeline."""

    steps: list[Step] = field(default_factory=list)
    since: datetime | None = None  # for sale without a break since then
    campaign: Verdict | None = None

    def begin(self, at: datetime) -> None:
        self.since = self.since or at

    def end(self) -> None:
        self.since = self.campaign = None

    def price(self, at: datetime, ore: int) -> None:
        if self.steps and self.steps[-1].price_ore == ore:
            return
        verdict = self._verdict(at, ore)
        self.campaign = verdict if verdict.kind is Kind.REDUCTION else None
        self.steps.append(Step(at, ore, verdict))

    def _verdict(self, at: datetime, ore: int) -> Verdict:
        if not self.steps:
            return Verdict(Kind.FIRST)
        if self.since is None:
            return Verdict(Kind.NOT_FOR_SALE)
        if ore > self.steps[-1].price_ore:
            return Verdict(Kind.RAISE)
        days = days_for(at)
        until = on_the_wall_clock(at, days.shown)
        if self.campaign is not None:
            return self.campaign._replace(until=until)
        begins = on_the_wall_clock(at, -days.looked_back)
        if self.since > begins:
            return Verdict(Kind.TOO_NEW, for_sale_since=self.since)
        lowest = self._lowest(begins)
        if ore >= lowest:
            return Verdict(Kind.NOT_LOWEST, lowest_ore=lowest)
        return Verdict(Kind.REDUCTION, before_ore=lowest, until=until)

    def _lowest(self, begins: datetime) -> int:
        """The lowest price in force from `begins` until now: those set since, and the one that stood then."""
        found = []
        for step in reversed(self.steps):
            found.append(step.price_ore)
            if step.at <= begins:
                break
        return min(found)
