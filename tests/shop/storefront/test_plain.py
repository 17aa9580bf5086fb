"""The pages of plain words as staff type them: blocks, and headings that a screen reader finds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from shop.orders.house.models import ShopText, Terms
from workshop.core import db

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_a_line_in_capitals_is_the_heading_of_its_block(client: FlaskClient, line: str) -> None:
    typed = line.join(
        ("Du handler med os.", "", "PRIS & BETALING", "Alle priser er med moms.", "Også her.", "", "SLUT")
    )
    with db.transaction() as session:
        session.add(Terms(version=1, body=typed, made_at=NOW))
    page = client.get("/betingelser").text
    assert "<h2>PRIS &amp; BETALING</h2>" in page
    assert '<p class="as-typed">Alle priser er med moms.\nOgså her.</p>' in page
    assert '<p class="as-typed">Du handler med os.</p>' in page
    assert "<h2>SLUT</h2>" in page
    assert "<h2>Du handler" not in page


def test_what_staff_type_is_never_read_as_markup(client: FlaskClient) -> None:
    with db.transaction() as session:
        session.add(ShopText(key="om", body="<B>\nHej <i>dig</i>", changed_at=NOW))
    page = client.get("/om").text
    assert "<h2>&lt;B&gt;</h2>" in page
    assert "Hej &lt;i&gt;dig&lt;/i&gt;" in page
