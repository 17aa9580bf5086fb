"""What is typed and pressed on the tablet."""

from __future__ import annotations

from wtforms import PasswordField, RadioField, StringField
from wtforms.validators import Length, Optional, Regexp

from workshop.core.forms import BaseForm, PhotoField, required
from workshop.core.i18n import lazy
from workshop.tasks.models import Feeling


class PinForm(BaseForm):
    """Four digits."""

    pin = PasswordField(lazy("Kode"), [Regexp(r"^[0-9]{4}$", message=lazy("Prøv igen."))])


class FeelingForm(BaseForm):
    """How it felt; nothing is chosen beforehand and nothing has to be."""

    felt = RadioField(lazy("Hvordan gik det?"), [Optional()], choices=[each.value for each in Feeling])


class PhotoForm(BaseForm):
    """A photo from the tablet's camera."""

    photo = PhotoField(lazy("Billede"), [required(lazy("Tag et billede først."))])


class NameForm(BaseForm):
    """What a thing is called; it can be skipped, and staff can give it another name."""

    title = StringField(
        lazy("Navn"),
        [required(lazy("Skriv et navn. Eller spring over.")), Length(max=120, message=lazy("Skriv et kortere navn."))],
    )
