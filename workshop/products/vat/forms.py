"""What a manager types about VAT."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, SelectField
from wtforms.validators import ValidationError

from workshop.core import clock
from workshop.core.forms import BaseForm, required
from workshop.core.i18n import _, lazy
from workshop.products.models import Item
from workshop.products.origins import origin_choices
from workshop.products.vat.words import scheme_choices


class DayField(DateField):
    """A day; what is no day is asked for again in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The day out of what was chosen. Raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(_("Vælg den dag, reglen gælder fra.")) from problem


class RuleForm(BaseForm):
    """A new rule: goods from where, how, from which day."""

    origin = SelectField(lazy("Oprindelse"))
    scheme = RadioField(lazy("Sælges med"), validate_choice=False)
    valid_from = DayField(lazy("Fra og med"), [required(lazy("Vælg den dag, reglen gælder fra."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.origin.choices = origin_choices()
        self.scheme.choices = scheme_choices()

    def validate_scheme(self, field: RadioField) -> None:
        """Nothing is chosen beforehand: it is a choice with consequences."""
        if field.data not in {value for value, _name in field.choices}:
            raise ValidationError(_("Vælg, hvordan de sælges."))

    def validate_valid_from(self, field: DateField) -> None:
        """A year that is mistyped is no date."""
        if field.data and field.data.year not in clock.PLANNED_YEARS:
            raise ValidationError(_("Se på årstallet igen."))


class OriginForm(BaseForm):
    """Where a thing comes from."""

    origin = SelectField(lazy("Hvor kommer den fra?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.origin.choices = origin_choices()

    @classmethod
    def of(cls, item: Item) -> OriginForm:
        """The form filled with what is stored."""
        return cls(data={"origin": item.origin.value})
