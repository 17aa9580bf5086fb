"""Where a thing comes from, in words for staff and for customers."""

from __future__ import annotations

from workshop.core.i18n import _
from workshop.products.models import Origin

_NAMES: dict[Origin, str] = {
    Origin.BOUGHT: "Købt",
    Origin.RECLAIMED: "Brugte materialer",
    Origin.DONATED: "Givet til værkstedet",
}
# Only what was done and where it came from. Words such as "bæredygtig" need proof by law, so there are none.
_FOR_CUSTOMERS: dict[Origin, str] = {
    Origin.RECLAIMED: "Lavet af brugte materialer.",
    Origin.DONATED: "Givet til værkstedet og sat i stand.",
}


def origin_name(origin: Origin) -> str:
    """What staff call an origin."""
    return _(_NAMES[origin])


def origin_choices() -> list[tuple[str, str]]:
    """The origins as choices of a form."""
    return [(origin.value, origin_name(origin)) for origin in _NAMES]


def origin_text(origin: Origin) -> str:
    """What customers read about where a thing comes from; empty when there is nothing to tell."""
    return _(_FOR_CUSTOMERS[origin]) if origin in _FOR_CUSTOMERS else ""
