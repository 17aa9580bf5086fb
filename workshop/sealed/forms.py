"""What is typed in confidence. The shape of it only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from workshop.core.forms import BaseForm, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.sealed import words
from workshop.sealed.models import SealedKind

ANYWAY = "alligevel"  # what the second button sends: it has been asked, and the text is to stand


def kind_name(kind: SealedKind) -> str:
    """What people call it."""
    return {SealedKind.ACCOMMODATION: _("Skånehensyn"), SealedKind.AID: _("Hjælpemiddel")}[kind]


class CareForm(BaseForm):
    """Something work has to allow for, or something that helps."""

    kind = RadioField(
        lazy("Hvad er det?"), [required(lazy("Vælg, om det er et hensyn eller et hjælpemiddel."))], choices=[]
    )
    text = TextAreaField(
        lazy("Hvad opgaven skal tage hensyn til"), [required(lazy("Skriv, hvad det er.")), one_page_of_text]
    )
    line = StringField(lazy("Husk i opgaven"), [Length(max=160)])
    spared = SelectMultipleField(lazy("Pas på med opgaver, der har"), choices=[])
    from_on = DateField(lazy("Gælder fra"), [required(lazy("Vælg den første dag."))])
    until_on = DateField(lazy("Sidste dag"), [Optional()])

    def offered(self, demands: Sequence[tuple[str, str]]) -> CareForm:
        """The form with its choices in today's language; `demands` are (key, name) of what a task can ask."""
        self.kind.choices = [(each.value, kind_name(each)) for each in SealedKind]
        self.spared.choices = list(demands)
        return self

    def validate_spared(self, field: Any) -> None:
        """Ticks are for what somebody is to be spared; what helps takes nothing away."""
        if field.data and self.kind.data == SealedKind.AID:
            raise ValidationError(_("Krydserne hører til et skånehensyn. Fjern dem, eller vælg skånehensyn."))

    @property
    def doubtful_words(self) -> list[str]:
        """Words that sound like an illness or a medicine."""
        return words.found_in(self.text.data or "", self.line.data or "")


class NoteForm(BaseForm):
    """A note for oneself."""

    text = TextAreaField(lazy("Ny note"), [required(lazy("Skriv noten.")), one_page_of_text])

    @property
    def doubtful_words(self) -> list[str]:
        """Words that sound like an illness or a medicine."""
        return words.found_in(self.text.data or "")
