"""What staff choose and type at the order desk."""

from __future__ import annotations

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from shop.orders.models import CustomerKind
from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.core.money import PayMeans


class CodeForm(BaseForm):
    """The code a customer shows, typed or scanned."""

    kode = StringField(
        lazy("Kundens kode"),
        [
            required(lazy("Skriv koden fra kundens mail eller telefon.")),
            Length(max=200, message=lazy("Koden er 6 tegn.")),
        ],
    )


class MeansForm(BaseForm):
    """How a customer paid at the desk."""

    betalt = RadioField(
        lazy("Hvordan har kunden betalt?"),
        choices=[],
        validate_choice=False,
    )

    def validate_betalt(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {choice.value for choice in self.betalt.choices}:
            raise ValidationError(_("Vælg, hvordan kunden har betalt."))

    def offer(self, kind: CustomerKind) -> MeansForm:
        """With the ways this kind of customer can pay; only a company or an authority is sent an invoice."""
        offered = [means for means in PayMeans if means is not PayMeans.INVOICE or kind is not CustomerKind.PRIVATE]
        self.betalt.choices = [SelectChoice(means.value, means.label) for means in offered]
        return self

    @property
    def means(self) -> PayMeans:
        """What was chosen, of a form that is in order."""
        return PayMeans(self.betalt.data)


class SlotForm(BaseForm):
    """Another time."""

    tid = PublicIdField(lazy("Ny tid"))
