"""What staff type about a service, and about where we come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from wtforms import BooleanField, Field, FileField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from workshop.core.forms import BaseForm, MoneyField, NumberField, PhotoField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.production.forms import SeenForm
from workshop.production.stores import amounts
from workshop.production.stores.forms import AmountField
from workshop.products.models import VatScheme
from workshop.products.vat.words import words_for
from workshop.services.models import ServiceKind
from workshop.services.prices import seasons
from workshop.services.prices.rules import Model

MOST_QUESTIONS, LONGEST_QUESTION = 12, 200
POSTCODE = re.compile(r"[1-9][0-9]{3}", re.ASCII)
_A_PRICE = lazy("Skriv prisen. Er den 0, så skriv 0.")
_MINUTE = 60


@dataclass(frozen=True)
class Numbers:
    """A service as staff want it; the names are those of the columns."""

    unit: str
    name: str
    intro: str
    base_ore: int
    per_unit_ore: int
    min_price_ore: int
    height_factor_over_cm: int | None
    height_factor_pct: int | None
    one_side_pct: int | None
    waste_removal_ore: int | None
    is_travel_charged: bool
    vat_scheme: VatScheme
    season_from: str | None
    season_to: str | None
    typical_crew: int
    typical_seconds_per_unit: int
    questions: list[str]
    is_offered: bool

    @property
    def columns(self) -> dict[str, Any]:
        """What is stored; the unit stays, and the formula follows the numbers."""
        values = {name: value for name, value in vars(self).items() if name != "unit"}
        return values | {"price_model": self.model.formula}

    @property
    def model(self) -> Model:
        """How the price would be made."""
        return Model(
            unit=self.unit,
            base_ore=self.base_ore,
            per_unit_ore=self.per_unit_ore,
            height_over_cm=self.height_factor_over_cm,
            height_pct=self.height_factor_pct,
            one_side_pct=self.one_side_pct,
            waste_ore=self.waste_removal_ore or None,
            min_ore=self.min_price_ore,
            is_travel_charged=self.is_travel_charged,
        )


class SeasonField(StringField):
    """A day of the year: `15.6.`; `data` is `MM-DD` or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The day; raises ValueError with the sentence to show."""
        self.data: Any = seasons.parse_day(valuelist[0]) if valuelist else None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else seasons.typed_day(self.data)


def _upto(most: int) -> Length:
    return Length(max=most, message=lazy("Skriv højst %(most)s tegn.", most=most))


def _between(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, lazy("Skriv et tal mellem %(least)s og %(most)s.", least=least, most=most))


class KindForm(SeenForm):
    """A service: its prices, its season, what we ask about, and whether it is offered."""

    name = StringField(lazy("Navn"), [required(lazy("Skriv, hvad det hedder.")), _upto(100)])
    intro = TextAreaField(lazy("Det siger vi om den"), [required(lazy("Skriv en sætning eller to.")), _upto(400)])
    base = MoneyField(lazy("Fast beløb"), [required(_A_PRICE)])
    per_unit = MoneyField(lazy("Pris pr. enhed"), [required(_A_PRICE)])
    least = MoneyField(lazy("Mindstepris"), [required(_A_PRICE)])
    high_over = NumberField(lazy("Højere end (cm)"), [Optional(), _between(1, 10_000)])
    high_pct = NumberField(lazy("Så mange procent dyrere"), [Optional(), _between(1, 1_000)])
    one_side = NumberField(lazy("Kun én side: procent af prisen"), [Optional(), _between(1, 100)])
    waste = MoneyField(lazy("Køre affald væk"))
    is_travel_charged = BooleanField(lazy("Kørsel lægges til"))
    vat = SelectField(lazy("Moms"))
    season_from = SeasonField(lazy("Sæson fra"))
    season_to = SeasonField(lazy("Sæson til og med"))
    crew = NumberField(lazy("Så mange er vi som regel"), [required(lazy("Skriv et tal.")), _between(1, 50)])
    minutes = AmountField(lazy("Minutter pr. enhed"), [required(lazy("Skriv, hvor længe det tager."))])
    questions = TextAreaField(lazy("Det spørger vi om"), [one_page_of_text])
    is_offered = BooleanField(lazy("Kunder kan spørge om den"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vat.choices = [(each.value, words_for(each).name) for each in VatScheme if each is not VatScheme.MARGIN]

    @classmethod
    def of(cls, kind: ServiceKind) -> KindForm:
        """The form filled with what is stored."""
        return cls(
            data={
                "version": str(kind.version),
                "name": kind.name,
                "intro": kind.intro,
                "base": kind.base_ore or 0,
                "per_unit": kind.per_unit_ore or 0,
                "least": kind.min_price_ore or 0,
                "high_over": kind.height_factor_over_cm,
                "high_pct": kind.height_factor_pct,
                "one_side": kind.one_side_pct,
                "waste": kind.waste_removal_ore or None,
                "is_travel_charged": kind.is_travel_charged,
                "vat": kind.vat_scheme.value,
                "season_from": kind.season_from,
                "season_to": kind.season_to,
                "crew": kind.typical_crew,
                "minutes": (Decimal(kind.typical_seconds_per_unit) / _MINUTE).quantize(amounts.SMALLEST, ROUND_HALF_UP),
                "questions": "\n".join(kind.questions),
                "is_offered": kind.is_offered,
            }
        )

    @property
    def asked(self) -> list[str]:
        """The questions, one a line."""
        return [line.strip() for line in (self.questions.data or "").splitlines() if line.strip()]

    def numbers(self, unit: str) -> Numbers:
        """What was typed, once it is valid."""
        return Numbers(
            unit=unit,
            name=self.name.data or "",
            intro=self.intro.data or "",
            base_ore=self.base.data,
            per_unit_ore=self.per_unit.data,
            min_price_ore=self.least.data,
            height_factor_over_cm=self.high_over.data,
            height_factor_pct=self.high_pct.data,
            one_side_pct=self.one_side.data,
            waste_removal_ore=self.waste.data,
            is_travel_charged=bool(self.is_travel_charged.data),
            vat_scheme=VatScheme(self.vat.data),
            season_from=self.season_from.data,
            season_to=self.season_to.data,
            typical_crew=self.crew.data,
            typical_seconds_per_unit=_seconds(self.minutes.data),
            questions=self.asked,
            is_offered=bool(self.is_offered.data),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """A height and its price belong together, and an empty field asks no validator of its own."""
        is_valid = super().validate(extra_validators)
        is_half = (self.high_over.data is None) != (self.high_pct.data is None)
        if is_half and not self.high_over.errors and not self.high_pct.errors:
            self.high_pct.errors = [_("Skriv både højden og procenten, eller lad begge stå tomme.")]
            return False
        return bool(is_valid)

    def validate_season_to(self, field: Field) -> None:
        """A season has two ends."""
        if not self.season_from.errors and (field.data is None) != (self.season_from.data is None):
            raise ValidationError(_("Skriv både første og sidste dag, eller lad begge stå tomme."))

    def validate_minutes(self, field: Field) -> None:
        """At least a second; a day at most."""
        if field.data is not None and not 1 <= _seconds(field.data) <= 24 * 3600:
            raise ValidationError(_("Skriv, hvor mange minutter det tager, for eksempel 5 eller 0,5."))

    def validate_questions(self, _field: Field) -> None:
        """A few, each short, none twice."""
        if len(self.asked) > MOST_QUESTIONS:
            raise ValidationError(_("Skriv højst %(most)s spørgsmål.", most=MOST_QUESTIONS))
        if any(len(each) > LONGEST_QUESTION for each in self.asked):
            raise ValidationError(
                _("Et af spørgsmålene er for langt. Skriv højst %(most)s tegn.", most=LONGEST_QUESTION)
            )
        if len(set(self.asked)) != len(self.asked):
            raise ValidationError(_("Det samme spørgsmål står der to gange."))


class DegreesField(StringField):
    """A coordinate in degrees: `56,0228`; `data` is millionths of a degree or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Millionths; raises ValueError with the sentence to show."""
        self.data: Any = degrees(valuelist[0]) if valuelist else None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else degrees_text(self.data)


class PlaceForm(BaseForm):
    """A postcode inside the area. The zones are filled in by the page; `seen` is what stood there."""

    seen = HiddenField()
    code = StringField(lazy("Postnummer"), [required(lazy("Skriv postnummeret."))])
    town = StringField(lazy("By"), [required(lazy("Skriv byens navn.")), _upto(60)])
    zone = SelectField(lazy("Zone"))
    latitude = DegreesField(lazy("Breddegrad"))
    longitude = DegreesField(lazy("Længdegrad"))

    def validate_code(self, field: Field) -> None:
        """Four digits."""
        if field.data and not POSTCODE.fullmatch(field.data):
            raise ValidationError(_("Et postnummer har fire tal."))

    def validate_longitude(self, field: Field) -> None:
        """Both or neither, and in this country."""
        if self.latitude.errors or field.errors:
            return
        problem = place_problem(self.latitude.data, field.data)
        if problem:
            raise ValidationError(problem)


class ListForm(BaseForm):
    """A list of postcodes: pasted, or as a file."""

    text = TextAreaField(lazy("Sæt listen ind her"), [Length(max=200_000, message=lazy("Listen er for lang."))])
    file: FileField = PhotoField(lazy("Eller vælg en fil (CSV eller .xlsx)"))


_DEGREES = re.compile(r"(?P<whole>[0-9]{1,3})(?:[.,](?P<rest>[0-9]{1,15}))?°?", re.ASCII)


def degrees(text: str) -> int | None:
    """`56,0228` or `56.0228` as millionths of a degree; None for nothing. Raises ValueError with a sentence."""
    typed = text.strip()
    if not typed:
        return None
    found = _DEGREES.fullmatch(typed)
    if found is None:
        raise ValueError(_("Skriv graderne med tal, for eksempel 56,0228."))
    return int(found["whole"]) * 1_000_000 + int(((found["rest"] or "") + "000000")[:6])


def degrees_text(millionths: int | None) -> str:
    """Millionths of a degree as they are typed."""
    if millionths is None:
        return ""
    whole, rest = divmod(millionths, 1_000_000)
    return f"{whole},{rest:06d}".rstrip("0").rstrip(",")


def place_problem(latitude: int | None, longitude: int | None) -> str:
    """What is wrong with a pair of coordinates; nothing when both are missing, or they lie in Denmark."""
    if latitude is None and longitude is None:
        return ""
    if latitude is None or longitude is None:
        return _("Skriv både breddegrad og længdegrad, eller lad begge stå tomme.")
    if not 54_500_000 <= latitude <= 57_800_000 or not 8_000_000 <= longitude <= 15_300_000:
        return _("Det ligger ikke i Danmark. Er breddegrad og længdegrad byttet om?")
    return ""


def _seconds(minutes: Decimal) -> int:
    return int((minutes * _MINUTE).quantize(Decimal(1), ROUND_HALF_UP))
