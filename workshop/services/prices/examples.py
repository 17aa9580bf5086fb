"""What jobs would cost before and after a change of numbers: a few typical ones, and the last asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from workshop.core.i18n import _
from workshop.services.prices.rules import Model, Wish, reckon, units_text

_SIZES = {
    "m": ("10", "28", "60"),
    "m2": ("50", "250", "800"),
    "hour": ("1", "2,5", "6"),
    "visit": ("1", "2", "4"),
    "item": ("1", "2", "4"),
}


@dataclass(frozen=True)
class Example:
    """A job with its price now and as it would be. Øre, VAT included."""

    text: str
    before_ore: int
    after_ore: int

    @property
    def difference_ore(self) -> int:
        """How much more; below zero: cheaper."""
        return self.after_ore - self.before_ore


def typical(before: Model, after: Model, zones: dict[int, int]) -> list[Example]:
    """A small, a usual and a large job, near and far, with what the service can be asked for."""
    small, usual, large = (Decimal(each.replace(",", ".")) for each in _SIZES.get(before.unit, _SIZES["item"]))
    near, far = min(zones, default=0), max(zones, default=0)
    either = [each for each in (before, after) if each.height_over_cm is not None]
    high = max((each.height_over_cm or 0 for each in either), default=0) + 20 if either else None
    has_sides = before.has_sides or after.has_sides
    has_waste = before.waste_ore is not None or after.waste_ore is not None
    low = Wish(small, height_cm=100 if either else None, sides=2 if has_sides else None)
    found = [(low, near), (replace(low, units=usual), min(far, near + 1))]
    if has_waste:
        found.append((replace(low, units=usual, wants_waste=True), far))
    if high:
        found.append((replace(low, units=usual, height_cm=high, wants_waste=has_waste), near))
    if has_sides:
        found.append((replace(low, units=usual, sides=1), near))
    found.append((replace(low, units=large), far))
    return [example(before, after, wish, zone, zones.get(zone, 0)) for wish, zone in found]


def example(before: Model, after: Model, wish: Wish, zone: int | None, travel_ore: int) -> Example:
    """One job under both sets of numbers; `zone` is None where we do not come."""
    wish = replace(wish, travel_ore=travel_ore)
    is_driven = before.is_travel_charged or after.is_travel_charged
    text = wish_text(wish, before.unit, zone if is_driven else None)
    return Example(text, reckon(before, wish).total_ore, reckon(after, wish).total_ore)


def wish_text(wish: Wish, unit: str, zone: int | None = None) -> str:
    """`28 m, 170 cm høj, kun én side, affald køres væk, zone 1`."""
    words = [units_text(wish.units, unit)]
    if wish.height_cm is not None:
        words.append(_("%(height)s cm høj", height=wish.height_cm))
    if wish.sides == 1:
        words.append(_("kun én side"))
    if wish.wants_waste:
        words.append(_("affald køres væk"))
    if zone is not None:
        words.append(_("zone %(zone)s", zone=zone))
    return ", ".join(words)


def asked(before: Model, after: Model, wishes: Sequence[tuple[Wish, int | None]]) -> list[Example]:
    """The last jobs customers asked for. Each wish comes with its zone and its travel."""
    return [example(before, after, wish, zone, wish.travel_ore) for wish, zone in wishes]
