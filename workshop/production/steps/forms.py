"""What staff type about a step."""

from __future__ import annotations

import re

from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import lazy

_LONG = lazy("Navnet er for langt. Skriv højst 150 tegn.")
AT_THE_END = "sidst"


class OnceForm(BaseForm):
    """A button that makes a step: `once` is a word of the page's own, by which sending it twice counts once."""

    once = HiddenField()

    @property
    def word(self) -> str | None:
        """The word of the form; None where it came without one that can be ours."""
        typed = self.once.data or ""
        return typed if re.fullmatch(r"[A-Za-z0-9_-]{22}", typed) else None


class StepForm(OnceForm):
    """One more step of an order. The choices are filled in by the view; `where` is the step it goes before."""

    task = PublicIdField(lazy("Opgave"), validators=[required(lazy("Vælg en opgave."))])
    title = StringField(lazy("Eget navn"), [Length(max=150, message=_LONG)])
    place = StringField(lazy("Sted"), [Length(max=60, message=lazy("Skriv højst 60 tegn."))])
    where = PublicIdField(lazy("Hvornår?"))


class RenameForm(BaseForm):
    """A step's own name and place."""

    title = StringField(
        lazy("Trinnets navn"), [required(lazy("Giv trinnet et navn.")), Length(max=150, message=_LONG)]
    )  # fmt: skip
    place = StringField(lazy("Sted"), [Length(max=60, message=lazy("Skriv højst 60 tegn."))])


class MoveForm(BaseForm):
    """Which way a step goes, and where it stood when somebody pressed."""

    way = HiddenField(validators=[AnyOf(["op", "ned"])])
    position = NumberField(validators=[required("position")])
