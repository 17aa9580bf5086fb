"""What a citizen says about a record, written down by somebody else."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Length

from workshop.core.forms import BaseForm, required
from workshop.core.i18n import lazy
from workshop.tasks.remarks.actions import MOST_LETTERS


class SaidForm(BaseForm):
    """The citizen's words, as they said them."""

    text = TextAreaField(
        lazy("Ordene"),
        [
            required(lazy("Skriv det, der blev sagt.")),
            Length(max=MOST_LETTERS, message=lazy("Det er for langt. Skriv det lidt kortere.")),
        ],
    )
