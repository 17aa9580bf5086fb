"""LIX is what the Danish table says it is, and what citizens read stays easy."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import sentences

from workshop.core import reading
from workshop.core.config import ROOT

pytestmark = pytest.mark.once
PLACE = re.compile(r"%\(\w+\)s")
CATALOGUE = ROOT / "workshop" / "starter" / "catalogue"


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("Du har slebet en stol. Du gjorde det selv. Godt gået!", 3.67),
        ("Du mødte 8 ud af 10 aftalte dage. Du ringede, da du var syg.", 21.29),
        ("", 0.0),
        ("Slib", 1.0),
        ("Slib fra 9.30 til 10.30", 7.0),  # the mark inside a number ends nothing
        ("have-bænken er klar", 3 + 100 / 3),  # a hyphenated word is one, and long
    ],
)
def test_lix_is_words_a_sentence_and_long_words_of_a_hundred(text: str, measure: float) -> None:
    assert round(reading.lix(text), 2) == round(measure, 2)


def sentences_of_the_kiosk() -> Iterator[tuple[str, str]]:
    for found, where in sentences.of_the_kiosk().items():
        if where.startswith(sentences.FOR_STAFF_TOO):
            continue
        for text in (found,) if isinstance(found, str) else found:
            yield where, PLACE.sub("5", text)  # what will stand there is a number, a name, a time


def too_hard(texts: Iterator[tuple[str, str]]) -> list[str]:
    return [
        f"{where}: {reading.lix(text):.0f} {text}"
        for where, text in texts
        if len(reading.words(text)) >= reading.FEWEST_WORDS and reading.lix(text) > reading.KIOSK
    ]


def test_every_longer_text_of_the_tablet_is_easy_to_read() -> None:
    assert len(list(sentences_of_the_kiosk())) > 250
    assert too_hard(sentences_of_the_kiosk()) == []


def test_a_hard_text_is_found() -> None:
    hard = "Medarbejderen registrerer arbejdsopgavens gennemførelse umiddelbart efter afslutningen af arbejdsdagen."
    assert too_hard(iter([("planted", hard)])) != []


def pages_of_the_catalogue() -> Iterator[tuple[str, str]]:
    """What a citizen reads of a task on one page, and of a competence."""
    steps = rows("task_steps")
    for task in rows("task_types"):
        told = [task["plain_da"], *(each["text_da"] for each in steps if each["task_key"] == task["key"])]
        yield task["key"], " ".join((*told, task["quality_ok_da"]))
    for competence in rows("competences"):
        yield (
            competence["key"],
            " ".join((competence["i_can_da"], *(competence[f"anchor_{n}_da"] for n in range(1, 5)))),
        )


def test_what_the_catalogue_tells_citizens_is_easy_to_read() -> None:
    assert len(list(pages_of_the_catalogue())) > 80
    assert too_hard(pages_of_the_catalogue()) == []


def rows(name: str) -> list[dict[str, str]]:
    with Path(CATALOGUE / f"{name}.csv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))
