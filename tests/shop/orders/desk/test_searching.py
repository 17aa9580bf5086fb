"""Finding an order by what a person heard on the phone, read in a mail or saw on a display."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.orders.desk import queries
from tests.shop.orders.desk.scene import age, secured
from workshop.core import clock, db


def found(words: str) -> list[str]:
    with db.reading() as session:
        return [row.order.customer_name for row in queries.search(session, words, clock.now())]


@pytest.fixture
def two(app: Flask) -> None:
    age(
        secured(clock.now(), title="Højbed"),
        number="2026-0312",
        customer_name="Åse Øst",
        company_name="Café Ærø",
        customer_phone="20 12 34 56",
    )
    age(
        secured(clock.now(), title="Stol_1"), number="2026-0400", customer_name="Zoë Bo", customer_phone="+46 70 111 22"
    )


@pytest.mark.parametrize(
    "words",
    [
        "20123456",
        "20 12 34 56",
        "2012 3456",
        "+45 20 12 34 56",
        "0045 20123456",
        "#2026-0312",
        "ordre 2026-0312",
        "Ordre nr. 312",
        "aase",
        "åse øst",
        "ÅSE",
        "oest",
        "cafe",
        "aeroe",
        "hoejbed",
        "HØJBED åse",
    ],
)
def test_an_order_is_found_however_it_is_written(two: None, words: str) -> None:
    assert found(words) == ["Åse Øst"]


def test_another_spelling_finds_nobody_else(two: None) -> None:
    assert found("Zoë") == found("zoe") == found("stol_1") == found("+46 7011122") == ["Zoë Bo"]
    for words in ("20123457", "aase bo", "stolx1", "%", "ordre 999"):
        assert found(words) == []
