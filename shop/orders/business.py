"""What a form asks of a company or an authority, wherever customers say who they are."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from shop.orders.customers import CVR_DIGITS, GLN_DIGITS, is_cvr, is_gln, only_digits
from shop.orders.models import CustomerKind
from workshop.core.i18n import _


class WhoPays:
    """Mixed into a form with the fields `kunde`, `firma`, `cvr`, `ean` and `reference`.

    Each is asked for only of those it belongs to, and what is left over from another choice is not kept.
    """

    kunde: Any
    firma: Any
    cvr: Any
    ean: Any
    reference: Any

    @property
    def kind(self) -> CustomerKind:
        """Who it is; a private customer for what is nobody."""
        return next((kind for kind in CustomerKind if kind == self.kunde.data), CustomerKind.PRIVATE)

    @property
    def company_name(self) -> str:
        """The name for the invoice; empty for a private customer."""
        return "" if self.kind is CustomerKind.PRIVATE else self.firma.data or ""

    @property
    def company_cvr(self) -> str:
        """Eight digits, of a company alone."""
        return _cvr_digits(self.cvr.data) if self.kind is CustomerKind.COMPANY else ""

    @property
    def authority_gln(self) -> str:
        """Thirteen digits, of an authority alone."""
        return only_digits(self.ean.data or "") if self.kind is CustomerKind.PUBLIC else ""

    @property
    def invoice_reference(self) -> str:
        """Whose purchase it is; empty for a private customer."""
        return "" if self.kind is CustomerKind.PRIVATE else self.reference.data or ""

    def validate_firma(self, field: Field) -> None:
        """A name for the invoice."""
        if self.kind is not CustomerKind.PRIVATE and not (field.data or "").strip():
            raise ValidationError(_("Skriv navnet på firmaet eller stedet."))

    def validate_cvr(self, field: Field) -> None:
        """A company says its number; a wrong digit shows."""
        digits = _cvr_digits(field.data)
        if self.kind is not CustomerKind.COMPANY or is_cvr(digits):
            return
        if len(digits) != CVR_DIGITS or not digits.isdecimal():
            raise ValidationError(_("Skriv CVR-nummeret med 8 cifre."))
        raise ValidationError(_("CVR-nummeret passer ikke. Se efter, om et ciffer er forkert."))

    def validate_ean(self, field: Field) -> None:
        """An authority gets its invoice by it."""
        digits = only_digits(field.data or "")
        if self.kind is not CustomerKind.PUBLIC or is_gln(digits):
            return
        if len(digits) != GLN_DIGITS or not digits.isdecimal():
            raise ValidationError(_("Skriv EAN-nummeret med 13 cifre. Det begynder som regel med 57."))
        raise ValidationError(_("EAN-nummeret passer ikke. Se efter, om et ciffer er forkert."))

    def validate_reference(self, field: Field) -> None:
        """Without it an authority cannot see whose purchase it is."""
        if self.kind is CustomerKind.PUBLIC and not (field.data or "").strip():
            raise ValidationError(_("Skriv jeres reference: et navn eller et rekvisitionsnummer."))


def _cvr_digits(text: str | None) -> str:
    return only_digits(text or "").upper().removeprefix("DK")
