"""What staff type to get something made."""

from __future__ import annotations

from wtforms import DateField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from workshop.core import clock
from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.products.actions import MOST_PIECES


class OrderForm(BaseForm):
    """A new order: what, how many, where and when. Choices are filled in by the view."""

    product = PublicIdField(lazy("Hvad skal laves?"))
    title = StringField(
        lazy("Eget navn"), [Length(max=150, message=lazy("Navnet er for langt. Skriv højst 150 tegn."))]
    )
    pieces = NumberField(
        lazy("Antal"),
        [
            required(lazy("Skriv et helt tal.")),
            NumberRange(1, MOST_PIECES, lazy("Skriv et antal mellem 1 og %(most)s.", most=MOST_PIECES)),
        ],
        default=1,
    )
    department = PublicIdField(lazy("Afdeling"))
    due_on = DateField(lazy("Skal være færdig"), [Optional()])

    def validate_due_on(self, field: DateField) -> None:
        """A year that is mistyped is no date."""
        if field.data and field.data.year not in clock.PLANNED_YEARS:
            raise ValidationError(_("Se på årstallet igen."))


class StepForm(BaseForm):
    """One more step of an order."""

    task = PublicIdField(lazy("Opgave"), validators=[required(lazy("Vælg en opgave."))])
    title = StringField(
        lazy("Eget navn"), [Length(max=150, message=lazy("Navnet er for langt. Skriv højst 150 tegn."))]
    )
    place = StringField(lazy("Sted"), [Length(max=60, message=lazy("Skriv højst 60 tegn."))])
