"""The VAT schemes in plain words, and what the law wants written."""

from __future__ import annotations

from typing import NamedTuple

from workshop.core.i18n import _
from workshop.products.models import VatScheme


class Words(NamedTuple):
    """A scheme for people who do not reckon with VAT; `on_paper` is what has to stand on the invoice."""

    name: str
    meaning: str
    on_paper: str


_MARGIN_NOTE = "Fortjenstmargenordning – brugte genstande – køber har ikke fradrag for momsen."
_WORDS: dict[VatScheme, Words] = {
    VatScheme.STANDARD: Words(
        "Almindelig moms, 25 %", "Prisen er med 25 % moms. Momsen står for sig selv på fakturaen.", ""
    ),
    VatScheme.MARGIN: Words(
        "Brugtmoms (fortjenstmargenordningen)",
        "Til brugte ting, der sælges videre. Momsen vises ikke, hverken i butikken eller på fakturaen.",
        _MARGIN_NOTE,  # Source: momsbekendtgørelsen § 116
    ),
    VatScheme.EXEMPT: Words(
        "Uden moms: salget er fritaget",
        "Salget er fritaget for moms, for eksempel fordi det hører tæt sammen med socialt arbejde. Der er ingen moms "
        "i prisen.",
        "",
    ),
    VatScheme.OUTSIDE: Words("Uden for momsen", "Salget hører slet ikke under moms. Det er sjældent.", ""),
}


def words_for(scheme: VatScheme) -> Words:
    """A scheme in words, in the language in use."""
    return Words(*(_(text) if text else "" for text in _WORDS[scheme]))


def scheme_choices() -> list[tuple[str, str]]:
    """The schemes as choices of a form."""
    return [(scheme.value, words_for(scheme).name) for scheme in _WORDS]
