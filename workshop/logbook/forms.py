"""The forms of the log: what is looked for, and what was found about a row of a sample."""

from __future__ import annotations

from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from workshop.core import clock
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy
from workshop.logbook import deeds

FINE, ASK = "fine", "ask"


def _a_day(_form: BaseForm, field: DateField) -> None:
    if field.data is not None and field.data.year not in clock.PLANNED_YEARS:
        raise ValidationError(_("Vælg en dag i kalenderen."))


class SearchForm(BaseForm):
    """What is looked for in the log; empty means everything."""

    first = DateField(lazy("Fra"), [InputRequired(lazy("Vælg den første dag.")), _a_day], name="fra")
    last = DateField(lazy("Til"), [InputRequired(lazy("Vælg den sidste dag.")), _a_day], name="til")
    staff = SelectField(lazy("Medarbejder"), [Optional()], name="medarbejder")
    deed = SelectField(lazy("Handling"), [Optional()], name="handling")
    citizen = StringField(
        lazy("Borgerens id"),
        [Optional(), Regexp(r"^[A-Za-z0-9_-]{1,30}$", message=lazy("Et id har kun bogstaver, tal, - og _."))],
        name="borger",
    )

    def fill(self, staff: list[tuple[str, str]]) -> SearchForm:
        """The choices there are today."""
        self.staff.choices = [("", _("Alle")), *staff]
        self.deed.choices = [("", _("Alle")), *deeds.choices()]
        return self

    def validate_last(self, field: DateField) -> None:
        """The last day is not before the first."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("Den sidste dag ligger før den første."))


class VerdictForm(BaseForm):
    """What the manager found about one row."""

    verdict = RadioField(lazy("Svar"), [Optional()], choices=[FINE, ASK], name="svar")
    note = StringField(lazy("Note"), [Optional(), Length(max=300, message=lazy("Skriv højst 300 tegn."))], name="note")
