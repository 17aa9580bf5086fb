"""What staff type about snow."""

from __future__ import annotations

from datetime import datetime, timedelta

from wtforms import DateField, Field, HiddenField, StringField, TimeField
from wtforms.validators import Length, ValidationError

from workshop.core import clock
from workshop.core.forms import BaseForm, NumberField, PhotoField, required
from workshop.core.i18n import _, lazy
from workshop.services.snow.actions import DEEPEST_CM

AHEAD = timedelta(days=7)
BACK = timedelta(days=1)


class AlarmForm(BaseForm):
    """Snow that somebody sees, or expects."""

    once = HiddenField()
    depth = NumberField(lazy("Hvor meget sne?"), [required(lazy("Skriv, hvor mange centimeter sne der er."))])
    day = DateField(lazy("Dag"), [required(lazy("Vælg dagen."))])
    time = TimeField(lazy("Fra kl."), [required(lazy("Skriv, hvornår det sner fra."))])
    text = StringField(
        lazy("Bemærkning"), [Length(max=300, message=lazy("Teksten er for lang. Skriv højst 300 tegn."))]
    )

    @classmethod
    def at(cls, now: datetime, once: str) -> AlarmForm:
        """Empty, from this hour on."""
        here = clock.local(now)
        return cls(data={"once": once, "day": here.date(), "time": here.time().replace(minute=0)})

    def validate_once(self, field: Field) -> None:
        """The form's own word, so that sent twice it is one alarm."""
        if not 10 <= len(field.data or "") <= 40:
            raise ValidationError(_("Siden er gammel. Hent den igen, og prøv på ny."))

    def validate_depth(self, field: Field) -> None:
        """Whole centimetres that snow has here."""
        if field.data is not None and not 1 <= field.data <= DEEPEST_CM:
            raise ValidationError(_("Skriv sneen i hele centimeter, mellem 1 og %(most)s.", most=DEEPEST_CM))

    def validate_day(self, field: Field) -> None:
        """Today, or soon; snow of last week has been cleared or is gone."""
        today = clock.local_day(clock.now())
        if field.data is not None and not today - BACK <= field.data <= today + AHEAD:
            raise ValidationError(_("Vælg en dag fra i går til om en uge."))

    def validate_time(self, field: Field) -> None:
        """A time that the day has."""
        if field.data is not None and self.day.data is not None:
            try:
                clock.at(self.day.data, field.data)
            except ValueError as missing:
                raise ValidationError(str(missing)) from missing

    @property
    def from_at(self) -> datetime:
        """When, once it is validated."""
        day, time = self.day.data, self.time.data
        if day is None or time is None:
            raise ValueError("ask after validating")
        return clock.at(day, time)


class ForecastForm(BaseForm):
    """A forecast that lies in a file."""

    file = PhotoField(lazy("Fil med vejrudsigt"), [required(lazy("Vælg en fil først."))])
