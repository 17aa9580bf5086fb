"""What staff type for a customer on the phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wtforms import EmailField, Field, HiddenField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from shop.orders.customers import Customer, Delivery, is_cvr, is_gln, only_digits
from shop.orders.models import CustomerKind, Fulfilment
from shop.orders.pickup import Slot
from workshop.core.forms import BaseForm, a_mail_address, a_phone, one_page_of_text, required
from workshop.core.i18n import _, lazy

ONCE = re.compile(r"[\w-]{20,30}", re.ASCII)
POSTCODE = re.compile(r"[0-9]{4}", re.ASCII)
KINDS = {
    CustomerKind.PRIVATE: lazy("Privat"),
    CustomerKind.COMPANY: lazy("Firma"),
    CustomerKind.PUBLIC: lazy("Kommune eller andet offentligt"),
}


class PhoneForm(BaseForm):
    """Who buys, and when they get it: a time to fetch, or one to have it brought."""

    tid = SelectField(lazy("Hvornår?"), validate_choice=False)
    vej = StringField(lazy("Vej og nummer"), [Length(max=120, message=lazy("Adressen er for lang."))])
    postnr = StringField(lazy("Postnummer"), [Length(max=20)])
    kunde = RadioField(
        lazy("Hvem køber?"),
        choices=[SelectChoice(kind.value, text) for kind, text in KINDS.items()],
        default=CustomerKind.PRIVATE.value,
    )
    firma = StringField(lazy("Navn på firma eller sted"), [Length(max=150, message=lazy("Navnet er for langt."))])
    cvr = StringField(lazy("CVR-nummer"), [Length(max=30)])
    ean = StringField(lazy("EAN/GLN-nummer"), [Length(max=30)])
    reference = StringField(lazy("Kundens reference"), [Length(max=80, message=lazy("Referencen er for lang."))])
    navn = StringField(
        lazy("Navn"), [required(lazy("Skriv kundens navn.")), Length(max=120, message=lazy("Navnet er for langt."))]
    )
    telefon = TelField(lazy("Telefon"), [required(lazy("Skriv kundens telefonnummer.")), Length(max=30), a_phone])
    mail = EmailField(lazy("E-mail"), [Optional(), Length(max=254), a_mail_address])
    besked = TextAreaField(lazy("Besked"), [one_page_of_text])
    total = HiddenField()
    once = HiddenField()

    slot: Slot | None = None
    fulfilment: Fulfilment = Fulfilment.PICKUP

    def offer(self, pickup: Sequence[Slot], delivery: Sequence[Slot]) -> PhoneForm:
        """With the times that can be chosen; whoever chooses one of the second kind has it brought."""
        kinds = (
            (Fulfilment.PICKUP, _("Kunden henter"), pickup),
            (Fulfilment.DELIVERY, _("Vi leverer"), delivery),
        )
        self.tid.choices = [
            SelectChoice(f"{kind}:{slot.key}", slot.text, optgroup=name)
            for kind, name, slots in kinds
            for slot in slots
        ]
        every = {f"{kind}:{slot.key}": (kind, slot) for kind, _name, slots in kinds for slot in slots}
        if self.tid.data in every:
            self.fulfilment, self.slot = every[self.tid.data]
        return self

    @property
    def kind(self) -> CustomerKind:
        """Who buys; a private customer for what is nobody."""
        return next((kind for kind in CustomerKind if kind == self.kunde.data), CustomerKind.PRIVATE)

    @property
    def postcode(self) -> str:
        """Four digits, or nothing."""
        text = only_digits(self.postnr.data or "")
        return text if POSTCODE.fullmatch(text) else ""

    @property
    def is_brought(self) -> bool:
        """Whether we bring it."""
        return self.fulfilment is Fulfilment.DELIVERY

    @property
    def delivery(self) -> Delivery | None:
        """Where it is brought."""
        return Delivery(self.vej.data or "", self.postcode) if self.is_brought else None

    @property
    def agreed_ore(self) -> int:
        """The total staff saw, and told the customer."""
        text = self.total.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1

    @property
    def customer(self) -> Customer:
        """Who buys, with only what belongs to such a customer."""
        is_private, is_public = self.kind is CustomerKind.PRIVATE, self.kind is CustomerKind.PUBLIC
        return Customer(
            name=self.navn.data or "",
            email=self.mail.data or "",
            phone=self.telefon.data or "",
            message=self.besked.data or "",
            kind=self.kind,
            company_name="" if is_private else self.firma.data or "",
            cvr="" if is_private else only_digits(self.cvr.data or ""),
            gln=only_digits(self.ean.data or "") if is_public else "",
            reference="" if is_private else self.reference.data or "",
        )

    def check(self) -> bool:
        """Whether it can be ordered like this; what it needs follows from who buys and how they get it."""
        is_fine = bool(self.validate())
        if self.slot is None:
            is_fine = _wrong(self.tid, _("Vælg en af tiderne."))
        if self.is_brought and not (self.vej.data or "").strip():
            is_fine = _wrong(self.vej, _("Skriv vej og nummer, hvor det skal leveres."))
        if self.is_brought and not self.postcode:
            is_fine = _wrong(self.postnr, _("Skriv postnummeret med 4 cifre."))
        return self._check_company() and is_fine

    def _check_company(self) -> bool:
        if self.kind is CustomerKind.PRIVATE:
            return True
        is_fine = True
        if not (self.firma.data or "").strip():
            is_fine = _wrong(self.firma, _("Skriv navnet på firmaet eller stedet."))
        cvr, gln = only_digits(self.cvr.data or ""), only_digits(self.ean.data or "")
        if cvr and not is_cvr(cvr):
            is_fine = _wrong(self.cvr, _("CVR-nummeret passer ikke. Det har 8 cifre."))
        if self.kind is CustomerKind.PUBLIC and not is_gln(gln):
            is_fine = _wrong(self.ean, _("EAN-nummeret passer ikke. Det har 13 cifre."))
        return is_fine


def _wrong(field: Field, sentence: str) -> bool:
    field.errors = [*field.errors, sentence]
    return False
