"""Who buys and where it is brought, with the check digits that show a typing error in a number."""

from __future__ import annotations

from dataclasses import dataclass

from shop.orders.models import CustomerKind

_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
CVR_DIGITS, GLN_DIGITS = len(_CVR_WEIGHTS), 13


@dataclass(frozen=True)
class Customer:
    """What the customer wrote about themself."""

    name: str
    email: str
    phone: str
    message: str = ""
    kind: CustomerKind = CustomerKind.PRIVATE
    company_name: str = ""
    cvr: str = ""
    gln: str = ""
    reference: str = ""

    @property
    def address(self) -> str:
        """The mail address as it is compared."""
        return self.email.strip().lower()


@dataclass(frozen=True)
class Delivery:
    """Where it is to be brought; town and price follow from the postcode."""

    street: str
    postcode: str


def only_digits(text: str) -> str:
    """A number as it is kept: without the spaces, dots and dashes people write in it."""
    return "".join(sign for sign in text if sign not in " .-\u00a0")


def is_cvr(digits: str) -> bool:
    """Whether these eight digits can be a Danish company's number. Source: CVR, modulus 11."""
    if not (_are_digits(digits, CVR_DIGITS) and digits[0] != "0"):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_CVR_WEIGHTS, digits, strict=True)) % 11 == 0


def is_gln(digits: str) -> bool:
    """Whether these thirteen digits can be an EAN/GLN number. Source: GS1, modulus 10 with weights 1 and 3."""
    if not _are_digits(digits, GLN_DIGITS):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def _are_digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdecimal()
