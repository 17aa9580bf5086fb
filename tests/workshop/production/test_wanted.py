"""What a customer chose is read by whoever makes it: on the board, the order, the card and the tablet."""

from __future__ import annotations

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.core import db
from workshop.core.access import Role
from workshop.production import numbering
from workshop.production.wanted import wanted_words

PAGE = "/personale/produktion"


@pytest.mark.once
def test_own_measures_go_before_the_list_and_the_numbers_are_no_wish() -> None:
    chosen = {"længde": "180", "farve": "sort", numbering.CHOICE: numbering.ONE}
    assert wanted_words(chosen, None) == "længde 180\xa0cm, farve sort"
    assert wanted_words(chosen, 163, None, 45) == "længde 163 cm (eget mål), højde 45 cm (eget mål), farve sort"
    assert wanted_words({numbering.CHOICE: numbering.EACH}, None) == ""


def test_it_stands_on_the_board_the_order_and_the_card(client: FlaskClient, app: Flask) -> None:
    with db.transaction() as session:
        order = factories.production_order(session, steps=1)
        order.options, order.length_cm = {"farve": "sort", numbering.CHOICE: numbering.ONE}, 163
        public_id = order.public_id
        email = factories.staff(session, roles=[Role.WORKSHOP], departments=[factories.department(session)]).email
    people.sign_in_staff(client, email)
    card = pypdfium2.PdfDocument(client.get(f"{PAGE}/{public_id}/arbejdskort.pdf").data)
    pages = (
        client.get(PAGE).text,
        client.get(f"{PAGE}/{public_id}").text,
        client.get(f"{PAGE}/tavle").text,
        "".join(sheet.get_textpage().get_text_range() for sheet in card),
    )
    for page in pages:
        assert "163 cm (eget mål), farve sort" in page
        assert "numre" not in page
