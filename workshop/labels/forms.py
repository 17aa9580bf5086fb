"""What is chosen before labels are printed."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, Field, Form, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.labels.pdf import MAX_LABELS


class CellField(NumberField):
    """A place on the sheet, chosen on the drawing or typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A whole number out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        if not (text.isdecimal() and len(text) <= 4):
            raise ValueError(_("Skriv pladsen med et tal, for eksempel 4."))
        self.data = int(text)


def _one_job(_form: Form, field: Field) -> None:
    if not field.data and not field.errors:
        raise ValidationError(_("Vælg mindst ét møbel."))
    if len(field.data or ()) > MAX_LABELS:
        raise ValidationError(_("Vælg højst 1.000 møbler ad gangen."))


class LabelsForm(BaseForm):
    """Which items, on which sheet, from which place."""

    items = SelectMultipleField(lazy("Møbler"), [_one_job], coerce=int, choices=[], validate_choice=False)
    each_piece = BooleanField(lazy("Ét mærke til hvert styk af det, der er flere af"))
    sheet = PublicIdField(lazy("Ark"))
    drawn_sheet = StringField()  # the sheet whose places the page drew
    start_cell = CellField(lazy("Begynd ved plads"), [required(lazy("Vælg en plads på arket."))])
