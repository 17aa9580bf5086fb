"""The shelves of the shop: which categories stand together, under which Danish name and address."""

from __future__ import annotations

from dataclasses import dataclass

from workshop.core.i18n import _


@dataclass(frozen=True)
class Section:
    """A shelf of the shop. `key` is its address part; names are message ids, so say them through `_()`."""

    key: str
    name: str
    lead: str
    categories: tuple[str, ...]


# The names customers read of each category the catalogue knows; the keys are stored, the words may change.
CATEGORY_NAMES: dict[str, str] = {
    "havebænke": "Bænke",
    "borde": "Borde",
    "stole": "Stole",
    "plantekasser": "Plantekasser",
    "højbede": "Højbede",
    "til-børn": "Til børn",
    "pallemøbler": "Pallemøbler",
    "restaurerede-møbler": "Restaurerede møbler",
    "istandsatte-cykler": "Istandsatte cykler",
    "reoler-og-hylder": "Reoler og hylder",
    "brugsting": "Brugsting",
    "brænde-og-optænding": "Brænde og optænding",
}
# What several things of a category are called in a sentence: "Lignende bænke er solgt for ...".
_THINGS: dict[str, str] = {
    "havebænke": "bænke",
    "borde": "borde",
    "stole": "stole",
    "plantekasser": "plantekasser",
    "højbede": "højbede",
    "til-børn": "ting til børn",
    "pallemøbler": "pallemøbler",
    "restaurerede-møbler": "restaurerede møbler",
    "istandsatte-cykler": "cykler",
    "reoler-og-hylder": "reoler og hylder",
}
OTHER_CATEGORY = "brugsting"  # a thing without a product type

SECTIONS: tuple[Section, ...] = (
    Section(
        "havemobler",
        "Havemøbler",
        "Bænke, borde, stole og plantekasser i lærk og fyr. De fleste findes kun i ét eksemplar.",
        ("havebænke", "borde", "stole", "plantekasser", "højbede", "til-børn"),
    ),
    Section(
        "pallemobler",
        "Pallemøbler",
        "Sofaer, borde og senge af brugte paller. Slebet, så de er rare at røre ved.",
        ("pallemøbler",),
    ),
    Section(
        "restaureret",
        "Restaureret",
        "Gamle ting, der er gjort rene, repareret og fået et liv til.",
        ("restaurerede-møbler", "istandsatte-cykler"),
    ),
    Section(
        "til-hjemmet",
        "Til hjemmet",
        "Reoler, knagerækker, bakker og andet til hverdagen.",
        ("reoler-og-hylder", "brugsting", "brænde-og-optænding"),
    ),
)
_BY_KEY = {section.key: section for section in SECTIONS}
_BY_CATEGORY = {category: section for section in SECTIONS for category in section.categories}


def section(key: str) -> Section | None:
    """The shelf at this address, or None."""
    return _BY_KEY.get(key)


def section_of(category: str) -> Section | None:
    """The shelf a category stands on; None for a category of the workshop's own that is on no shelf yet."""
    return _BY_CATEGORY.get(category)


def category_name(category: str) -> str:
    """What a category is called on pages; one we have no words for is shown as it was written."""
    known = CATEGORY_NAMES.get(category)
    return _(known) if known else category.replace("-", " ").capitalize()


def things_of(category: str) -> str:
    """What several things of a category are called in the middle of a sentence."""
    return _(_THINGS.get(category, "ting"))
