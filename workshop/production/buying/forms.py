"""What staff type on the purchase list."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from workshop.core import clock
from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.production.models import PurchaseFor
from workshop.production.stores.forms import AmountField, once_field

_name = Length(max=100, message=lazy("Teksten er for lang. Skriv højst 100 tegn."))


def list_name(for_what: PurchaseFor) -> str:
    """Whose list a line stands on, as people say it."""
    names = {
        PurchaseFor.WORKSHOP: _("Værkstedet"),
        PurchaseFor.CANTEEN: _("Køkkenet"),
        PurchaseFor.OFFICE: _("Kontoret"),
    }
    return names[for_what]


class ExpectedForm(BaseForm):
    """When something should come."""

    expected_on = DateField(lazy("Ventes"), [Optional()])

    def validate_expected_on(self, field: DateField) -> None:
        """A year that is mistyped is no date."""
        if field.data and field.data.year not in clock.PLANNED_YEARS:
            raise ValidationError(_("Se på årstallet igen."))


class WhoseForm(ExpectedForm):
    """A line belongs to the workshop, the kitchen or the office."""

    for_what = SelectField(lazy("Til"), default=PurchaseFor.WORKSHOP.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_what.choices = [(each.value, list_name(each)) for each in PurchaseFor]
        self.for_what.data = self.for_what.data or PurchaseFor.WORKSHOP.value


class LineForm(WhoseForm):
    """A line of one's own: a material, or anything in words. The materials are filled in by the page."""

    material = PublicIdField(lazy("Materiale"))
    text = StringField(
        lazy("Eller noget andet"), [Length(max=200, message=lazy("Teksten er for lang. Skriv højst 200 tegn."))]
    )
    quantity = AmountField(lazy("Hvor meget?"), [required(lazy("Skriv, hvor meget det er."))])
    unit = StringField(lazy("Enhed"), [Length(max=20, message=lazy("Skriv højst 20 tegn."))])
    supplier = StringField(lazy("Købes hos"), [_name])
    order = HiddenField()
    once = once_field()


class EditForm(WhoseForm):
    """A line that stands on the list. `seen` is the mark of what the editor saw."""

    quantity = AmountField(lazy("Hvor meget?"), [required(lazy("Skriv, hvor meget det er."))])
    supplier = StringField(lazy("Købes hos"), [_name])
    seen = HiddenField()


class ReceiveForm(BaseForm):
    """How much has come. `expected` is how much the page said there should."""

    amount = AmountField(lazy("Hvor meget er kommet?"), [required(lazy("Skriv, hvor meget der er kommet."))])
    expected = AmountField(validators=[required(lazy("Siden er for gammel. Åbn den igen."))])
