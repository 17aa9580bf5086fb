"""What visitors type: what to put in the basket, and the checkout."""

from __future__ import annotations

import re

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    HiddenField,
    RadioField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, ValidationError

from shop.orders.models import PayWay
from workshop.core.forms import BaseForm, NumberField, PublicIdField, one_page_of_text, required
from workshop.core.i18n import _, lazy

DANISH_DIGITS = 8


class PutForm(BaseForm):
    """A thing, by its printed number."""

    nummer = NumberField(lazy("Nummer"), [NumberRange(min=1, max=2_000_000_000)])
    antal = NumberField(lazy("Antal"), [NumberRange(min=1, max=20)], default=1)


def a_phone(_form: Form, field: Field) -> None:
    """Danish numbers have eight digits; foreign ones begin with a plus and have more."""
    digits = re.sub(r"[\s().-]", "", field.data or "")
    if digits.startswith("+") and not digits.startswith("+45"):
        if not re.fullmatch(r"\+\d{7,15}", digits):
            raise ValidationError(_("Nummeret ser ikke rigtigt ud. Skriv det med landekode, for eksempel +46 …"))
        return
    digits = digits.removeprefix("+45").removeprefix("0045")
    if not digits.isdecimal() or not digits.isascii():
        raise ValidationError(_("Skriv telefonnummeret med tal. 8 cifre."))
    if len(digits) == DANISH_DIGITS - 1:
        raise ValidationError(_("Nummeret mangler et ciffer. Skriv 8 cifre."))
    if len(digits) != DANISH_DIGITS:
        raise ValidationError(_("Nummeret skal have 8 cifre."))


def a_mail_address(_form: Form, field: Field) -> None:
    """An address a mail can be sent to; whether it exists is not asked of anybody."""
    from email_validator import EmailNotValidError, validate_email  # brings the tables of every alphabet with it

    try:
        validate_email(field.data or "", check_deliverability=False)
    except EmailNotValidError as problem:
        raise ValidationError(_("Mailadressen ser ikke rigtig ud. Skriv den som navn@eksempel.dk.")) from problem


def is_ticked(_form: Form, field: Field) -> None:
    """A claim the customer has to say yes to; it is never said for them."""
    if not field.data:
        raise ValidationError(_("Sæt kryds ved, at du har læst betingelserne."))


class CheckoutForm(BaseForm):
    """Who buys, when they fetch, how they pay. The total is only what stood beside the button."""

    tid = PublicIdField(lazy("Hvornår henter du?"))
    navn = StringField(
        lazy("Navn"), [required(lazy("Skriv dit navn.")), Length(max=120, message=lazy("Navnet er for langt."))]
    )
    mail = EmailField(lazy("E-mail"), [required(lazy("Skriv din mailadresse.")), Length(max=254), a_mail_address])
    telefon = TelField(lazy("Telefon"), [required(lazy("Skriv dit telefonnummer.")), Length(max=30), a_phone])
    besked = TextAreaField(lazy("Besked"), [one_page_of_text])
    betaling = RadioField(lazy("Betaling"), choices=[SelectChoice(way.value) for way in PayWay])
    betingelser = BooleanField(lazy("Jeg har læst betingelserne."), [is_ticked])
    total = HiddenField()

    @property
    def agreed_ore(self) -> int:
        """The total the customer saw; nothing that can be read is no agreement."""
        text = self.total.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1
