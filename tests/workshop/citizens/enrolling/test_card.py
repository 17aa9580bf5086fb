"""The card with the code: what is on it, what is not, and who can print it for how long."""

from __future__ import annotations

import pypdfium2
import pytest
from flask import Flask
from support import people

from workshop.citizens.enrolling import card
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.pictures import PICTURES


def read(pdf: bytes) -> tuple[str, tuple[float, float]]:
    """The text of a card of one page, and its size in millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    width, height = document[0].get_size()
    return document[0].get_textpage().get_text_range(), (round(width * 25.4 / 72, 1), round(height * 25.4 / 72, 1))


@pytest.mark.once
def test_the_card_has_name_code_and_one_sentence(app: Flask) -> None:
    with app.test_request_context():
        text, size = read(card.render("Mona", "raev", "0480"))
    assert size == (85.6, 54.0)
    assert " ".join(text.split()) == "Mona Din kode 0480 Tryk på dit billede på tabletten, og tast din kode."


@pytest.mark.once
@pytest.mark.parametrize("name", ["Bo", "Mona-Lisa Alexandra af Ærø og Åkirkeby", "محمد", "#let x = \\", "\u200bÅse"])
def test_any_name_fits_on_one_card(app: Flask, name: str) -> None:
    with app.test_request_context():
        text, _size = read(card.render(name, "hval", "9999"))
    assert "9999" in text


@pytest.mark.once
def test_every_picture_can_be_printed(app: Flask) -> None:
    with app.test_request_context():
        drawings = {card.drawing(name) for name in PICTURES}
    assert len(drawings) == len(PICTURES)
    assert not any("var(" in each for each in drawings), "a printed picture has no style sheet"


def test_the_note_prints_one_persons_card_for_whoever_saw_the_code(app: Flask) -> None:
    with app.test_request_context(), db.transaction() as session:
        mona, ida = people.citizen(session), people.citizen(session, name="Ida")
        note = card.note(session, mona, "1234", 7)
        assert card.pin_of_note(session, mona, note, 7) == "1234"
        for citizen, text, by in ((ida, note, 7), (mona, note, 8), (mona, note[:-2] + "xx", 7), (mona, "", 7)):
            with pytest.raises(Refusal, match="Lav en ny kode"):
                card.pin_of_note(session, citizen, text, by)


def test_a_newer_code_makes_an_older_note_worthless(app: Flask) -> None:
    with app.test_request_context(), db.transaction() as session:
        mona = people.citizen(session)
        note = card.note(session, mona, "1234", 7)
        people.accounts.new_citizen_pin(session, mona.account_id, pepper=people.PEPPER, now=people.NOW, cheap=True)
        later = people.accounts.new_citizen_pin(
            session,
            mona.account_id,
            pepper=people.PEPPER,
            now=people.NOW.replace(minute=5),
            cheap=True,
        )
        with pytest.raises(Refusal):
            card.pin_of_note(session, mona, note, 7)
        assert len(later) == 4
