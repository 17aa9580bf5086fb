"""What lines come to: one place adds them up for the basket, the order, the payment page and the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workshop.core import money
from workshop.products.models import SizeClass, VatScheme

STANDARD_RATES = {VatScheme.STANDARD: money.STANDARD_RATE_PERCENT}
_SIZES = tuple(SizeClass)


class Totals(NamedTuple):
    """Øre, VAT included; the VAT within is part of it."""

    goods_ore: int
    delivery_ore: int
    total_ore: int
    vat_ore: int


def add_up(lines: Sequence[tuple[int, VatScheme]], delivery_ore: int = 0) -> Totals:
    """Lines of (gross øre, scheme) and the delivery, which follows the main scheme of the order (decision 32)."""
    goods = sum(amount for amount, _scheme in lines)
    taxed = [*lines, (delivery_ore, main_scheme(lines))] if delivery_ore else lines
    vat = money.vat_of_lines((amount, STANDARD_RATES.get(scheme, 0)) for amount, scheme in taxed)
    return Totals(goods, delivery_ore, goods + delivery_ore, sum(vat.values()))


def main_scheme(lines: Iterable[tuple[int, VatScheme]]) -> VatScheme:
    """The scheme most of the money is under; of two alike the one named first among the schemes."""
    gross = dict.fromkeys(VatScheme, 0)
    for amount, scheme in lines:
        gross[scheme] += amount
    return max(gross, key=lambda scheme: gross[scheme])


def largest(sizes: Iterable[SizeClass]) -> SizeClass:
    """The size that a delivery is priced by."""
    return max(sizes, key=_SIZES.index)
