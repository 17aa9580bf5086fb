"""What is typed to give somebody a task, or to move it."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import StringField
from wtforms.validators import Length, Optional, ValidationError

from workshop.core import clock
from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.production.routines.forms import DayField, minute_of
from workshop.production.routines.words import clock_of

__all__ = ["AssignForm", "WhenForm", "clock_of", "minute_of"]


class WhenForm(BaseForm):
    """A day, and a time if there is one; and where the task lay when whoever moves it saw it."""

    day = DayField(lazy("Dag"), [required(lazy("Vælg en dag."))])
    time = StringField(lazy("Klokken"), [Optional(), Length(max=5)])
    was_day = StringField("")
    was_time = StringField("")

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

    @property
    def seen(self) -> tuple[date, int | None] | None:
        """The day and the minutes after midnight the page showed; None where it says nothing that can be read."""
        day = clock.day_of(self.was_day.data or "")
        try:
            return (day, minute_of(self.was_time.data or "")) if day else None
        except ValueError:
            return None


class AssignForm(WhenForm):
    """A step of an order, a routine or a plain task, and whose it is."""

    step = PublicIdField(lazy("Trin i produktionen"), default="")
    routine = PublicIdField(lazy("Eller en fast opgave"), default="")
    task = PublicIdField(lazy("Eller en anden opgave"), default="")
    title = StringField(lazy("Kald den"), [Length(max=150)])
    person = PublicIdField(lazy("Hvem"), default="")

    def validate_step(self, field: Any) -> None:
        """One of the three."""
        if not field.data and not self.routine.data and not self.task.data:
            raise ValidationError(_("Vælg et trin eller en opgave."))

    def validate_person(self, field: Any) -> None:
        """Somebody."""
        if not field.data:
            raise ValidationError(_("Vælg en person."))
