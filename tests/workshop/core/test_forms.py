"""Forms: what was sent, as the rest of the house sees it."""

from __future__ import annotations

import pytest
from flask import Flask
from wtforms import StringField

from workshop.core.forms import BaseForm, MoneyField


@pytest.mark.once
def test_a_text_that_was_not_sent_is_an_empty_one_and_an_amount_is_none(app: Flask) -> None:
    class Two(BaseForm):
        words = StringField()
        price = MoneyField()

    with app.test_request_context("/", method="POST", data={"other": "1"}):
        form = Two.posted()
        assert (form.words.data, form.price.data) == ("", None)
    assert Two().words.data is None, "an empty form is not a sent one"
