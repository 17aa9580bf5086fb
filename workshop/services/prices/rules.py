"""What a service costs: a price model, what somebody wishes, and the parts of the price. Pure and exact.

Money is whole øre with VAT. Everything is reckoned in fractions and rounded once, so the parts always add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from workshop.core.i18n import _
from workshop.core.money import kr

KRONE = 100  # øre
MOST_UNITS = Decimal(9_999)


class Priced(Protocol):
    """What has the numbers of a price model: a kind of service as stored, or as staff are typing it."""

    unit: str
    base_ore: int | None
    per_unit_ore: int | None
    height_factor_over_cm: int | None
    height_factor_pct: int | None
    one_side_pct: int | None
    waste_removal_ore: int | None
    min_price_ore: int | None
    is_travel_charged: bool


@dataclass(frozen=True)
class Model:
    """The numbers of a price. `height_pct` comes on top above `height_over_cm`; `one_side_pct` is of the full price.

    None: the service has no such thing (no heights, no sides, nothing driven away).
    """

    unit: str  # m, m2, hour, visit, item
    base_ore: int = 0
    per_unit_ore: int = 0
    height_over_cm: int | None = None
    height_pct: int | None = None
    one_side_pct: int | None = None
    waste_ore: int | None = None
    min_ore: int = 0
    is_travel_charged: bool = True

    @classmethod
    def of(cls, kind: Priced) -> Model:
        """The model of a service."""
        has_height = bool(kind.height_factor_over_cm and kind.height_factor_pct)
        return cls(
            unit=kind.unit,
            base_ore=kind.base_ore or 0,
            per_unit_ore=kind.per_unit_ore or 0,
            height_over_cm=kind.height_factor_over_cm if has_height else None,
            height_pct=kind.height_factor_pct if has_height else None,
            one_side_pct=kind.one_side_pct,
            waste_ore=kind.waste_removal_ore or None,
            min_ore=kind.min_price_ore or 0,
            is_travel_charged=kind.is_travel_charged,
        )

    @property
    def formula(self) -> str:
        """How the price is made, in the words of the starter data."""
        height = " * height" if self.height_over_cm is not None else ""
        waste = " + waste" if self.waste_ore is not None else ""
        travel = " + travel" if self.is_travel_charged else ""
        return f"max(min, base + units * per_unit{height}){waste}{travel}"

    @property
    def has_sides(self) -> bool:
        """Whether one side can be enough."""
        return self.one_side_pct is not None

    @property
    def comes_to_us(self) -> bool:
        """Whether the customer brings the thing to the workshop: then it does not matter where they live."""
        return self.unit == "item" and not self.is_travel_charged


@dataclass(frozen=True)
class Wish:
    """What somebody wants done: how much, how high, how many sides, and the travel of their zone in øre."""

    units: Decimal
    height_cm: int | None = None
    sides: int | None = None
    wants_waste: bool = False
    travel_ore: int = 0


@dataclass(frozen=True)
class Part:
    """A line of a price. Øre, VAT included; below zero where it makes the price lower."""

    text: str
    amount_ore: int


@dataclass(frozen=True)
class Price:
    """A total with the parts that make it; they add up."""

    parts: tuple[Part, ...]
    total_ore: int


class _Sum:
    """Adds fractions and hands out whole øre, so that the parts given so far are always the rounded sum so far."""

    def __init__(self) -> None:
        self.exact = Fraction(0)
        self.parts: list[Part] = []

    def add(self, text: str, amount: Fraction | int, *, is_told_at_zero: bool = False) -> None:
        before = half_up(self.exact)
        self.exact += amount
        ore = half_up(self.exact) - before
        if ore or is_told_at_zero:
            self.parts.append(Part(text, ore))


def half_up(amount: Fraction) -> int:
    """A whole number, a half going up."""
    return (amount + Fraction(1, 2)).__floor__()


def reckon(model: Model, wish: Wish) -> Price:
    """The price of a wish: max(min, base + units · per unit · height · side) + waste + travel, in whole kroner."""
    made = _Sum()
    made.add(_("Fast beløb"), model.base_ore)
    _add_work(made, model, wish)
    if made.exact < model.min_ore:
        made.add(_("Op til mindsteprisen %(price)s", price=kr(model.min_ore)), model.min_ore - made.exact)
    if wish.wants_waste and model.waste_ore is not None:
        made.add(_("Vi kører affaldet væk"), model.waste_ore)
    if model.is_travel_charged:
        made.add(_("Kørsel"), wish.travel_ore, is_told_at_zero=True)
    total = half_up(made.exact / KRONE) * KRONE
    made.add(_("Afrunding til hele kroner"), total - made.exact)
    return Price(tuple(made.parts), total)


def _add_work(made: _Sum, model: Model, wish: Wish) -> None:
    work = Fraction(wish.units) * model.per_unit_ore
    made.add(f"{units_text(wish.units, model.unit)} × {kr(model.per_unit_ore)}", work, is_told_at_zero=True)
    if is_high(model, wish.height_cm):
        more = work * (model.height_pct or 0) / 100
        words = {"height": model.height_over_cm, "pct": model.height_pct}
        made.add(_("Højere end %(height)s cm: %(pct)s %% mere", **words), more)
        work += more
    if model.one_side_pct is not None and wish.sides == 1:
        share = Fraction(model.one_side_pct, 100)
        made.add(_("Kun én side: %(pct)s %% mindre", pct=100 - model.one_side_pct), work * (share - 1))


def is_high(model: Model, height_cm: int | None) -> bool:
    """Whether it is so high that it costs more."""
    return model.height_over_cm is not None and height_cm is not None and height_cm > model.height_over_cm


def unit_price_ore(model: Model, wish: Wish) -> int:
    """What one more unit of this wish costs: the price per unit with its height and its sides, half up to øre."""
    one = Fraction(model.per_unit_ore)
    if is_high(model, wish.height_cm):
        one *= Fraction(100 + (model.height_pct or 0), 100)
    if model.one_side_pct is not None and wish.sides == 1:
        one *= Fraction(model.one_side_pct, 100)
    return half_up(one)


def per_unit_total(total_ore: int, units: Decimal, unit_price_ore: int, units_done: Decimal) -> int:
    """What is paid when the price follows what was done: the agreed total and each unit more or less, never below 0."""
    return max(0, half_up(total_ore + (Fraction(units_done) - Fraction(units)) * unit_price_ore))


def share_of(total_ore: int, done_permille: int) -> int:
    """The part of a price for the part that was done, half up: somebody withdrew midway."""
    return half_up(Fraction(total_ore * done_permille, 1000))


def amount_text(units: Decimal) -> str:
    """`28`, `2,5`: as it is written in Danish, without needless zeros."""
    text = f"{units.normalize():f}"
    return text.replace(".", ",")


def units_text(units: Decimal, unit: str) -> str:
    """`28 m`, `2,5 timer`, `1 besøg`."""
    number = amount_text(units)
    if unit == "hour":
        return _("1 time") if units == 1 else _("%(number)s timer", number=number)
    if unit == "visit":
        return _("%(number)s besøg", number=number)
    return f"{number} {unit_name(unit)}"


def unit_name(unit: str) -> str:
    """The unit as it stands beside a field or behind a number."""
    return {"m": _("m"), "m2": _("m²"), "hour": _("timer"), "visit": _("besøg")}.get(unit, _("stk."))


def how_many(unit: str) -> str:
    """What a customer is asked about the amount."""
    return {
        "m": _("Hvor mange meter?"),
        "m2": _("Hvor mange kvadratmeter?"),
        "hour": _("Hvor mange timer?"),
        "visit": _("Hvor mange besøg?"),
    }.get(unit, _("Hvor mange?"))


def per_unit_name(unit: str) -> str:
    """`pr. meter`."""
    return {
        "m": _("pr. meter"),
        "m2": _("pr. m²"),
        "hour": _("pr. time"),
        "visit": _("pr. besøg"),
    }.get(unit, _("pr. stk."))
