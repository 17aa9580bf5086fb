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

from shop.orders.business import WhoPays
from shop.orders.customers import Customer, Delivery, only_digits
from shop.orders.models import CustomerKind, Fulfilment, PayWay
from workshop.core.forms import (
    BaseForm,
    NumberField,
    PublicIdField,
    a_mail_address,
    a_phone,
    one_page_of_text,
    required,
)
from workshop.core.i18n import _, lazy

POSTCODE = re.compile(r"[0-9]{4}", re.ASCII)


class PutForm(BaseForm):
    """A thing, by its printed number."""

    nummer = NumberField(lazy("Nummer"), [NumberRange(min=1, max=2_000_000_000)])
    antal = NumberField(lazy("Antal"), [NumberRange(min=1, max=20)], default=1)


class QuantityForm(BaseForm):
    """How many of a line in the basket: a thing by its number, or something to be made by its own."""

    nummer = NumberField(lazy("Nummer"), [NumberRange(min=0, max=2_000_000_000)], default=0)
    bestilling = NumberField(lazy("Bestilling"), [NumberRange(min=0, max=2_000_000_000)], default=0)
    antal = NumberField(lazy("Antal"), [NumberRange(min=0, max=20)])


def is_ticked(_form: Form, field: Field) -> None:
    """A claim the customer has to say yes to; it is never said for them."""
    if not field.data:
        raise ValidationError(_("Sæt kryds ved, at du har læst betingelserne."))


class CheckoutForm(WhoPays, BaseForm):
    """Who buys, where it goes, when, and how they pay. The total is only what stood beside the button."""

    levering = RadioField(
        lazy("Hent eller få leveret"),
        choices=[SelectChoice(each.value) for each in Fulfilment],
        default=Fulfilment.PICKUP.value,
    )
    vej = StringField(lazy("Vej og nummer"), [Length(max=120, message=lazy("Adressen er for lang."))])
    postnr = StringField(lazy("Postnummer"), [Length(max=20)])
    tid = PublicIdField(lazy("Hvornår henter du?"))
    kunde = RadioField(
        lazy("Hvem køber?"),
        choices=[SelectChoice(kind.value) for kind in CustomerKind],
        default=CustomerKind.PRIVATE.value,
    )
    firma = StringField(lazy("Navn på firma eller sted"), [Length(max=150, message=lazy("Navnet er for langt."))])
    cvr = StringField(lazy("CVR-nummer"), [Length(max=30)])
    ean = StringField(lazy("EAN/GLN-nummer"), [Length(max=30)])
    reference = StringField(lazy("Jeres reference"), [Length(max=80, message=lazy("Referencen er for lang."))])
    navn = StringField(
        lazy("Navn"), [required(lazy("Skriv dit navn.")), Length(max=120, message=lazy("Navnet er for langt."))]
    )
    mail = EmailField(lazy("E-mail"), [required(lazy("Skriv din mailadresse.")), Length(max=254), a_mail_address])
    telefon = TelField(lazy("Telefon"), [required(lazy("Skriv dit telefonnummer.")), Length(max=30), a_phone])
    besked = TextAreaField(lazy("Besked"), [one_page_of_text])
    betaling = RadioField(lazy("Betaling"), choices=[SelectChoice(way.value) for way in PayWay])
    forud = BooleanField(lazy("Træk beløbet nu"))
    betingelser = BooleanField(lazy("Jeg har læst betingelserne."), [is_ticked])
    total = HiddenField()

    @property
    def agreed_ore(self) -> int:
        """The total the customer saw; nothing that can be read is no agreement."""
        text = self.total.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1

    @property
    def fulfilment(self) -> Fulfilment:
        """Fetched or brought; fetched for what is neither."""
        return Fulfilment.DELIVERY if self.levering.data == Fulfilment.DELIVERY else Fulfilment.PICKUP

    @property
    def postcode(self) -> str | None:
        """Four digits, or None for what is no postcode."""
        text = only_digits(self.postnr.data or "").upper().removeprefix("DK")
        return text if POSTCODE.fullmatch(text) else None

    @property
    def customer(self) -> Customer:
        """Who buys, with only what belongs to such a customer."""
        return Customer(
            name=self.navn.data,
            email=self.mail.data,
            phone=self.telefon.data,
            message=self.besked.data or "",
            kind=self.kind,
            company_name=self.company_name,
            cvr=self.company_cvr,
            gln=self.authority_gln,
            reference=self.invoice_reference,
        )

    @property
    def delivery(self) -> Delivery | None:
        """Where it is brought, when it is."""
        if self.fulfilment is Fulfilment.PICKUP or self.postcode is None:
            return None
        return Delivery(self.vej.data or "", self.postcode)

    def validate_vej(self, field: Field) -> None:
        """Asked for only when it is brought; so are the next ones, each where it belongs."""
        if self.fulfilment is Fulfilment.DELIVERY and not (field.data or "").strip():
            raise ValidationError(_("Skriv vej og nummer, så vi kan finde dig."))

    def validate_postnr(self, _field: Field) -> None:
        """Four digits."""
        if self.fulfilment is Fulfilment.DELIVERY and self.postcode is None:
            raise ValidationError(_("Skriv dit postnummer med 4 cifre."))

    def validate_forud(self, field: Field) -> None:
        """Taken at once only with an express yes."""
        if self.betaling.data == PayWay.PREPAID and not field.data:
            raise ValidationError(_("Sæt kryds ved, at beløbet trækkes nu, eller betal, når du får varen."))
