"""Amounts of a material as people type and read them: `2`, `2,5`, `1.250` metres; what is counted is whole."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import NO_BREAK

NONE = Decimal(0)
SMALLEST = Decimal("0.001")
MOST = Decimal(100_000)
COUNTED = frozenset({"stk", "stk.", "styk", "par"})
# A point before three digits groups thousands, as Danes write; any other point can only be meant as a comma.
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,9})(?:[,.](?P<rest>[0-9]{1,9}))?", re.ASCII)


def parse(typed: str) -> Decimal:
    """The amount a person typed, of three places at most.

    Raises ValueError with a sentence that says what to do.
    """
    found = _AMOUNT.fullmatch(typed.strip().replace(NO_BREAK, "").replace(" ", ""))
    if found is None:
        raise ValueError(_("Skriv mængden med tal, for eksempel 2 eller 2,5."))
    rest = found["rest"] or "0"
    if len(rest.rstrip("0")) > 3:
        raise ValueError(_("Skriv højst tre tal efter kommaet, for eksempel 0,125."))
    amount = Decimal(f"{found['whole'].replace('.', '')}.{rest}").quantize(SMALLEST)
    if amount > MOST:
        raise ValueError(_("Det er for meget. Skriv højst %(most)s.", most=text(MOST)))
    return amount


def text(amount: Decimal, unit: str = "") -> str:
    """An amount as Danes read it: `4,5`, `1.250`, with its unit when one is given; the space does not break."""
    whole, _point, rest = f"{amount.quantize(SMALLEST):,f}".partition(".")
    rest = rest.rstrip("0")
    number = whole.replace(",", ".") + (f",{rest}" if rest else "")
    return f"{number}{NO_BREAK}{unit}" if unit else number


def is_counted(unit: str) -> bool:
    """Whether a material is counted in whole pieces."""
    return unit.strip().casefold() in COUNTED


def must_fit(amount: Decimal, unit: str) -> None:
    """Refuse half a piece of what is counted in pieces."""
    if is_counted(unit) and amount % 1:
        raise Refusal(_("Skriv et helt tal. Det tælles i %(unit)s.", unit=unit))


def rounded_up(amount: Decimal, unit: str) -> Decimal:
    """So much that there is enough: whole pieces of what is counted in pieces."""
    return amount.to_integral_value(ROUND_CEILING) if is_counted(unit) else amount


def exact(number: object) -> Decimal:
    """A sum as the database gave it, in thousandths: one of the two databases reckons in binary fractions."""
    return Decimal(str(number or 0)).quantize(SMALLEST, ROUND_HALF_UP)
