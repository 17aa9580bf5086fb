"""What customers type when they ask for help in their garden; staff type the same on the phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Regexp, ValidationError

from shop.orders.business import WhoPays
from shop.orders.customers import only_digits
from shop.orders.models import CustomerKind
from shop.orders.withdrawing.forms import ONCE
from workshop.core.forms import BaseForm, PhotosField, a_mail_address, a_phone, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.core.text import clean
from workshop.production.stores import amounts
from workshop.production.stores.forms import AmountField
from workshop.services.models import ServiceKind
from workshop.services.prices.rules import MOST_UNITS, Model, how_many
from workshop.services.requests.actions import LONGEST_ANSWER, Asked, PlaceData
from workshop.services.requests.models import Recurrence
from workshop.services.requests.photos import MOST_PHOTOS

POSTCODE = re.compile(r"[1-9][0-9]{3}", re.ASCII)
TALLEST_CM = 1_000
BOTH, ONE = "2", "1"


def _upto(most: int) -> Length:
    return Length(max=most, message=lazy("Skriv højst %(most)s tegn.", most=most))


class WantForm(BaseForm):
    """What is wanted: as much as the price is reckoned from."""

    maengde = AmountField(lazy("Hvor meget?"))
    sider = RadioField(lazy("Sider"), choices=[SelectChoice(ONE), SelectChoice(BOTH)], default=BOTH)
    hoejde = StringField(lazy("Højde"))
    affald = BooleanField(lazy("Kør affaldet væk"))
    hvortit = RadioField(lazy("Hvor tit?"), validate_choice=False, default=Recurrence.NONE.value)
    postnr = StringField(lazy("Postnummer"), [Length(max=20)])

    @property
    def postcode(self) -> str:
        """Four digits, or nothing for what is no postcode yet."""
        text = only_digits(self.postnr.data or "").upper().removeprefix("DK")
        return text if POSTCODE.fullmatch(text) else ""

    @property
    def height_cm(self) -> int | None:
        """The height that was chosen or typed, in centimetres; None for what is none."""
        text = str(_data(self.hoejde) or "").removesuffix("cm").strip()
        cm = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
        return cm if 0 < cm <= TALLEST_CM else None

    @property
    def units(self) -> Decimal | None:
        """How much, in two places; None while it cannot be read."""
        amount: Decimal | None = None if self.maengde.process_errors else self.maengde.data
        if amount is None or not 0 < amount <= MOST_UNITS or amount != round(amount, 2):
            return None
        return round(amount, 2)

    @property
    def wanted(self) -> Asked | None:
        """What the price is reckoned from; None while the amount cannot be read."""
        if self.units is None:
            return None
        return Asked(
            units=self.units,
            height_cm=self.height_cm,
            sides=1 if _data(self.sider) == ONE else 2,
            wants_waste=bool(_data(self.affald)),
            wants_recurrence=self.rhythm,
        )

    @property
    def rhythm(self) -> Recurrence:
        """How often; once for what is no answer."""
        return next((each for each in Recurrence if each == self.hvortit.data), Recurrence.NONE)

    def validate_maengde(self, field: Field) -> None:
        """Something, and not more than anybody has."""
        if field.process_errors:
            return
        if not field.data:
            raise ValidationError(_("Skriv, hvor meget det er. Gæt bare."))
        if self.units is None:
            most = amounts.text(MOST_UNITS)
            raise ValidationError(_("Skriv et tal på højst %(most)s, med højst to tal efter kommaet.", most=most))


class AskForm(WhoPays, WantForm):
    """The whole request: what, where, when, and who asks."""

    once = HiddenField(validators=[Regexp(rf"{ONCE.pattern}\Z", message=lazy("Siden er for gammel. Åbn den igen."))])
    billeder = PhotosField(lazy("Billeder af opgaven"))
    vej = StringField(lazy("Vej og nummer"), [required(lazy("Skriv vej og nummer, så vi kan finde dig.")), _upto(120)])
    postnr = StringField(lazy("Postnummer"), [Length(max=20)])  # once more: errors are listed in the order of the page
    adgang = StringField(lazy("Når vi kommer"), [_upto(300)])
    uger = SelectMultipleField(lazy("Hvilke uger passer dig?"), validate_choice=False)
    kunde = RadioField(
        lazy("Hvem spørger?"),
        choices=[SelectChoice(kind.value) for kind in CustomerKind],
        default=CustomerKind.PRIVATE.value,
    )
    firma = StringField(lazy("Navn på firma eller sted"), [_upto(150)])
    cvr = StringField(lazy("CVR-nummer"), [Length(max=30)])
    ean = StringField(lazy("EAN/GLN-nummer"), [Length(max=30)])
    reference = StringField(lazy("Jeres reference"), [_upto(80)])
    navn = StringField(lazy("Navn"), [required(lazy("Skriv dit navn.")), _upto(120)])
    telefon = TelField(lazy("Telefon"), [Length(max=30), a_phone])
    mail = EmailField(lazy("E-mail"), [Length(max=254), a_mail_address])
    besked = TextAreaField(lazy("Er der mere, vi skal vide?"), [one_page_of_text])

    is_by_phone = False
    questions: tuple[tuple[str, str, str], ...] = ()  # the service's own: field, question, what was answered

    def fit(self, kind: ServiceKind, sent: Mapping[str, str]) -> None:
        """Ask what this service asks, and take out what it knows nothing of."""
        fit(self, Model.of(kind))
        self.maengde.label.text = how_many(kind.unit)
        self.questions = tuple(
            (f"svar-{number}", text, clean(sent.get(f"svar-{number}", ""))[:LONGEST_ANSWER])
            for number, text in enumerate(kind.questions, 1)
        )

    @property
    def asked(self) -> Asked:
        """What is wanted, once the form is valid."""
        wanted = self.wanted
        if wanted is None:
            raise ValueError("the form was not found valid")
        return Asked(
            units=wanted.units,
            height_cm=wanted.height_cm,
            sides=wanted.sides,
            wants_waste=wanted.wants_waste,
            wants_recurrence=wanted.wants_recurrence,
            wishes=tuple(self.uger.data or ()),
            answers={text: answer for _name, text, answer in self.questions},
            message=self.besked.data or "",
        )

    @property
    def place(self) -> PlaceData:
        """Who asks and where, with only what belongs to such a customer."""
        return PlaceData(
            name=self.navn.data or "",
            email=self.mail.data or "",
            phone=self.telefon.data or "",
            company_name=self.company_name,
            cvr=self.company_cvr,
            gln=self.authority_gln,
            reference=self.invoice_reference,
            street=self.vej.data or "",
            postcode=self.postcode,
            access_note=self.adgang.data or "",
        )

    def validate_postnr(self, _field: Field) -> None:
        """Four digits."""
        if not self.postcode:
            raise ValidationError(_("Skriv dit postnummer med 4 cifre."))

    def validate_hoejde(self, field: Field) -> None:
        """A height where there are any."""
        if not field.data or self.height_cm is None:
            raise ValidationError(_("Vælg, hvor høj den er. Gæt bare."))

    def validate_billeder(self, field: Field) -> None:
        """A few are enough."""
        if len(field.data or ()) > MOST_PHOTOS:
            raise ValidationError(_("Vælg højst %(most)s billeder.", most=MOST_PHOTOS))

    def validate_mail(self, field: Field) -> None:
        """The quote comes by mail; on the phone a number to ring is enough."""
        if (field.data or "").strip():
            return
        if not self.is_by_phone:
            raise ValidationError(_("Skriv din mailadresse. Der sender vi tilbuddet."))
        if not (self.telefon.data or "").strip():
            raise ValidationError(_("Skriv en mail eller et telefonnummer, så vi kan svare."))

    def validate_telefon(self, field: Field) -> None:
        """We ring about what a form does not say."""
        if not self.is_by_phone and not (field.data or "").strip():
            raise ValidationError(_("Skriv dit telefonnummer."))


class PhoneForm(AskForm):
    """The same, typed in by staff while somebody is on the phone."""

    is_by_phone = True


def fit(form: WantForm, model: Model) -> None:
    """Take out what the service knows nothing of."""
    for name, is_known in (
        ("sider", model.has_sides),
        ("hoejde", model.height_over_cm is not None),
        ("affald", model.waste_ore is not None),
    ):
        if not is_known:
            delattr(form, name)


def _data(field: Field | None) -> object:
    """What was typed; nothing in a field that this service does not have."""
    return None if field is None else field.data
