"""The form of a quote: what we do, its lines, how long it holds, the days and the rule, how it is paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

from wtforms import DateField, Field, RadioField, SelectChoice, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import Length, Optional, ValidationError

from workshop.core.forms import MoneyField, NumberField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.production.forms import SeenForm, planned_day
from workshop.services.prices.rules import MOST_UNITS, Part, amount_text
from workshop.services.requests import words
from workshop.services.requests.models import Billing, PriceBasis, Recurrence
from workshop.services.requests.proposing import MOST_LINES, Terms, problems

SPARE_LINES = 3
_YEAR_DAY = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\.?", re.ASCII)
_UNITS = re.compile(r"[0-9]{1,4}(?:[,.][0-9]{1,2})?", re.ASCII)
_LEAP_YEAR = 2028


class SignedMoneyField(MoneyField):
    """An amount that may lower a price: `-75`."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Øre out of what was typed; raises ValueError with the sentence to show."""
        typed = valuelist[0].strip() if valuelist else ""
        is_less = typed.startswith(("-", "−"))
        super().process_formdata([typed[1:]] if is_less else valuelist)
        if is_less and self.data is not None:
            self.data = -self.data


class UnitsField(StringField):
    """How much: `28` or `2,5`. `data` is a Decimal, or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The number out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        typed = valuelist[0].strip() if valuelist else ""
        if typed:
            if not _UNITS.fullmatch(typed):
                raise ValueError(_("Skriv et tal, for eksempel 28 eller 2,5."))
            self.data = min(Decimal(typed.replace(",", ".")), MOST_UNITS)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else amount_text(self.data)


class YearDaysField(StringField):
    """Days of the year as people write them: `20/6, 15/9`. `data` is a tuple of MM-DD, in order."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The days out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = ()
        typed = valuelist[0].strip() if valuelist else ""
        found = []
        for part in filter(None, re.split(r"[,;]|\bog\b", typed)):
            pair = _YEAR_DAY.fullmatch(part.strip())
            if pair is None:
                raise ValueError(_("Skriv dage som 20/6."))
            try:
                found.append(f"{date(_LEAP_YEAR, int(pair[2]), int(pair[1])):%m-%d}")
            except ValueError as none:
                raise ValueError(_("Den dag findes ikke. Skriv dage som 20/6.")) from none
        self.data = tuple(sorted(set(found)))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(f"{int(each[3:])}/{int(each[:2])}" for each in self.data or ())


def _number(label: str) -> NumberField:
    return NumberField(label, [Optional()])


class QuoteForm(SeenForm):
    """A quote. Its lines are `line_text_1` and `line_amount_1` and so on, made below."""

    text = TextAreaField(lazy("Teksten, kunden læser"), [required(lazy("Skriv, hvad vi gør.")), one_page_of_text])
    basis = RadioField(lazy("Hvad er prisen?"), validate_choice=False)
    units = UnitsField(lazy("Prisen er for"), [required(lazy("Skriv, hvor meget prisen er for."))])
    unit_price_ore = MoneyField(lazy("Pris for én mere"))
    billing = SelectField(lazy("Hvornår betaler kunden?"), validate_choice=False)
    valid_until = DateField(
        lazy("Tilbuddet gælder til og med"),
        [required(lazy("Skriv, hvor længe tilbuddet gælder.")), planned_day],
    )
    first_on = DateField(lazy("Dag, eller første dag"), [Optional(), planned_day])
    from_time = TimeField(lazy("Vi kommer tidligst kl."), [Optional()])
    to_time = TimeField(lazy("og senest kl."), [Optional()])
    visit_minutes = _number(lazy("Et besøg varer"))
    crew = _number(lazy("Så mange på holdet"))
    recurrence = SelectField(lazy("Hvor tit kommer vi?"), validate_choice=False)
    every = _number(lazy("Uger eller måneder imellem"))
    nth = SelectField(lazy("Hvilken dag i måneden?"), validate_choice=False)
    year_days = YearDaysField(lazy("Dage på året"))
    season_from = YearDaysField(lazy("Sæsonen begynder"))
    season_to = YearDaysField(lazy("Sæsonen slutter"))
    early_days = _number(lazy("Må flyttes så mange dage frem"))
    late_days = _number(lazy("og så mange dage tilbage"))
    ends_on = DateField(lazy("Sidste dag"), [Optional(), planned_day])
    trigger_cm = _number(lazy("Vi kommer, når der ligger"))
    priority = _number(lazy("Rækkefølge"))
    clear_by = TimeField(lazy("Ryddet senest kl."), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis.choices = [SelectChoice(each, words.basis_name(each)) for each in PriceBasis]
        self.billing.choices = [(each.value, words.billing_name(each)) for each in Billing]
        self.recurrence.choices = [(each.value, words.recurrence_name(each)) for each in Recurrence]
        self.nth.choices = [
            ("", _("Samme dato som den første dag")),
            *((str(nth), _("%(nth)s sådan ugedag", nth=words.nth_name(nth))) for nth in (1, 2, 3, 4, -1)),
        ]

    def validate_basis(self, field: Field) -> None:
        """One of those offered."""
        if field.data not in {each.value for each in PriceBasis}:
            raise ValidationError(_("Vælg, hvad prisen er."))

    def validate_billing(self, field: Field) -> None:
        """One of those offered."""
        if field.data not in {each.value for each in Billing}:
            raise ValidationError(_("Vælg, hvornår kunden betaler."))

    def validate_recurrence(self, field: Field) -> None:
        """One of those offered."""
        if field.data not in {each.value for each in Recurrence}:
            raise ValidationError(_("Vælg, hvor tit vi kommer."))

    def validate_nth(self, field: Field) -> None:
        """One of those offered."""
        if field.data not in {"", "1", "2", "3", "4", "-1"}:
            raise ValidationError(_("Vælg en dag i måneden."))

    def validate_season_to(self, field: Field) -> None:
        """Both ends, or neither."""
        if bool(field.data) != bool(self.season_from.data):
            raise ValidationError(_("Skriv både den første og den sidste dag i sæsonen, eller ingen af dem."))

    def check(self, today: date) -> bool:
        """Whether all of it can stand; what a rule says is put at its field."""
        if not self.validate() or not self._lines_stand():
            return False
        for name, sentence in problems(self.terms, today):
            field = self[_FIELD_OF.get(name, name)]
            field.errors = [*field.errors, sentence]
        return not self.errors

    def _lines_stand(self) -> bool:
        for text, amount in self._rows():
            if text.data and amount.data is None:
                amount.errors = [_("Skriv beløbet for “%(line)s”.", line=text.data)]
            elif amount.data is not None and not text.data:
                text.errors = [_("Skriv, hvad beløbet er for.")]
        return not self.errors

    @property
    def shown_lines(self) -> list[tuple[Field, Field]]:
        """The lines of the page: those with something in them, and some to write in."""
        rows = list(self._rows())
        used = [n for n, (text, amount) in enumerate(rows, 1) if text.data or amount.data is not None or amount.errors]
        return rows[: min(MOST_LINES, max(used, default=0) + SPARE_LINES)]

    @property
    def terms(self) -> Terms:
        """What was written, once it is validated. What belongs to another rule than the chosen one is left out."""
        recurrence = Recurrence(self.recurrence.data)
        first = self.first_on.data
        return Terms(
            text=self.text.data or "",
            lines=tuple(
                Part(text.data, amount.data) for text, amount in self._rows() if text.data and amount.data is not None
            ),
            units=self.units.data,
            valid_until=self.valid_until.data,
            visit_minutes=self.visit_minutes.data or 0,
            crew=self.crew.data or 0,
            basis=PriceBasis(self.basis.data),
            billing=Billing(self.billing.data),
            unit_price_ore=self.unit_price_ore.data,
            first_on=first,
            ends_on=self.ends_on.data,
            from_minute=_minute(self.from_time.data, 9 * 60),
            to_minute=_minute(self.to_time.data, 12 * 60),
            recurrence=recurrence,
            **self._rule(recurrence, first),
        )

    def _rule(self, recurrence: Recurrence, first: date | None) -> dict[str, Any]:
        if recurrence is Recurrence.NONE:
            return {}
        season = {
            "season_from": (self.season_from.data or (None,))[0],
            "season_to": (self.season_to.data or (None,))[0],
        }
        if recurrence is Recurrence.ON_SNOW:
            clear_by = _minute(self.clear_by.data, None)
            return season | {
                "trigger_cm": self.trigger_cm.data,
                "priority": self.priority.data,
                "clear_by_minute": clear_by,
            }
        kept: dict[str, Any] = {"early_days": self.early_days.data or 0, "late_days": self.late_days.data or 0}
        weekday = first.weekday() if first else None
        if recurrence is Recurrence.YEARLY:
            kept["year_days"] = self.year_days.data or ()
        else:
            kept["every"] = self.every.data or 1
        if recurrence is Recurrence.WEEKS:
            kept["weekday"] = weekday
        elif recurrence is Recurrence.MONTHS and self.nth.data:
            kept |= {"nth": int(self.nth.data), "weekday": weekday}
        elif recurrence is Recurrence.MONTHS:
            kept["day_of_month"] = first.day if first else None
        return season | kept

    def _rows(self) -> Iterator[tuple[Field, Field]]:
        return ((self[f"line_text_{n}"], self[f"line_amount_{n}"]) for n in range(1, MOST_LINES + 1))

    @classmethod
    def of(cls, terms: Terms, version: int) -> QuoteForm:
        """The form filled with a proposal, or with a quote that is to be sent anew."""
        data: dict[str, Any] = {name: getattr(terms, name) for name in _SAME}
        data |= {"version": str(version), "nth": str(terms.nth or ""), "clear_by": _time(terms.clear_by_minute)}
        data |= {"basis": terms.basis.value, "billing": terms.billing.value, "recurrence": terms.recurrence.value}
        data |= {"from_time": _time(terms.from_minute), "to_time": _time(terms.to_minute)}
        data |= {name: (getattr(terms, name),) if getattr(terms, name) else () for name in ("season_from", "season_to")}
        for n, line in enumerate(terms.lines[:MOST_LINES], 1):
            data |= {f"line_text_{n}": line.text, f"line_amount_{n}": line.amount_ore}
        return cls(data=data)


for _n in range(1, MOST_LINES + 1):  # one class attribute each, which is what the library reads its fields from
    _long = lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=150)
    setattr(QuoteForm, f"line_text_{_n}", StringField(lazy("Linje %(n)s", n=_n), [Length(max=150, message=_long)]))
    setattr(QuoteForm, f"line_amount_{_n}", SignedMoneyField(lazy("Beløb i linje %(n)s", n=_n)))

_FIELD_OF = {"lines": "line_text_1", "from_minute": "from_time", "clear_by_minute": "clear_by"}
_SAME = (
    *("text", "units", "unit_price_ore", "valid_until", "first_on", "visit_minutes", "crew", "every", "year_days"),
    *("early_days", "late_days", "ends_on", "trigger_cm", "priority"),
)


def _minute(moment: time | None, otherwise: int | None) -> Any:
    return otherwise if moment is None else moment.hour * 60 + moment.minute


def _time(minute: int | None) -> time | None:
    return None if minute is None else time(*divmod(minute, 60))
