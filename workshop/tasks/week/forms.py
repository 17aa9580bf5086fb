"""What is typed to give somebody a task, or to move it."""

from __future__ import annotations

import re
from typing import Any

from wtforms import DateField, StringField
from wtforms.validators import Length, Optional, ValidationError

from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _, lazy

CLOCK = re.compile(r"^(\d{1,2})(?:[.:](\d{2}))?$")


def minute_of(text: str) -> int | None:
    """Minutes after midnight of `9`, `9.30` or `09:30`; None for nothing. Raises ValueError for anything else."""
    if not text.strip():
        return None
    found = CLOCK.match(text.strip())
    if found is None:
        raise ValueError(text)
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 23 or minute > 59:
        raise ValueError(text)
    return hour * 60 + minute


def clock_of(minute: int | None) -> str:
    """`9.30` of minutes after midnight."""
    return "" if minute is None else f"{minute // 60}.{minute % 60:02d}"


class DayField(DateField):
    """A day; what is no day is asked for again in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A date out of what was chosen. Raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(_("Vælg en dag.")) from problem


class WhenForm(BaseForm):
    """A day, and a time if there is one."""

    day = DayField(lazy("Dag"), [required(lazy("Vælg en dag."))])
    time = StringField(lazy("Klokken"), [Optional(), Length(max=5)])

    def validate_time(self, field: Any) -> None:
        """Refuse what is no time of day."""
        try:
            minute_of(field.data or "")
        except ValueError as problem:
            raise ValidationError(_("Skriv klokken som 9.30.")) from problem

    @property
    def start_minute(self) -> int | None:
        """Minutes after midnight on the Danish wall clock."""
        return minute_of(self.time.data or "")


class AssignForm(WhenForm):
    """A step of an order or a plain task, and whose it is."""

    step = PublicIdField(lazy("Trin i produktionen"), default="")
    task = PublicIdField(lazy("Eller en anden opgave"), default="")
    title = StringField(lazy("Kald den"), [Length(max=150)])
    person = PublicIdField(lazy("Hvem"), default="")

    def validate_step(self, field: Any) -> None:
        """One of the two."""
        if not field.data and not self.task.data:
            raise ValidationError(_("Vælg et trin eller en opgave."))

    def validate_person(self, field: Any) -> None:
        """Somebody."""
        if not field.data:
            raise ValidationError(_("Vælg en person."))
