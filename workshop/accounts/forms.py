"""What people type to sign in, and to enrol a tablet."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Length

from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import lazy


class SignInForm(BaseForm):
    """Mail and password of a member of staff."""

    email = EmailField(lazy("E-mail"), [required(lazy("Skriv din e-mail."))])
    password = PasswordField(lazy("Adgangskode"), [required(lazy("Skriv din adgangskode.")), Length(max=200)])


class EnrolForm(BaseForm):
    """A tablet's name and where it lies."""

    name = StringField(
        lazy("Tablettens navn"), [required(lazy("Giv tabletten et navn, for eksempel Træhallen.")), Length(max=100)]
    )
    department = PublicIdField(lazy("Afdeling"))
