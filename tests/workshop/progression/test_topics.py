"""What is worth a talk: gaps, more support, more seen, seen long ago; each with its reason and never a number."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workshop.progression.evidence import Seen
from workshop.progression.indication import Row
from workshop.progression.own_levels import OwnRow
from workshop.progression.queries import AdoptedRow
from workshop.progression.topics import topics
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Competence

pytestmark = pytest.mark.once

TODAY = date(2026, 11, 24)
SANDING = Competence(id=1, key="sanding", name="Slibe træ")
SAWING = Competence(id=2, key="sawing", name="Save træ")
ALL = {1: SANDING, 2: SAWING}


def agreed(level):
    return {1: [AdoptedRow(1, level, TODAY - timedelta(days=30), "", "", "Lone", 1)]}


def own(level):
    return {1: [OwnRow(1, level, "", TODAY - timedelta(days=30), 1)]}


def seen(written, *, times=4, first_back=1):
    """Rows on days in a row, the newest `first_back` days ago."""
    listed = []
    for back in range(first_back, first_back + times):
        day = TODAY - timedelta(days=back)
        at = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
        marks = Support(written[:2]), Quality(written[2:])
        row = Row(f"r{back}", day, 60, *marks, recorded_at=at, confirmed_by=1)
        listed.append(Seen(back, row, "Slib bænken", None, ""))
    return listed


def said(adopted, views=None, found=None):
    return topics(adopted, views or {}, found or {}, ALL, TODAY)


def reasons(*args):
    (only,) = said(*args).listed
    return " ".join(only.reasons)


def test_where_the_three_agree_there_is_nothing_to_talk_about():
    assert not said(agreed(3), own(3), {1: seen("S0Q2")})


def test_a_gap_of_two_is_worth_a_talk_and_a_gap_of_one_is_not():
    assert "to trin eller mere" in reasons(agreed(1), own(3), {1: seen("S4Q2")})
    assert "to trin eller mere" in reasons(agreed(3), own(1), {1: seen("S0Q2")})
    assert not said(agreed(2), own(3), {1: seen("S2Q2")})


def test_not_wanting_to_say_is_no_gap():
    assert not said(agreed(3), own(None), {1: seen("S0Q2")})


def test_more_support_than_agreed_is_worth_a_talk_and_changes_nothing():
    assert "viser mere støtte" in reasons(agreed(3), None, {1: seen("S3Q1")})


def test_more_seen_than_agreed_is_worth_a_talk_too():
    assert "næste trin" in reasons(agreed(2), None, {1: seen("S0Q2")})


def test_level_four_is_never_what_records_ask_for():
    assert not said(agreed(3), None, {1: seen("S0Q3", times=12)})


def test_what_was_seen_long_ago_is_worth_a_talk():
    assert "Bør ses igen" in reasons(agreed(3), None, {1: seen("S0Q2", first_back=200)})
    assert "Tidligere vist" in reasons(agreed(3), None, {1: seen("S0Q2", first_back=400)})


def test_what_was_seen_and_never_agreed_on_is_only_named():
    found = said({}, {}, {2: seen("S0Q2")})
    assert (found.listed, found.unspoken) == ([], ["Save træ"])


def test_an_own_view_without_an_agreed_level_is_worth_a_talk():
    assert "intet er aftalt endnu" in reasons({}, own(3))


def test_no_reason_names_a_level_or_a_number():
    text = reasons(agreed(1), own(4), {1: seen("S0Q3", first_back=200)})
    for word in ("Kan selv", "Kan med støtte", "Er begyndt", "registreringer", "%"):
        assert word not in text
