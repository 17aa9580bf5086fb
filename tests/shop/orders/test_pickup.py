"""When a customer can fetch, or have it brought."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.orders.models import Fulfilment, PayWay
from shop.orders.payways import last_card_day, pay_ways
from shop.orders.pickup import DAYS_OFFERED, SHIPPED, SHIPPED_HOURS, Calendar, Hours, Slot
from workshop.core import clock

pytestmark = pytest.mark.once
CLOSED = [
    date(2026, 11, 28),  # a Saturday
    date(2026, 12, 24),
    date(2026, 12, 25),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 3, 25),  # Maundy Thursday
    date(2028, 6, 5),  # Constitution Day on a Monday
]
hours = st.builds(
    lambda fulfilment, weekday, start, length: Hours(fulfilment, weekday, start, min(start + length, 1440)),
    st.sampled_from(Fulfilment),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 600),
)
calendars = st.builds(
    Calendar,
    st.lists(hours, max_size=12, unique_by=lambda each: each[:3]).map(tuple),
    st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 — the library wants bounds without a zone, and adds it


@pytest.mark.parametrize("day", CLOSED)
def test_the_workshop_is_closed_on(day: date) -> None:
    assert not SHIPPED.is_open(day)


def test_the_great_prayer_day_is_an_ordinary_friday_now() -> None:
    assert SHIPPED.is_open(date(2027, 4, 23))


def test_one_who_orders_on_sunday_can_fetch_from_tuesday() -> None:
    first = SHIPPED.slots(datetime(2026, 11, 22, 12, tzinfo=UTC))[0]
    assert (first.day, first.from_minute, first.to_minute) == (date(2026, 11, 24), 540, 720)
    assert first.text == f"{clock.day_text(first.day).capitalize()}, 9–12"


def test_it_is_brought_on_the_days_we_drive() -> None:
    offered = SHIPPED.slots(datetime(2026, 11, 22, 12, tzinfo=UTC), Fulfilment.DELIVERY)
    assert [slot.day.weekday() for slot in offered] == [1, 3, 1]
    assert offered[0].text == f"{clock.day_text(date(2026, 11, 24)).capitalize()}, 10–14"


def test_nothing_is_offered_on_a_closed_day_over_christmas() -> None:
    offered = {slot.day for slot in SHIPPED.slots(datetime(2026, 12, 21, 12, tzinfo=UTC))}
    assert min(offered) == date(2026, 12, 23)
    assert not offered & {date(2026, 12, day) for day in (24, 25, 26, 27, 31)}


def test_a_day_staff_have_closed_is_neither_offered_nor_counted() -> None:
    now, tuesday = datetime(2026, 11, 22, 12, tzinfo=UTC), date(2026, 11, 24)
    calendar = Calendar(SHIPPED_HOURS, frozenset({tuesday}))
    assert calendar.slots(now)[0].day == date(2026, 11, 25)
    assert calendar.kept_until(date(2026, 11, 23)) == datetime(2026, 11, 26, 13, tzinfo=UTC)


def test_a_thing_waits_two_opening_days_after_its_slot() -> None:
    friday = date(2026, 11, 27)
    assert SHIPPED.kept_until(friday) == datetime(2026, 12, 1, 13, tzinfo=UTC)


def test_it_waits_until_that_days_own_closing_time() -> None:
    late = Calendar((*SHIPPED_HOURS, Hours(Fulfilment.PICKUP, 1, 15 * 60, 17 * 60)))
    assert late.kept_until(date(2026, 11, 27)) == datetime(2026, 12, 1, 16, tzinfo=UTC)


def test_a_slot_that_is_no_longer_offered_is_not_found() -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert SHIPPED.slot_of("2026-11-24-540", now) is None
    assert SHIPPED.slot_of("nonsense", now) is None
    assert SHIPPED.slot_of(SHIPPED.slots(now)[3].key, now) == SHIPPED.slots(now)[3]


def test_what_is_made_to_order_is_fetched_when_it_is_there() -> None:
    now, ready = datetime(2026, 11, 24, 9, tzinfo=UTC), date(2026, 12, 25)
    assert SHIPPED.slots(now, not_before=ready)[0].day == date(2026, 12, 28)
    assert SHIPPED.slot_of(SHIPPED.slots(now)[0].key, now, not_before=ready) is None


@pytest.mark.parametrize(
    ("of_week", "text"),
    [
        (SHIPPED_HOURS, "Hverdage 9–14"),
        ((Hours(Fulfilment.PICKUP, 0, 570, 720),), "Mandag 9.30–12"),
        (
            tuple(Hours(Fulfilment.PICKUP, 3, start, end) for start, end in ((540, 720), (840, 1020), (720, 780))),
            "Torsdag 9–13 og 14–17",
        ),
        (
            tuple(Hours(Fulfilment.PICKUP, day, 540, 1020 if day == 3 else 840) for day in range(5)),
            "Mandag, tirsdag, onsdag og fredag 9–14; torsdag 9–17",
        ),
        ((), ""),
    ],
)
def test_the_hours_are_read_as_a_person_says_them(of_week: tuple[Hours, ...], text: str) -> None:
    assert Calendar(of_week).text == text


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 8, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 7, tzinfo=UTC)),  # summer time began in the night
        (date(2026, 10, 24), datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # and ended
    ],
)
def test_a_slot_is_by_the_clock_on_the_wall_also_when_it_is_moved(day: date, begins: datetime) -> None:
    assert Slot(day, 540, 720).begins == begins


def test_a_slot_in_the_hour_that_is_missing_in_spring_and_one_until_midnight_have_moments() -> None:
    spring = Slot(date(2026, 3, 29), 150, 1440)
    assert spring.begins == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert spring.ends == datetime(2026, 3, 29, 22, tzinfo=UTC)


@given(calendars, moments, st.sampled_from(Fulfilment), st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_whatever_the_hours_what_is_offered_can_be_kept(
    calendar: Calendar, now: datetime, fulfilment: Fulfilment, not_before: date | None
) -> None:
    offered = calendar.slots(now, fulfilment, not_before)
    assert offered == sorted(offered, key=lambda slot: (slot.day, slot.from_minute))
    assert len({slot.key for slot in offered}) == len(offered)
    assert len({slot.day for slot in offered}) <= DAYS_OFFERED[fulfilment]
    for slot in offered:
        assert Hours(fulfilment, slot.day.weekday(), slot.from_minute, slot.to_minute) in calendar.hours
        assert slot.day not in calendar.closed
        assert slot.day >= clock.local_day(now) + timedelta(days=2)
        assert not_before is None or slot.day >= not_before
        assert slot.begins < slot.ends
        assert calendar.slot_of(slot.key, now, fulfilment, not_before) == slot
    if not any(each.fulfilment is fulfilment for each in calendar.hours):
        assert offered == []


@given(calendars, st.dates(date(2026, 1, 1), date(2027, 6, 30)), st.integers(1, 6))
def test_opening_days_are_counted_one_by_one(calendar: Calendar, day: date, count: int) -> None:
    found = calendar.opening_day_after(day, count)
    between = (day + timedelta(days=each) for each in range(1, (found - day).days + 1))
    assert sum(calendar.is_open(each) for each in between) == count
    assert calendar.is_open(found)
    assert calendar.kept_until(day) > clock.at(day, time(12))


def test_a_card_is_a_way_to_pay_only_while_its_reservation_lasts() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert last_card_day(now) == clock.local_day(now) + timedelta(days=6)
    assert last_card_day(now, now + timedelta(days=5)) == clock.local_day(now) + timedelta(
        days=4
    )  # the bank's own word
    assert pay_ways(has_stock=True, has_making=False) == (PayWay.CARD, PayWay.AT_PICKUP)
    assert pay_ways(has_stock=True, has_making=False, is_soon=False) == (PayWay.AT_PICKUP,)
    assert pay_ways(has_stock=False, has_making=True, is_soon=False) == (PayWay.PREPAID, PayWay.AT_PICKUP)
