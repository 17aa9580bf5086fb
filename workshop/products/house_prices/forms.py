"""What staff type about a house price."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from workshop.core import money
from workshop.core.forms import BaseForm, MoneyField, required
from workshop.core.i18n import _, lazy
from workshop.core.text import sort_key
from workshop.products.actions import SMALLEST_PRICE_ORE
from workshop.products.models import HousePrice
from workshop.products.sections import CATEGORY_NAMES, category_name


def _at_most(most: int) -> Length:
    return Length(max=most, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=most))


class HousePriceForm(BaseForm):
    """A fixed price, VAT included. `version` is the one the editor saw; a new one has none."""

    name = StringField(lazy("Navn"), [required(lazy("Giv husprisen et navn.")), _at_most(120)])
    category = SelectField(lazy("Hvor hører den til?"))
    unit = StringField(
        lazy("Pris pr."), [required(lazy("Skriv, hvad én er, for eksempel net eller sæk.")), _at_most(30)]
    )
    price = MoneyField(lazy("Pris"), [required(lazy("Skriv prisen."))])
    is_for_unsold = BooleanField(lazy("Sæt også den nye pris på det, der ikke er solgt endnu"))
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = ((key, category_name(key)) for key in CATEGORY_NAMES)
        self.category.choices = sorted(named, key=lambda choice: sort_key(choice[1]))

    def validate_price(self, field: MoneyField) -> None:
        """A price somebody could mean."""
        if field.data is not None and field.data < SMALLEST_PRICE_ORE:
            raise ValidationError(_("Prisen skal være mindst 1 kr."))
        if field.data is not None and field.data > money.LARGEST_ORE:
            raise ValidationError(_("Prisen er for høj. Den kan højst være 999.999 kr."))

    @property
    def seen_version(self) -> int:
        """The version the editor saw; -1, which no row has, for what is no version."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else -1

    @classmethod
    def of(cls, house: HousePrice) -> HousePriceForm:
        """The form filled with what is stored."""
        return cls(
            data={
                "name": house.name,
                "category": house.category,
                "unit": house.unit,
                "price": house.price_ore,
                "version": str(house.version),
            }
        )
