"""What the owner of a card says about it."""

from __future__ import annotations

from wtforms import BooleanField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from workshop.core.forms import BaseForm
from workshop.core.i18n import lazy

MOST_LETTERS = 400


class CardForm(BaseForm):
    """The card: what stands on it, own words, and whether it says where things were shown."""

    on = SelectMultipleField(lazy("Det skal stå på kortet"), validate_choice=True)
    own_words = TextAreaField(
        lazy("Mine egne ord"),
        [Length(max=MOST_LETTERS, message=lazy("Det er for langt. Skriv det lidt kortere."))],
    )
    shows_work = BooleanField(lazy("Skriv, hvor jeg har vist det"))

    def fill(self, keys: list[str]) -> CardForm:
        """Put the choices in, by key; gives the form back."""
        self.on.choices = [(key, key) for key in keys]
        return self
