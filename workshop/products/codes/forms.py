"""What staff type about a code."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import Length

from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import lazy
from workshop.products.sections import OTHER_CATEGORY


class NewThingForm(BaseForm):
    """The code sits on something new. The name can come later."""

    kind = PublicIdField(lazy("Hvad er det?"))
    category = SelectField(lazy("Slags"), default=OTHER_CATEGORY)
    title = StringField(lazy("Navn"), [Length(max=120, message=lazy("Skriv højst 120 tegn."))])


class NumberForm(BaseForm):
    """The number of a thing, typed from its label or read by the camera."""

    nr = StringField(lazy("Nummer"), [required(lazy("Skriv nummeret."))])
