"""What a citizen types about their own plan, wishes and work. Short sentences: they are read at the tablet."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from workshop.core.forms import BaseForm, NumberField, required
from workshop.core.i18n import _, lazy
from workshop.progression.goal_rules import GoalState
from workshop.tasks.remarks.actions import MOST_LETTERS as MOST_OF_A_REMARK
from workshop.tasks.wishing.actions import MOST_LETTERS as MOST_OF_A_WISH

MOST_OF_A_GOAL = 200
MOST_OF_THE_PLAN = 1000
too_long = lazy("Det er for langt. Skriv det lidt kortere.")


class WordsForm(BaseForm):
    """The plan in the person's own words."""

    where_i_am = TextAreaField(lazy("Her er jeg nu"), [Length(max=MOST_OF_THE_PLAN, message=too_long)])
    where_i_want_to_be = TextAreaField(lazy("Her vil jeg hen"), [Length(max=MOST_OF_THE_PLAN, message=too_long)])
    interests = TextAreaField(lazy("Det kan jeg lide"), [Length(max=MOST_OF_THE_PLAN, message=too_long)])
    strengths = TextAreaField(lazy("Det er jeg god til"), [Length(max=MOST_OF_THE_PLAN, message=too_long)])
    version = NumberField("", [Optional()], widget=HiddenInput())


class NewGoalForm(BaseForm):
    """A goal in the person's own words; where it is about something one can learn, that may be chosen too."""

    words = StringField(
        lazy("Det vil jeg gerne"), [required(lazy("Skriv dit mål.")), Length(max=MOST_OF_A_GOAL, message=too_long)]
    )
    about = RadioField(lazy("Vil du lære noget af det her?"), [Optional()], validate_choice=True)

    def fill(self, competences: dict[str, str]) -> NewGoalForm:
        """Put the choices in, as key and name; gives the form back."""
        self.about.choices = {"": _("Noget andet"), **competences}
        return self


class GoalWordsForm(BaseForm):
    """A goal, or a small step of it, in other words."""

    words = StringField(
        lazy("Skriv det med dine ord"),
        [required(lazy("Skriv dit mål.")), Length(max=MOST_OF_A_GOAL, message=too_long)],
    )
    version = NumberField("", [Optional()], widget=HiddenInput())


class StepForm(BaseForm):
    """A small step on the way."""

    step = StringField(
        lazy("Et lille skridt"), [required(lazy("Skriv skridtet.")), Length(max=MOST_OF_A_GOAL, message=too_long)]
    )


class WhereForm(BaseForm):
    """Where a goal or a step stands, as the person says it."""

    state = RadioField("", [required(lazy("Vælg, hvor du er."))], validate_choice=True)

    def fill(self, states: dict[GoalState, str]) -> WhereForm:
        """Put the choices in; gives the form back."""
        self.state.choices = {state.value: words for state, words in states.items()}
        return self


class WishForm(BaseForm):
    """A wish: one piece of work, a kind of work, or own words. `what` is a kind and an id: `step:…`."""

    what = HiddenField()
    goal = HiddenField()
    own_words = StringField(lazy("Jeg vil gerne prøve"), [Length(max=MOST_OF_A_WISH, message=too_long)])


class RemarkForm(BaseForm):
    """How the person sees it."""

    text = TextAreaField(
        lazy("Sådan ser jeg det"),
        [required(lazy("Skriv det, du vil sige.")), Length(max=MOST_OF_A_REMARK, message=too_long)],
    )
