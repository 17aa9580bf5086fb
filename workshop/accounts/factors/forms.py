"""What people type about their second step and their password."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Length

from workshop.accounts import passwords
from workshop.core.forms import BaseForm, required
from workshop.core.i18n import lazy


class CodeForm(BaseForm):
    """A code from an app, or one from paper."""

    code = StringField(lazy("Kode"), [required(lazy("Skriv koden.")), Length(max=40)])


class PasskeyForm(BaseForm):
    """What a browser sends after it has asked for a passkey; `name` when it is new."""

    challenge = HiddenField(validators=[required(lazy("Prøv igen.")), Length(max=30)])
    answer = HiddenField(validators=[required(lazy("Prøv igen.")), Length(max=20_000)])
    name = StringField(lazy("Hvad skal nøglen hedde?"), [Length(max=60)])


class ProofForm(BaseForm):
    """Password once more, and a code where there is a second step."""

    password = PasswordField(
        lazy("Adgangskode"), [required(lazy("Skriv din adgangskode.")), Length(max=passwords.LONGEST)]
    )
    code = StringField(lazy("Kode"), [Length(max=40)])


class ChangePasswordForm(BaseForm):
    """The old password and the new one."""

    old = PasswordField(
        lazy("Din nuværende adgangskode"),
        [required(lazy("Skriv din nuværende adgangskode.")), Length(max=passwords.LONGEST)],
    )
    new = PasswordField(
        lazy("Din nye adgangskode"), [required(lazy("Skriv en ny adgangskode.")), Length(max=passwords.LONGEST)]
    )
