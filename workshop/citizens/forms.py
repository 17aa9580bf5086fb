"""What is typed about citizens at the desk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import Length, Optional, ValidationError

from workshop.citizens.attendance import AttendanceMark
from workshop.core import clock
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy
from workshop.production.routines.forms import minute_of


class MarkForm(BaseForm):
    """What was seen of one person on a day; nothing chosen is nothing written.

    `shown` is what stood on the page: an answer nobody touched writes nothing over what a colleague wrote meanwhile.
    """

    shown = HiddenField()
    mark = RadioField(lazy("Fremmøde"), [Optional()], choices=[each.value for each in AttendanceMark])
    shown_came = HiddenField()
    came = StringField(lazy("Kom kl."), [Optional(), Length(max=5)])

    def validate_came(self, field: Any) -> None:
        """Refuse what is no time of day."""
        try:
            minute_of(field.data or "")
        except ValueError as problem:
            raise ValidationError(_("Skriv klokken som 9.30.")) from problem

    @property
    def is_touched(self) -> bool:
        """Whether something was chosen or typed that did not stand there."""
        is_new_mark = bool(self.mark.data) and self.mark.data != self.shown.data
        is_new_time = (self.came.data or "") != (self.shown_came.data or "")
        return is_new_mark or (is_new_time and bool(self.mark.data))

    def came_at(self, day: date) -> datetime | None:
        """When they came on this day, where it was written."""
        minute = minute_of(self.came.data or "")
        if minute is None or clock.is_missing(day, clock.of_minute(minute)):
            return None
        return clock.at(day, clock.of_minute(minute))
