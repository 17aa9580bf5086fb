"""Attendance stability: the agreed example, each kind of day, and that too little is only counted."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.citizens.attendance import (
    AttendanceDay,
    AttendanceMark,
    AttendanceStability,
    attendance_stability,
    attendance_text,
)

pytestmark = pytest.mark.once

START = date(2026, 3, 2)
TODAY = START + timedelta(days=60)
CAME, PARTLY, NOTIFIED, NO_MESSAGE, AGREED_AWAY = AttendanceMark


def day(number: int, mark: AttendanceMark | None = CAME, **changes) -> AttendanceDay:
    """A planned day, 9 o'clock UTC agreed."""
    on = START + timedelta(days=number)
    defaults = {"agreed_start_at": datetime(on.year, on.month, on.day, 9, tzinfo=UTC)}
    return AttendanceDay(day=on, mark=mark, **(defaults | changes))


def at(number: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(START + timedelta(days=number), datetime.min.time(), UTC) + timedelta(
        hours=hour, minutes=minute
    )


def counted(*days: AttendanceDay, today: date = TODAY) -> AttendanceStability:
    return attendance_stability(days, today)


def agreed_example() -> list[AttendanceDay]:
    """12 planned, 1 closed, 1 agreed away, 8 came (1 partly), 1 notified, 1 without a message."""
    came = [day(number) for number in range(7)]
    return [
        *came,
        day(7, PARTLY),
        day(8, NOTIFIED, notice_at=at(8, 8)),
        day(9, NO_MESSAGE),
        day(10, None, is_closed=True),
        day(11, None, is_agreed_away=True),
    ]


def test_the_agreed_example_is_eight_of_ten_with_one_of_two_absences_notified():
    seen = counted(*agreed_example())
    assert (seen.planned, seen.closed, seen.agreed_away, seen.base) == (12, 1, 1, 10)
    assert (seen.came, seen.partly, seen.notified, seen.no_message, seen.absent) == (8, 1, 1, 1, 2)
    assert attendance_text(seen) == ("Mødt 8 af 10 aftalte dage, heraf 1 noget af dagen. 1 af 2 fraværsdage er meldt.")


def test_closed_beats_agreed_away():
    seen = counted(day(1, None, is_closed=True, is_agreed_away=True))
    assert (seen.closed, seen.agreed_away, seen.base) == (1, 0, 0)


def test_a_mark_may_say_agreed_away_too_and_closed_beats_it():
    seen = counted(day(1, AGREED_AWAY), day(2, AGREED_AWAY, is_closed=True), day(3, AGREED_AWAY, is_agreed_away=True))
    assert (seen.planned, seen.closed, seen.agreed_away, seen.base) == (3, 1, 2, 0)
    assert (seen.came, seen.absent, seen.unrecorded, seen.extra) == (0, 0, 0, 0)


def test_a_closed_day_that_was_not_planned_takes_nothing_from_the_base():
    seen = counted(day(1), day(2, None, is_planned=False, is_closed=True, is_agreed_away=True))
    assert (seen.planned, seen.closed, seen.agreed_away, seen.base) == (1, 0, 0, 1)


@pytest.mark.parametrize("kind", [{"is_planned": False}, {"is_closed": True}, {"is_agreed_away": True}])
@pytest.mark.parametrize("mark", [CAME, PARTLY])
def test_coming_on_a_day_outside_the_base_is_extra(kind, mark):
    seen = counted(*(day(number) for number in range(4)), day(9, mark, **kind))
    assert (seen.came, seen.base, seen.extra, seen.partly) == (4, 4, 1, 0)
    assert attendance_text(seen) == "Mødt 4 af 4 aftalte dage. Mødt 1 ekstra dag."


@pytest.mark.parametrize("kind", [{"is_planned": False}, {"is_closed": True}, {"is_agreed_away": True}])
@pytest.mark.parametrize("mark", [NOTIFIED, NO_MESSAGE, AGREED_AWAY, None])
def test_not_coming_on_a_day_outside_the_base_is_nothing(kind, mark):
    seen = counted(day(9, mark, **kind, notice_at=at(9, 8)))
    assert (seen.absent, seen.extra, seen.unrecorded, seen.notices_in_time) == (0, 0, 0, 0)


def test_today_counts_when_it_is_over():
    assert counted(day(1), today=START + timedelta(days=1)).planned == 0
    assert counted(day(1), today=START + timedelta(days=2)).planned == 1
    assert counted(day(1, is_planned=False), today=START + timedelta(days=1)).extra == 0


@pytest.mark.parametrize(
    ("notice", "in_time", "late"),
    [(at(1, 9), 1, 0), (at(1, 9, 1), 0, 1), (at(0, 20), 1, 0), (None, 0, 0)],
)
def test_a_notice_is_in_time_at_or_before_the_agreed_start(notice, in_time, late):
    seen = counted(day(1, NOTIFIED, notice_at=notice))
    assert (seen.notified, seen.notices_in_time, seen.notices_late) == (1, in_time, late)


def test_a_notice_against_an_unknown_start_is_neither_in_time_nor_late():
    seen = counted(day(1, NOTIFIED, notice_at=at(1, 8), agreed_start_at=None))
    assert (seen.notified, seen.notices_in_time, seen.notices_late) == (1, 0, 0)


def test_a_message_before_coming_later_is_no_absence():
    seen = counted(day(1, PARTLY, notice_at=at(1, 8)))
    assert (seen.came, seen.absent, seen.notices_in_time) == (1, 0, 0)


def test_punctuality_is_counted_apart():
    seen = counted(
        day(1, arrived_at=at(1, 9)), day(2, arrived_at=at(2, 9, 1)), day(3), day(4, NOTIFIED, arrived_at=at(4, 9))
    )
    assert (seen.arrivals_on_time, seen.arrivals_timed, seen.came) == (1, 2, 3)


def test_partly_is_what_staff_wrote_whatever_the_clock_says():
    seen = counted(day(1, CAME, arrived_at=at(1, 14)), day(2, PARTLY, arrived_at=at(2, 9)))
    assert (seen.came, seen.partly) == (2, 1)


def test_a_day_nobody_wrote_down_is_named_and_never_called_an_absence():
    seen = counted(*(day(number) for number in range(4)), day(5, None))
    assert (seen.base, seen.came, seen.absent, seen.unrecorded) == (5, 4, 0, 1)
    assert attendance_text(seen) == "Mødt 4 af 5 aftalte dage. 1 dag er ikke skrevet ind."


def test_under_four_agreed_days_there_are_counts_only():
    few = counted(day(1), day(2, PARTLY), day(3, NOTIFIED))
    assert not few.has_rate
    assert attendance_text(few) == "Mødt: 1. Noget af dagen: 1. Afbud: 1. Ingen besked: 0."
    assert " af 3" not in attendance_text(few)
    assert counted(day(1), day(2), day(3), day(4)).has_rate


def test_no_days_at_all_are_counts_of_nothing():
    assert attendance_text(counted()) == "Mødt: 0. Noget af dagen: 0. Afbud: 0. Ingen besked: 0."


def test_the_same_day_twice_is_refused():
    with pytest.raises(ValueError, match="same day"):
        counted(day(1), day(1, NOTIFIED))


def test_marks_have_the_agreed_words():
    words = ["Mødt", "Mødt noget af dagen", "Afbud", "Ingen besked", "Aftalt fri"]
    assert [mark.label for mark in AttendanceMark] == words


any_days = st.lists(
    st.builds(
        day,
        st.integers(0, 70),
        st.one_of(st.none(), st.sampled_from(AttendanceMark)),
        is_planned=st.booleans(),
        is_closed=st.booleans(),
        is_agreed_away=st.booleans(),
    ),
    unique_by=lambda each: each.day,
    max_size=30,
)


@given(any_days)
def test_every_agreed_day_is_counted_exactly_once(days):
    seen = attendance_stability(days, TODAY)
    assert seen.base == seen.came + seen.notified + seen.no_message + seen.unrecorded
    assert 0 <= seen.partly <= seen.came <= seen.base


@given(any_days, st.integers(0, 10_000))
def test_the_order_of_days_does_not_matter(days, seed):
    shuffled = random.Random(seed).sample(days, len(days))
    assert attendance_stability(shuffled, TODAY) == attendance_stability(days, TODAY)


@given(any_days, st.booleans())
def test_an_extra_day_moves_no_other_count(days, closed):
    free = START + timedelta(days=-1)
    extra = AttendanceDay(day=free, is_planned=False, is_closed=closed, mark=CAME)
    before, after = attendance_stability(days, TODAY), attendance_stability([*days, extra], TODAY)
    assert (after.came, after.base, after.absent) == (before.came, before.base, before.absent)
    assert after.extra == before.extra + 1
