"""What staff type about a thing."""

from __future__ import annotations

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from workshop.core.forms import BaseForm, MoneyField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.products.models import Item


def _at_most(most: int) -> Length:
    return Length(max=most, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=most))


class PriceForm(BaseForm):
    """The price of a thing, VAT included."""

    price = MoneyField(lazy("Pris"), [required(lazy("Skriv prisen."))])

    @classmethod
    def of(cls, item: Item) -> PriceForm:
        """The form filled with what was suggested at the bench, else with the price there is."""
        return cls(data={"price": item.price_ore if item.proposed_ore is None else item.proposed_ore})


class DetailsForm(BaseForm):
    """The words about a thing. `version` is the one the editor saw."""

    title = StringField(lazy("Navn"), [required(lazy("Giv tingen et navn.")), _at_most(120)])
    description = TextAreaField(lazy("Beskrivelse"), [one_page_of_text])
    measures = StringField(lazy("Mål"), [_at_most(100)])
    place = StringField(lazy("Plads"), [_at_most(60)])
    version = HiddenField()

    def validate_version(self, field: HiddenField) -> None:
        """The page fills it in; without it nobody knows what was seen."""
        if not (field.data or "").isdecimal():
            raise ValidationError(_("Siden er for gammel. Åbn den igen, og ret teksten."))

    @classmethod
    def of(cls, item: Item) -> DetailsForm:
        """The form filled with what is stored."""
        return cls(
            data={
                "title": item.title,
                "description": item.description,
                "measures": item.measures,
                "place": item.place,
                "version": str(item.version),
            }
        )
