"""What is typed about a citizen: who they are, their stay and their agreed days. No health, no number of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from babel import Locale
from wtforms import Field, Form, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from workshop.core import i18n
from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.core.pictures import PICTURES
from workshop.production.routines.forms import DayField, minute_of
from workshop.production.routines.words import weekday_names

LANGUAGES = ("da", "en", "ar", "fa", "so", "ti", "tr", "uk", "ru", "pl", "ro", "ur", "de")
FIRST_YEAR, LAST_YEAR = 2000, 2100
USUAL = ("9.00", "14.00")
WORKDAYS = [(day, 9 * 60, 5 * 60) for day in range(5)]  # what a week begins as, until somebody types another


class DayRow(NamedTuple):
    """A weekday as it stands in the form: ticked or not, from and to as they were typed."""

    weekday: int
    name: str
    is_on: bool
    start: str
    end: str


class DaysField(Field):
    """The agreed days of a week. `data` is (weekday, start in minutes after midnight, minutes); Monday is 0."""

    rows: list[DayRow]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Seven rows out of what was typed, or out of what is agreed."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        self.object_data = data
        if formdata:
            rows = [self._typed(formdata, day) for day in range(7)]
        else:
            agreed = {day: (start, start + minutes) for day, start, minutes in data or ()}
            rows = [self._agreed(agreed, day) for day in range(7)]
        self.rows = rows
        self.data = self._read()

    def _typed(self, formdata: Any, day: int) -> DayRow:
        def said(part: str) -> str:
            return str(formdata.get(f"{self.name}-{day}-{part}") or "")[:8]

        return DayRow(day, weekday_names()[day], bool(said("on")), said("start"), said("end"))

    def _agreed(self, agreed: Mapping[int, tuple[int, int]], day: int) -> DayRow:
        start, end = map(_clock, agreed[day]) if day in agreed else USUAL
        return DayRow(day, weekday_names()[day], day in agreed, start, end)

    def _read(self) -> list[tuple[int, int, int]]:
        found = []
        for row in self.rows:
            if not row.is_on:
                continue
            try:
                start, end = minute_of(row.start), minute_of(row.end)
            except ValueError:
                start = end = None
            if start is None or end is None:
                self.process_errors.append(_("%(day)s: skriv klokken som 9.30.", day=row.name.capitalize()))
            elif end <= start:
                self.process_errors.append(_("%(day)s slutter, før den begynder.", day=row.name.capitalize()))
            else:
                found.append((row.weekday, start, end - start))
        if not found and not self.process_errors:
            self.process_errors.append(_("Vælg mindst én dag."))
        return found


def week_words(days: Iterable[tuple[int, int, int]]) -> str:
    """An agreed week in words: "mandag 9.00–14.00, tirsdag 9.00–12.00"."""
    names = weekday_names()
    return ", ".join(f"{names[day]} {_clock(start)}–{_clock(start + minutes)}" for day, start, minutes in days)


def a_near_day(_form: Form, field: Field) -> None:
    """A day somebody could mean."""
    if isinstance(field.data, date) and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(_("Vælg en dag."))


def a_known_picture(_form: Form, field: Field) -> None:
    """One of the pictures there are."""
    if field.data not in PICTURES:
        raise ValidationError(_("Vælg et billede."))


def language_choices() -> list[tuple[str, str]]:
    """(code, name) of the languages spoken here, Danish first."""
    here = Locale.parse(i18n.language())
    return [(code, (Locale.parse(code).get_language_name(here) or code).capitalize()) for code in LANGUAGES]


class PersonFields(BaseForm):
    """Who somebody is."""

    full_name = StringField(lazy("Fulde navn"), [required(lazy("Skriv det fulde navn.")), Length(max=120)])
    display_name = StringField(lazy("Kaldenavn"), [required(lazy("Skriv kaldenavnet.")), Length(max=40)])
    picture = RadioField(lazy("Billede"), [a_known_picture], validate_choice=False)
    language = SelectField(lazy("Sprog"), default="da")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = language_choices()


class NewForm(PersonFields):
    """Somebody new. `once` is made with the page, so that a second press makes nobody a second time."""

    once = HiddenField(validators=[Regexp(r"^[A-Za-z0-9_-]{22}\Z")])
    department = HiddenField()
    programme = PublicIdField(lazy("Forløb"), validators=[required(lazy("Vælg et forløb."))])
    started_on = DayField(lazy("Første dag"), [required(lazy("Vælg den første dag.")), a_near_day])
    ends_on = DayField(lazy("Sidste dag"), [Optional(), a_near_day])
    days = DaysField(lazy("Aftalte dage"))
    contact = PublicIdField(lazy("Kontaktperson"), validators=[required(lazy("Vælg en kontaktperson."))])


class EditForm(PersonFields):
    """What can be changed about somebody."""

    seen = HiddenField()
    department = PublicIdField(lazy("Afdeling"))
    contact = PublicIdField(
        lazy("Kontaktperson i den nye afdeling"), default=""
    )  # not asked where there is one department
    ends_on = DayField(lazy("Sidste dag"), [Optional(), a_near_day])


class ContactForm(BaseForm):
    """Who is the contact person from a day on."""

    contact = PublicIdField(
        lazy("Ny kontaktperson"), id="ny-kontakt", validators=[required(lazy("Vælg en kontaktperson."))]
    )
    from_on = DayField(lazy("Fra og med"), [required(lazy("Vælg en dag.")), a_near_day])


class DaysForm(BaseForm):
    """The agreed days from a day on."""

    valid_from = DayField(lazy("Gælder fra"), [required(lazy("Vælg en dag.")), a_near_day])
    days = DaysField(lazy("Aftalte dage"))


class EndForm(BaseForm):
    """The last day of a stay."""

    last_on = DayField(lazy("Sidste dag"), [required(lazy("Vælg den sidste dag.")), a_near_day])


class ResumeForm(BaseForm):
    """An end that is taken back."""

    picture = RadioField(lazy("Billede"), [a_known_picture], validate_choice=False)
    ends_on = DayField(lazy("Ny sidste dag"), [Optional(), a_near_day])


class ReturnForm(BaseForm):
    """A new stay for somebody who has been here before."""

    picture = RadioField(lazy("Billede"), [a_known_picture], validate_choice=False)
    programme = PublicIdField(lazy("Forløb"), validators=[required(lazy("Vælg et forløb."))])
    started_on = DayField(lazy("Første dag"), [required(lazy("Vælg den første dag.")), a_near_day])
    ends_on = DayField(lazy("Sidste dag"), [Optional(), a_near_day])
    days = DaysField(lazy("Aftalte dage"))
    contact = PublicIdField(lazy("Kontaktperson"), validators=[required(lazy("Vælg en kontaktperson."))])


class EarlierForm(BaseForm):
    """A search among those who have left; the reason stands in the log."""

    name = StringField(lazy("Navn"), [required(lazy("Skriv mindst tre bogstaver af navnet.")), Length(min=3, max=120)])
    reason = StringField(
        lazy("Hvorfor leder du?"), [required(lazy("Skriv kort, hvorfor du leder.")), Length(min=5, max=300)]
    )


def _clock(minute: int) -> str:
    return f"{minute // 60}.{minute % 60:02d}"
