"""What staff type to get something made."""

from __future__ import annotations

import re
from typing import Any

from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from workshop.core import clock, crypto
from workshop.core.forms import BaseForm, NumberField, PhotoField, PublicIdField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.production import numbering
from workshop.production.models import Lacking, OrderSource, ProductionOrder
from workshop.production.words import lacking_name, source_name
from workshop.products.actions import MOST_PIECES

_PIECES = lazy("Skriv et antal mellem 1 og %(most)s.", most=MOST_PIECES)
_LONG = lazy("Navnet er for langt. Skriv højst 150 tegn.")
LARGEST_CM = 1_000


def planned_day(_form: BaseForm, field: DateField) -> None:
    """A year that is mistyped is no date."""
    if field.data and field.data.year not in clock.PLANNED_YEARS:
        raise ValidationError(_("Se på årstallet igen."))


class SeenForm(BaseForm):
    """A form about an order as it was seen: its version goes with it."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version seen; 0, which no order has, when there is none."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= NumberField.LONGEST else 0

    def see(self, version: int) -> None:
        """From now on the form is about this version."""
        self.version.data = str(version)


class OrderForm(BaseForm):
    """A new order: a name and a day are enough. Choices are filled in by the view."""

    product = PublicIdField(lazy("Hvad slags er det?"), default="")
    title = StringField(lazy("Hvad skal laves?"), [Length(max=150, message=_LONG)])
    pieces = NumberField(lazy("Antal"), [Optional(), NumberRange(1, MOST_PIECES, _PIECES)], default=1)
    department = PublicIdField(lazy("Afdeling"))
    due_on = DateField(lazy("Skal være færdig"), [Optional(), planned_day])
    source = SelectField(lazy("Hvorfor laves det?"), default=OrderSource.OTHER.value)
    reference = StringField(
        lazy("Butikkens ordrenummer"), [Length(max=60, message=lazy("Skriv højst 60 tegn."))]
    )  # fmt: skip
    idea = TextAreaField(lazy("Idéen"), [one_page_of_text])
    sketch = PhotoField(lazy("Skitse eller billede"))
    is_note = BooleanField(lazy("Kun en seddel: der kommer ikke noget nyt ud af den"))
    once = HiddenField()

    @classmethod
    def blank(cls) -> OrderForm:
        """An empty form with a word of its own, by which sending it twice counts once."""
        return cls(data={"once": crypto.new_public_id()})

    @property
    def word(self) -> str | None:
        """The word of the form; None where it came without one that can be ours."""
        typed = self.once.data or ""
        return typed if re.fullmatch(r"[A-Za-z0-9_-]{22}", typed) else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source.choices = [(each.value, source_name(each)) for each in OrderSource]
        self.source.data = self.source.data or OrderSource.OTHER.value


def _measure(label: str) -> NumberField:
    sentence = lazy("Skriv et helt tal mellem 1 og %(most)s cm.", most=LARGEST_CM)
    return NumberField(label, [Optional(), NumberRange(1, LARGEST_CM, sentence)])


class EditForm(SeenForm):
    """What an open order is about. The options of its product type are fields of their own on the page."""

    title = StringField(lazy("Navn"), [required(lazy("Skriv, hvad der skal laves.")), Length(max=150, message=_LONG)])
    pieces = NumberField(
        lazy("Antal"), [required(lazy("Skriv et helt tal.")), NumberRange(1, MOST_PIECES, _PIECES)]
    )  # fmt: skip
    due_on = DateField(lazy("Skal være færdig"), [Optional(), planned_day])
    source = SelectField(lazy("Hvorfor laves det?"))
    reference = StringField(lazy("Butikkens ordrenummer"), [Length(max=60, message=lazy("Skriv højst 60 tegn."))])
    idea = TextAreaField(lazy("Idéen"), [one_page_of_text])
    length_cm = _measure(lazy("Længde"))
    width_cm = _measure(lazy("Bredde"))
    height_cm = _measure(lazy("Højde"))
    numbers = SelectField(lazy("Numre"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source.choices = [(each.value, source_name(each)) for each in OrderSource]
        self.numbers.choices = numbering.choices()
        self.numbers.data = self.numbers.data or ""

    @classmethod
    def of(cls, order: ProductionOrder) -> EditForm:
        """The form filled with what is stored."""
        names = ("title", "pieces", "due_on", "reference", "idea", "length_cm", "width_cm", "height_cm")
        data = {name: getattr(order, name) for name in names}
        data |= {"source": order.source.value, "numbers": numbering.chosen(order)}
        return cls(data=data | {"version": str(order.version)})


class PlanForm(SeenForm):
    """The day of an order, and what it waits for."""

    due_on = DateField(lazy("Skal være færdig"), [Optional(), planned_day])
    lacking = SelectField(lazy("Venter den på noget?"))
    note = StringField(lazy("Hvad mangler?"), [Length(max=200, message=lazy("Skriv højst 200 tegn."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(each.value, lacking_name(each)) for each in Lacking]
        self.lacking.choices = [("", _("Nej, den kan laves")), *kinds]

    @property
    def wants(self) -> Lacking | None:
        """What the order waits for."""
        return Lacking(self.lacking.data) if self.lacking.data else None

    @classmethod
    def of(cls, order: ProductionOrder) -> PlanForm:
        """The form filled with what is stored."""
        lacking = order.lacking.value if order.lacking else ""
        data = {"due_on": order.due_on, "lacking": lacking, "note": order.lacking_note}
        return cls(data=data | {"version": str(order.version)})


class OutcomeForm(SeenForm):
    """How the pieces of an order came out."""

    reworked = NumberField(
        lazy("Gjort om"), [Optional(), NumberRange(0, MOST_PIECES, lazy("Skriv et helt tal, 0 eller mere."))], default=0
    )
    rejected = NumberField(
        lazy("Kasseret"), [Optional(), NumberRange(0, MOST_PIECES, lazy("Skriv et helt tal, 0 eller mere."))], default=0
    )

    @classmethod
    def of(cls, reworked: int, rejected: int, version: int) -> OutcomeForm:
        """The form filled with what has been told."""
        return cls(data={"reworked": reworked, "rejected": rejected, "version": str(version)})
