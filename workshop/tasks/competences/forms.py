"""What staff write about a competence, and about what a task shows of it."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from workshop.core.forms import BaseForm, required
from workshop.core.i18n import _, lazy
from workshop.production.forms import SeenForm, planned_day
from workshop.tasks.competences.actions import WORDS, Said
from workshop.tasks.models import Competence, LinkRole


def _most(characters: int) -> Length:
    return Length(max=characters, message=lazy("Skriv højst %(most)s tegn.", most=characters))


_ANCHOR = (required(lazy("Skriv, hvad man ser på dette trin.")), _most(300))


class CompetenceForm(SeenForm):
    """A competence: a name, a sentence in the first person, and what each level looks like."""

    name = StringField(lazy("Navn"), [required(lazy("Skriv et navn.")), _most(100)])
    group = SelectField(lazy("Slags"))
    i_can = StringField(lazy("Jeg kan …"), [required(lazy("Skriv en sætning, der begynder med Jeg kan.")), _most(200)])
    anchor_1 = TextAreaField(lazy("Er begyndt"), [*_ANCHOR])
    anchor_2 = TextAreaField(lazy("Kan med støtte"), [*_ANCHOR])
    anchor_3 = TextAreaField(lazy("Kan selv"), [*_ANCHOR])
    anchor_4 = TextAreaField(lazy("Kan selv i nye situationer, eller viser andre"), [*_ANCHOR])
    is_used = BooleanField(lazy("Kan vælges"), default=True)
    why = StringField(lazy("Hvorfor?"), [_most(300)])

    def fill(self, groups: list[str]) -> Any:
        """The groups there are; gives the form back."""
        self.group.choices = [(each, each.capitalize()) for each in groups]
        self.group.data = self.group.data or (groups[0] if groups else "")
        return self

    def words(self) -> dict[str, str]:
        """What was written, for the action."""
        return {name: getattr(self, name).data for name in WORDS}

    @classmethod
    def of(cls, competence: Competence) -> CompetenceForm:
        """The form filled with what is stored."""
        data = {name: getattr(competence, name) for name in (*WORDS, "group", "is_used")}
        return cls(data=data | {"version": str(competence.version)})


class LinkForm(BaseForm):
    """What a task shows of a competence, from a day on. The task is chosen where the link is new."""

    task = SelectField(lazy("Opgave"))
    role = RadioField(lazy("Hvad viser opgaven?"), default=LinkRole.CORE.value)
    usual_need = SelectField(lazy("Så meget kræver opgaven, når man er alene om den"), default="2")
    from_on = DateField(lazy("Fra og med"), [required(lazy("Vælg en dag.")), planned_day])
    why = StringField(lazy("Hvorfor?"), [required(lazy("Skriv, hvorfor det bliver lavet om.")), _most(300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            (LinkRole.CORE.value, _("Det er kernen i opgaven")),
            (LinkRole.CONTRIBUTING.value, _("Det er en del af opgaven")),
        ]
        self.usual_need.choices = [(str(number), name) for number, name in enumerate(needs_in_words())]

    def fill(self, tasks: list[tuple[str, str]]) -> Any:
        """The tasks it can be about; gives the form back."""
        self.task.choices = tasks
        return self

    def said(self) -> Said:
        """What was written, for the action."""
        return Said(LinkRole(self.role.data), int(self.usual_need.data))


class EndForm(BaseForm):
    """From a day on the task shows it no longer."""

    from_on = DateField(lazy("Fra og med"), [required(lazy("Vælg en dag.")), planned_day])
    why = StringField(lazy("Hvorfor?"), [required(lazy("Skriv, hvorfor det bliver lavet om.")), _most(300)])


def needs_in_words() -> tuple[str, ...]:
    """How much a task usually asks, from 0 to 4, in words about the task."""
    return (
        _("Intet særligt"),
        _("Er begyndt er nok"),
        _("Kan med støtte er nok"),
        _("Man skal kunne selv"),
        _("Man skal kunne selv i nye situationer"),
    )
