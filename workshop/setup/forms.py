"""What is typed when a workshop starts, and later about who it is."""

from __future__ import annotations

import re
from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField, TelField
from wtforms.validators import Length, ValidationError

from workshop.accounts import passwords
from workshop.core.config import Identity
from workshop.core.forms import BaseForm, PhotoField, a_mail_address, a_phone, required
from workshop.core.i18n import _, lazy
from workshop.core.identity import WorkshopVersion
from workshop.setup import cvr
from workshop.setup.actions import Details


def _at_most(length: int) -> Length:
    return Length(max=length, message=lazy("Det er for langt. Skriv højst %(most)s tegn.", most=length))


class FirstForm(BaseForm):
    """The first administrator."""

    name = StringField(lazy("Dit navn"), [required(lazy("Skriv dit navn.")), _at_most(100)])
    email = EmailField(lazy("Din e-mail"), [required(lazy("Skriv din e-mail.")), _at_most(254), a_mail_address])
    password = PasswordField(lazy("Vælg en adgangskode"), [required(lazy("Vælg en adgangskode."))])
    is_manager = BooleanField(lazy("Jeg leder også værkstedet"))

    def validate_password(self, field: PasswordField) -> None:
        """Long, and not what anybody would try first."""
        if not field.data:
            return  # it has been asked for already
        problem = passwords.problem_of(field.data, (self.name.data or "", self.email.data or ""))
        if problem:
            raise ValidationError(problem)


class WorkshopForm(BaseForm):
    """Who the workshop is. `version` is the one the page was opened with."""

    name = StringField(lazy("Navn"), [required(lazy("Skriv, hvad værkstedet hedder.")), _at_most(100)])
    short_name = StringField(lazy("Kort navn"), [required(lazy("Skriv et kort navn til menuen.")), _at_most(40)])
    address = StringField(lazy("Vej og nummer"), [required(lazy("Skriv vej og nummer.")), _at_most(120)])
    postcode = StringField(lazy("Postnummer"), [required(lazy("Skriv postnummeret."))])
    town = StringField(lazy("By"), [required(lazy("Skriv byen.")), _at_most(60)])
    phone = TelField(lazy("Telefon"), [required(lazy("Skriv jeres telefonnummer.")), _at_most(30), a_phone])
    email = EmailField(lazy("E-mail"), [required(lazy("Skriv jeres e-mail.")), _at_most(254), a_mail_address])
    cvr = StringField(lazy("CVR-nummer"), [required(lazy("Skriv jeres CVR-nummer."))])
    is_cvr_right = BooleanField(lazy("Nummeret er rigtigt. Jeg har set efter."))
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_about_cvr = False

    def validate_postcode(self, field: StringField) -> None:
        """Four digits."""
        if not re.fullmatch(r"[0-9]{4}", field.data or ""):
            raise ValidationError(_("Et postnummer har fire cifre."))

    def validate_cvr(self, field: StringField) -> None:
        """Eight digits; when the last does not fit the others, whoever is sure says so."""
        digits = cvr.digits_of(field.data or "")
        if not cvr.is_number(digits):
            raise ValidationError(_("Et CVR-nummer har otte cifre."))
        if not cvr.looks_right(digits):
            self.asks_about_cvr = True
            if not self.is_cvr_right.data:
                raise ValidationError(
                    _("Nummeret ser ud til at have en slåfejl. Se efter, og sæt flueben, hvis det passer.")
                )

    @property
    def seen(self) -> int:
        """The version the page showed; -1 for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1

    @property
    def details(self) -> Details:
        """What was typed, in the shape that is kept."""
        plain = {name: self[name].data for name in Details.__dataclass_fields__}
        return Details(**{**plain, "cvr": cvr.digits_of(self.cvr.data)})

    @classmethod
    def of(cls, newest: WorkshopVersion | None, settings_say: Identity) -> WorkshopForm:
        """Filled with what is kept; in a new workshop with what the machine was told, never with made-up examples."""
        names = Details.__dataclass_fields__
        if newest is not None:
            return cls(data={**{name: getattr(newest, name) for name in names}, "version": str(newest.version)})
        example = Identity()
        said = {name: getattr(settings_say, name) for name in names}
        own = {name: text for name, text in said.items() if text != getattr(example, name)}
        return cls(data={**own, "version": "0"})


class LogoForm(BaseForm):
    """A picture that stands beside the name."""

    photo = PhotoField(lazy("Billede"), [required(lazy("Vælg et billede først."))])
