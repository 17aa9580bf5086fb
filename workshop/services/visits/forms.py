"""What staff type about visits, and about teams, vehicles and machines."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from workshop.core.forms import BaseForm, NumberField, PhotoField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.core.text import clean
from workshop.production.forms import SeenForm, planned_day
from workshop.production.stores.forms import AmountField
from workshop.services.visits.actions import Used
from workshop.services.visits.booking import LONGEST_MINUTES
from workshop.services.visits.models import Resource, ResourceKind, VisitPhase
from workshop.services.visits.words import kind_name

_CLOCK = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3])(?:[.:](?P<minute>[0-5][0-9]))?", re.ASCII)
_DEGREES = re.compile(r"(?P<lat>-?[0-9]{1,2}[.,][0-9]{2,9})[,; ]+(?P<lon>-?[0-9]{1,3}[.,][0-9]{2,9})", re.ASCII)
USED_LINES = 3


def _at_most(count: int) -> Length:
    return Length(max=count, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=count))


class ClockField(StringField):
    """A time of day: `9`, `9.30` or `9:30`. `data` is minutes after midnight, or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The minute out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        if valuelist and valuelist[0].strip():
            found = _CLOCK.fullmatch(valuelist[0].strip())
            if found is None:
                raise ValueError(_("Skriv klokkeslættet som 9.30."))
            self.data = int(found["hour"]) * 60 + int(found["minute"] or 0)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 60}.{self.data % 60:02d}"


class TicksField(SelectMultipleField):
    """Several choices, each with a tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlanForm(SeenForm):
    """When a visit is made, for how long, and with what. The choices are filled in by the page."""

    day = DateField(lazy("Dag"), [required(lazy("Vælg en dag.")), planned_day])
    start = ClockField(lazy("Begynder kl."), [required(lazy("Skriv, hvornår I begynder."))])
    minutes = NumberField(lazy("Varer"), [required(lazy("Skriv, hvor mange minutter det tager."))])
    team = PublicIdField(lazy("Hold"), validators=[required(lazy("Vælg et hold."))])
    things = TicksField(lazy("Bil og maskiner"))
    is_second_pass = RadioField(lazy("Hvilken gang?"), validate_choice=False)
    is_told = BooleanField(lazy("Skriv dagen til kunden nu"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_second_pass.choices = [
            SelectChoice("0", _("Første gang, før uret stilles tilbage")),
            SelectChoice("1", _("Anden gang, efter uret er stillet tilbage")),
        ]

    def validate_minutes(self, field: NumberField) -> None:
        """As long as somebody works."""
        if field.data is not None and not 0 < field.data <= LONGEST_MINUTES:
            raise ValidationError(_("Skriv mellem 1 og %(most)s minutter.", most=LONGEST_MINUTES))

    @property
    def pass_said(self) -> bool | None:
        """Which of the two hours was chosen; None when nobody said."""
        return {"0": False, "1": True}.get(self.is_second_pass.data or "")


class FinishForm(SeenForm):
    """What was done and used."""

    units = AmountField(lazy("Hvor meget lavede I?"))
    note = TextAreaField(lazy("Besked til kunden"), [_at_most(500)])
    used_0 = StringField(lazy("Brugt"), [_at_most(120)])
    amount_0 = AmountField(lazy("Mængde"))
    unit_0 = StringField(lazy("Enhed"), [_at_most(20)], default="kg")
    used_1 = StringField(lazy("Brugt"), [_at_most(120)])
    amount_1 = AmountField(lazy("Mængde"))
    unit_1 = StringField(lazy("Enhed"), [_at_most(20)], default="kg")
    used_2 = StringField(lazy("Brugt"), [_at_most(120)])
    amount_2 = AmountField(lazy("Mængde"))
    unit_2 = StringField(lazy("Enhed"), [_at_most(20)], default="kg")

    @property
    def lines(self) -> list[tuple[StringField, AmountField, StringField]]:
        """What was used, each with how much and its unit."""
        return [(self[f"used_{n}"], self[f"amount_{n}"], self[f"unit_{n}"]) for n in range(USED_LINES)]

    @property
    def materials(self) -> list[Used]:
        """The lines that were written."""
        return [
            Used(used.data, Decimal(amount.data).quantize(Decimal("0.01")), unit.data or _("stk."))
            for used, amount, unit in self.lines
            if used.data and amount.data
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """A line says both what and how much, or neither."""
        is_fine = bool(super().validate(extra_validators))
        for used, amount, _unit in self.lines:
            if used.data and not amount.data and not amount.errors:
                amount.errors = [_("Skriv, hvor meget I brugte.")]
                is_fine = False
            if amount.data and not used.data:
                used.errors = [_("Skriv, hvad I brugte.")]
                is_fine = False
        return is_fine


class NotDoneForm(SeenForm):
    """Why it could not be done."""

    why = StringField(
        lazy("Hvorfor ikke?"), [required(lazy("Skriv, hvorfor det ikke kunne lade sig gøre.")), _at_most(300)]
    )
    is_tried_again = BooleanField(lazy("Vi prøver igen en anden dag"))


class PhotoForm(BaseForm):
    """A photo before or after."""

    photo = PhotoField(lazy("Billede"), [required(lazy("Vælg eller tag et billede."))])
    phase = SelectField(lazy("Hvornår er det taget?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phase.choices = [(VisitPhase.BEFORE.value, _("Før")), (VisitPhase.AFTER.value, _("Efter"))]


class SpotForm(BaseForm):
    """Where a place is on the map: two numbers, as maps show them."""

    spot = StringField(lazy("Koordinater"), [Optional(), _at_most(60)])

    @property
    def e6(self) -> tuple[int, int] | None:
        """Millionths of a degree; None when the field was emptied."""
        found = _DEGREES.fullmatch((self.spot.data or "").strip())
        if found is None:
            return None
        lat, lon = (Decimal(found[name].replace(",", ".")) for name in ("lat", "lon"))
        return int(lat * 1_000_000), int(lon * 1_000_000)

    def validate_spot(self, field: StringField) -> None:
        """Two numbers that lie in Denmark."""
        found = self.e6
        if field.data and found is None:
            raise ValidationError(_("Skriv to tal, for eksempel 56.02213, 12.19745."))
        if found is not None and not (54_000_000 <= found[0] <= 58_500_000 and 7_500_000 <= found[1] <= 15_500_000):
            raise ValidationError(_("Stedet ligger uden for Danmark. Skriv først nord, så øst: 56.02213, 12.19745."))


class ResourceForm(SeenForm):
    """A team, a vehicle or a machine. The departments are filled in by the page."""

    kind = RadioField(lazy("Hvad er det?"), validate_choice=False)
    name = StringField(lazy("Navn"), [required(lazy("Skriv et navn.")), _at_most(80)])
    department = PublicIdField(lazy("Afdeling"))
    equipment = TextAreaField(lazy("Udstyr"), [_at_most(1000)])
    is_used = BooleanField(lazy("Er i brug"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(each, kind_name(each)) for each in ResourceKind]

    @classmethod
    def of(cls, resource: Resource, department: str) -> ResourceForm:
        """The form for one that is there."""
        return cls(
            data={
                "version": str(resource.version),
                "kind": resource.kind.value,
                "name": resource.name,
                "department": department,
                "equipment": "\n".join(resource.equipment),
                "is_used": resource.is_used,
            }
        )

    @property
    def things(self) -> list[str]:
        """The equipment, a line each."""
        return [line[:80] for line in (clean(each) for each in (self.equipment.data or "").splitlines()) if line][:30]

    def validate_kind(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {each.value for each in ResourceKind}:
            raise ValidationError(_("Vælg, hvad det er."))
