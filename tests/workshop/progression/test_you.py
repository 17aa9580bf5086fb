"""What the tablet says about the next level, to the person."""

from __future__ import annotations

import csv
import re

import pytest

from workshop.progression.you import to_you
from workshop.starter.loading import CATALOGUE

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("anchor", "said"),
    [
        ("Sliber selv, når papiret er valgt.", "Du sliber selv, når papiret er valgt."),
        ("Arbejder sammen med en, man kender.", "Du arbejder sammen med en, du kender."),
        ("Klæder sig på og arbejder ude.", "Du klæder dig på og arbejder ude."),
        ("Klarer opgaver, der er nye for én.", "Du klarer opgaver, der er nye for dig."),
        ("", ""),
    ],
)
def test_an_anchor_is_said_to_the_person(anchor: str, said: str) -> None:
    assert to_you(anchor) == said


def test_every_anchor_of_the_starter_data_can_be_said_to_the_person() -> None:
    with (CATALOGUE / "competences.csv").open(encoding="utf-8", newline="") as source:
        said = [to_you(row[f"anchor_{level}_da"]) for row in csv.DictReader(source) for level in range(1, 5)]
    assert len(said) > 100
    for sentence in said:
        assert re.match(r"Du [a-zæøå]+\b", sentence), sentence
        assert not re.search(r"\b(man|sig|én)\b", sentence), sentence
