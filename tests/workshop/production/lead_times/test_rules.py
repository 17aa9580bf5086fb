"""When something can be ready: never earlier for more work, never on a day nobody works."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.production.lead_times.rules import (
    FEWEST_WORKDAYS,
    UNKNOWN_WORKDAYS,
    Promise,
    is_workday,
    next_workday,
    reckon,
)

pytestmark = pytest.mark.once

TUESDAY = date(2026, 11, 24)


def workdays(today: date, count: int) -> list[date]:
    found = [next_workday(today)]
    while len(found) < count:
        found.append(next_workday(found[-1]))
    return found


def ready(queue: int = 0, work: int = 300, *, minutes: int = 480, today: date = TUESDAY, weeks: int = 12) -> Promise:
    capacity = {today + timedelta(days=count): minutes for count in range(1, 7 * weeks)}
    return reckon(today=today, queue_minutes=queue, work_minutes=work, capacity=capacity)


def test_a_short_queue_still_takes_some_workdays() -> None:
    assert ready().ready_on == workdays(TUESDAY, FEWEST_WORKDAYS)[-1] == date(2026, 12, 8)


def test_what_others_have_ordered_is_made_first() -> None:
    # 480 minutes a day, 60 % of them counted on: 288 a day; 3000 + 300 minutes take 12 days.
    assert ready(queue=3_000).ready_on == workdays(TUESDAY, 12)[-1]
    assert "før dig" in ready(queue=3_000).reasons[0]
    assert not any("før dig" in reason for reason in ready().reasons)


def test_a_holiday_between_is_told() -> None:
    promise = ready(queue=8_000)
    assert promise.ready_on > date(2026, 12, 26)
    assert "Der er helligdage imellem." in promise.reasons


def test_without_published_days_there_is_good_time_and_it_is_said() -> None:
    promise = reckon(today=TUESDAY, queue_minutes=0, work_minutes=300, capacity={})
    assert promise.ready_on == workdays(TUESDAY, UNKNOWN_WORKDAYS)[-1]
    assert "Vi har sat god tid af, for vi kender ikke ugerne endnu." in promise.reasons
    assert reckon(today=TUESDAY, queue_minutes=0, work_minutes=300, capacity={TUESDAY: 480}) == promise, "today is over"


def test_beyond_the_published_days_the_workshop_goes_on_as_before() -> None:
    assert ready(queue=3_000, weeks=1).ready_on == ready(queue=3_000, weeks=12).ready_on


def test_the_days_all_keep_free_are_no_workdays() -> None:
    closed = [date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31), date(2027, 6, 5), date(2026, 11, 28)]
    assert [is_workday(day) for day in closed] == [False] * 5
    assert is_workday(date(2026, 12, 28))


todays = st.dates(date(2026, 1, 1), date(2030, 12, 31))
minutes = st.integers(0, 20_000)
capacities = st.dictionaries(
    st.integers(-3, 90), st.integers(0, 3_000).map(lambda each: each // 240 * 240), max_size=90
)


def promised(today: date, queue: int, work: int, capacity: dict[int, int]) -> Promise:
    published = {today + timedelta(days=count): each for count, each in capacity.items()}
    return reckon(today=today, queue_minutes=queue, work_minutes=work, capacity=published)


@given(todays, minutes, minutes, minutes, capacities)
def test_a_longer_queue_never_brings_it_earlier(
    today: date, queue: int, more: int, work: int, capacity: dict[int, int]
) -> None:
    longer = promised(today, queue + more, work, capacity)
    assert longer.ready_on >= promised(today, queue, work, capacity).ready_on


@given(todays, minutes, st.integers(1, 600), st.integers(1, 10), st.integers(0, 10), capacities)
def test_more_pieces_are_never_ready_earlier(
    today: date, queue: int, one: int, pieces: int, more: int, capacity: dict[int, int]
) -> None:
    few = promised(today, queue, one * pieces, capacity)
    assert promised(today, queue, one * (pieces + more), capacity).ready_on >= few.ready_on


@given(todays, minutes, minutes, capacities)
def test_it_is_never_ready_on_a_day_nobody_works(today: date, queue: int, work: int, capacity: dict[int, int]) -> None:
    promise = promised(today, queue, work, capacity)
    assert is_workday(promise.ready_on)
    assert promise.ready_on >= workdays(today, FEWEST_WORKDAYS)[-1]
    assert promise.reasons


@given(todays, minutes, minutes, capacities)
def test_the_reasons_name_no_number(today: date, queue: int, work: int, capacity: dict[int, int]) -> None:
    reasons = " ".join(promised(today, queue, work, capacity).reasons)
    assert not any(sign.isdigit() for sign in reasons), "a number could be a count of people"
