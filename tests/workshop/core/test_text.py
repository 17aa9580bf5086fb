"""Names as people write them are found, sorted the Danish way, and kept whole."""

from __future__ import annotations

import pytest

from workshop.core import text

pytestmark = pytest.mark.once


def test_danish_order_puts_the_three_letters_last_and_aa_with_aring() -> None:
    names = ["Ål", "Øl", "Zebra", "Bær", "Aarhus", "Æble", "Abe"]
    assert sorted(names, key=text.sort_key) == ["Abe", "Bær", "Zebra", "Æble", "Øl", "Ål", "Aarhus"]
    assert sorted(names) != sorted(names, key=text.sort_key)


@pytest.mark.parametrize(
    ("stored", "typed"), [("Åse", "aase"), ("Aase", "Åse"), ("havebænk", "HAVEBAENK"), ("José", "jose")]
)
def test_search_finds_either_spelling(stored: str, typed: str) -> None:
    assert text.search_key(stored) == text.search_key(typed)


def test_two_ways_to_write_one_letter_are_stored_as_one() -> None:
    assert text.clean("Cafe\u0301") == "Café"


def test_invisible_and_control_characters_are_dropped_and_joiners_kept() -> None:
    assert text.clean("  A\u200bk\ufeffs\u202eel\x00 ") == "Aksel"
    assert text.clean("می\u200cروم") == "می\u200cروم"


def test_an_address_part_is_plain_letters() -> None:
    assert text.slug("Havebænk i lærk, 150 cm") == "havebaenk-i-laerk-150-cm"
    assert text.slug("🪑") == "vare"


@pytest.mark.parametrize(("name", "said"), [("Mona", "Monas"), ("Jonas", "Jonas'"), ("Max", "Max'"), ("Liz", "Liz'")])
def test_what_is_somebodys_is_written_the_danish_way(name: str, said: str) -> None:
    assert text.whose(name) == said


def test_a_capital_leaves_the_rest_as_it_is() -> None:
    assert text.with_capital("friday 20 November") == "Friday 20 November"
    assert text.with_capital("") == ""
