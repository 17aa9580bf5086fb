"""The fonts of everything that is printed, taken from installed packages, and what they cannot show.

One list for labels, invoices and reports: Atkinson for text, Hanken Grotesk for digits (Atkinson's slashed zero reads
as Ø in Danish), Noto for other scripts.
"""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

import fontpkg_atkinson_hyperlegible
import fontpkg_hanken_grotesk
import fontpkg_noto_sans
import fontpkg_noto_sans_arabic

_PACKAGES = (fontpkg_atkinson_hyperlegible, fontpkg_hanken_grotesk, fontpkg_noto_sans, fontpkg_noto_sans_arabic)
_INVISIBLE = {"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"}  # nothing of these is seen on its own
_JOINERS = "\u200c\u200d"  # Persian and Arabic words need them to be spelt right


def font_folders() -> list[Path]:
    """The folders typst reads fonts from, and no others: no system font ever changes a label."""
    return [Path(package.ROOT) / "files" for package in _PACKAGES]


def missing_characters(text: str) -> str:
    """The characters the printed fonts lack, each once and in order, for the sentence shown when a text is saved."""
    known = _known_characters()
    found = dict.fromkeys(
        character
        for character in unicodedata.normalize("NFC", text)
        if ord(character) not in known and unicodedata.category(character) not in _INVISIBLE
    )
    return "".join(found)


def printable(text: str) -> str:
    """The text as it can be printed: characters without a shape are left out, runs of white space become one space."""
    known = _known_characters()
    kept = (
        " " if character in "\t\n\r\f\v\u2028\u2029" else character
        for character in unicodedata.normalize("NFC", text)
        if character in "\t\n\r\f\v\u2028\u2029" or _has_shape(character, known)
    )
    # Splitting on the plain space alone keeps the no-break space of "1.150 kr." where it is.
    return " ".join(part for part in "".join(kept).split(" ") if part)


def _has_shape(character: str, known: frozenset[int]) -> bool:
    category = unicodedata.category(character)
    if category in {"Cc", "Cs", "Cf"}:
        return character in _JOINERS
    return ord(character) in known


@functools.cache
def _known_characters() -> frozenset[int]:
    # Imported here because only saving a text and printing need it, and it costs 60 ms to import.
    from fontTools.ttLib import TTFont

    known: set[int] = set()
    for folder in font_folders():
        for path in sorted(folder.glob("*.ttf")):
            if "Italic" in path.name:
                continue  # nothing of ours is set in italics, and the upright one has the same letters
            with TTFont(path, lazy=True) as font:
                known |= set(font.getBestCmap())
    return frozenset(known)
