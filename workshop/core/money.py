"""Money is whole øre, VAT included. Nothing here ever sees a float."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from workshop.core.i18n import _, isolated

NO_BREAK = "\u00a0"
LARGEST_ORE = 99_999_999  # a price above a million kroner is a typing error
STANDARD_RATE_PERCENT = 25  # Source: momsloven § 33
_AMOUNT = re.compile(r"(?P<sign>-?)(?P<kroner>[0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]+)(?:,(?P<ore>[0-9]+|-))?(?:kr\.?)?")


class PayMeans(StrEnum):
    """How money changes hands at a desk, or by invoice."""

    CASH = "cash"
    MOBILEPAY = "mobilepay"
    CARD = "card"
    INVOICE = "invoice"

    @property
    def label(self) -> str:
        """`Kontant`."""
        return {
            PayMeans.CASH: _("Kontant"),
            PayMeans.MOBILEPAY: _("MobilePay"),
            PayMeans.CARD: _("Kort"),
            PayMeans.INVOICE: _("Faktura"),
        }[self]


def kr(ore: int) -> str:
    """Øre as Danish text: `115000` -> `1.150 kr.`, `115050` -> `1.150,50 kr.`; the space does not break."""
    sign = "-" if ore < 0 else ""
    kroner, rest = divmod(abs(ore), 100)
    text = f"{kroner:,}".replace(",", ".")
    return f"{sign}{text}{f',{rest:02d}' if rest else ''}{NO_BREAK}kr."


def kr_apart(ore: int) -> str:
    """The same for a page: it runs its own way where the page runs the other."""
    return isolated(kr(ore))


def parse_kr(text: str) -> int:
    """Øre from what a person types: `995`, `1.150`, `1.150,50`, `1.150 kr.`.

    Raises ValueError with a sentence that says what to do: not an amount, more than two decimals, negative, too large.
    """
    compact = text.strip().replace(NO_BREAK, " ").replace(" kr", "kr").lower()
    found = _AMOUNT.fullmatch(compact)
    if found is None:
        raise ValueError(_("Skriv prisen med tal, for eksempel 1.150 eller 99,50."))
    decimals = (found["ore"] or "").replace("-", "")
    if len(decimals) > 2:
        raise ValueError(_("Skriv højst to tal efter kommaet, for eksempel 12,50."))
    ore = int(re.sub(r"\D", "", found["kroner"])) * 100 + int((decimals + "00")[:2])
    if found["sign"] and ore:
        raise ValueError(_("En pris kan ikke være under 0 kr."))
    if ore > LARGEST_ORE:
        raise ValueError(_("Prisen er for høj. Den kan højst være 999.999 kr."))
    return ore


def half_up(numerator: int, denominator: int) -> int:
    """Whole-number division rounded half up, for amounts of zero or more."""
    return (2 * numerator + denominator) // (2 * denominator)


def vat_within(gross_ore: int, rate_percent: int = STANDARD_RATE_PERCENT) -> int:
    """The VAT inside a gross amount, once per rate, half up (decision 32): 25 % is gross / 5."""
    return half_up(gross_ore * rate_percent, 100 + rate_percent)


def vat_of_lines(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    """VAT per rate from (gross øre, rate percent) lines: summed first, rounded once per rate."""
    gross: dict[int, int] = {}
    for amount, rate in lines:
        gross[rate] = gross.get(rate, 0) + amount
    return {rate: vat_within(amount, rate) for rate, amount in sorted(gross.items()) if rate}
