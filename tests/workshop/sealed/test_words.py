"""The gentle word: it hears illness and medicine, and leaves the words of a workshop alone."""

from __future__ import annotations

import pytest

from workshop.sealed import words

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "text",
    [
        "Har depression", "Får ADHD-medicin", "Sin autisme gør det svært", "PTSD efter krig", "Tager 20 mg om dagen",
        "20mg", "Har gigt i hænderne", "Har KOL", "Skizofreni", "Er diabetiker", "Har en hjerneskade", "Psykisk sårbar",
        "Stofmisbrug", "Har selvmordstanker", "Sygdom i familien", "Stress", "Diagnosen er kendt", "Tager sine piller",
    ],
)  # fmt: skip
def test_an_illness_or_a_medicine_is_heard(text: str) -> None:
    assert words.found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Løfter højst fem kilo", "Bruger tabletten selv", "Sy stof på stolen", "Stoffet ligger på hylden",
        "Sidder ned halvdelen af tiden", "Høreværn ved saven", "En opgave ad gangen", "Pause hver time",
        "Skriftlig besked med billeder", "Arbejder bedst om formiddagen", "Skal kunne gå udenfor", "Kold vinter",
        "Giftig lak undgås", "Giv besked dagen før", "Undgå støv", "Kontormøbler", "Målet er 200 mm",
    ],
)  # fmt: skip
def test_the_words_of_work_are_left_alone(text: str) -> None:
    assert words.found_in(text) == []


def test_each_word_is_named_once_as_it_was_written() -> None:
    assert words.found_in("Angst. Mere angst, Angst", "medicin") == ["Angst", "angst", "medicin"]
