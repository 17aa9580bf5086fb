"""Slips in a CVR number are seen; numbers that are in use are not doubted."""

from __future__ import annotations

import pytest

from workshop.setup import cvr

pytestmark = pytest.mark.once
# Made to fit the rule; whether somebody has them does not matter here.
FITTING = ("13585628", "10000009", "88146328")


@pytest.mark.parametrize("number", FITTING)
def test_a_number_that_fits_is_right(number: str) -> None:
    assert cvr.looks_right(number)


@pytest.mark.parametrize("number", FITTING)
@pytest.mark.parametrize("place", range(8))
def test_any_one_wrong_digit_is_seen(number: str, place: int) -> None:
    slips = [number[:place] + str(digit) + number[place + 1 :] for digit in range(10) if str(digit) != number[place]]
    assert not any(cvr.looks_right(each) for each in slips)


def test_eight_noughts_are_nobody() -> None:
    assert not cvr.looks_right("00000000")


@pytest.mark.parametrize(
    "text", ["13585628", "13 58 56 28", "DK13585628", "dk 13.58-56 28", "13\u00a058\u00a056\u00a028"]
)
def test_it_is_read_however_it_is_spaced(text: str) -> None:
    assert cvr.digits_of(text) == "13585628"


@pytest.mark.parametrize("text", ["", "1358562", "135856280", "1358562x", "١٣٥٨٥٦٢٨"])
def test_what_is_no_number_is_seen(text: str) -> None:
    assert not cvr.is_number(cvr.digits_of(text))
