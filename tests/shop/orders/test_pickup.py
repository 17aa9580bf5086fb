"""When a customer can fetch."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shop.orders import pickup

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 28),  # a Saturday
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 3, 25),  # Maundy Thursday
        date(2028, 6, 5),  # Constitution Day on a Monday
    ],
)
def test_the_workshop_is_closed_on(day: date) -> None:
    assert not pickup.is_open(day)


def test_the_great_prayer_day_is_an_ordinary_friday_now() -> None:
    assert pickup.is_open(date(2027, 4, 23))


def test_one_who_orders_on_sunday_can_fetch_from_tuesday() -> None:
    first = pickup.slots(datetime(2026, 11, 22, 12, tzinfo=UTC))[0]
    assert (first.day, first.from_minute, first.to_minute) == (date(2026, 11, 24), 540, 720)
    assert first.text == "Tirsdag den 24. november, 9–12"


def test_nothing_is_offered_on_a_closed_day_over_christmas() -> None:
    offered = {slot.day for slot in pickup.slots(datetime(2026, 12, 21, 12, tzinfo=UTC))}
    assert min(offered) == date(2026, 12, 23)
    assert not offered & {date(2026, 12, day) for day in (24, 25, 26, 27, 31)}


def test_a_thing_waits_two_opening_days_after_its_slot() -> None:
    friday = date(2026, 11, 27)
    assert pickup.kept_until(friday) == datetime(2026, 12, 1, 13, tzinfo=UTC)


def test_a_slot_that_is_no_longer_offered_is_not_found() -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert pickup.slot_of("2026-11-24-9", now) is None
    assert pickup.slot_of("nonsense", now) is None
    assert pickup.slot_of(pickup.slots(now)[3].key, now) == pickup.slots(now)[3]
