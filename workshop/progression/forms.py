"""What people type about a plan, a goal and a level. The shape of it only: the rules stand in the actions."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from workshop.core.forms import BaseForm, NumberField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.progression.goal_rules import GoalState
from workshop.progression.levels import HIGHEST_LEVEL, level_names
from workshop.progression.models import GoalKind, SubGoal

NOT_SAID = "-"
"""The answer "Ønsker ikke" or "Venter"; leaving a question alone means the same."""

LEVELS = tuple(str(level) for level in range(HIGHEST_LEVEL + 1))


def one_level(_form: object, field: Field) -> None:
    """Refuse what is neither a level, nor the answer not to say."""
    if field.data not in (None, NOT_SAID, *LEVELS):
        raise ValidationError(_("Vælg et af trinene."))


class PlanForm(BaseForm):
    """The citizen's own words about where they are and want to be, what they like, and what they are good at."""

    where_i_am = TextAreaField(lazy("Her er jeg nu"), [required(lazy("Skriv borgerens egne ord.")), one_page_of_text])
    where_i_want_to_be = TextAreaField(lazy("Her vil jeg gerne hen"), [one_page_of_text])
    interests = TextAreaField(lazy("Det har jeg prøvet og kan lide"), [one_page_of_text])
    strengths = TextAreaField(lazy("Det er jeg god til"), [one_page_of_text])
    version = NumberField("", [Optional()], widget=HiddenInput())


class GoalForm(BaseForm):
    """A new goal. Competences are filled in by the view, by key."""

    kind = RadioField(lazy("Hvad handler målet om?"), [required(lazy("Vælg, hvad målet handler om."))])
    title = StringField(lazy("Målet, så borgeren kan læse det"), [required(lazy("Skriv målet.")), Length(max=200)])
    competence = SelectField(lazy("Kompetence"), [Optional()])
    target_level = SelectField(lazy("Trin"), [Optional()], coerce=lambda value: int(value) if value else None)
    target_of_ten = NumberField(lazy("Aftalte dage ud af ti"), [Optional()])
    target_hours = NumberField(lazy("Timer om ugen"), [Optional()])
    own_words = StringField(lazy("Borgerens egne ord"), [Length(max=400)])

    def fill(self, competences: dict[str, str]) -> GoalForm:
        """Put the choices in, competences as key and name; gives the form back."""
        self.kind.choices = {
            GoalKind.COMPETENCE.value: _("Noget at kunne"),
            GoalKind.ATTENDANCE.value: _("At møde de aftalte dage"),
            GoalKind.HOURS.value: _("Timer"),
            GoalKind.OWN_WORDS.value: _("Noget andet, med egne ord"),
        }
        self.competence.choices = {"": _("Vælg"), **competences}
        names = level_names()
        self.target_level.choices = {"": _("Vælg"), **{str(level): names[level] for level in range(1, len(names))}}
        return self


def _states_people_choose() -> dict[str, str]:
    """Five of the six: a goal becomes adjusted by setting the new one, which has a page of its own."""
    return {state.value: state.label.capitalize() for state in GoalState if state is not GoalState.ADJUSTED}


class StateForm(BaseForm):
    """Where a goal stands, as people say; `version` tells whether somebody else said something meanwhile."""

    state = RadioField(
        lazy("Hvor er målet?"), [required(lazy("Vælg, hvor målet er."))], choices=lambda: _states_people_choose()
    )
    own_words = StringField(lazy("Borgerens egne ord"), [Length(max=400)])
    version = NumberField("", [Optional()], widget=HiddenInput())


class WordsForm(BaseForm):
    """A goal in other words."""

    title = StringField(lazy("Målet, så borgeren kan læse det"), [required(lazy("Skriv målet.")), Length(max=200)])
    own_words = StringField(lazy("Borgerens egne ord"), [Length(max=400)])
    version = NumberField("", [Optional()], widget=HiddenInput())


class NewStepForm(BaseForm):
    """A small step of a goal."""

    title = StringField(lazy("Det lille skridt"), [required(lazy("Skriv skridtet.")), Length(max=200)])


class StepForm(BaseForm):
    """Where a small step stands, and its words; one form for each step on the page of the goal."""

    title = StringField(lazy("Det lille skridt"), [required(lazy("Skriv skridtet.")), Length(max=200)])
    state = SelectField(
        lazy("Hvor er det?"), choices=lambda: {state.value: state.label.capitalize() for state in GoalState}
    )
    own_words = StringField(lazy("Borgerens egne ord"), [Length(max=400)])
    version = NumberField("", [Optional()], widget=HiddenInput())


class ExampleForm(BaseForm):
    """Something seen for a goal, or for one small step of it."""

    seen_on = DateField(lazy("Dag"), [required(lazy("Vælg den dag, det blev set."))])
    sentence = StringField(lazy("Hvad blev set?"), [required(lazy("Skriv det, der blev set.")), Length(max=300)])
    step = SelectField(lazy("Hører til"), [Optional()], choices=list)

    def fill(self, steps: Sequence[SubGoal]) -> ExampleForm:
        """Put the steps of the goal in; gives the form back."""
        self.step.choices = {"": _("Hele målet"), **{each.public_id: each.title for each in steps}}
        return self


class LevelForm(BaseForm):
    """One competence at a talk: the citizen's own view first, then what both agree on."""

    own = RadioField(lazy("Egen vurdering"), [one_level], choices=list(LEVELS), validate_choice=False)
    own_words = StringField(lazy("Egne ord"), [Length(max=400)])
    level = RadioField(lazy("Vi aftaler"), [one_level], choices=list(LEVELS), validate_choice=False)
    note = StringField(lazy("Det har vi set"), [Length(max=400)])
    has_taught_others = BooleanField(lazy("Har vist det til andre"))

    def validate_own_words(self, field: Field) -> None:
        """Words belong to an own view or to a level: without either they would be kept nowhere."""
        if field.data and not self.has_own_view and self.agreed_level is None:
            raise ValidationError(_("Sæt et trin, eller vælg Ønsker ikke, så ordene hører til noget."))

    def validate_level(self, field: Field) -> None:
        """What was seen is kept with the level both agree on."""
        if self.note.data and field.data in (None, NOT_SAID):
            raise ValidationError(_("Aftal et trin, eller lad det vente med det, I har set."))

    @property
    def has_own_view(self) -> bool:
        """Whether the citizen answered at all; "ønsker ikke" is an answer."""
        return self.own.data in (NOT_SAID, *LEVELS)

    @property
    def own_level(self) -> int | None:
        """The citizen's own view, None where they did not want to give one."""
        return int(self.own.data) if self.own.data in LEVELS else None

    @property
    def agreed_level(self) -> int | None:
        """The level both agree on, None where it waits."""
        return int(self.level.data) if self.level.data in LEVELS else None
