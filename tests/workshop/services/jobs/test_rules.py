"""The rule of a series agrees with an independent reference, and its odd corners are as they were settled."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import recurrence

from workshop.core import clock
from workshop.services.jobs import rules, words
from workshop.services.jobs.models import JobState
from workshop.services.jobs.rules import Change, Flag, Rule, Span, days, series
from workshop.services.requests.models import Billing, Recurrence
from workshop.services.visits.models import VisitState

pytestmark = pytest.mark.once
SEED = 34
LAWN = Rule("weeks", date(2027, 3, 17), every=2, weekday=2, season_from="04-01", season_to="10-31", late_days=3)
HEDGE = Rule("yearly", date(2027, 6, 24), year_days=("06-24", "09-15"), early_days=10, late_days=10)


def test_a_twentieth_of_all_rules_agrees_with_dateutil_at_every_position() -> None:
    """All of them are tried by the soak."""
    every = recurrence.rules()
    tried, wrong = 0, []
    for rule in random.Random(SEED).sample(every, len(every) // 20):
        count, found = recurrence.wrong_with(SEED, rule)
        tried, wrong = tried + count, wrong + found
    assert wrong == []
    assert tried > 20_000


@pytest.mark.parametrize("mistake", ["phase", "season", "exception", "pause"])
def test_the_reference_finds_a_planted_mistake(mistake: str) -> None:
    """The control: answers that are a little wrong are found."""

    def mistaken(case: recurrence.Case) -> recurrence.Answer:
        rule, exceptions, pauses = case
        if mistake == "phase":
            rule = replace(rule, starts_on=rule.starts_on + timedelta(days=7))
        elif mistake == "season":
            rule = replace(rule, season_to="10-30")
        elif mistake == "exception":
            exceptions = {}
        else:
            pauses = tuple(Span(each.from_on, each.to_on - timedelta(days=1)) for each in pauses)
        return recurrence.ours(recurrence.Case(rule, exceptions, pauses))

    every = 1 if mistake == "season" else 2  # the last day of the season is a Wednesday in one year
    early, late = recurrence.WINDOW
    days_off = {"season_from": "04-15", "season_to": "10-31", "early_days": early, "late_days": late}
    rule = Rule("weeks", date(2027, 1, 6), every=every, weekday=2, **days_off)
    assert recurrence.wrong_with(SEED, rule, mistaken)[1]
    assert not recurrence.wrong_with(SEED, rule)[1]


def test_the_phase_is_kept_through_the_winter() -> None:
    found = days(LAWN, date(2027, 1, 1), date(2029, 12, 31))
    assert found[0] == date(2027, 4, 14)
    assert all((day - LAWN.starts_on).days % 14 == 0 for day in found)
    assert {day.month for day in found} == set(range(4, 11))


def test_a_first_day_that_breaks_the_rule_is_no_visit() -> None:
    rule = Rule("weeks", date(2027, 3, 15), weekday=2)  # a Monday
    assert days(rule, date(2027, 3, 1), date(2027, 3, 31)) == [date(2027, 3, day) for day in (17, 24, 31)]


def test_the_31st_is_skipped_where_there_is_none() -> None:
    rule = Rule("months", date(2027, 1, 31), day_of_month=31)
    found = days(rule, date(2027, 1, 1), date(2027, 12, 31))
    assert [day.month for day in found] == [1, 3, 5, 7, 8, 10, 12]
    assert {day.day for day in found} == {31}


def test_a_day_no_month_has_gives_no_visit() -> None:
    assert days(Rule("months", date(2027, 1, 31), day_of_month=32), date(2027, 1, 1), date(2030, 1, 1)) == []


def test_the_last_weekday_of_the_month_and_the_29th_of_february() -> None:
    fridays = days(Rule("months", date(2027, 1, 1), nth=-1, weekday=4), date(2027, 1, 1), date(2027, 4, 30))
    assert fridays == [date(2027, 1, 29), date(2027, 2, 26), date(2027, 3, 26), date(2027, 4, 30)]
    leap = days(Rule("yearly", date(2027, 1, 1), year_days=("02-29",)), date(2027, 1, 1), date(2033, 1, 1))
    assert leap == [date(2028, 2, 29), date(2032, 2, 29)]


def test_a_season_over_new_year_is_one_season() -> None:
    rule = Rule("weeks", date(2026, 11, 2), weekday=0, season_from="11-01", season_to="03-31")
    assert rules.in_season(rule, date(2026, 12, 31))
    assert rules.in_season(rule, date(2027, 1, 1))
    assert not rules.in_season(rule, date(2027, 4, 1))
    assert rules.season_end(rule, date(2026, 12, 1)) == date(2027, 3, 31)
    assert rules.season_end(rule, date(2027, 2, 1)) == date(2027, 3, 31)
    assert rules.season_end(rule, date(2027, 6, 1)) == date(2027, 6, 1)


def test_moving_one_visit_changes_that_one_alone_across_both_changes_of_the_clock() -> None:
    rule = Rule("weeks", date(2027, 3, 7), weekday=6, late_days=6)  # Sundays, those of the changes among them
    plain = series(rule, {}, (), date(2027, 3, 1), date(2027, 11, 30))
    for changed in (date(2027, 3, 28), date(2027, 10, 31)):
        found = series(rule, {changed: Change(changed + timedelta(days=1))}, (), date(2027, 3, 1), date(2027, 11, 30))
        assert [each for each in found if each.original_on != changed] == [
            each for each in plain if each.original_on != changed
        ]
        (moved,) = [each for each in found if each.original_on == changed]
        assert (moved.day, moved.is_moved) == (changed + timedelta(days=1), True)


def test_what_was_moved_stays_and_is_flagged() -> None:
    original, pause = date(2027, 6, 9), Span(date(2027, 7, 1), date(2027, 7, 31))
    ending = Rule(
        "weeks", date(2027, 3, 17), date(2027, 6, 30), 2, 2, late_days=3, season_from="04-01", season_to="08-31"
    )

    def flags_on(day: date) -> tuple[Flag, ...]:
        (found,) = [
            each
            for each in series(ending, {original: Change(day)}, [pause], date(2027, 6, 1), date(2027, 12, 31))
            if each.original_on == original
        ]
        assert found.day == day
        return found.flags

    assert flags_on(date(2027, 6, 10)) == ()
    assert flags_on(date(2027, 6, 14)) == (Flag.OUT_OF_WINDOW,)
    assert flags_on(date(2027, 7, 5)) == (Flag.IN_PAUSE, Flag.AFTER_END, Flag.OUT_OF_WINDOW)
    assert Flag.OUT_OF_SEASON in flags_on(date(2027, 9, 6))
    assert Flag.ON_WEEKEND in flags_on(date(2027, 6, 12))


def test_a_visit_keeps_its_own_day_in_a_pause_and_a_cancelled_one_stays_cancelled() -> None:
    pause = Span(date(2027, 6, 1), date(2027, 6, 30))
    changes = {date(2027, 6, 9): Change(date(2027, 6, 10)), date(2027, 6, 23): Change(None)}
    found = series(LAWN, changes, [pause], date(2027, 6, 1), date(2027, 6, 30))
    assert [(each.original_on, each.day) for each in found] == [
        (date(2027, 6, 9), date(2027, 6, 10)),
        (date(2027, 6, 23), None),
    ]


def test_a_holiday_is_flagged_and_snow_knows_none() -> None:
    closed = {date(2027, 5, 6): "Kristi himmelfartsdag"}
    assert rules.flags(LAWN, None, date(2027, 5, 6), (), closed) == (Flag.ON_HOLIDAY,)
    assert rules.flags(Rule("on_snow", date(2027, 1, 1)), None, date(2027, 5, 6), (), closed) == ()


def test_a_customer_may_move_within_the_window_the_season_and_the_agreement() -> None:
    rule = Rule(
        "weeks", date(2027, 3, 17), date(2027, 6, 23), 2, 2, season_from="04-01", season_to="06-25", late_days=5
    )
    assert rules.may_move(rule, date(2027, 6, 9), date(2027, 6, 14)) is None
    assert "uden for det, vi har aftalt" in (rules.may_move(rule, date(2027, 6, 9), date(2027, 6, 15)) or "")
    assert "Aftalen er slut" in (rules.may_move(rule, date(2027, 6, 23), date(2027, 6, 24)) or "")
    assert "sæsonen" in (rules.may_move(HEDGE_IN_SEASON, date(2027, 6, 24), date(2027, 6, 14)) or "")


HEDGE_IN_SEASON = Rule("yearly", date(2027, 6, 24), season_from="06-15", season_to="10-31", early_days=10)


def test_visits_reach_twelve_weeks_the_season_and_at_least_the_next() -> None:
    assert rules.reach(LAWN, date(2027, 3, 1)) == date(2027, 10, 31)
    assert rules.reach(HEDGE, date(2027, 1, 1)) == date(2027, 6, 24)
    assert rules.reach(Rule("weeks", date(2027, 1, 6), weekday=2), date(2027, 3, 1)) == date(2027, 5, 24)


@settings(max_examples=300, deadline=None)
@given(
    start=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    every=st.integers(1, 12),
    weekday=st.integers(0, 6),
    first=st.dates(date(2026, 1, 1), date(2031, 1, 1)),
    length=st.integers(0, 400),
)
def test_a_piece_of_a_series_is_the_same_as_that_piece_of_the_whole(
    start: date, every: int, weekday: int, first: date, length: int
) -> None:
    for rule in (
        Rule("weeks", start, every=every, weekday=weekday),
        Rule("months", start, every=every, nth=-1, weekday=weekday),
        Rule("months", start, every=every, day_of_month=31),
    ):
        whole = days(rule, date(2025, 1, 1), date(2033, 1, 1))
        last = first + timedelta(days=length)
        assert days(rule, first, last) == [day for day in whole if first <= day <= last]


def test_rules_are_said_in_danish() -> None:
    said = {
        "Hver 2. uge om onsdagen, fra 1. april til 31. oktober": LAWN,
        "Hvert år den 24. juni og 15. september": HEDGE,
        "Hver uge om mandagen": Rule("weeks", date(2027, 3, 1)),
        "Den 31. hver måned": Rule("months", date(2027, 1, 31)),
        "Den sidste fredag hver 2. måned": Rule("months", date(2027, 1, 1), every=2, nth=-1, weekday=4),
        "Den 1. tirsdag hver måned": Rule("months", date(2027, 1, 1), nth=1, weekday=1),
        "Når det sner, fra 1. november til 31. marts": Rule(
            "on_snow", date(2027, 1, 1), season_from="11-01", season_to="03-31"
        ),
        "Hver uge om tirsdagen": Rule("weeks", date(2027, 3, 2), season_from="01-01", season_to="12-31"),
        "Én gang": Rule("none", date(2027, 1, 1)),
    }
    assert {sentence: words.rule_text(rule) for sentence, rule in said.items()} == {each: each for each in said}


def test_every_state_and_flag_has_words() -> None:
    assert {each.value for each in Recurrence} == {"none", "weeks", "months", "yearly", "on_snow"}
    assert all(words.flag_text(each, "Juledag") for each in Flag)
    assert all(words.state_name(each) for each in JobState)
    assert all(words.visit_state_name(each) for each in VisitState)
    assert all(words.billing_name(each) for each in Billing)


def test_a_visit_in_the_missing_spring_hour_is_flagged_and_not_shifted() -> None:
    assert clock.is_missing(date(2027, 3, 28), time(2, 30))
    assert "findes ikke den dag" in words.flag_text(Flag.MISSING_HOUR)
