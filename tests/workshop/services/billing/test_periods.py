"""Months and seasons: which are over, and how much of each was had."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from workshop.services.billing.periods import Period, Run, is_in_season, passed_months, passed_seasons

pytestmark = pytest.mark.once


def fortnightly(first: date) -> Run:
    """Every second week from a day on, April to October."""

    def days(from_on: date, to_on: date) -> list[date]:
        every = [first + timedelta(days=14 * count) for count in range(200)]
        return [day for day in every if from_on <= day <= to_on and is_in_season(day, "04-01", "10-31")]

    return Run(first, None, None, "04-01", "10-31", days_by_rule=days)


def snow(**changes: object) -> Run:
    return Run(**{**SNOW, **changes})  # type: ignore[arg-type]  # the fields of a run, by name


SNOW: dict[str, object] = {
    "starts_on": date(2026, 11, 1),
    "planned_end": None,
    "end": None,
    "season_from": "11-01",
    "season_to": "03-31",
}


def told(found: list[Period]) -> list[tuple[str, int, int]]:
    return [(each.cause, each.had, each.planned) for each in found]


def test_a_month_is_due_the_day_after_it_is_over() -> None:
    run = fortnightly(date(2027, 4, 12))
    assert told(passed_months(run, date(2027, 4, 30))) == []
    assert told(passed_months(run, date(2027, 5, 1))) == [("month-2027-04", 2, 2)]


def test_the_first_month_is_whole_although_it_begins_with_the_first_visit() -> None:
    (april,) = passed_months(fortnightly(date(2027, 4, 26)), date(2027, 5, 1))
    assert april.is_whole
    assert (april.from_on, april.to_on) == (date(2027, 4, 26), date(2027, 4, 30))


def test_months_outside_the_season_are_not_paid_for() -> None:
    found = passed_months(fortnightly(date(2027, 4, 12)), date(2028, 5, 1))
    assert [each.cause for each in found] == [
        *(f"month-2027-{month:02d}" for month in range(4, 11)),
        "month-2028-04",
    ]


def test_a_month_in_the_season_without_a_visit_is_still_a_month() -> None:
    run = Run(date(2027, 1, 15), None, None, None, None, days_by_rule=lambda _from, _to: [])
    assert [each.cause for each in passed_months(run, date(2027, 4, 1))] == [
        "month-2027-01",
        "month-2027-02",
        "month-2027-03",
    ]


def test_a_pause_takes_off_the_visits_that_fall_away_and_no_others() -> None:
    run = fortnightly(date(2027, 4, 12))  # 12 and 26 April, 10 and 24 May
    empty = Run(**{**run.__dict__, "pauses": ((date(2027, 5, 11), date(2027, 5, 20)),)})
    half = Run(**{**run.__dict__, "pauses": ((date(2027, 5, 20), date(2027, 5, 31)),)})
    assert told(passed_months(empty, date(2027, 6, 1)))[-1] == ("month-2027-05", 2, 2)
    assert told(passed_months(half, date(2027, 6, 1)))[-1] == ("month-2027-05", 1, 2)


def test_a_visit_moved_out_of_a_pause_and_made_is_paid_for() -> None:
    run = fortnightly(date(2027, 4, 12))
    pauses = ((date(2027, 5, 20), date(2027, 5, 31)),)
    moved = Run(**{**run.__dict__, "pauses": pauses, "kept": frozenset({date(2027, 5, 24)})})
    assert told(passed_months(moved, date(2027, 6, 1)))[-1] == ("month-2027-05", 2, 2)


def test_a_whole_month_of_rest_costs_nothing() -> None:
    run = Run(**{**fortnightly(date(2027, 4, 12)).__dict__, "pauses": ((date(2027, 5, 1), date(2027, 5, 31)),)})
    assert [each.cause for each in passed_months(run, date(2027, 7, 1))] == ["month-2027-04", "month-2027-06"]


def test_a_snow_season_goes_over_new_year_and_is_named_by_the_year_it_began() -> None:
    (season,) = passed_seasons(snow(), date(2027, 4, 1))
    assert (season.cause, season.from_on, season.to_on) == ("season-2026", date(2026, 11, 1), date(2027, 3, 31))
    assert season.is_whole
    assert not season.is_by_visits
    assert passed_seasons(snow(), date(2027, 3, 31)) == []


def test_an_agreement_made_in_january_belongs_to_the_season_of_the_year_before() -> None:
    (season,) = passed_seasons(snow(starts_on=date(2027, 1, 10)), date(2027, 4, 1))
    assert (season.cause, season.is_whole) == ("season-2026", True)


def test_an_agreement_made_in_summer_waits_for_its_first_season() -> None:
    found = passed_seasons(snow(starts_on=date(2026, 6, 1)), date(2027, 6, 1))
    assert told(found) == [("season-2026", 151, 151)]


def test_an_early_end_takes_off_the_days_that_are_left_and_is_due_at_once() -> None:
    (season,) = passed_seasons(snow(end=date(2027, 1, 31)), date(2027, 2, 1))
    assert (season.had, season.planned) == (92, 151)
    assert season.to_on == date(2027, 1, 31)


def test_an_end_that_was_agreed_from_the_start_takes_nothing_off() -> None:
    (season,) = passed_seasons(snow(planned_end=date(2027, 2, 28), end=date(2027, 2, 28)), date(2027, 3, 1))
    assert season.is_whole


def test_seasons_follow_each_other() -> None:
    found = passed_seasons(snow(), date(2029, 6, 1))
    assert [each.cause for each in found] == ["season-2026", "season-2027", "season-2028"]


def test_without_a_season_a_year_goes_from_the_first_day() -> None:
    run = Run(date(2027, 6, 15), None, None, None, None)
    (year,) = passed_seasons(run, date(2028, 6, 15))
    assert (year.cause, year.from_on, year.to_on) == ("season-2027", date(2027, 6, 15), date(2028, 6, 14))


def test_a_year_from_the_29th_of_february_is_a_year() -> None:
    run = Run(date(2028, 2, 29), None, None, None, None)
    assert [(each.from_on, each.to_on) for each in passed_seasons(run, date(2030, 6, 1))] == [
        (date(2028, 2, 29), date(2029, 2, 27)),
        (date(2029, 2, 28), date(2030, 2, 27)),
    ]


def test_every_day_of_ten_years_belongs_to_at_most_one_month_and_one_season() -> None:
    run = snow()
    for find in (passed_months, passed_seasons):
        found = find(run, date(2036, 6, 1))
        for before, after in itertools.pairwise(found):
            assert before.to_on < after.from_on
