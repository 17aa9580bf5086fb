"""How a shelf is narrowed and sorted: what an address asks for, and the chips that lead to each choice."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.core.money import NO_BREAK, kr
from workshop.products.models import SizeClass
from workshop.products.sections import Section, category_name
from workshop.products.shelves import REUSED, STEPS, Facet, Narrow

CHEAPEST = "billigst"
_SIZES = {
    SizeClass.S: "Let at bære",
    SizeClass.M: "Kan være i en bil",
    SizeClass.L: "Kræver trailer",
    SizeClass.XL: "Kræver varevogn",
}


class Chip(NamedTuple):
    """A way to narrow a list; `found` is how many things it leads to, None where nobody has counted."""

    label: str
    url: str
    is_chosen: bool
    found: int | None = None


class Group(NamedTuple):
    """Chips of which one may be chosen."""

    label: str
    chips: tuple[Chip, ...]


class Counts(NamedTuple):
    """How many things each choice leads to."""

    kinds: Counter[str]
    steps: Counter[int]
    sizes: Counter[SizeClass]
    reused: int


class Asked(NamedTuple):
    """What an address asks of a shelf; prices in whole kroner."""

    kind: str = ""
    from_kr: int | None = None
    under_kr: int | None = None
    size: SizeClass | None = None
    is_reused: bool = False
    is_made: bool = False
    is_cheapest_first: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The same as parts of an address, in one order, so that one list has one address."""
        found = {
            "slags": self.kind,
            "fra": "" if self.from_kr is None else str(self.from_kr),
            "under": "" if self.under_kr is None else str(self.under_kr),
            "str": self.size.value if self.size else "",
            "genbrug": "ja" if self.is_reused else "",
            "bestil": "ja" if self.is_made else "",
            "orden": CHEAPEST if self.is_cheapest_first else "",
        }
        return {name: value for name, value in found.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether more than a kind is chosen."""
        return bool(self.query.keys() - {"slags", "orden"})

    def narrow(self, section: Section) -> Narrow:
        """The same as the catalogue asks it."""
        return Narrow(
            (self.kind,) if self.kind else section.categories,
            None if self.from_kr is None else self.from_kr * 100,
            None if self.under_kr is None else self.under_kr * 100,
            self.size,
            self.is_reused,
        )


def asked(section: Section, args: Mapping[str, str]) -> Asked:
    """What an address asks for. Raises NotHere for what no chip of ours says."""
    kind, size = args.get("slags", ""), args.get("str", "")
    if (kind and kind not in section.categories) or (size and size not in {each.value for each in SizeClass}):
        raise NotHere
    return Asked(
        kind,
        _kroner(args.get("fra", "")),
        _kroner(args.get("under", "")),
        SizeClass(size) if size else None,
        args.get("genbrug") == "ja",
        args.get("bestil") == "ja",
        args.get("orden") == CHEAPEST,
    )


def counts(facets: Sequence[Facet], now: Asked) -> Counts:
    """How many things of a shelf each choice leads to, with all else that is chosen."""
    found, reused = Counts(Counter(), Counter(), Counter(), 0), 0
    steps = {step for step in STEPS if _is_within(step, now)}
    for each in facets:
        fits = (
            not now.kind or each.category == now.kind,
            each.step in steps,
            now.size is None or each.size is now.size,
            not now.is_reused or each.origin in REUSED,
        )
        missed = fits.count(False)
        if missed > 1:
            continue
        if not missed or not fits[0]:
            found.kinds[each.category] += each.pieces
        if not missed or not fits[1]:
            found.steps[each.step] += each.pieces
        if not missed or not fits[2]:
            found.sizes[each.size] += each.pieces
        if each.origin in REUSED and all(fits[:3]):
            reused += each.pieces
    return found._replace(reused=reused)


def kinds(section: Section, now: Asked, found: Counts) -> list[Chip]:
    """The kinds of a shelf; one without anything for sale is not offered. What else is chosen stays chosen."""
    chips = [Chip(_("Alle"), address(section, now._replace(kind="")), not now.kind, sum(found.kinds.values()))]
    if len(section.categories) > 1:
        chips += [
            Chip(category_name(key), address(section, now._replace(kind=key)), key == now.kind, found.kinds[key])
            for key in section.categories
            if found.kinds[key] or key == now.kind
        ]
    return chips


def groups(section: Section, now: Asked, found: Counts, made: int) -> list[Group]:
    """Price, size, where it comes from, and the order; choosing what is chosen lets go of it.

    A choice that leads to nothing is not offered. `made` counts what of the shelf can be made to order.
    """

    def chips(*rows: tuple[str, Asked, Asked, int | None]) -> tuple[Chip, ...]:
        """Each row a label, the choice, what is left when it is let go, and how many things it leads to."""
        return tuple(
            Chip(label, address(section, without if way == now else way), way == now, count)
            for label, way, without, count in rows
            if count != 0 or way == now
        )

    no_price, no_size = now._replace(from_kr=None, under_kr=None), now._replace(size=None)
    first, last = now._replace(is_cheapest_first=False), now._replace(is_cheapest_first=True)
    steps = zip(STEPS, (*STEPS[1:], None), strict=True)
    found_of = {
        _("Pris"): chips(*((_price(*each), _within(now, *each), no_price, found.steps[each[0]]) for each in steps)),
        _("Størrelse"): chips(
            *((_(text), now._replace(size=size), no_size, found.sizes[size]) for size, text in _SIZES.items())
        ),
        _("Andet"): chips(
            (_("Brugte materialer"), now._replace(is_reused=True), now._replace(is_reused=False), found.reused),
            (_("Kan bestilles"), Asked(now.kind, is_made=True), Asked(now.kind), made),
        ),
        _("Rækkefølge"): chips((_("Nyeste først"), first, first, None), (_("Billigste først"), last, last, None)),
    }
    return [Group(label, offered) for label, offered in found_of.items() if offered]


@functools.lru_cache(maxsize=2048)  # a list leads to dozens of others, and most lists to the same ones
def address(section: Section, asked: Asked, page: int = 1) -> str:
    """The one address of a list."""
    query = asked.query | ({"side": str(page)} if page > 1 else {})
    return f"/butik/{section.key}" + (f"?{urlencode(query)}" if query else "")


def _is_within(step: int, now: Asked) -> bool:
    """Whether what costs from this step to the next is wholly among what is asked for."""
    end = next((higher for higher in STEPS if higher > step), None)
    is_above = now.from_kr is None or step >= now.from_kr * 100
    return is_above and (now.under_kr is None or (end is not None and end <= now.under_kr * 100))


def _within(now: Asked, low: int, high: int | None) -> Asked:
    return now._replace(from_kr=low // 100 or None, under_kr=None if high is None else high // 100)


def _price(low: int, high: int | None) -> str:
    if not low:
        return _("Under %(price)s", price=kr(high or 0))
    if high is None:
        return _("Fra %(price)s", price=kr(low))
    return _("%(low)s–%(high)s", low=kr(low).removesuffix(f"{NO_BREAK}kr."), high=kr(high))


def _kroner(text: str) -> int | None:
    """A whole price of an address; nothing for none. Raises NotHere for what is no price."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise NotHere
    return int(text)
