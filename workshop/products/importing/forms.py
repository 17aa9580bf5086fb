"""What staff give when they bring in a list."""

from __future__ import annotations

from wtforms import BooleanField

from workshop.core.forms import BaseForm, PhotoField, required
from workshop.core.i18n import lazy


class ListForm(BaseForm):
    """The file with the list."""

    file = PhotoField(lazy("Regneark eller CSV-fil"), [required(lazy("Vælg en fil først."))])


class BringInForm(BaseForm):
    """What is to happen with the things once they have their numbers."""

    is_for_sale = BooleanField(lazy("Sæt dem, der har en pris, til salg med det samme"))
