"""The competence rule: the worked example, and each edge of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workshop.progression.evidence_rows import (
    FIRST_THREE,
    NEXT_FIVE,
    NOON,
    START,
    TODAY,
    day,
    row,
    rows_of,
    worked_example,
)
from workshop.progression.explaining import explain, freshness_text, micro_step_text
from workshop.progression.indication import PARAMETERS_V1, Basis, MicroStep, can_count, evidence_value, indicate
from workshop.tasks.marks import Quality

pytestmark = pytest.mark.once


# The worked example


def test_the_first_three_rows_show_level_two_on_some_basis():
    first = indicate(rows_of(*FIRST_THREE), TODAY)
    assert [evidence_value(used) for used in first.used] == [2, 2, 2]
    assert (first.level, first.basis) == (2, Basis.SOME)


def test_five_more_rows_show_level_three():
    rows = worked_example()
    whole = indicate(rows, TODAY)
    assert [evidence_value(used) for used in rows] == [2, 2, 2, 3, 3, 3, 1, 3]
    assert (whole.level, whole.basis, len(whole.used)) == (3, Basis.GOOD, 8)
    assert len({used.day for used in whole.used}) == 6
    assert whole.micro_step is None


def test_one_confirmer_alone_never_gives_a_good_basis():
    alone = indicate(rows_of(*FIRST_THREE, *NEXT_FIVE), TODAY)
    assert (alone.level, alone.basis) == (3, Basis.SOME)


def test_a_void_row_takes_the_level_back_and_a_correction_brings_it_again():
    rows = worked_example()
    without_day_ten = [each for each in rows if each.day != day(10)]
    assert indicate(without_day_ten, TODAY).level == 2
    corrected = [replace(each, quality=Quality.Q2) if each.day == day(9) else each for each in without_day_ten]
    assert indicate(corrected, TODAY).level == 3


def test_after_four_hundred_days_there_is_no_indication_but_the_day_is_remembered():
    late = indicate(worked_example(), day(10) + timedelta(days=400))
    assert (late.level, late.basis, late.used) == (0, Basis.THIN, ())
    assert (late.last_seen, late.is_stale, late.is_past) == (day(10), True, True)
    assert freshness_text(late) == "Tidligere vist, senest set den 11. marts 2026"


# Evidence


@pytest.mark.parametrize(
    ("support", "values"),
    [("S4", (1, 1, 1, 1)), ("S3", (1, 1, 2, 2)), ("S2", (1, 2, 2, 2)), ("S1", (1, 2, 3, 3)), ("S0", (1, 2, 3, 3))],
)
def test_the_evidence_table_is_the_agreed_one(support, values):
    assert tuple(evidence_value(row(1, f"{support}{quality}")) for quality in Quality) == values


@pytest.mark.parametrize("limits", [{"is_joint": True}, {"is_core": False}, {"is_joint": True, "is_core": False}])
def test_a_joint_or_contributing_row_shows_two_at_most(limits):
    assert evidence_value(row(1, "S0Q3", **limits)) == 2
    assert evidence_value(row(1, "S4Q3", **limits)) == 1


@pytest.mark.parametrize("missing", [{"support": None}, {"quality": None}])
def test_a_row_without_a_mark_shows_nothing(missing):
    assert evidence_value(row(1, **missing)) == 0


@pytest.mark.parametrize(
    "lack", [{"minutes": 9}, {"minutes": None}, {"support": None}, {"quality": None}, {"confirmed_by": None}]
)
def test_a_row_that_lacks_something_does_not_count(lack):
    empty = indicate([row(9, **lack)], TODAY)
    assert not can_count(row(9, **lack))
    assert (empty.level, empty.used, empty.last_seen) == (0, (), None)


def test_ten_minutes_are_enough():
    assert indicate([row(9, minutes=10)], TODAY).level == 1


# Which rows are used


def test_no_rows_give_level_zero_on_a_thin_basis():
    nothing = indicate([], TODAY)
    assert (nothing.level, nothing.basis, nothing.last_seen) == (0, Basis.THIN, None)
    assert (nothing.is_stale, nothing.is_past, nothing.has_evidence) == (False, False, False)
    assert nothing.micro_step == MicroStep(next_level=1, rows_seen=0, rows_needed=1, days_seen=0, days_needed=1)


def test_rows_that_cannot_count_go_before_the_two_longest_are_chosen():
    long_but_unmarked = [row(9, minutes=300, quality=None), row(9, minutes=200, support=None)]
    short = [row(9, minutes=20), row(9, minutes=15)]
    assert set(indicate(long_but_unmarked + short, TODAY).used) == set(short)


def test_only_the_two_longest_of_a_day_are_used():
    longest, middle, shortest = (row(9, minutes=minutes) for minutes in (90, 60, 30))
    assert indicate([shortest, longest, middle], TODAY).used == (longest, middle)


def test_equally_long_rows_of_a_day_give_way_to_the_later_record():
    latest, late, early = (row(9, recorded_at=NOON + timedelta(hours=hour)) for hour in (3, 2, 1))
    assert indicate([early, latest, late], TODAY).used == (latest, late)


def test_the_newest_eight_are_chosen_after_the_two_of_each_day():
    rows = [row(number, minutes=minutes) for number in range(1, 6) for minutes in (90, 60, 30)]
    used = indicate(rows, TODAY).used
    assert [(each.day, each.minutes) for each in used] == [(day(n), m) for n in (5, 4, 3, 2) for m in (90, 60)]


def test_the_eighth_place_goes_to_the_longer_row_then_to_the_later_record():
    seven = [row(number) for number in (8, 8, 7, 7, 6, 6, 5)]
    longer, shorter = row(4, minutes=61), row(4, minutes=60, recorded_at=NOON + timedelta(days=9))
    assert indicate([*seven, shorter, longer], TODAY).used[-1] == longer
    later, earlier = (row(4, recorded_at=NOON + timedelta(hours=hour)) for hour in (1, 0))
    assert indicate([*seven, later, earlier], TODAY).used[-1] == later


def test_day_365_is_inside_and_day_366_is_not():
    old = row(0)
    assert indicate([old], day(365)).level == 1
    assert indicate([old], day(366)).level == 0
    assert (indicate([old], day(365)).is_past, indicate([old], day(366)).is_past) == (False, True)
    again_new = indicate([old], day(365), foundation_ends_on=day(370))
    assert (again_new.is_foundation, again_new.is_past) == (True, False)


def test_it_should_be_seen_again_from_day_180():
    assert not indicate([row(0)], day(179)).is_stale
    again = indicate([row(0)], day(180))
    assert again.is_stale
    assert freshness_text(again) == "Bør ses igen. Senest set den 1. marts 2026"


def test_seen_is_any_row_that_can_count_at_any_level():
    rows = [*worked_example(), row(200, "S4Q0")]
    assert not indicate(rows, day(240)).is_stale
    assert indicate(rows, day(240)).last_seen == day(200)
    assert indicate([*worked_example(), row(200, minutes=5)], day(240)).is_stale


def test_a_day_to_come_is_not_seen_yet():
    assert indicate([row(11)], TODAY).last_seen is None
    assert indicate([row(10)], TODAY).last_seen == TODAY


def test_the_same_record_twice_is_refused():
    with pytest.raises(ValueError, match="came twice"):
        indicate([row(9, record_id="same"), row(8, record_id="same")], TODAY)


# Basis and the next step


@pytest.mark.parametrize(
    ("days", "basis"),
    [
        ((1, 2), Basis.THIN),
        ((1, 1), Basis.THIN),
        ((1, 1, 2), Basis.SOME),
        ((1, 2, 3, 4, 5, 6, 7), Basis.SOME),
        ((1, 1, 2, 2, 3, 3, 4, 4), Basis.GOOD),
    ],
)
def test_the_basis_looks_at_rows_days_and_confirmers(days, basis):
    rows = [row(number, confirmed_by=place % 2) for place, number in enumerate(days)]
    assert indicate(rows, TODAY).basis is basis


def test_under_three_rows_nothing_is_computed_beyond_level_one():
    assert indicate([row(8), row(9)], TODAY).level == 1


def test_the_next_step_counts_the_used_rows_that_show_it():
    step = indicate(rows_of((1, "S2Q2"), (2, "S2Q2"), (3, "S4Q1")), TODAY).micro_step
    assert step == MicroStep(next_level=2, rows_seen=2, rows_needed=3, days_seen=2, days_needed=2)
    assert micro_step_text(step) == "2 af 3 gange set på næste trin"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((1, 1, 2, 2), "4 af 4 gange, mangler én dag"),
        ((1, 1, 2), "3 af 4 gange set på næste trin"),
    ],
)
def test_enough_rows_on_too_few_days_say_both(days, text):
    seen = indicate([row(number, "S0Q2") for number in days], TODAY)
    assert seen.level == 2
    assert micro_step_text(seen.micro_step) == text


def test_more_rows_than_needed_still_read_four_of_four():
    step = MicroStep(next_level=3, rows_seen=6, rows_needed=4, days_seen=1, days_needed=3)
    assert micro_step_text(step) == "4 af 4 gange, mangler 2 dage"


def test_the_first_step_speaks_of_one_time():
    assert micro_step_text(indicate([], TODAY).micro_step) == "0 af 1 gang set på næste trin"


# Foundation phase


def test_no_level_is_shown_in_the_foundation_phase_and_its_records_count_afterwards():
    ends_on = PARAMETERS_V1.foundation_ends_on(START)
    assert ends_on == day(20)
    during = indicate(worked_example(), ends_on, foundation_ends_on=ends_on)
    assert (during.level, during.used, during.micro_step, during.is_foundation) == (0, (), None, True)
    assert (during.last_seen, during.is_past) == (day(10), False)
    assert explain(during) == "Grundfasen er ikke slut. Der vises ingen niveauer endnu."
    assert indicate(worked_example(), day(21), foundation_ends_on=ends_on).level == 3
