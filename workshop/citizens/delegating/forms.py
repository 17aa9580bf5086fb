"""What the manager chooses when somebody is away."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import DateField, SelectChoice

from workshop.citizens.delegating.queries import StaffRow
from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _, lazy, ngettext


class DelegationForm(BaseForm):
    """Who is away, who looks after the citizens, and which days."""

    away = PublicIdField(lazy("Hvem er væk?"), validators=[required(lazy("Vælg, hvem der er væk."))])
    stand_in = PublicIdField(lazy("Hvem passer borgerne?"), validators=[required(lazy("Vælg, hvem der passer."))])
    from_on = DateField(lazy("Første dag"), [required(lazy("Vælg den første dag."))])
    until_on = DateField(lazy("Sidste dag"), [required(lazy("Vælg den sidste dag."))])

    def fill(self, staff: Sequence[StaffRow]) -> DelegationForm:
        """Offer those who have a caseload as away, and everybody as the one who looks after it."""
        self.away.choices = [
            SelectChoice("", _("Vælg en medarbejder")),
            *(SelectChoice(each.public_id, f"{each.name} ({_many(each.citizens)})") for each in staff if each.citizens),
        ]
        self.stand_in.choices = [
            SelectChoice("", _("Vælg en medarbejder")),
            *(SelectChoice(each.public_id, each.name) for each in staff),
        ]
        return self


def _many(citizens: int) -> str:
    return ngettext("%(num)s borger", "%(num)s borgere", citizens)
