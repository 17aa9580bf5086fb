"""What staff fill in to correct what there is of a thing."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from workshop.core.forms import BaseForm, NumberField
from workshop.core.i18n import _, lazy
from workshop.products.stock.actions import Why

MOST = 9_999


class CorrectForm(BaseForm):
    """Why the number changes, and by how many. `seen` is what the page knew; it makes sending twice harmless."""

    why = RadioField(
        lazy("Hvad er der sket?"),
        choices=[
            SelectChoice(Why.MADE, lazy("Der er lavet flere")),
            SelectChoice(Why.SCRAPPED, lazy("Gået i stykker eller smidt ud")),
            SelectChoice(Why.USED, lazy("Brugt på værkstedet")),
            SelectChoice(Why.COUNTED, lazy("Talt efter: det er så mange, der er")),
        ],
        validate_choice=False,
    )
    pieces = NumberField(
        lazy("Hvor mange?"),
        [
            InputRequired(lazy("Skriv, hvor mange det er.")),
            NumberRange(0, MOST, lazy("Skriv et antal mellem 0 og 9.999.")),
        ],
    )
    note = StringField(lazy("Bemærkning"), [Length(max=60, message=lazy("Teksten er for lang. Skriv højst 60 tegn."))])
    seen = HiddenField()

    def validate_why(self, field: RadioField) -> None:
        """One of the four; anything else was not sent by our page."""
        if field.data not in set(Why):
            raise ValidationError(_("Vælg, hvad der er sket."))

    def validate_seen(self, field: HiddenField) -> None:
        """The page fills it in; without it nobody knows what was seen."""
        if not (field.data or "").isdecimal() or len(field.data) > NumberField.LONGEST:
            raise ValidationError(_("Siden er for gammel. Åbn den igen, og ret antallet."))
