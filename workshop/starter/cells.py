"""What a cell of the catalogue can hold. Each reader gives the value, or raises ValueError with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy.orm import InstrumentedAttribute

from workshop.core import money
from workshop.core.i18n import _

Choice = TypeVar("Choice", bound=StrEnum)
LARGEST = 1_000_000
# Only plain digits: Decimal itself would also take "NaN", "1e9", "1_000" and Arabic digits.
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_MONTH_AND_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")


def text(column: InstrumentedAttribute[str]) -> Callable[[str], str]:
    """Text that fits the column it is meant for."""
    most: int | None = getattr(column.type, "length", None)

    def read(cell: str) -> str:
        if most is not None and len(cell) > most:
            raise ValueError(_("Teksten er for lang. Skriv højst %(most)s tegn.", most=most))
        return cell

    return read


def listed(between: str = ";") -> Callable[[str], list[str]]:
    """Several members in one field."""

    def read(cell: str) -> list[str]:
        members = [member.strip() for member in cell.split(between)]
        if not all(members):
            raise ValueError(_("Der mangler noget mellem to %(sign)s.", sign=between))
        if len(set(members)) != len(members):
            raise ValueError(_("Det samme står to gange."))
        return members

    return read


def number(cell: str) -> Decimal:
    """A number with a full stop as decimal mark, zero or more."""
    if not _NUMBER.fullmatch(cell):
        raise ValueError(_("%(value)s er ikke et tal. Skriv for eksempel 12 eller 12.50.", value=cell))
    value = Decimal(cell)
    if value < 0:
        raise ValueError(_("Tallet kan ikke være under 0."))
    return value


def positive(cell: str) -> Decimal:
    """A number above zero."""
    value = number(cell)
    if not value:
        raise ValueError(_("Tallet skal være over 0."))
    return value


def whole(least: int = 0, most: int = LARGEST) -> Callable[[str], int]:
    """A whole number within bounds, both included."""

    def read(cell: str) -> int:
        if not _WHOLE.fullmatch(cell):
            raise ValueError(_("%(value)s er ikke et helt tal.", value=cell))
        value = int(cell)
        if not least <= value <= most:
            raise ValueError(_("Tallet skal være mellem %(least)s og %(most)s.", least=least, most=most))
        return value

    return read


def scaled(factor: int, least: int = 0) -> Callable[[str], int]:
    """A number with decimals, kept as a whole number of a smaller unit: kilograms as grams (1000)."""

    def read(cell: str) -> int:
        value = number(cell) * factor
        if value != int(value):
            raise ValueError(_("Tallet har for mange tal efter punktummet."))
        if not least <= value <= LARGEST * factor:
            raise ValueError(_("Tallet %(value)s er for lille eller for stort.", value=cell))
        return int(value)

    return read


def kroner(cell: str) -> int:
    """Kroner as øre: `895` is 89500, `0.70` is 70; by decimals, never by floats."""
    value = number(cell) * 100
    if value != int(value):
        raise ValueError(_("Skriv højst to tal efter punktummet, for eksempel 12.50."))
    if value > money.LARGEST_ORE:
        raise ValueError(_("Prisen er for høj. Den kan højst være 999.999 kr."))
    return int(value)


def price(cell: str) -> int:
    """What something costs in kroner as øre, above zero."""
    value = kroner(cell)
    if not value:
        raise ValueError(_("Prisen skal være over 0 kr."))
    return value


def yes_no(cell: str) -> bool:
    """`yes` or `no`."""
    if cell not in {"yes", "no"}:
        raise ValueError(_("Skriv yes eller no."))
    return cell == "yes"


def one_of(kind: type[Choice]) -> Callable[[str], Choice]:
    """One of the values of an enum."""

    def read(cell: str) -> Choice:
        try:
            return kind(cell)
        except ValueError:
            raise ValueError(_unknown(cell, [member.value for member in kind])) from None

    return read


def word_of(*allowed: str) -> Callable[[str], str]:
    """One of a few words."""

    def read(cell: str) -> str:
        if cell not in allowed:
            raise ValueError(_unknown(cell, list(allowed)))
        return cell

    return read


def day(cell: str) -> date:
    """A date such as 2026-06-30."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(_("%(value)s er ikke en dato. Skriv for eksempel 2026-06-30.", value=cell)) from None


def month_and_day(cell: str) -> str:
    """A day of the year such as 06-15; 29 February is one too."""
    is_day = _MONTH_AND_DAY.fullmatch(cell) is not None
    if is_day:
        try:
            date.fromisoformat(f"2028-{cell}")
        except ValueError:
            is_day = False
    if not is_day:
        raise ValueError(_("%(value)s er ikke en dag. Skriv måned og dag, for eksempel 06-15.", value=cell))
    return cell


def choices(cell: str) -> dict[str, list[str]]:
    """`farve:rå|sort;længde:120|150` as names with their values in order."""
    found: dict[str, list[str]] = {}
    for part in cell.split(";"):
        name, colon, values = part.partition(":")
        members = [value.strip() for value in values.split("|")]
        if not colon or not name.strip() or len(members) < 2 or not all(members):
            raise ValueError(_("Skriv valg som farve:rå|sort;længde:120|150, med mindst to værdier hver."))
        if name.strip() in found:
            raise ValueError(_("Det samme står to gange."))
        found[name.strip()] = members
    return found


def with_additions(values: Mapping[str, list[str]], additions: Mapping[str, list[str]]) -> dict[str, Any]:
    """The choices of a product with the addition of each in øre: name -> [[value, øre], ...].

    Raises ValueError when the two do not name the same choices.
    """
    if list(values) != list(additions):
        raise ValueError(_("Tillæggene skal have de samme navne som valgene, i samme rækkefølge."))
    found: dict[str, Any] = {}
    for name, members in values.items():
        if len(members) != len(additions[name]) or len(set(members)) != len(members):
            raise ValueError(_("%(name)s skal have ét tillæg for hver værdi.", name=name))
        found[name] = [[value, kroner(extra)] for value, extra in zip(members, additions[name], strict=True)]
    return found


def _unknown(cell: str, allowed: list[str]) -> str:
    return _("%(value)s kendes ikke. Skriv en af disse: %(allowed)s.", value=cell, allowed=", ".join(allowed))
