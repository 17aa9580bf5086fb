"""The rules of the house, as ticks."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectMultipleField

from workshop.core import i18n, tongues
from workshop.core.forms import BaseForm
from workshop.core.i18n import lazy
from workshop.setup.rules import queries


class RulesForm(BaseForm):
    """Two ticks for the house, and two for each language there is a whole catalogue for."""

    four_eyes = BooleanField(lazy("Fire øjne"))
    names_on_tablet = BooleanField(lazy("Fornavne på tabletten"))
    languages = SelectMultipleField(lazy("Sprog"))
    read_through = SelectMultipleField(lazy("Læst igennem"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [code for code in tongues.whole() if code != i18n.DEFAULT_LANGUAGE]
        self.languages.choices = self.read_through.choices = [(code, queries.name_of(code)) for code in codes]
