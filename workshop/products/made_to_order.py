"""What may be chosen of a product made to order, and what the choice costs. Pure.

A product offers options in lists: a name, and its values with what each adds to the price (øre, VAT included). Where
the length is among them a customer may also ask for one of their own between the shortest and the longest; it is priced
as the next longer one on the list, and it alone makes the thing made to measure. A choice from a list never does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from workshop.core import money
from workshop.core.errors import Refusal
from workshop.core.i18n import _

LENGTH = "længde"
MEASURES = (LENGTH, "bredde", "højde")  # options that are measures, in whole cm
MOST_PIECES = 10  # of one wish; a larger order is a talk
Offered = Mapping[str, Sequence[Sequence[str | int]]]


class Value(NamedTuple):
    """A value of an option, and what it adds to the price (øre, VAT included; below zero takes something off)."""

    value: str
    adds_ore: int


class OwnLength(NamedTuple):
    """Between which lengths (whole cm) a customer may name their own."""

    shortest: int
    longest: int


def values_of(offered: Offered, name: str) -> list[Value]:
    """The values of an option, in the order of the list."""
    return [Value(str(each[0]), int(each[1])) for each in offered.get(name, ())]


def own_length(offered: Offered) -> OwnLength | None:
    """The lengths between which an own one can be asked for; None where length is no option, or there is but one."""
    lengths = [length for length, _adds in _lengths(offered)]
    if len(lengths) < 2:
        return None
    return OwnLength(min(lengths), max(lengths))


def usual_choice(offered: Offered, usual_length_cm: int | None = None) -> dict[str, str]:
    """What stands chosen from the start: the product's usual length, else the first value of each list."""
    chosen = {name: values[0].value for name in offered if (values := values_of(offered, name))}
    usual = str(usual_length_cm)
    if any(value.value == usual for value in values_of(offered, LENGTH)):
        chosen[LENGTH] = usual
    return chosen


def settled(
    offered: Offered, chosen: Mapping[str, str], own_length_cm: int | None
) -> tuple[dict[str, str], int | None]:
    """The choice as it is kept: an own length that stands on the list anyway is a choice from the list.

    Beside an own length no length is chosen. Raises Refusal as `check_choice` does.
    """
    kept = {name: value for name, value in chosen.items() if name in offered}
    if own_length_cm is not None:
        kept.pop(LENGTH, None)
        listed = next((value.value for value in values_of(offered, LENGTH) if _cm(value.value) == own_length_cm), None)
        if listed is not None:
            kept[LENGTH], own_length_cm = listed, None
    check_choice(offered, kept, own_length_cm)
    return kept, own_length_cm


def check_choice(offered: Offered, chosen: Mapping[str, str], own_length_cm: int | None) -> None:
    """Raises Refusal for a value that is not on the list, an option not chosen, or a length that cannot be made."""
    if own_length_cm is not None:
        _check_own_length(offered, chosen, own_length_cm)
    for name, value in chosen.items():
        if value not in [each.value for each in values_of(offered, name)]:
            raise Refusal(_("“%(value)s” kan ikke vælges som %(name)s. Vælg fra listen.", value=value, name=name))
    for name in offered:
        if name not in chosen and not (name == LENGTH and own_length_cm is not None) and values_of(offered, name):
            raise Refusal(_("Vælg %(name)s.", name=name))


def unit_price_ore(base_ore: int, offered: Offered, chosen: Mapping[str, str], own_length_cm: int | None) -> int:
    """What one costs (øre, VAT included): the base price and what each choice adds.

    Raises Refusal as `check_choice` does.
    """
    check_choice(offered, chosen, own_length_cm)
    adds = sum(
        each.adds_ore for name, value in chosen.items() for each in values_of(offered, name) if each.value == value
    )
    if own_length_cm is not None:
        adds += min((length, add) for length, add in _lengths(offered) if length >= own_length_cm)[1]
    return max(base_ore + adds, 0)


def lowest_price_ore(base_ore: int, offered: Offered) -> int:
    """What the cheapest choice costs (øre, VAT included)."""
    cheapest = sum(min(value.adds_ore for value in values) for name in offered if (values := values_of(offered, name)))
    return max(base_ore + cheapest, 0)


def choice_text(chosen: Mapping[str, str], own_length_cm: int | None) -> str:
    """The choice in words: `længde 180 cm, farve sort`, or `længde 163 cm (eget mål), farve sort`."""
    words = [_("længde %(cm)s cm (eget mål)", cm=own_length_cm)] if own_length_cm is not None else []
    words += [f"{name} {value_text(name, value)}" for name, value in chosen.items()]
    return ", ".join(words)


def value_text(name: str, value: str) -> str:
    """A value as it is read: `180 cm` of a measure, else as it stands."""
    return f"{value}{money.NO_BREAK}cm" if name in MEASURES and value.isdecimal() else value


def _check_own_length(offered: Offered, chosen: Mapping[str, str], own_length_cm: int) -> None:
    limits = own_length(offered)
    if limits is None:
        raise Refusal(_("Den laves kun i de mål, der står på listen."))
    if LENGTH in chosen:
        raise Refusal(_("Vælg en længde fra listen, eller skriv dit eget mål. Ikke begge dele."))
    if not limits.shortest <= own_length_cm <= limits.longest:
        raise Refusal(
            _(
                "Vi kan lave den mellem %(shortest)s og %(longest)s cm. Ring til os, hvis det skal være noget andet.",
                shortest=limits.shortest,
                longest=limits.longest,
            )
        )


def _lengths(offered: Offered) -> list[tuple[int, int]]:
    """The offered lengths in whole cm, with what each adds; one that is no number is no measure."""
    return [(cm, value.adds_ore) for value in values_of(offered, LENGTH) if (cm := _cm(value.value)) is not None]


def _cm(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 6 else None
