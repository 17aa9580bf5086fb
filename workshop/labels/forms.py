"""What is chosen before labels are printed."""

from __future__ import annotations

import re
from typing import Any

from wtforms import BooleanField, Field, Form, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.labels.pdf import MAX_LABELS

_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


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


class CountField(NumberField):
    """How many; a number people would write by hand."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A whole number out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        if not (text.isdecimal() and len(text) <= 6):
            raise ValueError(_("Skriv antallet med et tal, for eksempel 21."))
        self.data = int(text)


class KeyField(StringField):
    """The one-time key of a form, so that a second press of the button makes no second job; None when it is not one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Anything else than a key of ours is left out."""
        text = valuelist[0] if valuelist else ""
        self.data: Any = text if _KEY.fullmatch(text) else None


def _one_job(_form: Form, field: Field) -> None:
    if not field.data and not field.errors:
        raise ValidationError(_("Vælg mindst ét møbel."))
    if len(field.data or ()) > MAX_LABELS:
        raise ValidationError(_("Vælg højst 1.000 møbler ad gangen."))


def _so_many(_form: Form, field: Field) -> None:
    if field.data is not None and not 1 <= field.data <= MAX_LABELS:
        raise ValidationError(_("Skriv et antal fra 1 til 1.000."))


class WhereForm(BaseForm):
    """On which sheet, from which place, through which printer."""

    printer = PublicIdField(lazy("Printer"))
    sheet = PublicIdField(lazy("Ark eller rulle"))
    drawn_printer = StringField()  # the printer and the sheet whose places the page drew
    drawn_sheet = StringField()
    start_cell = CellField(lazy("Begynd ved plads"), [required(lazy("Vælg en plads på arket."))])
    key = KeyField()


class LabelsForm(WhereForm):
    """Which items, and how their labels look."""

    items = SelectMultipleField(lazy("Møbler"), [_one_job], coerce=int, choices=[], validate_choice=False)
    each_piece = BooleanField(lazy("Ét mærke til hvert styk af det, der er flere af"))
    design = PublicIdField(lazy("Mærkets udseende"))


class BlankForm(WhereForm):
    """How many labels are printed ahead."""

    how_many = CountField(lazy("Hvor mange?"), [required(lazy("Skriv, hvor mange mærker der skal printes.")), _so_many])


class SpoiledForm(BaseForm):
    """Which labels of a job came out badly."""

    spoiled = SelectMultipleField(lazy("Mærker"), coerce=int, choices=[], validate_choice=False)
    key = KeyField()
