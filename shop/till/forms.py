"""What is typed at the till."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, RadioField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from shop.till.basket import MOST_OF_ONE
from workshop.core.forms import BaseForm, MoneyField, NumberField, a_mail_address, required
from workshop.core.i18n import _, lazy
from workshop.core.money import PayMeans

AT_THE_DOOR = (PayMeans.CASH, PayMeans.MOBILEPAY, PayMeans.CARD)  # invoices get a slice of their own


class LineForm(BaseForm):
    """A line that is no numbered thing."""

    text = StringField(
        lazy("Hvad"), [required(lazy("Skriv, hvad det er.")), Length(max=100, message=lazy("Skriv det kortere."))]
    )
    price = MoneyField(lazy("Pris"), [required(lazy("Skriv prisen."))])

    def validate_text(self, field: StringField) -> None:
        """The sign that stands between text and price in the address."""
        if "~" in (field.data or ""):
            raise ValidationError(_("Brug ikke tegnet ~."))

    def validate_price(self, field: MoneyField) -> None:
        """Nothing is sold for nothing here."""
        if field.data == 0:
            raise ValidationError(_("Skriv en pris over 0 kr."))


class CountForm(BaseForm):
    """How many of a thing that lies on the counter."""

    ting = NumberField(lazy("Nummer"), [NumberRange(1, 999_999_999)])
    antal = NumberField(lazy("Antal"), [NumberRange(0, MOST_OF_ONE)])


class MailForm(BaseForm):
    """Where a receipt goes that was not asked for at first."""

    email = EmailField(
        lazy("Send den på mail"), [required(lazy("Skriv mailadressen.")), Length(max=254), a_mail_address]
    )


class SellForm(BaseForm):
    """How it is paid, and where the receipt goes. The total is what stood beside the button."""

    once = HiddenField()
    total = HiddenField()
    means = RadioField(lazy("Betalt med"), validate_choice=False)
    email = EmailField(lazy("Kvittering på mail"), [Optional(), Length(max=254), a_mail_address])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.means.choices = [(each.value, each.label) for each in AT_THE_DOOR]

    def validate_means(self, field: RadioField) -> None:
        """Nothing is chosen beforehand."""
        if field.data not in {each.value for each in AT_THE_DOOR}:
            raise ValidationError(_("Vælg, hvordan der er betalt."))

    @property
    def agreed_ore(self) -> int:
        """The total that was seen; what cannot be read is none."""
        text = self.total.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1
