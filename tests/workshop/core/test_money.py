"""Øre, and only øre."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.core import money

pytestmark = pytest.mark.once
NBSP = money.NO_BREAK


@pytest.mark.parametrize(
    ("ore", "text"),
    [(115_000, "1.150"), (0, "0"), (99_50, "99,50"), (5, "0,05"), (123_456_789, "1.234.567,89"), (-2_500, "-25")],
)
def test_amounts_are_written_the_danish_way(ore: int, text: str) -> None:
    assert money.kr(ore) == f"{text}{NBSP}kr."


@pytest.mark.parametrize(
    ("typed", "ore"),
    [
        ("995", 99_500), ("1.150", 115_000), ("1150,5", 115_050), ("1.150,50 kr.", 115_050), ("1 150", 115_000),
        (" 12,00 ", 1_200), ("12,-", 1_200), (f"1.150{NBSP}kr.", 115_000), ("0", 0), ("-0", 0),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(typed: str, ore: int) -> None:
    assert money.parse_kr(typed) == ore


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("12,345678", "højst to tal"),
        ("-1", "under 0"),
        ("gratis", "med tal"),
        ("", "med tal"),
        ("1e9", "med tal"),
        ("NaN", "med tal"),
        ("12.34", "med tal"),
        ("9.999.999.999", "for høj"),
        ("٣", "med tal"),
    ],
)
def test_what_is_no_price_gets_a_sentence_that_says_what_to_do(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        money.parse_kr(typed)


@given(st.integers(min_value=0, max_value=money.LARGEST_ORE))
def test_an_amount_survives_being_written_and_read(ore: int) -> None:
    assert money.parse_kr(money.kr(ore)) == ore


@given(st.lists(st.tuples(st.integers(0, 5_000_000), st.just(25)), min_size=1, max_size=10))
def test_vat_is_worked_out_once_from_the_total_of_its_rate(lines: list[tuple[int, int]]) -> None:
    total = sum(amount for amount, _rate in lines)
    vat = money.vat_of_lines(lines)[25]
    assert vat == (2 * total + 5) // 10  # gross / 5, half up
    assert abs(5 * vat - total) <= 2


def test_adding_up_rounded_lines_would_differ() -> None:
    lines = [(103, 25), (103, 25), (103, 25)]
    assert money.vat_of_lines(lines)[25] == 62
    assert sum(money.vat_within(amount) for amount, _rate in lines) == 63


def test_lines_without_vat_show_none() -> None:
    assert money.vat_of_lines([(10_000, 0)]) == {}
