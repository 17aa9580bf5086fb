"""The cut list: from the rules of a type, its measures or those chosen, to lengths in mm and metres of timber."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.core.errors import Refusal
from workshop.production.cutting import (
    LONGEST_MM,
    Cut,
    Measures,
    Rule,
    amounts,
    check_options,
    cut_list,
    length_mm,
    measures_of,
    metres,
    rule_words,
)

pytestmark = pytest.mark.once

BENCH = Measures(150, 60, 85)
OFFERED = {"længde": [["120", 0], ["150", 0], [180, 30_000]], "farve": [["rå", 0], ["sort", 15_000]]}
shares, plus = st.integers(0, 200), st.integers(-500, 2_000)
sides = st.integers(20, 400)
rules = st.builds(
    Rule,
    name=st.just("Del"),
    pieces=st.integers(1, 20),
    material=st.sampled_from(["Lærk", "Fyr", ""]),
    per_length=shares,
    per_width=shares,
    per_height=shares,
    plus_mm=plus,
)


def test_a_slat_follows_the_length_less_some_millimetres() -> None:
    slat = Rule("Sædebræt", 5, "Lærk", per_length=100, plus_mm=-56)
    assert cut_list([slat], BENCH, 3) == [Cut("Sædebræt", 15, 1_444, "Lærk")]
    assert rule_words(slat) == "100 % af længden minus 56 mm"


def test_shares_of_several_sides_are_added_and_half_a_millimetre_goes_up() -> None:
    assert length_mm(Rule("Skrå", 1, per_length=33, per_height=50), Measures(155, None, 85)) == 937  # 511.5 + 425
    assert rule_words(Rule("Skrå", 1, per_length=33, per_height=50, plus_mm=4)) == (
        "33 % af længden og 50 % af højden plus 4 mm"
    )
    assert rule_words(Rule("Klods", 1, plus_mm=90)) == "90 mm"


@pytest.mark.parametrize(
    ("own", "chosen", "length"),
    [
        (Measures(), {}, 150),
        (Measures(), {"længde": "180"}, 180),
        (Measures(length_cm=165), {"længde": "180"}, 165),
        (Measures(), {"farve": "sort"}, 150),
    ],
)
def test_the_orders_own_measures_come_before_options_and_those_before_the_types(
    own: Measures, chosen: dict[str, str], length: int
) -> None:
    assert measures_of(BENCH, own, chosen, OFFERED) == Measures(length, 60, 85)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"længde": "175"}, "“175” kan ikke vælges som længde. Vælg mellem: 120, 150, 180."),
        ({"dybde": "30"}, "Valget “dybde” findes ikke for denne vare."),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(chosen: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refusal) as said:
        check_options(chosen, OFFERED)
    assert said.value.sentence == sentence


@pytest.mark.parametrize("value", ["lang", "0", "-5", "1001", "²", "9" * 30])
def test_a_length_that_is_no_measure_is_told_in_a_sentence(value: str) -> None:
    with pytest.raises(Refusal, match="ikke et mål i cm"):
        measures_of(BENCH, Measures(), {"længde": value}, {"længde": [[value, 0]]})


def test_a_missing_measure_and_an_impossible_length_are_told_in_a_sentence() -> None:
    with pytest.raises(Refusal, match="“Sarg” følger bredden"):
        cut_list([Rule("Sarg", 1, per_width=100)], Measures(150, None, 85), 1)
    with pytest.raises(Refusal, match="-100 mm lang"):
        cut_list([Rule("Sarg", 1, per_width=100, plus_mm=-700)], BENCH, 1)


def test_metres_are_summed_for_each_material_and_waste_is_added() -> None:
    cuts = [Cut("a", 5, 1_500, "Lærk"), Cut("b", 2, 333, "Fyr"), Cut("c", 1, 1, "Lærk")]
    lark, pine = amounts(cuts, 10)
    assert (lark.metres, lark.with_waste) == (Decimal("7.51"), Decimal("8.26"))
    assert (pine.material, metres(pine.metres), metres(pine.with_waste)) == ("Fyr", "0,67 m", "0,74 m")


@given(st.lists(rules, max_size=8), sides, sides, sides, st.integers(1, 50), st.integers(0, 40))
def test_lists_hold_what_they_promise(
    parts: list[Rule], length: int, width: int, height: int, pieces: int, waste: int
) -> None:
    try:
        cuts = cut_list(parts, Measures(length, width, height), pieces)
    except Refusal:
        return
    assert all(1 <= cut.length_mm <= LONGEST_MM for cut in cuts)
    assert [cut.pieces for cut in cuts] == [part.pieces * pieces for part in parts]
    found = amounts(cuts, waste)
    total = sum(cut.pieces * cut.length_mm for cut in cuts)
    in_mm = sum(amount.metres for amount in found) * 1_000
    assert total <= in_mm < total + 10 * len(found) + 1
    assert all(amount.with_waste >= amount.metres for amount in found)
    assert [amount.material for amount in found] == list(dict.fromkeys(cut.material for cut in cuts))


@given(rules, sides, sides, sides, st.integers(1, 200))
def test_a_longer_product_never_has_a_shorter_part(rule: Rule, length: int, width: int, height: int, more: int) -> None:
    try:
        short = length_mm(rule, Measures(length, width, height))
        long = length_mm(rule, Measures(length + more, width, height))
    except Refusal:
        return
    assert long >= short
    exact = Decimal(rule.per_length * more * 10) / 100
    assert abs(long - short - exact) < 1
