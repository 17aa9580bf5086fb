"""What staff type about the shop."""

from __future__ import annotations

import re
from typing import Any

from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from shop.orders.models import Fulfilment
from workshop.core import clock
from workshop.core.forms import BaseForm, MoneyField, NumberField, required
from workshop.core.i18n import _, lazy
from workshop.products.models import SizeClass

LONGEST_PAGE = 20_000
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})(?:[.:](?P<minute>[0-9]{2}))?")


class ClockField(StringField):
    """A time of the day as a person writes it: `9`, `9.30`, `14:00`. `data` is minutes after midnight, or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 60}.{self.data % 60:02d}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The minutes. Raises ValueError with the sentence to show."""
        self.data: Any = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        found = _CLOCK.fullmatch(typed) if typed.isascii() else None
        minutes = int(found["hour"]) * 60 + int(found["minute"] or 0) if found else -1
        if found is None or int(found["minute"] or 0) > 59 or minutes > 24 * 60:
            raise ValueError(_("Skriv et klokkeslæt, for eksempel 9 eller 9.30."))
        self.data = minutes


class HoursForm(BaseForm):
    """A time of the week."""

    fulfilment = SelectField(lazy("Til"))
    weekday = SelectField(lazy("Dag"), coerce=str)
    begins = ClockField(lazy("Fra kl."), [required(lazy("Skriv, hvornår tiden begynder."))])
    ends = ClockField(lazy("Til kl."), [required(lazy("Skriv, hvornår tiden slutter."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fulfilment.choices = [
            (Fulfilment.PICKUP.value, _("Afhentning")),
            (Fulfilment.DELIVERY.value, _("Levering")),
        ]
        open_days = weekday_names()[:6]  # Sundays are closed whatever is written
        self.weekday.choices = [(str(number), name) for number, name in enumerate(open_days)]

    def validate_ends(self, field: ClockField) -> None:
        """It ends after it begins."""
        if field.data is not None and self.begins.data is not None and field.data <= self.begins.data:
            raise ValidationError(_("Tiden skal slutte, efter at den begynder."))


def weekday_names() -> list[str]:
    """Monday first."""
    return [_("Mandag"), _("Tirsdag"), _("Onsdag"), _("Torsdag"), _("Fredag"), _("Lørdag"), _("Søndag")]


class DayField(DateField):
    """A day; what is no day is asked for again in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The day. Raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(_("Vælg en dag.")) from problem


class ClosedForm(BaseForm):
    """A day we are closed."""

    day = DayField(lazy("Dag"), [required(lazy("Vælg en dag."))])
    text = StringField(lazy("Hvorfor"), [Length(max=120, message=lazy("Skriv det kortere, højst 120 tegn."))])

    def validate_day(self, field: DateField) -> None:
        """A year that is mistyped is no date."""
        if field.data and field.data.year not in clock.PLANNED_YEARS:
            raise ValidationError(_("Se på årstallet igen."))


class ZoneForm(BaseForm):
    """What delivery to a new zone costs, for each size."""

    small = MoneyField(lazy("S, i hånden (kr.)"), [required(lazy("Skriv prisen. 0 er også en pris."))])
    medium = MoneyField(lazy("M, i en bil (kr.)"), [required(lazy("Skriv prisen. 0 er også en pris."))])
    large = MoneyField(lazy("L, på en trailer (kr.)"), [required(lazy("Skriv prisen. 0 er også en pris."))])
    extra = MoneyField(lazy("XL, i en varevogn (kr.)"), [required(lazy("Skriv prisen. 0 er også en pris."))])

    @property
    def prices(self) -> dict[SizeClass, int]:
        """By size, in øre."""
        typed = (self.small.data, self.medium.data, self.large.data, self.extra.data)
        return dict(zip(SizeClass, typed, strict=True))


class PostcodeForm(BaseForm):
    """A postcode we deliver to."""

    code = StringField(lazy("Postnummer"), [required(lazy("Skriv postnummeret."))])
    place = StringField(
        lazy("By"), [required(lazy("Skriv byen.")), Length(max=60, message=lazy("Byens navn er for langt."))]
    )
    zone = NumberField(lazy("Zone"), [required(lazy("Skriv zonen."))])

    def validate_code(self, field: StringField) -> None:
        """Four digits."""
        if not re.fullmatch(r"[0-9]{4}", field.data or ""):
            raise ValidationError(_("Et postnummer har fire cifre."))


class TextForm(BaseForm):
    """A page of the shop in own words, or the terms. `version` is what the page showed."""

    body = TextAreaField(
        lazy("Tekst"), [Length(max=LONGEST_PAGE, message=lazy("Teksten er for lang. Skriv højst 20.000 tegn."))]
    )
    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that was shown; what cannot be read is none."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


class TermsForm(TextForm):
    """The terms. Without a word on the right to withdraw they are kept only by whoever says that they know."""

    kender = BooleanField(lazy("Gem alligevel, uden et ord om at fortryde"))

    def validate_body(self, field: Field) -> None:
        """There have to be some."""
        if not field.data:
            raise ValidationError(_("Skriv betingelserne."))

    def validate_kender(self, field: Field) -> None:
        """Asked for only where the text says nothing of it."""
        if self.body.data and not field.data and not says_withdrawal(self.body.data):
            raise ValidationError(
                _(
                    "Der står ikke noget om at fortryde. Kunder kan fortryde i 14 dage, og får de det ikke at vide, "
                    "kan de fortryde i et år mere. Skriv det ind i teksten, eller sæt kryds her."
                )
            )


def says_withdrawal(terms: str) -> bool:
    """Whether terms have a word on changing one's mind."""
    return "fortryd" in terms.casefold()
