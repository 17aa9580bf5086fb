"""What may be chosen of a product made to order, and what it costs."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.core.errors import Refusal
from workshop.products import made_to_order as rules
from workshop.products.made_to_order import OwnLength

pytestmark = pytest.mark.once

BENCH = {"længde": [["120", 0], ["150", 0], ["180", 30_000]], "farve": [["rå", 0], ["sort", 15_000], ["grøn", 15_000]]}
BASE = 189_500


def price(length: str | None, colour: str = "rå", own: int | None = None) -> int:
    chosen = {"farve": colour} | ({"længde": length} if length else {})
    return rules.unit_price_ore(BASE, BENCH, chosen, own)


def test_each_choice_adds_what_stands_beside_it() -> None:
    assert price("150") == BASE
    assert price("180") == BASE + 30_000
    assert price("180", "sort") == BASE + 45_000


def test_an_own_length_costs_what_the_next_longer_one_costs() -> None:
    assert price(None, own=121) == BASE
    assert price(None, own=151) == BASE + 30_000
    assert price(None, "grøn", own=180) == BASE + 45_000


@pytest.mark.parametrize("own", [119, 181, 0, -5, 10**9])
def test_a_length_that_cannot_be_made_is_refused(own: int) -> None:
    with pytest.raises(Refusal, match="mellem 120 og 180 cm"):
        price(None, own=own)


def test_a_value_or_an_option_that_is_not_offered_is_refused() -> None:
    with pytest.raises(Refusal, match="lilla"):
        price("150", "lilla")
    with pytest.raises(Refusal, match="smag"):
        rules.check_choice(BENCH, {"længde": "150", "farve": "rå", "smag": "sur"}, None)


def test_every_option_has_to_be_chosen() -> None:
    with pytest.raises(Refusal, match="Vælg farve"):
        rules.check_choice(BENCH, {"længde": "150"}, None)
    with pytest.raises(Refusal, match="Vælg længde"):
        rules.check_choice(BENCH, {"farve": "rå"}, None)


def test_a_length_from_the_list_and_an_own_one_do_not_go_together() -> None:
    with pytest.raises(Refusal, match="Ikke begge dele"):
        price("150", own=163)


def test_a_product_without_lengths_takes_no_own_one() -> None:
    with pytest.raises(Refusal, match="kun i de mål"):
        rules.unit_price_ore(BASE, {"farve": BENCH["farve"]}, {"farve": "rå"}, 163)
    assert rules.own_length({"længde": [["120", 0]]}) is None
    assert rules.own_length(BENCH) == OwnLength(120, 180)


def test_an_own_length_that_stands_on_the_list_is_a_choice_from_the_list() -> None:
    assert rules.settled(BENCH, {"farve": "rå"}, 150) == ({"farve": "rå", "længde": "150"}, None)
    assert rules.settled(BENCH, {"farve": "rå", "længde": "120"}, 163) == ({"farve": "rå"}, 163)


def test_what_stands_chosen_from_the_start_is_the_usual_length() -> None:
    assert rules.usual_choice(BENCH, 150) == {"længde": "150", "farve": "rå"}
    assert rules.usual_choice(BENCH, 77) == {"længde": "120", "farve": "rå"}


def test_the_choice_is_said_in_words() -> None:
    assert rules.choice_text({"længde": "180", "farve": "sort"}, None) == "længde 180\u00a0cm, farve sort"
    assert rules.choice_text({"farve": "sort"}, 163) == "længde 163 cm (eget mål), farve sort"
    assert rules.choice_text({"højde": "75"}, None) == "højde 75\u00a0cm"
    assert rules.choice_text({}, None) == ""


lengths = st.lists(st.integers(20, 400), min_size=2, max_size=6, unique=True).map(sorted)
additions = st.lists(st.integers(0, 100_000), min_size=6, max_size=6).map(sorted)


@given(lengths, additions, st.data())
def test_an_own_length_is_never_cheaper_than_a_shorter_one(
    offered: list[int], adds: list[int], data: st.DataObject
) -> None:
    options = {"længde": [[str(length), add] for length, add in zip(offered, adds, strict=False)]}
    own = st.integers(offered[0], offered[-1])
    shorter, longer = sorted((data.draw(own), data.draw(own)))
    prices = [rules.unit_price_ore(BASE, options, *rules.settled(options, {}, cm)) for cm in (shorter, longer)]
    assert prices[0] <= prices[1]
    assert rules.lowest_price_ore(BASE, options) <= prices[0]


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4), st.none() | st.integers(-10, 10_000))
def test_whatever_is_sent_has_a_price_or_a_sentence(chosen: dict[str, str], own: int | None) -> None:
    with suppress(Refusal):
        assert rules.unit_price_ore(BASE, BENCH, chosen, own) >= BASE
