"""What somebody writes who changes their mind or complains, and what staff write about it."""

from __future__ import annotations

import re
import secrets

from wtforms import EmailField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Regexp, ValidationError

from shop.orders.withdrawing.photos import MOST_PHOTOS
from workshop.core.forms import BaseForm, PhotosField, a_mail_address, one_page_of_text, required
from workshop.core.i18n import _, lazy

ONCE = re.compile(r"[\w-]{22}", re.ASCII)
WHAT_LONGEST = 1_000


def new_once() -> str:
    """A random word for a form, by which a double press is known."""
    return secrets.token_urlsafe(16)


def _once() -> HiddenField:
    return HiddenField(validators=[Regexp(rf"{ONCE.pattern}\Z", message=lazy("Siden er for gammel. Åbn den igen."))])


class WithdrawForm(BaseForm):
    """Who changes their mind about what. No reason is asked for."""

    navn = StringField(
        lazy("Navn"), [required(lazy("Skriv dit navn.")), Length(max=120, message=lazy("Navnet er for langt."))]
    )
    ordre = StringField(
        lazy("Nummer på ordren eller aftalen"),
        [
            required(lazy("Skriv nummeret. Det står i mailen fra os.")),
            Length(max=30, message=lazy("Nummeret er for langt. Det ser ud som 2026-0317.")),
        ],
    )
    mail = EmailField(
        lazy("E-mail til kvitteringen"),
        [
            required(lazy("Skriv din mailadresse.")),
            Length(max=254, message=lazy("Mailadressen er for lang.")),
            a_mail_address,
        ],
    )
    hvad = TextAreaField(
        lazy("Hvad fortryder du?"),
        [Length(max=WHAT_LONGEST, message=lazy("Teksten er for lang. Skriv højst 1.000 tegn."))],
    )


class ConfirmForm(WithdrawForm):
    """The same again with the form's word: the second step."""

    once = _once()


class OwnConfirmForm(BaseForm):
    """The second step on the page of one's own order; lines come beside it."""

    once = _once()


class FindForm(BaseForm):
    """Which order, and the mail address it was made with."""

    ordre = StringField(lazy("Ordrenummer"), [required(lazy("Skriv ordrenummeret.")), Length(max=30)])
    mail = EmailField(
        lazy("E-mail"), [required(lazy("Skriv den mailadresse, du bestilte med.")), Length(max=254), a_mail_address]
    )


class ComplaintForm(BaseForm):
    """What is wrong, in words and, if one likes, in pictures."""

    once = _once()
    tekst = TextAreaField(lazy("Hvad er der galt?"), [required(lazy("Skriv, hvad der er galt.")), one_page_of_text])
    billeder = PhotosField(lazy("Billeder af fejlen"))

    def validate_billeder(self, field: Field) -> None:
        """A few are enough."""
        if len(field.data or ()) > MOST_PHOTOS:
            raise ValidationError(_("Vælg højst %(most)s billeder.", most=MOST_PHOTOS))


class AnswerForm(BaseForm):
    """Our answer to the customer."""

    svar = TextAreaField(lazy("Svar til kunden"), [required(lazy("Skriv et svar.")), one_page_of_text])


class RefuseForm(BaseForm):
    """Why we say no."""

    grund = TextAreaField(
        lazy("Hvorfor?"),
        [
            required(lazy("Skriv, hvorfor. Kunden får teksten i en mail.")),
            Length(max=300, message=lazy("Teksten er for lang. Skriv højst 300 tegn.")),
        ],
    )


class AttachForm(BaseForm):
    """Which order or agreement it is about."""

    nummer = StringField(lazy("Nummer på ordren eller aftalen"), [required(lazy("Skriv nummeret.")), Length(max=30)])
