"""The cut list: how long each part is sawn, and how many metres of each material that takes. Pure.

Products are measured in cm, timber in mm: a customer chooses 180 cm, the saw is set to 1744 mm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from workshop.core.errors import Refusal
from workshop.core.i18n import _

WASTE_PERCENT = 10  # saw cuts and knots; what planks are bought with
LONGEST_MM = 20_000
LENGTH, WIDTH, HEIGHT = "længde", "bredde", "højde"  # the options of a product type that are measures, in cm
_CENTIMETRE = Decimal("0.01")
_LARGEST_CM = 1_000

Offered = Mapping[str, Sequence[Sequence[str | int]]]


@dataclass(frozen=True)
class Measures:
    """Whole cm; None is not known."""

    length_cm: int | None = None
    width_cm: int | None = None
    height_cm: int | None = None


@dataclass(frozen=True)
class Rule:
    """How a part is sawn: percent of the product's length, width and height, and so many mm more or fewer."""

    name: str
    pieces: int
    material: str = ""
    per_length: int = 0
    per_width: int = 0
    per_height: int = 0
    plus_mm: int = 0


@dataclass(frozen=True)
class Cut:
    """A line of the cut list: `pieces` for the whole order, each so many mm."""

    name: str
    pieces: int
    length_mm: int
    material: str


@dataclass(frozen=True)
class Amount:
    """Metres of a material: what the parts are together, and what to take with waste; up to a whole cm."""

    material: str
    metres: Decimal
    with_waste: Decimal


def check_options(chosen: Mapping[str, str], offered: Offered) -> None:
    """Raises Refusal for an option, or a value, that the product does not come in."""
    for name, value in chosen.items():
        if name not in offered:
            raise Refusal(_("Valget “%(name)s” findes ikke for denne vare.", name=name))
        values = [str(each[0]) for each in offered[name]]
        if value not in values:
            known = ", ".join(values)
            raise Refusal(
                _(
                    "“%(value)s” kan ikke vælges som %(name)s. Vælg mellem: %(known)s.",
                    value=value,
                    name=name,
                    known=known,
                )
            )


def measures_of(usual: Measures, own: Measures, chosen: Mapping[str, str], offered: Offered) -> Measures:
    """The measures to saw to: the order's own, else those chosen as options, else the product type's.

    Raises Refusal for an option that is not offered, or a measure that is no number of cm.
    """
    check_options(chosen, offered)
    return Measures(
        length_cm=own.length_cm or _chosen_cm(LENGTH, chosen) or usual.length_cm,
        width_cm=own.width_cm or _chosen_cm(WIDTH, chosen) or usual.width_cm,
        height_cm=own.height_cm or _chosen_cm(HEIGHT, chosen) or usual.height_cm,
    )


def cut_list(rules: Iterable[Rule], measures: Measures, pieces: int) -> list[Cut]:
    """What to saw for so many products. Raises Refusal when a measure is missing or a part comes out impossible."""
    return [Cut(rule.name, rule.pieces * pieces, length_mm(rule, measures), rule.material) for rule in rules]


def length_mm(rule: Rule, measures: Measures) -> int:
    """How long a part is, whole mm, half a mm up. Raises Refusal as `cut_list` does."""
    hundredths = 0
    for share, cm, sentence in (
        (rule.per_length, measures.length_cm, _("Delen “%(part)s” følger længden. Skriv længden på ordren.")),
        (rule.per_width, measures.width_cm, _("Delen “%(part)s” følger bredden. Skriv bredden på ordren.")),
        (rule.per_height, measures.height_cm, _("Delen “%(part)s” følger højden. Skriv højden på ordren.")),
    ):
        if share and cm is None:
            raise Refusal(sentence.replace("%(part)s", rule.name))
        hundredths += share * 10 * (cm or 0)
    length = int((Decimal(hundredths) / 100).quantize(Decimal(1), ROUND_HALF_UP)) + rule.plus_mm
    if not 1 <= length <= LONGEST_MM:
        raise Refusal(
            _("Delen “%(part)s” ville blive %(mm)s mm lang. Se på målene igen.", part=rule.name, mm=length)
        )  # fmt: skip
    return length


def amounts(cuts: Iterable[Cut], waste_percent: int = WASTE_PERCENT) -> list[Amount]:
    """The metres of each material, in the order they come first; parts without a material stand together under ""."""
    total: dict[str, int] = {}
    for cut in cuts:
        total[cut.material] = total.get(cut.material, 0) + cut.pieces * cut.length_mm
    return [
        Amount(name, _metres(Decimal(mm)), _metres(Decimal(mm * (100 + waste_percent)) / 100))
        for name, mm in total.items()
    ]


def _metres(mm: Decimal) -> Decimal:
    return (mm / 1000).quantize(_CENTIMETRE, ROUND_CEILING)


def _chosen_cm(name: str, chosen: Mapping[str, str]) -> int | None:
    value = chosen.get(name)
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 6 or not 1 <= int(value) <= _LARGEST_CM:
        raise Refusal(_("“%(value)s” er ikke et mål i cm. Ret valget af %(name)s.", value=value, name=name))
    return int(value)


def rule_words(rule: Rule) -> str:
    """The rule as it is said: `100 % af længden minus 56 mm`, or `450 mm`."""
    shares = [
        _("%(share)s %% af %(side)s", share=share, side=side)
        for share, side in (
            (rule.per_length, _("længden")),
            (rule.per_width, _("bredden")),
            (rule.per_height, _("højden")),
        )
        if share
    ]
    words = _(" og ").join(shares)
    if not words:
        return _("%(mm)s mm", mm=rule.plus_mm)
    if not rule.plus_mm:
        return words
    if rule.plus_mm < 0:
        return _("%(share)s minus %(mm)s mm", share=words, mm=-rule.plus_mm)
    return _("%(share)s plus %(mm)s mm", share=words, mm=rule.plus_mm)


def metres(amount: Decimal) -> str:
    """Metres as Danes write them: `12,40 m`."""
    return f"{amount:.2f} m".replace(".", ",")
