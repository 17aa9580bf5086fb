"""What staff type about materials on the shelf and on an order."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import Length, Regexp, ValidationError

from workshop.core.forms import BaseForm, NumberField, PhotoField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.production.stores import amounts
from workshop.production.stores.actions import CAME_IN
from workshop.production.stores.queries import cause_name

ONCE = r"[A-Za-z0-9_-]{22}\Z"  # a random public id, made with the page
_short = Length(max=200, message=lazy("Teksten er for lang. Skriv højst 200 tegn."))


class AmountField(StringField):
    """How much of something: `2`, `2,5` or `1.250`. `data` is a Decimal of three places, or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The amount out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        if valuelist and valuelist[0].strip():
            self.data = amounts.parse(valuelist[0])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else amounts.text(self.data)


def once_field() -> HiddenField:
    """The word of a form, by which sending it twice counts once."""
    return HiddenField(validators=[Regexp(ONCE, message=lazy("Siden er for gammel. Åbn den igen."))])


class InForm(BaseForm):
    """Something came in: what, how much, from where. The materials are filled in by the page."""

    material = PublicIdField(lazy("Hvad er kommet?"), validators=[required(lazy("Vælg, hvad der er kommet."))])
    amount = AmountField(lazy("Hvor meget?"), [required(lazy("Skriv, hvor meget det er."))])
    cause = RadioField(lazy("Hvor kommer det fra?"), validate_choice=False)
    photo = PhotoField(lazy("Billede"))
    note = StringField(lazy("Bemærkning"), [_short])
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cause.choices = [SelectChoice(each, cause_name(each)) for each in CAME_IN]

    def validate_cause(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {each.value for each in CAME_IN}:
            raise ValidationError(_("Vælg, hvor det kommer fra."))


class CountForm(BaseForm):
    """How much there really is. `seen` is what the page knew."""

    counted = AmountField(
        lazy("Hvor meget er der?"), [required(lazy("Skriv, hvor meget der er. Er der intet, så skriv 0."))]
    )
    note = StringField(lazy("Bemærkning"), [_short])
    seen = NumberField(validators=[required(lazy("Siden er for gammel. Åbn den igen."))])


class ScrapForm(BaseForm):
    """Something is thrown away."""

    thrown = AmountField(lazy("Hvor meget smides ud?"), [required(lazy("Skriv, hvor meget det er."))])
    reason = StringField(lazy("Hvorfor?"), [_short])
    once = once_field()


class LimitForm(BaseForm):
    """How much there should always be, and where it is bought."""

    at_least = AmountField(lazy("Der skal altid være mindst"))
    supplier = StringField(
        lazy("Købes hos"), [Length(max=100, message=lazy("Teksten er for lang. Skriv højst 100 tegn."))]
    )


class DeedForm(BaseForm):
    """What is done with a material on an order: `deed` is the button that was pressed."""

    material = StringField()
    amount = AmountField(lazy("Hvor meget?"))
    deed = StringField()
    once = once_field()


class OneDeedForm(BaseForm):
    """The same done with everything on an order."""

    deed = StringField()
    once = once_field()
