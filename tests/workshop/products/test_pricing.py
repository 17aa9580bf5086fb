"""A before-price is the lowest of the 30 days before the reduction, shown for ten; on the Danish wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.core.clock import COPENHAGEN, local
from workshop.products import pricing
from workshop.products.pricing import Kind, Price, Sale, Step, Verdict, on_the_wall_clock, present, shown_before, steps

pytestmark = pytest.mark.once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def utc(text: str) -> datetime:
    """`2026-11-22 14:05` is UTC; times of tests are written as the database keeps them."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(moment: datetime) -> datetime:
    return local(moment).replace(tzinfo=None, fold=0)


START = utc("2026-06-01 10:00")


def day(number: float) -> datetime:
    """So many days of summer after the thing came up for sale."""
    return START + timedelta(days=number)


def timeline(*prices: tuple[float, int]) -> tuple[list[Price], list[Sale]]:
    """For sale from day 0, with these prices in kroner on these days."""
    return [(day(at), kroner * 100) for at, kroner in prices], [(START, True)]


def before(*prices: tuple[float, int]) -> tuple[int, datetime] | None:
    """The before-price in kroner of the last price, and until when it may be shown."""
    found = present(*timeline(*prices))
    if found is None:
        return None
    assert found.before_ore is not None
    assert found.until is not None
    return found.before_ore // 100, found.until


def verdict(*prices: tuple[float, int]) -> Verdict:
    return steps(*timeline(*prices))[-1].verdict


# --- the rule, by example -------------------------------------------------------------------------------------------


def test_a_price_that_stood_for_thirty_days_is_the_before_price_for_ten() -> None:
    assert before((0, 1150), (40, 950)) == (1150, day(50))


def test_thirty_days_to_the_second_are_enough_and_one_second_less_is_not() -> None:
    assert before((0, 1150), (30, 950)) == (1150, day(40))
    second = 1 / 86_400
    assert before((0, 1150), (30 - second, 950)) is None
    assert verdict((0, 1150), (30 - second, 950)) == Verdict(Kind.TOO_NEW, for_sale_since=START)


def test_the_lowest_of_the_thirty_days_counts_not_the_latest() -> None:
    assert before((0, 900), (20, 1150), (40, 850)) == (900, day(50))


def test_a_price_that_ended_as_the_thirty_days_began_is_outside_and_one_a_second_longer_is_inside() -> None:
    assert before((0, 900), (10, 1150), (40, 850)) == (1150, day(50))
    assert before((0, 900), (10 + 1 / 86_400, 1150), (40, 850)) == (900, day(50))


def test_what_was_as_cheap_within_the_thirty_days_is_no_reduction() -> None:
    assert before((0, 900), (20, 1150), (40, 900)) is None
    assert verdict((0, 900), (20, 1150), (40, 950)) == Verdict(Kind.NOT_LOWEST, lowest_ore=90_000)
    assert before((0, 900), (20, 1150), (50, 900)) == (1150, day(60)), "by then it is long ago"


def test_a_campaign_of_steps_keeps_its_first_before_price_and_runs_ten_days_from_the_latest() -> None:
    assert before((0, 1150), (40, 950), (45, 850)) == (1150, day(55))
    assert before((0, 1150), (40, 950), (45, 850), (54, 700)) == (1150, day(64))


def test_a_campaign_lives_until_a_raise() -> None:
    assert before((0, 1150), (40, 950), (65, 850)) == (1150, day(75)), "decision 31: only a raise ends it"
    assert before((0, 1150), (40, 950), (45, 1000)) is None
    assert before((0, 1150), (40, 950), (45, 1000), (50, 940)) == (950, day(60)), "a new one looks back for itself"
    assert before((0, 1150), (40, 950), (45, 1000), (50, 970)) is None


def test_the_same_price_again_is_no_change() -> None:
    assert before((0, 1150), (40, 950), (48, 950)) == (1150, day(50))
    assert before((0, 1150), (25, 1150), (31, 950)) == (1150, day(41))
    assert [step.price_ore for step in steps(*timeline((0, 1150), (25, 1150), (31, 950)))] == [115_000, 95_000]


def test_a_price_replaced_at_the_very_moment_was_never_in_force() -> None:
    assert before((0, 500), (0, 1150), (40, 950)) == (1150, day(50))
    assert before((0, 1150), (40, 10), (40, 950)) == (1150, day(50))


def test_off_sale_ends_the_campaign_and_starts_the_thirty_days_anew() -> None:
    prices = [(day(0), 115_000), (day(40), 95_000)]
    sales = [(START, True)]
    assert present(prices, sales) is not None
    assert present(prices, [*sales, (day(42), False)]) is None
    away = [*sales, (day(42), False), (day(43), True)]
    assert present(prices, away) is None
    assert present([*prices, (day(60), 90_000)], away) is None
    found = present([*prices, (day(73), 90_000)], away)
    assert found is not None
    assert (found.before_ore, found.until) == (95_000, day(83))


def test_even_a_moment_away_starts_the_thirty_days_anew() -> None:
    prices = [(day(0), 115_000), (day(40), 95_000)]
    assert present(prices, [(START, True), (day(20), False), (day(20), True)]) is None


def test_a_price_set_the_moment_it_left_is_no_reduction() -> None:
    prices, sales = [(day(0), 115_000), (day(40), 95_000)], [(START, True), (day(40), False)]
    assert steps(prices, sales)[-1].verdict == Verdict(Kind.NOT_FOR_SALE)
    assert present(prices, [*sales, (day(40), True), (day(40), False)]) is None
    assert present([*prices, (day(75), 90_000)], [*sales, (day(40), True), (day(40), False)]) is None


def test_saying_twice_that_it_is_for_sale_changes_nothing() -> None:
    prices = [(day(0), 115_000), (day(40), 95_000)]
    assert present(prices, [(START, True), (day(20), True)]) == present(prices, [(START, True)])


def test_prices_from_before_it_could_be_bought_count_for_nothing_but_the_one_it_came_with() -> None:
    prices = [(day(-5), 50_000), (day(-1), 115_000), (day(40), 95_000)]
    found = present(prices, [(START, True)])
    assert found is not None
    assert found.before_ore == 115_000
    assert steps(prices, [])[1].verdict == Verdict(Kind.NOT_FOR_SALE)


def test_what_never_had_another_price_or_none_at_all_shows_none() -> None:
    assert present([], []) is None
    assert verdict((0, 1150)) == Verdict(Kind.FIRST)
    assert verdict((0, 1150), (40, 1200)) == Verdict(Kind.RAISE)


def test_a_before_price_is_shown_until_its_days_are_over() -> None:
    until = day(50)
    assert shown_before(115_000, until, until - timedelta(microseconds=1)) == 115_000
    assert shown_before(115_000, until, until) is None
    assert shown_before(115_000, None, day(0)) is None
    assert shown_before(None, until, day(0)) is None


def test_the_days_are_those_of_the_rule_that_had_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is dated: what was reduced under the old rule stays under it."""
    newer = pricing.Days(date(2026, 7, 20), looked_back=60, shown=5, source="a rule to come")
    monkeypatch.setattr(pricing, "DAYS", (*pricing.DAYS, newer))
    assert before((0, 1150), (48, 950)) == (1150, day(58)), "19 July goes by the old rule"
    assert before((0, 1150), (50, 950)) is None, "21 July looks back 60 days"
    assert before((0, 1150), (61, 950)) == (1150, day(66))
    assert pricing.days_for(utc("2026-07-19 22:00")) is newer, "midnight is the Danish one"


def test_every_rule_names_its_source_and_they_stand_in_order() -> None:
    assert all(days.source for days in pricing.DAYS)
    assert all(one.valid_from < other.valid_from for one, other in pairwise(pricing.DAYS))


# --- the days when the clocks are changed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        # 29 March 2026 and 28 March 2027 the clock jumps from 02.00 to 03.00, at 01:00 UTC.
        ("2026-03-20 13:05", 10, "2026-03-30 12:05"),
        ("2026-04-10 12:05", -30, "2026-03-11 13:05"),
        ("2027-03-20 13:05", 10, "2027-03-30 12:05"),
        ("2026-03-19 01:30", 10, "2026-03-29 01:00"),  # 02.30 is skipped: it has come when the clock says 03.00
        ("2026-03-19 01:00", 10, "2026-03-29 01:00"),  # so is 02.00
        ("2026-03-19 00:59", 10, "2026-03-29 00:59"),  # 01.59 is not
        ("2026-03-19 02:00", 10, "2026-03-29 01:00"),  # and 03.00 comes an hour early
        ("2027-03-18 01:30", 10, "2027-03-28 01:00"),
        ("2026-04-28 00:30", -30, "2026-03-29 01:00"),  # the window may begin in the skipped hour too
        # 25 October 2026 and 31 October 2027 the hour from 02.00 to 03.00 comes twice: 00:00 and 01:00 UTC.
        ("2026-10-20 12:05", 10, "2026-10-30 13:05"),
        ("2027-10-25 12:05", 10, "2027-11-04 13:05"),
        ("2026-10-15 00:30", 10, "2026-10-25 00:30"),  # 02.30 the first time
        ("2027-10-21 00:30", 10, "2027-10-31 00:30"),
        ("2026-11-24 01:30", -30, "2026-10-25 00:30"),
        ("2026-10-25 01:30", 10, "2026-11-04 01:30"),  # from the second 02.30 it is a day like others
        ("2026-10-25 00:30", 10, "2026-11-04 01:30"),
    ],
)
def test_days_are_days_on_the_danish_wall_clock(at: str, days: int, expected: str) -> None:
    assert on_the_wall_clock(utc(at), days) == utc(expected)


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"])
def test_a_campaign_over_a_change_of_clocks_ends_at_the_clock_time_it_began(change: str) -> None:
    reduced = utc(f"{change} 13:00") - 4 * DAY
    prices = [(reduced - 100 * DAY, 115_000), (reduced, 95_000)]
    found = present(prices, [(reduced - 100 * DAY, True)])
    assert found is not None
    assert found.until is not None
    assert wall(found.until) == wall(reduced) + 10 * DAY
    assert abs(found.until - reduced - 10 * DAY) == HOUR, "the control: counted in hours it would end at another time"


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"])
def test_thirty_days_over_a_change_of_clocks_are_counted_on_the_wall(change: str) -> None:
    began = utc(f"{change} 13:00") - 4 * DAY
    in_thirty = on_the_wall_clock(began, 30)
    assert wall(in_thirty) == wall(began) + 30 * DAY
    prices = [(began, 115_000)]
    assert present([*prices, (in_thirty, 95_000)], [(began, True)]) is not None
    assert present([*prices, (in_thirty - timedelta(seconds=1), 95_000)], [(began, True)]) is None


# --- whatever happens to a thing ------------------------------------------------------------------------------------


# Around the changes of clocks of 2026 and 2027, every hour; gaps of some days make campaigns and windows likely.
BEGINNINGS = [utc("2026-02-10 00:00"), utc("2026-09-10 00:00"), utc("2027-02-10 00:00"), utc("2027-09-10 00:00")]
GAPS = st.one_of(st.integers(0, 60), st.integers(1, 40).map(lambda days: 24 * days), st.integers(25 * 24, 35 * 24))
DEEDS = st.one_of(st.integers(1, 9).map(lambda tens: tens * 1000), st.sampled_from([True, False]))
Timeline = tuple[list[Price], list[Sale]]


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """A thing's prices (10 to 90 kr.) and its coming and going, at whole hours UTC."""
    at = draw(st.sampled_from(BEGINNINGS))
    prices: list[Price] = [(at, draw(st.sampled_from([5000, 7000, 9000])))]
    sales: list[Sale] = [(at, True)]
    for gap, deed in draw(st.lists(st.tuples(GAPS, DEEDS), max_size=9)):
        at += gap * HOUR
        if isinstance(deed, bool):
            sales.append((at, deed))
        else:
            prices.append((at, deed))
    return prices, sales


def first_hour_showing(target: datetime, near: datetime) -> datetime:
    """Search instead of arithmetic: the first quarter of an hour when the Danish clock has come so far."""
    moment = near - 2 * DAY
    while wall(moment) < target:
        moment += timedelta(minutes=15)
    return moment


def oracle(prices: list[Price], sales: list[Sale]) -> list[tuple[int, datetime] | None]:
    """The same rules, told hour by hour: for each step, its before-price and its end."""
    taken = steps(prices, sales)
    changes: list[Step] = [taken[0]] if taken else []
    changes += [now for earlier, now in pairwise(taken) if earlier.price_ore != now.price_ore]

    def is_for_sale_at(moment: datetime) -> bool:
        return next((is_on for at, is_on in reversed(sales) if at <= moment), False)

    def price_at(moment: datetime) -> int:
        return next(step.price_ore for step in reversed(changes) if step.at <= moment)

    def left_within(begins: datetime, ends: datetime) -> bool:
        """Whether it went off sale in the window, be it for no time at all."""
        return any(begins < at <= ends and not is_on for at, is_on in sales)

    def by_itself(place: int) -> int | None:
        at, ore = changes[place].at, changes[place].price_ore
        if ore > changes[place - 1].price_ore or not is_for_sale_at(at):
            return None
        begins = first_hour_showing(wall(at) - 30 * DAY, at - 30 * DAY)
        seen = []
        moment = begins
        while moment < at:
            if not is_for_sale_at(moment):
                return None
            seen.append(price_at(moment))
            moment += timedelta(minutes=30)
        return min(seen) if not left_within(begins, at) and ore < min(seen) else None

    found: list[tuple[int, datetime] | None] = []
    for place in range(len(changes)):
        first = place
        while first > 1 and (
            changes[first - 1].price_ore < changes[first - 2].price_ore
            and not left_within(changes[first - 1].at, changes[place].at)
        ):
            first -= 1
        is_lower = place > 0 and changes[place].price_ore < changes[place - 1].price_ore
        own = [by_itself(each) for each in range(max(first, 1), place + 1)] if is_lower else []
        reference = next((ore for ore in own if ore is not None), None)
        at = changes[place].at
        end = first_hour_showing(wall(at) + 10 * DAY, at + 10 * DAY)
        found.append(None if reference is None else (reference, end))
    return found


def reductions(prices: list[Price], sales: list[Sale]) -> list[tuple[int, datetime] | None]:
    found: list[tuple[int, datetime] | None] = []
    for step in steps(prices, sales):
        ore, until = step.verdict.before_ore, step.verdict.until
        found.append(None if ore is None or until is None else (ore, until))
    return found


@given(timelines())
@settings(max_examples=150, deadline=None)
def test_the_rules_told_hour_by_hour_say_the_same(life: Timeline) -> None:
    assert reductions(*life) == oracle(*life)


@given(timelines())
def test_a_before_price_is_above_the_price_and_never_above_any_of_its_days(life: Timeline) -> None:
    taken = steps(*life)
    gone = [at for at, is_on_sale in life[1] if not is_on_sale]
    reference = None
    for place, step in enumerate(taken):
        found = step.verdict
        if place and any(taken[place - 1].at <= at <= step.at for at in gone):
            reference = None  # off sale, be it for a moment, ends a campaign
        if found.kind is not Kind.REDUCTION:
            reference = None
            assert found.before_ore is None
            assert found.until is None
            continue
        assert found.before_ore is not None
        assert found.until is not None
        assert found.before_ore > step.price_ore
        assert wall(found.until) - wall(step.at) <= 10 * DAY + HOUR  # an hour that the clock skips at most
        assert found.until - step.at <= 10 * DAY + HOUR
        if reference is None:  # the first of its campaign: every price in force in the window is at least that high
            begins = on_the_wall_clock(step.at, -30)
            ends = [later.at for later in taken[1:]]
            in_force = [each.price_ore for each, end in zip(taken[:place], ends[:place], strict=True) if end > begins]
            assert found.before_ore == min(in_force)
            reference = found.before_ore
        assert found.before_ore == reference, "a campaign keeps its first"


@given(timelines(), st.integers(0, 9), st.integers(1, 200))
def test_saying_the_same_price_again_changes_nothing(life: Timeline, place: int, hours: int) -> None:
    prices, sales = life
    at, ore = prices[place % len(prices)]
    again = at + hours * HOUR
    standing = [price for price in prices if price[0] <= again][-1][1]
    if standing == ore:
        repeated = sorted([*prices, (again, ore)], key=lambda price: price[0])
        assert reductions(repeated, sales) == reductions(prices, sales)
        assert present(repeated, sales) == present(prices, sales)


@given(timelines(), st.integers(1, 3))
def test_a_raise_and_leaving_the_shop_end_it(life: Timeline, days: int) -> None:
    prices, sales = life
    last = max(at for at, _ in [*prices, *sales]) + days * DAY
    highest = max(ore for _, ore in prices) + 100
    assert present([*prices, (last, highest)], sales) is None
    assert present(prices, [*sales, (last, False)]) is None
    assert present(prices, [*sales, (last, False), (last + DAY, True)]) is None


@given(timelines())
def test_what_runs_now_is_the_last_verdict_unless_it_left_the_shop_since(life: Timeline) -> None:
    prices, sales = life
    last = steps(prices, sales)[-1]
    has_left = any(not is_on and at >= last.at for at, is_on in sales)
    runs = last.verdict.kind is Kind.REDUCTION and not has_left
    assert present(prices, sales) == (last.verdict if runs else None)


CLOCKS = st.integers(0, 23).filter(lambda hour: hour != 2)  # that hour is skipped or doubled, and has its own examples


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=8), CLOCKS)
def test_a_life_moved_over_a_change_of_clocks_ends_at_the_same_clock_times(
    deeds: list[tuple[int, int]], hour: int
) -> None:
    """The same days and clock times without a change of clocks and across one: the same prices, the same ends."""

    def lived(first: str) -> list[tuple[int, timedelta] | None]:
        opening = datetime.fromisoformat(first) + hour * HOUR  # as the wall says it
        days = [sum(gap for gap, _ in deeds[: place + 1]) for place in range(len(deeds))]
        prices = [(as_utc(opening + number * DAY), tens * 1000) for number, (_, tens) in zip(days, deeds, strict=True)]
        found = reductions(prices, [(as_utc(opening), True)])
        return [each and (each[0], wall(each[1]) - opening) for each in found]

    for moved in ("2026-03-01", "2026-10-01", "2027-03-05", "2027-10-20"):
        assert lived(moved) == lived("2026-04-10")


def as_utc(on_the_wall: datetime) -> datetime:
    return on_the_wall.replace(tzinfo=COPENHAGEN).astimezone(UTC)
