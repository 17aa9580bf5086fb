"""What staff mark about one person's part of a piece of work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from workshop.core.forms import BaseForm, NumberField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.sealed.aids import Aid
from workshop.tasks.marks import Quality, Support
from workshop.tasks.results import MOST_MINUTES, PartMarks

NOT_TODAY = "-"
SUPPORTS = [*(each.value for each in Support), NOT_TODAY]


class PartForm(BaseForm):
    """Minutes, support, quality and what was seen. "Not assessed today" is an answer, no answer is none."""

    minutes = NumberField(
        lazy("Minutter"), [Optional(), NumberRange(0, MOST_MINUTES, lazy("Skriv 0 til 600 minutter."))]
    )
    support = RadioField(lazy("Støtte"), [Optional()], choices=SUPPORTS)
    quality = RadioField(lazy("Kvalitet"), [Optional()], choices=[each.value for each in Quality])
    observation = TextAreaField(lazy("Det sete"), [Optional(), one_page_of_text])
    aids = SelectMultipleField(lazy("Hjælpemiddel brugt"), coerce=int, choices=[])

    _may_tick_aids = False

    def offer(self, aids: Sequence[Aid] | None) -> PartForm:
        """Let these aids be ticked; None for somebody to whom they are not to be shown, who then changes nothing."""
        self._may_tick_aids = aids is not None
        self.aids.choices = [(aid.id, aid.line) for aid in aids or ()]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then what belongs together: half an answer is sent back with what is missing."""
        is_valid: bool = super().validate(extra_validators)
        if is_valid and self.is_answered:
            for field, sentence in self._missing():
                field.errors = [sentence]
                is_valid = False
        return is_valid

    def _missing(self) -> Iterator[tuple[Any, str]]:
        if self._was_away:
            return
        if not self.support.data:
            yield self.support, _("Vælg støtte, eller “Ikke vurderet i dag”.")
        elif self.support.data != NOT_TODAY:
            if not self.quality.data:
                yield self.quality, _("Vælg kvalitet.")
            if self.minutes.data is None:
                yield self.minutes, _("Skriv minutterne.")

    @property
    def is_answered(self) -> bool:
        """Whether anything has been said about this person; that they were not there is an answer too."""
        return bool(self.support.data or self.quality.data or self.observation.data or self._was_away)

    @property
    def _was_away(self) -> bool:
        """No minutes at all, and nothing to assess: the person was not there."""
        return self.minutes.data == 0 and not self.support.data and not self.quality.data

    def marks(self, citizen_id: int, *, is_joint: bool) -> PartMarks:
        """What the answer says; nothing was assessed when it is "not today"."""
        is_assessed = self.support.data != NOT_TODAY and not self._was_away
        return PartMarks(
            citizen_id,
            self.minutes.data,
            Support(self.support.data) if is_assessed else None,
            Quality(self.quality.data) if is_assessed else None,
            is_joint and is_assessed,
            self.observation.data or "",
            tuple(self.aids.data or ()) if self._may_tick_aids else None,
        )


class TeamForm(BaseForm):
    """What is said of the whole round: how the quality was seen, and minutes to offer those who have none yet."""

    joint = RadioField(lazy("Hvordan er kvaliteten set?"), choices=["nej", "ja"], default="nej")
    for_all = NumberField(
        lazy("Samme minutter til dem uden"),
        [Optional(), NumberRange(0, MOST_MINUTES, lazy("Skriv 0 til 600 minutter."))],
    )
    ends_step = BooleanField(lazy("Trinnet er færdigt"))
    once = StringField("", [Length(max=60)])


class WhyForm(BaseForm):
    """Why a confirmed record is changed."""

    why = StringField(lazy("Hvorfor?"), [required(lazy("Skriv kort, hvorfor.")), Length(max=300)])
