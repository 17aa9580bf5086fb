"""What is typed about something people do together."""

from __future__ import annotations

from typing import Any

from wtforms import StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.production.routines.forms import DayField, minute_of


class ShapeForm(BaseForm):
    """What it is, when and where. Kinds of work are filled in by the view."""

    title = StringField(lazy("Hvad laver I?"), [required(lazy("Skriv, hvad I laver.")), Length(max=100)])
    kind = PublicIdField(lazy("Slags"))
    place = StringField(lazy("Sted"), [Length(max=100)])
    day = DayField(lazy("Dag"), [required(lazy("Vælg en dag."))])
    time = StringField(lazy("Klokken"), [required(lazy("Skriv klokken som 9.30.")), Length(max=5)])
    minutes = NumberField(
        lazy("Minutter"),
        [
            required(lazy("Skriv, hvor længe det varer.")),
            NumberRange(min=5, max=600, message=lazy("Skriv mellem 5 og 600 minutter.")),
        ],
        default=60,
    )

    def validate_time(self, field: Any) -> None:
        """Refuse what is no time of day."""
        try:
            found = minute_of(field.data or "")
        except ValueError as problem:
            raise ValidationError(_("Skriv klokken som 9.30.")) from problem
        if found is None:
            raise ValidationError(_("Skriv klokken som 9.30."))

    @property
    def start_minute(self) -> int:
        """Minutes after midnight on the Danish wall clock, once the form is valid."""
        return minute_of(self.time.data or "") or 0


class NewForm(ShapeForm):
    """One that is not there yet, once or each week. Departments are filled in by the view."""

    until = DayField(lazy("Hver uge til og med"), [Optional()])
    department = PublicIdField(lazy("Afdeling"))
