"""What a thing is called when one stands beside it: the bench, the table."""

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


def definite(category: str) -> str:
    """`bænken` for a garden bench; a kind of thing we have no word for is `tingen`."""
    return _(_DEFINITE.get(category, "tingen"))
