"""The words for levels and marks, and when two levels are worth a talk."""

import pytest

from workshop.progression.levels import is_gap_worth_a_talk, level_name, may_adopt_highest
from workshop.tasks.marks import Quality, Support

pytestmark = pytest.mark.once


def test_levels_have_the_agreed_names():
    assert [level_name(level) for level in range(5)] == [
        "Ikke set endnu",
        "Er begyndt",
        "Kan med støtte",
        "Kan selv",
        "Kan selv i nye situationer / viser andre",
    ]
    with pytest.raises(ValueError, match="0 to 4"):
        level_name(5)


def test_marks_have_the_agreed_words():
    assert [mark.label for mark in Support] == ["Alene", "Huskekort", "Vejledt", "Side om side", "Prøvede"]
    assert [mark.label for mark in Quality] == ["Gøres om", "Rettes til", "I orden", "Bedre"]


@pytest.mark.parametrize(
    ("own", "other", "talk"), [(3, 1, True), (1, 3, True), (2, 1, False), (None, 3, False), (4, None, False)]
)
def test_two_levels_apart_are_worth_a_talk(own, other, talk):
    assert is_gap_worth_a_talk(own, other) is talk


@pytest.mark.parametrize(
    ("before", "types", "taught", "allowed"),
    [
        (3, ["bench", "box"], False, True),
        (3, ["bench"], True, True),
        (3, ["bench", "bench"], False, False),
        (2, ["bench", "box"], True, False),
        (None, ["bench", "box"], True, False),
    ],
)
def test_level_four_comes_after_three_with_two_task_types_or_teaching(before, types, taught, allowed):
    assert may_adopt_highest(before, types, taught) is allowed
