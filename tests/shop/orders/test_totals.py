"""Lines, total, payment page and receipt come to the same, to the øre."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import carts

from shop.orders import totals
from shop.orders.checkout import payment_lines
from shop.orders.customers import is_cvr, is_gln, only_digits
from shop.orders.models import Order
from shop.payments.facts import CheckoutLine
from workshop.core import money
from workshop.products.models import SizeClass, VatScheme

pytestmark = pytest.mark.once
CHUNK, CHUNKS = 12_500, 4  # a twentieth of the million that the soak runs
STANDARD, MARGIN = VatScheme.STANDARD, VatScheme.MARGIN


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_carts_tie(chunk: int) -> None:
    seeds = range(chunk * CHUNK, (chunk + 1) * CHUNK)
    assert {seed: wrong for seed in seeds if (wrong := carts.wrong_with(seed))} == {}


def test_a_payment_page_without_the_delivery_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""

    def goods_only(order: Order) -> list[CheckoutLine]:
        return [line for line in payment_lines(order) if not line.name.startswith("Levering")]

    monkeypatch.setattr(carts, "payment_lines", goods_only)
    assert any(carts.wrong_with(seed) for seed in range(200))


def test_vat_rounded_line_by_line_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""

    def by_line(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
        return {25: sum(money.vat_within(amount) for amount, rate in lines if rate)}

    monkeypatch.setattr(money, "vat_of_lines", by_line)
    assert any(carts.wrong_with(seed) for seed in range(200))


def test_delivery_follows_the_main_scheme() -> None:
    assert totals.add_up([(10_000, STANDARD), (9_000, MARGIN)], 5_000).vat_ore == 3_000
    assert totals.add_up([(9_000, STANDARD), (10_000, MARGIN)], 5_000).vat_ore == 1_800
    assert totals.add_up([(10_000, MARGIN)], 5_000) == (10_000, 5_000, 15_000, 0)
    assert totals.add_up([]) == (0, 0, 0, 0)


def test_a_delivery_is_priced_by_the_largest_thing() -> None:
    assert totals.largest([SizeClass.S, SizeClass.XL, SizeClass.L]) is SizeClass.XL


@pytest.mark.parametrize("number", ["10150817", "24256790", "25313763"])
def test_a_companys_number_holds(number: str) -> None:
    assert is_cvr(number)


@given(st.integers(10_000_000, 99_999_999), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_of_a_companys_number_shows(number: int, place: int, by: int) -> None:
    text = str(number)
    changed = text[:place] + str((int(text[place]) + by) % 10) + text[place + 1 :]
    assert not (is_cvr(text) and is_cvr(changed))


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_an_ean_number_shows(number: int, place: int, by: int) -> None:
    text = next(full for last in range(10) if is_gln(full := f"{number:012d}{last}"))
    changed = text[:place] + str((int(text[place]) + by) % 10) + text[place + 1 :]
    assert not is_gln(changed)


@pytest.mark.parametrize("text", ["", "1015081", "101508170", "1015081x", "٠١٢٣٤٥٦٧", "00000000", "5790000000000"])
def test_what_is_no_companys_number_is_none(text: str) -> None:
    assert not is_cvr(text)


def test_numbers_are_kept_without_the_spaces_people_write() -> None:
    assert is_gln(only_digits("5798 0000 0000 3")) is is_gln("5798000000003")
    assert only_digits(" 10 15-08.17\u00a0") == "10150817"
