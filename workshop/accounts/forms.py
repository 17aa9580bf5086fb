"""What people type to sign in, and to enrol a tablet."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Length

from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _


class SignInForm(BaseForm):
    """Mail and password of a member of staff."""

    email = EmailField("E-mail", [required(_("Skriv din e-mail."))])
    password = PasswordField("Adgangskode", [required(_("Skriv din adgangskode.")), Length(max=200)])


class EnrolForm(BaseForm):
    """A tablet's name and where it lies."""

    name = StringField(
        "Tablettens navn", [required(_("Giv tabletten et navn, for eksempel Træhallen.")), Length(max=100)]
    )
    department = PublicIdField("Afdeling")
