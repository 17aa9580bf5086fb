"""What is measured on a sheet of labels with a ruler, or read on its packet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import Field, RadioField, StringField
from wtforms.validators import Length, ValidationError

from workshop.core.forms import BaseForm, NumberField, required
from workshop.core.i18n import _, lazy
from workshop.labels.printers.forms import MmField
from workshop.labels.sheet import MAX_CELLS, SheetProduct

_MEASURES = ("label_w", "label_h", "margin_top", "margin_left", "pitch_x", "pitch_y")
_ON_A_SHEET = ("columns", "rows", "margin_top", "margin_left", "pitch_x", "pitch_y")


class CountField(NumberField):
    """How many labels there are in a row or a column."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A whole number out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        text = valuelist[0].strip() if valuelist else ""
        if text and not (text.isdecimal() and text.isascii() and len(text) <= 3):
            raise ValueError(_("Skriv antallet med et tal, for eksempel 3."))
        self.data = int(text) if text else None


def _on_a_sheet(form: SheetForm, field: Field) -> None:
    """A roll has one label after the other, so nothing of this is asked of it."""
    if form.page.data == "A4" and field.data is None and not field.errors:
        raise ValidationError(_("Skriv, hvor mange der er.") if field.name in {"columns", "rows"} else _missing())


def _missing() -> str:
    return _("Skriv målet i millimeter, for eksempel 15,3.")


class SheetForm(BaseForm):
    """A sheet product: lengths in mm with a comma."""

    name = StringField(
        lazy("Navn"),
        [
            required(lazy("Giv arket et navn, for eksempel A4, 21 mærker.")),
            Length(max=100, message=lazy("Højst 100 tegn.")),
        ],
    )
    vendor_code = StringField(lazy("Varenummer på pakken"), [Length(max=60, message=lazy("Højst 60 tegn."))])
    page = RadioField(lazy("Hvad er det?"), choices=[])
    columns = CountField(lazy("Mærker på tværs"), [_on_a_sheet])
    rows = CountField(lazy("Mærker nedad"), [_on_a_sheet])
    label_w = MmField(lazy("Mærkets bredde"), [required(lazy("Skriv mærkets bredde."))])
    label_h = MmField(lazy("Mærkets højde"), [required(lazy("Skriv mærkets højde."))])
    margin_left = MmField(lazy("Fra papirets venstre kant til første mærke"), [_on_a_sheet])
    margin_top = MmField(lazy("Fra papirets øverste kant til første mærke"), [_on_a_sheet])
    pitch_x = MmField(lazy("Fra venstre kant til næste mærkes venstre kant"), [_on_a_sheet])
    pitch_y = MmField(lazy("Fra øverste kant til næste mærkes øverste kant"), [_on_a_sheet])

    def __init__(self, *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        self.page.choices = [("A4", _("Ark i A4")), ("roll", _("Rulle med ét mærke ad gangen"))]

    def product(self) -> SheetProduct | None:
        """The sheet as it is drawn; None while a measure is missing."""
        asked = ("label_w", "label_h") if self.page.data == "roll" else (*_MEASURES, *_ON_A_SHEET)
        if any(self[name].data is None for name in asked):
            return None
        if self.page.data == "roll":
            lengths = {"label_w": self.label_w.data, "label_h": self.label_h.data, "margin_top": 0, "margin_left": 0}
            lengths |= {"pitch_x": self.label_w.data, "pitch_y": self.label_h.data}
        else:
            lengths = {name: self[name].data for name in _MEASURES}
        return SheetProduct(
            key="",
            name=self.name.data or "",
            page="roll" if self.page.data == "roll" else "A4",
            columns=1 if self.page.data == "roll" else min(self.columns.data, MAX_CELLS + 1),
            rows=1 if self.page.data == "roll" else min(self.rows.data, MAX_CELLS + 1),
            **{f"{name}_mm": Decimal(length) / 100 for name, length in lengths.items()},
        )

    def show(self, product: SheetProduct, vendor_code: str) -> None:
        """Fill the form with a sheet product."""
        self.name.data, self.vendor_code.data, self.page.data = product.name, vendor_code, product.page
        self.columns.data, self.rows.data = product.columns, product.rows
        for name in _MEASURES:
            self[name].data = round(getattr(product, f"{name}_mm") * 100)
