"""What staff type about materials."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from workshop.core.forms import BaseForm, MoneyField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.products.materials.actions import mark_of
from workshop.products.models import Material
from workshop.products.origins import origin_choices

LARGEST_QUANTITY = 10_000
_SMALLEST = Decimal("0.001")


class QuantityField(StringField):
    """How much of a material: `2`, `2,5` or `0,125`. `data` is a Decimal of three places at most, or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The quantity out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        typed = valuelist[0].strip() if valuelist else ""
        if typed:
            self.data = _quantity(typed)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ""


def _quantity(typed: str) -> Decimal:
    refused = ValueError(_("Skriv mængden med tal, for eksempel 2 eller 2,5."))
    plain = typed.replace(",", ".")
    if not plain.replace(".", "", 1).isdecimal() or len(plain) > 12:
        raise refused
    try:
        quantity = Decimal(plain)
    except InvalidOperation:
        raise refused from None
    if quantity > LARGEST_QUANTITY:
        raise ValueError(_("Det er for meget. Skriv højst %(most)s.", most="10.000"))
    rounded = quantity.quantize(_SMALLEST, ROUND_HALF_UP)
    if rounded <= 0:
        raise ValueError(_("Skriv, hvor meget der er brugt."))
    return rounded


class MaterialForm(BaseForm):
    """A material. `seen` is the mark of what the editor saw; a new one has none."""

    name = StringField(
        lazy("Navn"),
        [
            required(lazy("Giv materialet et navn.")),
            Length(max=200, message=lazy("Navnet er for langt. Skriv højst 200 tegn.")),
        ],
    )
    unit = StringField(
        lazy("Enhed"),
        [
            required(lazy("Skriv enheden, for eksempel m eller stk.")),
            Length(max=20, message=lazy("Skriv højst 20 tegn.")),
        ],
    )
    cost = MoneyField(lazy("Pris for én, uden moms"), [required(lazy("Skriv prisen. Er det gratis, så skriv 0."))])
    origin = SelectField(lazy("Hvor kommer det fra?"))
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.origin.choices = origin_choices()

    @classmethod
    def of(cls, material: Material) -> MaterialForm:
        """The form filled with what is stored."""
        return cls(
            data={
                "name": material.name,
                "unit": material.unit,
                "cost": material.unit_cost_ore,
                "origin": material.origin.value,
                "seen": mark_of(material),
            }
        )


class UseForm(BaseForm):
    """How much of which material went into a thing. The choices are filled in by the page."""

    material = PublicIdField(lazy("Materiale"))
    quantity = QuantityField(lazy("Hvor meget?"), [required(lazy("Skriv, hvor meget der er brugt."))])

    def validate_material(self, field: PublicIdField) -> None:
        """The empty choice is none."""
        if not field.data:
            raise ValidationError(_("Vælg et materiale."))

    @classmethod
    def offering(cls, choices: list[tuple[str, str]], *, is_posted: bool = False) -> UseForm:
        """The form with the workshop's materials to choose among."""
        form: UseForm = cls.posted() if is_posted else cls()
        form.material.choices = [("", _("Vælg et materiale")), *choices]
        return form
