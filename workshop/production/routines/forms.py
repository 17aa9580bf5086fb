"""What staff type about a routine."""

from __future__ import annotations

import re
from typing import Any

from wtforms import DateField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional, ValidationError

from workshop.core.forms import PublicIdField, required
from workshop.core.i18n import _, lazy, ngettext
from workshop.production.forms import SeenForm, planned_day
from workshop.production.routines.actions import LONGEST
from workshop.production.routines.models import Routine
from workshop.production.routines.rules import MOST_WEEKS
from workshop.production.routines.words import clock_of, weekday_names
from workshop.production.stores.forms import once_field

CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?", re.ASCII)


def minute_of(text: str) -> int | None:
    """Minutes after midnight of `9`, `9.30` or `09:30`; None for nothing. Raises ValueError for anything else."""
    if not text.strip():
        return None
    found = CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(text)
    return int(found[1]) * 60 + int(found[2] or 0)


class DayField(DateField):
    """A day; what is no day is asked for again in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A date out of what was chosen. Raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(_("Vælg en dag.")) from problem


def _no_longer_than(most: int) -> Length:
    return Length(max=most, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=most))


class RoutineForm(SeenForm):
    """A routine. Tasks and departments are filled in by the view."""

    title = StringField(
        lazy("Hvad hedder den?"),
        [required(lazy("Skriv, hvad opgaven hedder.")), _no_longer_than(LONGEST["title"])],
    )
    task = PublicIdField(lazy("Hvad slags opgave er det?"), validators=[required(lazy("Vælg en opgave."))])
    weekdays = SelectMultipleField(
        lazy("Ugedage"), validate_choice=False, validators=[required(lazy("Vælg mindst én ugedag."))]
    )
    every_weeks = SelectField(lazy("Hvor tit?"), coerce=int, default=1)
    time = StringField(lazy("Klokken"), [Optional(), Length(max=5, message=lazy("Skriv klokken som 9.30."))])
    place = StringField(lazy("Sted"), [_no_longer_than(LONGEST["place"])])
    note = StringField(lazy("Bemærkning"), [_no_longer_than(LONGEST["note"])])
    starts_on = DayField(lazy("Første dag"), [required(lazy("Vælg en dag.")), planned_day])
    ends_on = DateField(lazy("Sidste dag"), [Optional(), planned_day])
    department = PublicIdField(lazy("Afdeling"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekdays.choices = [(str(number), name.capitalize()) for number, name in enumerate(weekday_names())]
        self.every_weeks.choices = [
            (number, _("Hver uge") if number == 1 else ngettext("Hver %(num)s. uge", "Hver %(num)s. uge", number))
            for number in range(1, MOST_WEEKS + 1)
        ]

    def validate_weekdays(self, field: Any) -> None:
        """Days of the week."""
        if not field.data:
            raise ValidationError(_("Vælg mindst én ugedag."))
        if any(each not in {str(number) for number in range(7)} for each in field.data):
            raise ValidationError(_("Vælg ugedage på listen."))

    def validate_time(self, field: Any) -> None:
        """A time of day."""
        try:
            minute_of(field.data or "")
        except ValueError as problem:
            raise ValidationError(_("Skriv klokken som 9.30.")) from problem

    @classmethod
    def of(cls, routine: Routine, *, task: str, department: str) -> RoutineForm:
        """The form filled with what is stored."""
        names = ("title", "every_weeks", "place", "note", "starts_on", "ends_on")
        form = cls(
            data={name: getattr(routine, name) for name in names}
            | {
                "task": task,
                "department": department,
                "weekdays": [str(each) for each in routine.weekdays],
                "time": clock_of(routine.start_minute),
            }
        )
        form.see(routine.version)
        return form


class NewForm(RoutineForm):
    """A new one carries the word by which sending it twice counts once."""

    once = once_field()
