"""The competence rule: each limit switched off must change a named result."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workshop.progression.evidence_rows import (
    FIRST_THREE,
    NEXT_FIVE,
    OFF,
    START,
    TODAY,
    day,
    row,
    rows_of,
    worked_example,
)
from workshop.progression.explaining import micro_step_text
from workshop.progression.indication import PARAMETERS_V1, Basis, Parameters, Row, Threshold, indicate

pytestmark = pytest.mark.once


def joint_work() -> list[Row]:
    return rows_of((1, "S0Q2"), (2, "S0Q2"), (3, "S0Q2"), (4, "S0Q2"), is_joint=True)


def contributing_work() -> list[Row]:
    return rows_of((1, "S0Q2"), (2, "S0Q2"), (3, "S0Q2"), (4, "S0Q2"), is_core=False)


def short_work() -> list[Row]:
    return rows_of((1, "S0Q2"), (2, "S0Q2"), (3, "S0Q2"), (4, "S0Q2"), minutes=9)


def one_busy_day() -> list[Row]:
    """Four good rows in all, but three of them on one day and the fourth needed on a third day."""
    return [*(row(9, "S0Q2", minutes=minutes) for minutes in (90, 60, 30)), row(8, "S1Q0"), row(7, "S0Q2")]


def good_long_ago_then_supported() -> list[Row]:
    return rows_of(*((n, "S0Q2") for n in (-9, -8, -7, -6)), *((n, "S2Q2") for n in (1, 2, 3, 4, 5, 6, 7, 8)))


def good_two_years_ago() -> list[Row]:
    return rows_of(*((n, "S0Q2") for n in (-700, -699, -698, -697)))


def with_threshold(level: int, **changes) -> Parameters:
    steps = tuple(replace(step, **changes) if step.level == level else step for step in PARAMETERS_V1.thresholds)
    return replace(PARAMETERS_V1, version="control", thresholds=steps)


@pytest.mark.parametrize(
    ("rows", "limited", "switched_off", "unlimited"),
    [
        (joint_work, 2, {"joint_cap": OFF}, 3),
        (contributing_work, 2, {"contributing_cap": OFF}, 3),
        (short_work, 0, {"minimum_minutes": 0}, 3),
        (good_long_ago_then_supported, 2, {"window_rows": OFF}, 3),
        (good_two_years_ago, 0, {"window_days": OFF}, 3),
    ],
)
def test_a_limit_switched_off_changes_the_level(rows, limited, switched_off, unlimited):
    made = rows()
    assert indicate(made, TODAY).level == limited
    assert indicate(made, TODAY, replace(PARAMETERS_V1, version="control", **switched_off)).level == unlimited


def test_without_the_limit_per_day_a_busy_day_fills_the_window():
    rows = one_busy_day()
    assert len(indicate(rows, TODAY).used) == 4
    without = indicate(rows, TODAY, replace(PARAMETERS_V1, version="control", rows_per_day=OFF))
    assert len(without.used) == 5
    assert micro_step_text(indicate(rows, TODAY).micro_step) == "3 af 4 gange set på næste trin"
    assert micro_step_text(without.micro_step) == "4 af 4 gange, mangler én dag"


@pytest.mark.parametrize(
    ("marked", "limited", "level", "changes", "unlimited"),
    [
        (((1, "S0Q2"), (2, "S0Q2"), (3, "S0Q2")), 2, 3, {"rows": 3}, 3),
        (((1, "S0Q2"), (1, "S0Q2"), (2, "S0Q2"), (2, "S0Q2")), 2, 3, {"days": 2}, 3),
        (((1, "S2Q2"), (2, "S2Q2")), 1, 2, {"rows": 2}, 2),
        (((1, "S2Q2"), (1, "S2Q2")), 1, 2, {"rows": 2, "days": 1}, 2),
        (((1, "S4Q2"),), 1, 1, {"rows": 2}, 0),
    ],
)
def test_a_moved_threshold_changes_the_level(marked, limited, level, changes, unlimited):
    rows = rows_of(*marked)
    assert indicate(rows, TODAY).level == limited
    assert indicate(rows, TODAY, with_threshold(level, **changes)).level == unlimited


@pytest.mark.parametrize(
    ("rows", "limited", "switched_off", "unlimited"),
    [
        (rows_of(*FIRST_THREE, *NEXT_FIVE), Basis.SOME, {"good_confirmers": 1}, Basis.GOOD),
        (worked_example()[:7], Basis.SOME, {"good_rows": 7}, Basis.GOOD),
        (worked_example(), Basis.GOOD, {"good_days": 7}, Basis.SOME),
        (rows_of((1, "S2Q2"), (2, "S2Q2")), Basis.THIN, {"some_rows": 2}, Basis.SOME),
        (rows_of((1, "S2Q2"), (1, "S2Q2")), Basis.THIN, {"some_rows": 2, "some_days": 1}, Basis.SOME),
    ],
)
def test_a_moved_limit_changes_the_basis(rows, limited, switched_off, unlimited):
    assert indicate(rows, TODAY).basis is limited
    assert indicate(rows, TODAY, replace(PARAMETERS_V1, version="control", **switched_off)).basis is unlimited


def test_the_age_limit_and_the_foundation_phase_are_parameters_too():
    later = day(10) + timedelta(days=180)
    assert indicate(worked_example(), later).is_stale
    assert not indicate(worked_example(), later, replace(PARAMETERS_V1, stale_after_days=OFF)).is_stale
    assert replace(PARAMETERS_V1, foundation_days=1).foundation_ends_on(START) == START


def test_no_parameters_can_make_the_rule_compute_level_four():
    with pytest.raises(ValueError, match="people alone"):
        Parameters(version="x", thresholds=(*PARAMETERS_V1.thresholds, Threshold(4, 5, 3)))
