"""What staff type to get something made."""

from __future__ import annotations

from wtforms import DateField, IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional

from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _
from workshop.products.actions import MOST_PIECES


class OrderForm(BaseForm):
    """A new order: what, how many, where and when. Choices are filled in by the view."""

    product = PublicIdField("Hvad skal laves?")
    title = StringField("Eget navn", [Length(max=150, message=_("Navnet er for langt. Skriv højst 150 tegn."))])
    pieces = IntegerField(
        "Antal",
        [
            required(_("Skriv et helt tal.")),
            NumberRange(1, MOST_PIECES, _("Skriv et antal mellem 1 og %(most)s.", most=MOST_PIECES)),
        ],
        default=1,
    )
    department = PublicIdField("Afdeling")
    due_on = DateField("Skal være færdig", [Optional()])


class StepForm(BaseForm):
    """One more step of an order."""

    task = PublicIdField("Opgave")
    title = StringField("Eget navn", [Length(max=150, message=_("Navnet er for langt. Skriv højst 150 tegn."))])
    place = StringField("Sted", [Length(max=60, message=_("Skriv højst 60 tegn."))])
