"""`vaerksted renew-codes`: what one runs when BASE_URL has changed."""

from __future__ import annotations

from flask import Flask
from support import factories

from shop import commands
from workshop.core import db
from workshop.products.codes import queries
from workshop.products.qr import make_qr


def test_the_command_draws_every_code_for_the_address_of_the_settings(app: Flask) -> None:
    with db.transaction() as session:
        items = [factories.item(session, base_url="https://den-gamle.example") for _number in range(3)]
        tokens = [item.qr_token for item in items]
    result = app.test_cli_runner().invoke(commands.renew_codes)
    assert result.exit_code == 0, result.output
    assert "3 of 3 codes" in result.output
    assert "Every code leads to http://localhost." in result.output
    with db.reading() as session:
        for token in tokens:
            found = queries.item_by_token(session, token)
            assert found is not None
            assert found.qr_path == make_qr(f"http://localhost/q/{token}").path
