"""What staff type about a part: the rule for its length as plain fields."""

from __future__ import annotations

from wtforms import HiddenField, StringField
from wtforms.validators import Length, NumberRange, Optional

from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import lazy
from workshop.production.cutting import LONGEST_MM, Rule
from workshop.production.models import CutPart
from workshop.production.parts.actions import mark_of

_PERCENT = lazy("Skriv et helt tal mellem 0 og 1000.")


def _share(label: str) -> NumberField:
    return NumberField(label, [Optional(), NumberRange(0, 1_000, _PERCENT)])


class PartForm(BaseForm):
    """A part. The materials to choose among are filled in by the view; `seen` is the mark of what the editor saw."""

    name = StringField(
        lazy("Delens navn"),
        [required(lazy("Giv delen et navn.")), Length(max=100, message=lazy("Skriv højst 100 tegn."))],
    )
    pieces = NumberField(
        lazy("Antal i én"),
        [required(lazy("Skriv et helt tal.")), NumberRange(1, 999, lazy("Skriv et antal mellem 1 og 999."))],
        default=1,
    )
    material = PublicIdField(lazy("Materiale"))
    per_length = _share(lazy("Af længden"))
    per_width = _share(lazy("Af bredden"))
    per_height = _share(lazy("Af højden"))
    plus_mm = NumberField(
        lazy("Plus eller minus"),
        [Optional(), NumberRange(-LONGEST_MM, LONGEST_MM, lazy("Skriv et helt antal mm, højst 20.000."))],
    )
    seen = HiddenField()

    @property
    def rule(self) -> Rule:
        """The rule that was typed; empty fields are nought."""
        return Rule(
            name=self.name.data or "",
            pieces=self.pieces.data,
            per_length=self.per_length.data or 0,
            per_width=self.per_width.data or 0,
            per_height=self.per_height.data or 0,
            plus_mm=self.plus_mm.data or 0,
        )

    @classmethod
    def of(cls, part: CutPart, material: str) -> PartForm:
        """The form filled with what is stored."""
        names = ("name", "pieces", "per_length", "per_width", "per_height", "plus_mm")
        return cls(data={name: getattr(part, name) for name in names} | {"material": material, "seen": mark_of(part)})
