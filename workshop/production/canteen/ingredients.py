"""What a dish takes, as people write it (`0,12 kg kartofler`), scaled to heads, summed and put in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import sort_key
from workshop.production.stores import amounts

PIECES = "stk."
LONGEST_TEXT, MOST_LINES = 100, 60
# What a unit is bought in, and how many of it make one of that.
BOUGHT_IN = {
    "kg": ("kg", 1), "g": ("kg", 1000), "l": ("l", 1), "dl": ("l", 10), "cl": ("l", 100), "ml": ("l", 1000),
    "spsk": ("spsk", 1), "tsk": ("tsk", 1),
}  # fmt: skip
WHOLE = {
    "stk": PIECES, "pk": "pk.", "pakke": "pk.", "pakker": "pk.", "ds": "ds.", "dåse": "ds.", "dåser": "ds.",
    "skive": "skiver", "skiver": "skiver", "pose": "poser", "poser": "poser", "bakke": "bakker", "bakker": "bakker",
    "fed": "fed", "bundt": "bundt", "glas": "glas", "net": "net",
}  # fmt: skip
FROM_THE_TAP = frozenset({"vand", "koldt vand", "lunkent vand", "kogende vand"})  # a recipe names it; nobody buys it
# In the kitchen less than one of these is said in the smaller unit.
SMALLER = {"kg": ("g", 1000), "l": ("dl", 10)}
_LINE = re.compile(r"(?P<amount>[0-9][0-9.,]*)\s*(?P<rest>.*)", re.ASCII | re.DOTALL)


class Ingredient(NamedTuple):
    """So much of something, for one person or for many."""

    text: str
    quantity: Decimal
    unit: str

    @property
    def key(self) -> tuple[str, str]:
        """What is the same thing, however its name is written."""
        return self.text.casefold(), self.unit


def parse(written: str) -> list[Ingredient]:
    """The ingredients of a dish, a line each: amount, unit, what. Without a unit they are counted.

    Raises Refusal with the line that cannot be read, and for the same thing twice.
    """
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Refusal(_("Skriv højst %(most)s linjer.", most=MOST_LINES))
    found = [_parse_line(line) for line in lines]
    keys = [each.key for each in found]
    twice = next((each for each in found if keys.count(each.key) > 1), None)
    if twice is not None:
        raise Refusal(_("%(what)s står to gange. Skriv det på én linje.", what=twice.text))
    return found


def write(ingredients: Iterable[Ingredient]) -> str:
    """The ingredients as they are typed, a line each."""
    return "\n".join(f"{amounts.text(each.quantity)} {each.unit} {each.text}" for each in ingredients)


def for_heads(ingredient: Ingredient, heads: int) -> Ingredient:
    """What so many people take, in the unit it is bought in, exact."""
    unit, many = BOUGHT_IN.get(ingredient.unit, (ingredient.unit, 1))
    return Ingredient(ingredient.text, ingredient.quantity * heads / many, unit)


def total(ingredients: Iterable[Ingredient]) -> list[Ingredient]:
    """The same things added up, by Danish name: rounded up to thousandths, and what is counted to whole ones."""
    sums: dict[tuple[str, str], Ingredient] = {}
    for each in ingredients:
        before = sums.get(each.key)
        sums[each.key] = each if before is None else before._replace(quantity=before.quantity + each.quantity)
    rounded = (each._replace(quantity=round_up(each.quantity, each.unit)) for each in sums.values() if each.quantity)
    return sorted(rounded, key=lambda each: (sort_key(each.text), each.unit))


def unit_of(written: str) -> str:
    """A unit as it is kept here, however it was written; one we do not know stays as it is."""
    bare = written.strip().casefold().rstrip(".")
    return bare if bare in BOUGHT_IN else WHOLE.get(bare, written.strip())


def round_up(quantity: Decimal, unit: str) -> Decimal:
    """So much that there is enough: half an egg is one."""
    return quantity.quantize(amounts.SMALLEST if unit in BOUGHT_IN else Decimal(1), ROUND_CEILING)


def handy(ingredient: Ingredient) -> Ingredient:
    """So much as one weighs off or asks for: rounded up, and in the smaller unit where there is less than one."""
    quantity, unit = round_up(ingredient.quantity, ingredient.unit), ingredient.unit
    smaller, many = SMALLER.get(unit, (unit, 1))
    if quantity < 1:
        quantity, unit = quantity * many, smaller
    return Ingredient(ingredient.text, quantity, unit)


def in_words(ingredient: Ingredient) -> str:
    """`1,4 kg`, `350 g`, `12 stk.`: what a cook reads."""
    found = handy(ingredient)
    return amounts.text(found.quantity, found.unit)


def _parse_line(line: str) -> Ingredient:
    found = _LINE.fullmatch(line)
    if found is None or not found["rest"].strip():
        raise Refusal(_("Skriv linjen “%(line)s” som 0,12 kg kartofler.", line=line[:60]))
    try:
        quantity = amounts.parse(found["amount"].rstrip(".,"))
    except ValueError as problem:
        raise Refusal(_("Linjen “%(line)s”: %(problem)s", line=line[:60], problem=str(problem))) from problem
    if quantity <= 0:
        raise Refusal(_("Linjen “%(line)s” skal have en mængde over 0.", line=line[:60]))
    first, _space, after = found["rest"].strip().partition(" ")
    is_unit = bool(after.strip()) and first.casefold().rstrip(".") in {*BOUGHT_IN, *WHOLE}
    what = after.strip() if is_unit else found["rest"].strip()
    if len(what) > LONGEST_TEXT:
        raise Refusal(_("Linjen “%(line)s” er for lang. Skriv højst 100 tegn.", line=line[:60]))
    return Ingredient(what, quantity, unit_of(first) if is_unit else PIECES)
