"""What somebody writes who asks, or wants to be told; and what staff answer."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Regexp

from shop.orders.withdrawing.forms import ONCE
from workshop.core.forms import BaseForm, a_mail_address, one_page_of_text, required
from workshop.core.i18n import lazy


def _mail() -> EmailField:
    return EmailField(
        lazy("E-mail"),
        [
            required(lazy("Skriv din mailadresse.")),
            Length(max=254, message=lazy("Mailadressen er for lang.")),
            a_mail_address,
        ],
    )


class AskForm(BaseForm):
    """A question."""

    once = HiddenField(validators=[Regexp(rf"{ONCE.pattern}\Z", message=lazy("Siden er for gammel. Åbn den igen."))])
    navn = StringField(
        lazy("Navn"), [required(lazy("Skriv dit navn.")), Length(max=120, message=lazy("Navnet er for langt."))]
    )
    mail = _mail()
    besked = TextAreaField(lazy("Dit spørgsmål"), [required(lazy("Skriv dit spørgsmål.")), one_page_of_text])


class WishForm(BaseForm):
    """Tell me when there is one: of this product or of its kind (`hvad`), or of a kind where no thing is named."""

    mail = _mail()
    slags = SelectField(lazy("Hvad leder du efter?"), choices=[])
    hvad = RadioField(lazy("Hvad skal vi skrive om?"), choices=[], validate_choice=True)


class AnswerForm(BaseForm):
    """What staff answer."""

    svar = TextAreaField(lazy("Svar"), [required(lazy("Skriv et svar.")), one_page_of_text])
