"""What people type when a password is forgotten."""

from __future__ import annotations

from wtforms import EmailField, PasswordField
from wtforms.validators import Length

from workshop.accounts import passwords
from workshop.core.forms import BaseForm, required
from workshop.core.i18n import lazy


class ForgotForm(BaseForm):
    """The mail address a link is sent to."""

    email = EmailField(lazy("E-mail"), [required(lazy("Skriv din e-mail.")), Length(max=254)])


class NewPasswordForm(BaseForm):
    """A new password."""

    password = PasswordField(
        lazy("Din nye adgangskode"), [required(lazy("Skriv en ny adgangskode.")), Length(max=passwords.LONGEST)]
    )
