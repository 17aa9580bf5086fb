"""A task and one person in the same words: what fits, what is the next step, and what takes support."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import factories

from tests.workshop.progression import records
from workshop.progression.fit import Fit, fit, needs_of

TODAY = date(2026, 11, 24)
levels = st.dictionaries(st.integers(1, 5), st.none() | st.integers(0, 4), max_size=5)
needs = st.dictionaries(st.integers(1, 5), st.integers(0, 4), max_size=5)


@pytest.mark.once
@pytest.mark.parametrize(
    ("agreed", "asked", "expected"),
    [
        ({1: 3}, {1: 3}, Fit.CAN),
        ({1: 3}, {1: 2}, Fit.CAN),
        ({1: 2}, {1: 3}, Fit.NEXT_STEP),
        ({1: 1}, {1: 3}, Fit.WITH_SUPPORT),
        ({}, {1: 1}, Fit.NEXT_STEP),
        ({1: None}, {1: 2}, Fit.WITH_SUPPORT),
        ({}, {}, Fit.CAN),
        ({}, {1: 0}, Fit.CAN),
        ({1: 4, 2: 1}, {1: 2, 2: 3}, Fit.WITH_SUPPORT),
    ],
)
def test_a_task_sits_with_a_person_as_its_farthest_need_does(agreed, asked, expected):
    assert fit(agreed, asked) is expected


@pytest.mark.once
@given(levels, needs)
def test_a_higher_level_never_makes_a_task_harder(agreed, asked):
    order = list(Fit)
    higher = {each: min((level or 0) + 1, 4) for each, level in agreed.items()}
    assert order.index(fit(higher, asked)) <= order.index(fit(agreed, asked))


@pytest.mark.once
@given(levels, needs)
def test_what_a_task_does_not_ask_for_plays_no_part(agreed, asked):
    only = {each: level for each, level in agreed.items() if each in asked}
    assert fit(only, asked) is fit(agreed, asked)


@pytest.mark.once
def test_the_words_never_say_that_somebody_cannot():
    assert [each.label for each in Fit] == ["kan du", "dit næste skridt", "med støtte"]


def test_the_needs_of_a_task_are_those_of_the_links_that_hold_on_the_day(session):
    task, shows = factories.task_type(session), records.competence(session)
    old = records.link(session, task, shows, valid_to=TODAY - timedelta(days=1))
    old.usual_need = 1
    new = records.link(session, task, shows, valid_from=TODAY)
    new.usual_need = 3
    session.flush()
    assert needs_of(session, [task.id], TODAY) == {task.id: {shows.id: 3}}
    assert needs_of(session, [task.id], TODAY - timedelta(days=1)) == {task.id: {shows.id: 1}}


def test_a_task_without_links_asks_for_nothing(session):
    task = factories.task_type(session)
    assert needs_of(session, [task.id], TODAY) == {task.id: {}}
    assert needs_of(session, [], TODAY) == {}
