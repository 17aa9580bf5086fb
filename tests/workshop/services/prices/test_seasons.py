"""Seasons, also across New Year, and the weeks somebody can wish for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from workshop.services.prices import seasons

pytestmark = pytest.mark.once
TODAY = date(2026, 11, 24)


def test_a_season_across_new_year_has_both_its_ends() -> None:
    inside = {"11-01", "12-31", "01-01", "03-31"}
    days = [date(2026, 1, 1) + timedelta(days=each) for each in range(365)]
    found = {f"{day:%m-%d}" for day in days if seasons.is_in_season(day, "11-01", "03-31")}
    assert inside <= found
    assert not {"10-31", "04-01"} & found
    assert len(found) == 30 + 31 + 31 + 28 + 31


def test_a_season_within_a_year_and_none_at_all() -> None:
    assert not seasons.is_in_season(date(2026, 6, 14), "06-15", "10-31")
    assert seasons.is_in_season(date(2026, 6, 15), "06-15", "10-31")
    assert seasons.is_in_season(TODAY, None, None)
    assert seasons.season_text("01-01", "12-31") == "hele året"
    assert seasons.season_text("06-15", "10-31") == "15. juni til 31. oktober"


def test_the_weeks_begin_next_week_or_when_the_season_does() -> None:
    snow = seasons.weeks_ahead(TODAY, "11-01", "03-31")
    assert [week.key for week in snow[:2]] == ["2026-W49", "2026-W50"]
    assert snow[0].first == date(2026, 11, 30)
    hedge = seasons.weeks_ahead(TODAY, "06-15", "10-31")
    assert hedge[0].key == "2027-W24"
    assert len(hedge) == seasons.MOST_WEEKS


def test_the_last_week_of_a_long_year_is_its_53rd() -> None:
    keys = [week.key for week in seasons.weeks_ahead(date(2026, 12, 16), None, None)]
    assert keys[:3] == ["2026-W52", "2026-W53", "2027-W01"]


@pytest.mark.parametrize("typed", ["15.6.", "15.6", "15-06", "15/6", " 15.06. "])
def test_a_day_of_the_year_is_typed_in_many_ways(typed: str) -> None:
    assert seasons.parse_day(typed) == "06-15"
    assert seasons.typed_day("06-15") == "15.6."


@pytest.mark.parametrize("typed", ["31.2.", "juni", "1.2.3.4", "0.5", "1", "9" * 400 + ".1"])
def test_a_day_no_year_has_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="Skriv en dag og en måned"):
        seasons.parse_day(typed)
    assert seasons.parse_day("  ") is None
