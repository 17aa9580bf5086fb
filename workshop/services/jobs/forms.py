"""What staff and customers type about an agreement."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from workshop.core.forms import BaseForm, required
from workshop.core.i18n import _, lazy
from workshop.production.forms import SeenForm, planned_day
from workshop.production.routines.forms import DayField
from workshop.production.stores.forms import once_field
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.forms import ClockField
from workshop.services.visits.models import Visit


def _at_most(count: int) -> Length:
    return Length(max=count, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=count))


def _day(label: str) -> DayField:
    return DayField(label, [required(lazy("Vælg en dag.")), planned_day])


def _told() -> BooleanField:
    return BooleanField(lazy("Skriv det til kunden nu"))


class NoteForm(SeenForm):
    """Staff's own note, and what to bring, one thing on each line."""

    note = TextAreaField(lazy("Vores egen note"), [_at_most(500)])
    equipment = TextAreaField(lazy("Det skal med"), [_at_most(1_300)])

    @property
    def things(self) -> list[str]:
        """What to bring."""
        return [line.strip() for line in (self.equipment.data or "").splitlines() if line.strip()]

    @classmethod
    def of(cls, job: ServiceJob) -> NoteForm:
        """The form filled with what is stored."""
        return cls(
            data={"note": job.note, "equipment": "\n".join(job.equipment), "version": str(job.version)}, prefix="note"
        )


class AccessForm(SeenForm):
    """How to get in."""

    access = StringField(lazy("Sådan kommer I ind"), [_at_most(300)])

    @classmethod
    def of(cls, job: ServiceJob, text: str) -> AccessForm:
        """The form filled with what is stored."""
        return cls(data={"access": text, "version": str(job.version)}, prefix="adgang")


class MoveForm(SeenForm):
    """Another day and another window for one visit."""

    day = _day(lazy("Ny dag"))
    from_minute = ClockField(lazy("Fra kl."), [required(lazy("Skriv, hvornår tidsrummet begynder."))])
    to_minute = ClockField(lazy("Til kl."), [required(lazy("Skriv, hvornår tidsrummet slutter."))])
    is_told = _told()

    @classmethod
    def of(cls, visit: Visit) -> MoveForm:
        """The form filled with where the visit stands."""
        names = ("day", "from_minute", "to_minute")
        data: dict[str, Any] = {name: getattr(visit, name) for name in names}
        return cls(data=data | {"is_told": True, "version": str(visit.version)}, prefix="flyt")


class CancelForm(SeenForm):
    """One visit that is not made, and why in words the customer reads."""

    why = StringField(lazy("Hvorfor?"), [_at_most(300)])
    is_told = _told()


class PauseForm(BaseForm):
    """Days on which an agreement rests."""

    from_on = _day(lazy("Første dag"))
    to_on = _day(lazy("Sidste dag"))
    is_told = _told()


class EndForm(BaseForm):
    """The last day of an agreement."""

    on = _day(lazy("Sidste dag"))
    why = StringField(lazy("Hvorfor?"), [_at_most(300)])
    is_told = _told()


class ExtraForm(BaseForm):
    """A visit beside the rule."""

    day = _day(lazy("Dag"))
    from_minute = ClockField(lazy("Fra kl."), [required(lazy("Skriv, hvornår tidsrummet begynder."))])
    to_minute = ClockField(lazy("Til kl."), [required(lazy("Skriv, hvornår tidsrummet slutter."))])
    is_told = _told()
    once = once_field()


class ChooseForm(SeenForm):
    """The customer chooses one of the days a visit may be moved to."""

    day = StringField(lazy("Ny dag"), [required(lazy("Vælg en dag.")), _at_most(10)])


def first_error(form: BaseForm) -> str:
    """What to mend first, where a form is a button."""
    return next((str(each[0]) for each in form.errors.values() if each), _("Prøv igen."))
