"""What staff type about a new thing. Each of the three ways asks only for what it needs."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Regexp

from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import lazy
from workshop.products.actions import MOST_PIECES
from workshop.products.adding.actions import NewThing
from workshop.products.adding.queries import ONCE
from workshop.products.models import Origin, ProductType
from workshop.products.sections import CATEGORY_NAMES, category_name

RESTORED = "restaurerede-møbler"  # what most things of one kind are


def categories() -> list[SelectChoice]:
    """Every category with the name customers read."""
    return [SelectChoice(key, category_name(key)) for key in CATEGORY_NAMES]


def _pieces() -> NumberField:
    return NumberField(
        lazy("Hvor mange?"),
        [
            required(lazy("Skriv et helt tal.")),
            NumberRange(1, MOST_PIECES, lazy("Skriv et antal mellem 1 og %(most)s.", most=MOST_PIECES)),
        ],
        default=1,
    )


class NewForm(BaseForm):
    """What all three have. `once` is the word that keeps a double press from making two."""

    place = StringField(lazy("Plads"), [Length(max=60, message=lazy("Skriv højst 60 tegn."))])
    once = HiddenField(validators=[Regexp(rf"{ONCE.pattern}\Z", message=lazy("Siden er for gammel. Åbn den igen."))])

    def thing(self, kinds: Iterable[ProductType]) -> NewThing:
        """What was asked for."""
        raise NotImplementedError


class FromTypeForm(NewForm):
    """Something from the catalogue."""

    kind = PublicIdField(lazy("Hvad er det?"), validators=[required(lazy("Vælg, hvad det er."))])
    pieces = _pieces()
    numbering = RadioField(
        lazy("Numre"),
        choices=[
            SelectChoice("each", lazy("Hver får sit eget nummer")),
            SelectChoice("one", lazy("Ét nummer til dem alle")),
        ],
        default="each",
    )

    def thing(self, kinds: Iterable[ProductType]) -> NewThing:
        """What was asked for."""
        kind = next(each for each in kinds if each.sku == self.kind.data)
        return NewThing(
            product_type_id=kind.id,
            pieces=self.pieces.data,
            is_batch=self.numbering.data == "one",
            place=self.place.data or "",
        )


class HousePriceForm(NewForm):
    """Something the workshop always has, at its fixed price: always one number for all of it."""

    price = SelectField(lazy("Hvad er det?"), coerce=str, choices=[], validators=[required(lazy("Vælg, hvad det er."))])
    pieces = _pieces()

    def thing(self, kinds: Iterable[ProductType]) -> NewThing:
        """What was asked for."""
        return NewThing(house_price_id=int(self.price.data), pieces=self.pieces.data, place=self.place.data or "")


class OneOfAKindForm(NewForm):
    """A piece there is only one of. Its name, price and photos can come later."""

    title = StringField(lazy("Navn"), [Length(max=120, message=lazy("Skriv højst 120 tegn."))])
    category = SelectField(lazy("Slags"), default=RESTORED)
    origin = RadioField(lazy("Hvor kommer den fra?"), default=Origin.DONATED.value)

    def thing(self, kinds: Iterable[ProductType]) -> NewThing:
        """What was asked for."""
        return NewThing(
            title=self.title.data or "",
            category=self.category.data,
            origin=Origin(self.origin.data),
            place=self.place.data or "",
        )
