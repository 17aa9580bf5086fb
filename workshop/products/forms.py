"""What staff type about a thing."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from workshop.core.forms import BaseForm, MoneyField, PhotoField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.products.models import Item


def _at_most(most: int) -> Length:
    return Length(max=most, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=most))


class PriceForm(BaseForm):
    """The price of a thing, VAT included."""

    price = MoneyField(lazy("Pris"), [required(lazy("Skriv prisen."))])


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


class PhotoForm(BaseForm):
    """A new photo of a thing."""

    photo = PhotoField(lazy("Billede"), [required(lazy("Vælg et billede først."))])
    alt_text = StringField(lazy("Hvad viser billedet?"), [_at_most(200)])


class ApprovePhotoForm(BaseForm):
    """What somebody must have looked for before everybody sees a photo."""

    nobody = BooleanField(lazy("Ingen mennesker kan genkendes"))

    def validate_nobody(self, field: BooleanField) -> None:
        """Not ticked is not approved."""
        if not field.data:
            raise ValidationError(_("Se billedet efter, og sæt kryds: ingen mennesker kan genkendes."))
