"""The indication in words: counted, gentle, and never a word of inability."""

import pytest

from tests.workshop.progression.evidence_rows import FIRST_THREE, TODAY, day, row, rows_of, worked_example
from workshop.progression.explaining import adopted_hint, explain, freshness_text
from workshop.progression.indication import indicate

pytestmark = pytest.mark.once


def test_the_reason_for_level_three_is_counted():
    assert explain(indicate(worked_example(), TODAY)) == (
        "Kan selv: 4 af de nyeste 8 registreringer på 3 dage viser arbejde alene eller med huskekort, "
        "kvalitet i orden. Grundlag: godt"
    )


def test_the_reason_for_level_two_is_counted():
    assert explain(indicate(rows_of(*FIRST_THREE), TODAY)) == (
        "Kan med støtte: 3 af de nyeste 3 registreringer på 2 dage viser arbejde med støtte eller mere på egen hånd, "
        "kvalitet der kan bruges. Grundlag: noget"
    )


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((1,), "Er begyndt: 1 registrering på 1 dag. For lidt til at sige mere endnu. Grundlag: tyndt"),
        ((1, 2), "Er begyndt: 2 registreringer på 2 dage. For lidt til at sige mere endnu. Grundlag: tyndt"),
        (
            (1, 2, 3),
            "Er begyndt: 3 af de nyeste 3 registreringer på 3 dage viser, at arbejdet er begyndt. Grundlag: noget",
        ),
    ],
)
def test_a_thin_basis_says_that_it_is_too_little(days, text):
    assert explain(indicate([row(number, "S4Q1") for number in days], TODAY)) == text


def test_nothing_seen_is_never_worded_as_inability():
    assert explain(indicate([], TODAY)).startswith("Ikke set endnu: ")
    late = explain(indicate(worked_example(), day(410)))
    assert late.startswith("Ingen registreringer det seneste år. Tidligere vist, senest set den 11. marts 2026.")
    assert "kan ikke" not in explain(indicate([], TODAY)) + late


def test_rows_with_more_support_than_agreed_are_worth_a_talk_and_change_nothing():
    seen = indicate(rows_of(*FIRST_THREE), TODAY)
    assert adopted_hint(seen, adopted_level=3) == (
        "De seneste viser mere støtte end det aftalte. Tal sammen. Niveauet ændres ikke af sig selv."
    )
    assert adopted_hint(seen, adopted_level=2) is None
    assert adopted_hint(indicate(worked_example(), TODAY), adopted_level=4) is None
    assert adopted_hint(indicate([], TODAY), adopted_level=3) is None


def test_a_fresh_indication_says_nothing_of_its_age():
    assert freshness_text(indicate(worked_example(), TODAY)) is None
    assert freshness_text(indicate([], TODAY)) is None
