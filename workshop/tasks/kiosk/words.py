"""What a thing is called: when one stands beside it, and before it has a name of its own."""

from __future__ import annotations

from workshop.core.i18n import _

_DEFINITE = {
    "havebænke": "bænken",
    "borde": "bordet",
    "stole": "stolen",
    "plantekasser": "plantekassen",
    "højbede": "højbedet",
    "pallemøbler": "møblet",
    "restaurerede-møbler": "møblet",
    "istandsatte-cykler": "cyklen",
    "til-børn": "møblet",
    "reoler-og-hylder": "møblet",
    "brænde-og-optænding": "brændet",
}
_ONE = {
    "havebænke": "Bænk",
    "borde": "Bord",
    "stole": "Stol",
    "plantekasser": "Plantekasse",
    "højbede": "Højbed",
    "pallemøbler": "Pallemøbel",
    "restaurerede-møbler": "Gammelt møbel",
    "istandsatte-cykler": "Cykel",
    "til-børn": "Møbel til børn",
    "reoler-og-hylder": "Hylde",
    "brænde-og-optænding": "Brænde",
}


def definite(category: str) -> str:
    """`bænken` for a garden bench; a kind of thing we have no word for is `tingen`."""
    return _(_DEFINITE.get(category, "tingen"))


def name_of_one(category: str) -> str:
    """`Bænk`: a first name to suggest for a thing of this kind; empty where we have no word.

    In Danish on every tablet, for it goes on the label and into the shop.
    """
    return _ONE.get(category, "")
