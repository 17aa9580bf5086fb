"""The competence rule: what holds for any rows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workshop.progression.evidence_rows import NOON, START, TODAY, row
from workshop.progression.indication import can_count, evidence_value, indicate
from workshop.tasks.marks import Quality, Support

pytestmark = pytest.mark.once


any_row = st.builds(
    lambda on, minutes, support, quality, joint, core, who: row(
        on, minutes=minutes, support=support, quality=quality, is_joint=joint, is_core=core, confirmed_by=who
    ),
    on=st.one_of(st.integers(1, 12), st.integers(-400, 12)),
    minutes=st.one_of(st.none(), st.integers(0, 120)),
    support=st.one_of(st.none(), st.sampled_from(Support)),
    quality=st.one_of(st.none(), st.sampled_from(Quality)),
    joint=st.booleans(),
    core=st.booleans(),
    who=st.sampled_from(["lone", "per", None]),
)
any_rows = st.lists(any_row, max_size=25)


@given(any_rows, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert indicate(shuffled, TODAY) == indicate(rows, TODAY)


@given(any_rows)
def test_equal_ties_are_still_settled_the_same_way(rows):
    tied = [replace(each, recorded_at=NOON, minutes=60) for each in rows]
    assert indicate(reversed(tied), TODAY) == indicate(tied, TODAY)


@given(
    any_rows,
    st.integers(-400, 12),
    st.sampled_from([{"minutes": 9}, {"minutes": None}, {"support": None}, {"quality": None}, {"confirmed_by": None}]),
)
def test_a_row_that_cannot_count_changes_nothing(rows, on, lack):
    assert indicate([*rows, row(on, **lack)], TODAY) == indicate(rows, TODAY)


@given(any_rows, st.integers(11, 500))
def test_a_row_to_come_changes_nothing(rows, on):
    assert indicate([*rows, row(on)], TODAY) == indicate(rows, TODAY)


@given(any_rows)
def test_the_level_is_never_four_and_the_used_rows_keep_every_limit(rows):
    seen = indicate(rows, TODAY)
    assert seen.level in (0, 1, 2, 3)
    assert len(seen.used) <= 8
    assert all(can_count(each) and 0 <= (TODAY - each.day).days <= 365 for each in seen.used)
    assert all(sum(other.day == each.day for other in seen.used) <= 2 for each in seen.used)


@given(any_rows)
def test_the_level_is_the_highest_that_the_used_rows_show(rows):
    seen = indicate(rows, TODAY)
    values = [(evidence_value(each), each.day) for each in seen.used]
    for level, needed_rows, needed_days in ((1, 1, 1), (2, 3, 2), (3, 4, 3)):
        at_level = [on for value, on in values if value >= level]
        shown = len(at_level) >= needed_rows and len(set(at_level)) >= needed_days
        assert shown if level == seen.level else (not shown or level < seen.level)


@given(any_rows, st.sampled_from([{"is_joint": True}, {"is_core": False}]))
def test_joint_or_contributing_rows_alone_never_give_more_than_two(rows, limit):
    assert indicate([replace(each, **limit) for each in rows], TODAY).level <= 2


@given(any_rows)
def test_taking_a_row_away_that_is_not_used_changes_no_level(rows):
    seen = indicate(rows, TODAY)
    for each in set(rows) - set(seen.used):
        assert indicate([other for other in rows if other is not each], TODAY).used == seen.used


@given(any_rows, st.data())
def test_better_quality_in_a_used_row_never_lowers_the_level(rows, data):
    seen = indicate(rows, TODAY)
    if not seen.used:
        return
    chosen = data.draw(st.sampled_from(seen.used))
    better = [replace(each, quality=Quality.Q3) if each is chosen else each for each in rows]
    assert indicate(better, TODAY).level >= seen.level


@given(any_rows, st.data())
def test_less_support_in_a_used_row_never_lowers_the_level(rows, data):
    seen = indicate(rows, TODAY)
    if not seen.used:
        return
    chosen = data.draw(st.sampled_from(seen.used))
    freer = [replace(each, support=Support.S0) if each is chosen else each for each in rows]
    assert indicate(freer, TODAY).level >= seen.level


@given(st.lists(any_row.filter(lambda each: START <= each.day <= TODAY), max_size=25), st.integers(0, 355))
def test_time_alone_lowers_nothing_within_the_year(rows, later):
    assert indicate(rows, TODAY + timedelta(days=later)).level == indicate(rows, TODAY).level
