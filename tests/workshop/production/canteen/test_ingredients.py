"""Recipes are read as people write them, and scaled so that there is enough and never a tenth of an egg."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.core.errors import Refusal
from workshop.production.canteen.ingredients import (
    BOUGHT_IN,
    Ingredient,
    for_heads,
    in_words,
    parse,
    round_up,
    total,
    unit_of,
    write,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("0,12 kg kartofler", ("kartofler", "0.12", "kg")),
        ("120 g hakket gris og kalv", ("hakket gris og kalv", "120", "g")),
        ("1.5 dl mælk", ("mælk", "1.5", "dl")),
        ("2 DL mælk", ("mælk", "2", "dl")),
        ("0,5 æg", ("æg", "0.5", "stk.")),
        ("0,25 stk. æg", ("æg", "0.25", "stk.")),
        ("1 skive rugbrød", ("rugbrød", "1", "skiver")),
        ("2 glas", ("glas", "2", "stk.")),
        ("3 g", ("g", "3", "stk.")),
    ],
)
def test_a_line_is_read(line: str, read: tuple[str, str, str]) -> None:
    assert parse(line) == [Ingredient(read[0], Decimal(read[1]), read[2])]


@pytest.mark.parametrize(
    "line", ["kartofler", "12", "0 kg mel", "1,2345 kg mel", "1 g " + "x" * 101, "-1 kg mel", "999999999 g mel"]
)
def test_what_cannot_be_read_is_said_with_the_line(line: str) -> None:
    with pytest.raises(Refusal, match=r"[Ll]injen"):
        parse(line)


def test_the_same_thing_stands_once() -> None:
    with pytest.raises(Refusal, match="to gange"):
        parse("100 g mel\n50 g Mel")
    with pytest.raises(Refusal, match="højst"):
        parse("\n".join(f"1 g ting{number}" for number in range(61)))


def test_what_is_written_is_read_the_same() -> None:
    found = parse("0,12 kg kartofler\n\n  1,5 dl mælk\n0,5 æg\n1 skive rugbrød")
    assert parse(write(found)) == found


def test_grams_and_kilos_are_one_thing_to_buy() -> None:
    taken = [for_heads(each, 20) for each in parse("120 g kartofler")] + [
        for_heads(each, 5) for each in parse("0,2 kg Kartofler")
    ]
    assert total(taken) == [Ingredient("kartofler", Decimal("3.4"), "kg")]
    assert total([for_heads(parse("1,5 dl mælk")[0], 14)]) == [Ingredient("mælk", Decimal("2.1"), "l")]
    assert total([for_heads(parse("0,5 æg")[0], 13)]) == [Ingredient("æg", Decimal(7), "stk.")]
    assert total([for_heads(parse("0,5 æg")[0], 0)]) == []


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        ("1.4", "kg", "1,4 kg"),
        ("0.35", "kg", "350 g"),
        ("0.15", "l", "1,5 dl"),
        ("6.5", "stk.", "7 stk."),
        ("0.3", "fed", "1 fed"),
    ],
)
def test_a_cook_reads_grams_and_whole_eggs(amount: str, unit: str, words: str) -> None:
    assert in_words(Ingredient("x", Decimal(amount), unit)).replace("\xa0", " ") == words


def test_a_unit_of_the_purchase_list_is_known_again() -> None:
    assert [unit_of(each) for each in ("Stk", "stk.", "pakker", "KG", "kasse")] == [
        "stk.",
        "stk.",
        "pk.",
        "kg",
        "kasse",
    ]


@given(
    quantity=st.decimals(Decimal("0.001"), Decimal(10_000), places=3),
    unit=st.sampled_from([*BOUGHT_IN, "stk.", "fed"]),
    heads=st.lists(st.integers(0, 500), min_size=1, max_size=6),
)
def test_there_is_always_enough_and_no_more_than_a_rounding_too_much(
    quantity: Decimal, unit: str, heads: list[int]
) -> None:
    one = Ingredient("x", quantity, unit)
    exact = sum((for_heads(one, many).quantity for many in heads), Decimal(0))
    bought = total(for_heads(one, many) for many in heads)
    step = Decimal("0.001") if unit in BOUGHT_IN else Decimal(1)
    if not exact:
        assert bought == []
        return
    assert exact <= bought[0].quantity < exact + step
    assert round_up(bought[0].quantity, bought[0].unit) == bought[0].quantity
