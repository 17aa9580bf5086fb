"""What staff write about a tool permit: a tool, a day, and when it should be seen again."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from workshop.core.forms import BaseForm, required
from workshop.core.i18n import lazy
from workshop.production.forms import planned_day


def _most(characters: int) -> Length:
    return Length(max=characters, message=lazy("Skriv højst %(most)s tegn.", most=characters))


class SeenAgainForm(BaseForm):
    """The same tool, seen once more."""

    given_on = DateField(lazy("Vist den"), [required(lazy("Skriv den dag, det blev vist.")), planned_day])
    see_again_on = DateField(lazy("Bør ses igen"), [Optional(), planned_day])
    instructed_by = SelectField(lazy("Vist af"))

    def fill(self, instructors: list[tuple[str, str]]) -> Any:
        """Who could have shown it; gives the form back."""
        self.instructed_by.choices = instructors
        return self


class PermitForm(SeenAgainForm):
    """A permit for a tool that has been shown."""

    kind = SelectField(lazy("Værktøj"))
    on_what = StringField(
        lazy("Hvad blev der vist på?"), [required(lazy("Skriv hvilken maskine eller hvilket værktøj.")), _most(200)]
    )

    def fill_kinds(self, kinds: list[tuple[str, str]]) -> Any:
        """Which tools ask for a permit; gives the form back."""
        self.kind.choices = kinds
        return self


class KindForm(BaseForm):
    """A tool that asks for a permit."""

    name = StringField(lazy("Navn"), [required(lazy("Skriv et navn.")), _most(100)])
    is_used = BooleanField(lazy("Opgaver kan bede om den"), default=True)
