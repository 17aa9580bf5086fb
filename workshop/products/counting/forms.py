"""What people fill in while they count."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from workshop.core.forms import BaseForm, NumberField, required
from workshop.core.i18n import lazy
from workshop.products.counting.actions import MOST_SEEN


class BeginForm(BaseForm):
    """Where to count; the empty choice is everywhere."""

    place = SelectField(lazy("Hvor vil I tælle?"), choices=[], validate_choice=True)


class SeenForm(BaseForm):
    """What was scanned or typed: a number, or the whole address out of a QR code."""

    code = StringField(
        lazy("Nummeret på mærket"),
        [
            required(lazy("Scan mærket, eller skriv nummeret.")),
            Length(max=300, message=lazy("Det er for langt. Skriv nummeret på mærket.")),
        ],
    )


class PiecesForm(BaseForm):
    """How many of a batch are there."""

    pieces = NumberField(
        lazy("Hvor mange er der?"),
        [
            InputRequired(lazy("Skriv, hvor mange der er.")),
            NumberRange(0, MOST_SEEN, lazy("Skriv et antal mellem 0 og 9.999.")),
        ],
    )
