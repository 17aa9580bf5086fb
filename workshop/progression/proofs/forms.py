"""What people write for a proof."""

from __future__ import annotations

from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from workshop.core.forms import BaseForm, required
from workshop.core.i18n import lazy

MOST_LETTERS = 400


class ProofForm(BaseForm):
    """The sentence both have read, and the citizen's yes to it."""

    narrative = TextAreaField(
        lazy("Det står der i beviset"), [required(lazy("Skriv, hvad I har set.")), Length(max=MOST_LETTERS)]
    )
    is_agreed = BooleanField(lazy("Vi har læst det sammen, og borgeren vil have beviset"))
