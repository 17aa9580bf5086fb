"""What a password has to be."""

from __future__ import annotations

import unicodedata

import pytest

from workshop.accounts import passwords
from workshop.core.errors import Refusal

pytestmark = pytest.mark.once
ABOUT = ("Lone Lund", "lone.lund@butik.example", "Værkstedet i Helsinge")


@pytest.mark.parametrize(
    "easy",
    [
        "kort",
        "elleve tegn",
        "adgangskode1234",
        "Adgangskode2026!",
        "123456789012345",
        "qwertyuiopåasdf",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "LoneLund12345678",
        "værkstedet helsinge",
        "butik-example-1999",
        "password password",
    ],
)
def test_what_everybody_tries_first_is_refused_with_a_sentence(easy: str) -> None:
    with pytest.raises(Refusal, match="dgangskode"):
        passwords.check(easy, ABOUT)


@pytest.mark.parametrize(
    "good",
    [
        "en lang adgangskode",
        "hest-kaktus-violin-91",
        "æøå ÆØÅ 🪚 høvlbænk",
        "correct horse battery staple",
        "  mellemrum ved enderne er i orden  ",
        "x9$kd02,;'\"<>%s{{}}",
        "我喜欢在工作坊里做木头椅子",
    ],
)
def test_any_characters_will_do_when_there_are_enough_of_ones_own(good: str) -> None:
    passwords.check(good, ABOUT)


def test_a_long_one_is_taken_whole_and_a_book_is_not() -> None:
    passwords.check("x9k2" * 2 + "hest kaktus violin " * 10, ABOUT)
    with pytest.raises(Refusal, match="for lang"):
        passwords.check("hest kaktus violin" * 20, ABOUT)


def test_two_keyboards_write_the_same_password() -> None:
    composed = "blåbær på grød igen"
    assert passwords.normal(unicodedata.normalize("NFD", composed)) == passwords.normal(composed)
    assert unicodedata.normalize("NFD", composed) != composed
