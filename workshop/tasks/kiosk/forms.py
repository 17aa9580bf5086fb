"""What is typed and pressed on the tablet."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import Length, NumberRange, Optional, Regexp

from workshop.core.forms import BaseForm, NumberField, PhotoField, required
from workshop.core.i18n import lazy
from workshop.production.canteen.actions import MOST_HEADS
from workshop.production.canteen.queries import Heads
from workshop.production.forms import SeenForm
from workshop.tasks.models import Feeling

_HEADS = lazy("Skriv et tal mellem 0 og %(most)s.", most=MOST_HEADS)


class PinForm(BaseForm):
    """Four digits."""

    pin = PasswordField(lazy("Kode"), [Regexp(r"^[0-9]{4}$", message=lazy("Prøv igen."))])


class HeadsForm(SeenForm):
    """How many eat today."""

    breakfast = NumberField(lazy("Til morgenmad"), [Optional(), NumberRange(0, MOST_HEADS, _HEADS)])
    lunch = NumberField(lazy("Til frokost"), [Optional(), NumberRange(0, MOST_HEADS, _HEADS)])

    @classmethod
    def of(cls, heads: Heads | None) -> HeadsForm:
        """The form filled with what somebody counted, or what it was last week."""
        return cls(data=heads._asdict() if heads else None)


class FeelingForm(BaseForm):
    """How it felt; nothing is chosen beforehand and nothing has to be."""

    felt = RadioField(lazy("Hvordan gik det?"), [Optional()], choices=[each.value for each in Feeling])


class OwnWorkForm(FeelingForm):
    """Work of one's own; its word makes two taps one."""

    once = HiddenField(validators=[Regexp(r"^[A-Za-z0-9_-]{22}$")])


class PhotoForm(BaseForm):
    """A photo from the tablet's camera."""

    photo = PhotoField(lazy("Billede"), [required(lazy("Tag et billede først."))])


class NameForm(BaseForm):
    """What a thing is called; it can be skipped, and staff can give it another name."""

    title = StringField(
        lazy("Navn"),
        [required(lazy("Skriv et navn. Eller spring over.")), Length(max=120, message=lazy("Skriv et kortere navn."))],
    )
