"""What staff type about a thing that came in."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateField,
    EmailField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from workshop.core.forms import (
    BaseForm,
    MoneyField,
    PhotoField,
    PublicIdField,
    a_mail_address,
    a_phone,
    one_page_of_text,
    required,
)
from workshop.core.i18n import _, lazy
from workshop.core.money import PayMeans
from workshop.production.forms import SeenForm, planned_day
from workshop.production.repairs.actions import Card
from workshop.production.repairs.models import JobKind, PhotoPhase, RepairJob, Whose
from workshop.production.repairs.words import kind_name, phase_name, whose_name
from workshop.production.stores.forms import AmountField, once_field

_TEXTS = ("title", "marks", "faults", "place", "owner_name", "owner_email", "owner_phone")


def _at_most(count: int) -> Length:
    return Length(max=count, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=count))


class CardForm(SeenForm):
    """The card: what it is and whose, what is wrong with it, and how the owner is told."""

    kind = RadioField(lazy("Hvad er det?"), validate_choice=False)
    whose = RadioField(lazy("Hvis er det?"), validate_choice=False)
    title = StringField(lazy("Hvad er det for en?"), [required(lazy("Skriv, hvad det er.")), _at_most(150)])
    faults = TextAreaField(lazy("Hvad er der galt, eller hvad ønskes?"), [one_page_of_text])
    owner_name = StringField(lazy("Ejerens navn"), [_at_most(120)])
    owner_phone = TelField(lazy("Ejerens telefon"), [_at_most(30), a_phone])
    owner_email = EmailField(lazy("Ejerens mail"), [_at_most(254), a_mail_address])
    marks = StringField(lazy("Kendetegn"), [_at_most(120)])
    place = StringField(lazy("Hvor står den?"), [_at_most(60)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(each, kind_name(each)) for each in JobKind]
        self.whose.choices = [
            SelectChoice(each, whose_name(each)) for each in (Whose.CUSTOMER, Whose.DONATED, Whose.BOUGHT)
        ]

    def validate_kind(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {each.value for each in JobKind}:
            raise ValidationError(_("Vælg, hvad slags det er."))

    def validate_whose(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {each.value for each in Whose}:
            raise ValidationError(_("Vælg, hvis den er."))

    def validate_owner_name(self, field: Field) -> None:
        """A customer's thing has an owner."""
        if self.whose.data == Whose.CUSTOMER and not field.data:
            raise ValidationError(_("Skriv ejerens navn."))

    def validate_owner_phone(self, field: Field) -> None:
        """Somebody has to be told when it is ready."""
        if self.whose.data == Whose.CUSTOMER and not field.data and not self.owner_email.data:
            raise ValidationError(_("Skriv ejerens telefon eller mail, så vi kan sige til, når den er færdig."))

    @property
    def card(self) -> Card:
        """What was written, once it is validated."""
        texts = {name: getattr(self, name).data or "" for name in _TEXTS}
        return Card(kind=JobKind(self.kind.data), whose=Whose(self.whose.data), **texts)

    @classmethod
    def of(cls, job: RepairJob) -> CardForm:
        """The form filled with what is stored."""
        texts = {name: getattr(job, name) for name in _TEXTS}
        return cls(data=texts | {"kind": job.kind.value, "whose": job.whose.value, "version": str(job.version)})


class ReceiveForm(CardForm):
    """A new card, with a photo of how the thing looks. Departments are filled in by the page."""

    photo = PhotoField(lazy("Billede, som den ser ud nu"))
    department = PublicIdField(lazy("Afdeling"))
    once = once_field()


class PlanForm(SeenForm):
    """What will be done, by when, and how long the price holds."""

    plan = TextAreaField(lazy("Det vil vi gøre"), [one_page_of_text])
    promised_on = DateField(lazy("Vi regner med, den er færdig"), [Optional(), planned_day])
    quote_until = DateField(lazy("Prisen gælder til og med"), [Optional(), planned_day])

    @classmethod
    def of(cls, job: RepairJob) -> PlanForm:
        """The form filled with what is stored."""
        names = ("plan", "promised_on", "quote_until")
        return cls(data={name: getattr(job, name) for name in names} | {"version": str(job.version)})


class LineForm(SeenForm):
    """A part or a piece of work with its price. The materials are filled in by the page."""

    text = StringField(lazy("Del eller arbejde"), [_at_most(150)])
    material = PublicIdField(lazy("Eller et af vores materialer"))
    quantity = AmountField(lazy("Antal"), [required(lazy("Skriv, hvor meget det er."))])
    price = MoneyField(
        lazy("Pris pr. styk med moms"), [required(lazy("Skriv prisen. Er det gratis, så skriv 0."))]
    )  # fmt: skip


class TestForm(SeenForm):
    """How it went when the thing was tried."""

    test_note = StringField(
        lazy("Hvad er prøvet, og hvordan gik det?"),
        [required(lazy("Skriv, hvad der er prøvet, og hvordan det gik.")), _at_most(300)],
    )


class FinishForm(SeenForm):
    """What it came to."""

    final = MoneyField(lazy("Pris i alt med moms"), [required(lazy("Skriv prisen. Er det gratis, så skriv 0."))])


class PhotoForm(BaseForm):
    """A photo before or after, and what it shows."""

    photo = PhotoField(lazy("Billede"), [required(lazy("Vælg et billede."))])
    phase = SelectField(lazy("Hvornår er det taget?"))
    alt_text = StringField(lazy("Hvad viser det?"), [_at_most(200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phase.choices = [(each.value, phase_name(each)) for each in PhotoPhase]


class CodeForm(BaseForm):
    """The code on a slip, typed or scanned."""

    code = StringField(lazy("Koden på sedlen"), [required(lazy("Skriv koden på sedlen.")), _at_most(300)])


class HandBackForm(BaseForm):
    """How it was paid."""

    means = RadioField(lazy("Hvordan er der betalt?"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.means.choices = [SelectChoice(each, each.label) for each in PayMeans]

    @property
    def chosen(self) -> PayMeans | None:
        """The means, None when none was chosen."""
        return PayMeans(self.means.data) if self.means.data in {each.value for each in PayMeans} else None
