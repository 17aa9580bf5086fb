"""Subsets of the installed fonts, as woff2.

Only the asset build imports this file, and only when the fonts are out of date: fontTools is slow to load.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

LATIN = (*range(0x20, 0x17F + 1), *range(0x218, 0x21B + 1), *range(0x2C6, 0x2DD + 1), 0x20AC, 0x2122, 0x2212)
PUNCTUATION = tuple(range(0x2010, 0x203B))
DIGITS = tuple(range(0x30, 0x39 + 1))
CYRILLIC = (*range(0x400, 0x52F + 1), 0x20B4)
ARABIC = (*range(0x600, 0x6FF + 1), *range(0x750, 0x77F + 1))


@dataclass(frozen=True)
class Font:
    """One woff2 of ours and where it comes from: the package, its file and the characters kept."""

    name: str
    package: str
    file: str
    characters: Sequence[int]


FONTS = (
    Font("tal", "fontpkg-hanken-grotesk", "HankenGrotesk[wght].ttf", DIGITS),
    Font("atkinson-regular", "fontpkg-atkinson-hyperlegible", "AtkinsonHyperlegible-Regular.ttf", LATIN + PUNCTUATION),
    Font("atkinson-bold", "fontpkg-atkinson-hyperlegible", "AtkinsonHyperlegible-Bold.ttf", LATIN + PUNCTUATION),
    Font("noto-cyrillic", "fontpkg-noto-sans", "NotoSans[wdth,wght].ttf", CYRILLIC),
    Font("noto-arabic", "fontpkg-noto-sans-arabic", "NotoSansArabic[wdth,wght].ttf", ARABIC),
)
# Weight stays variable between text and price tag; width is not used.
AXES = {"wght": (400, 800), "wdth": 100}


def versions() -> dict[str, str]:
    """The installed version of each font package, so that a new one is subset anew."""
    return {package: version(package) for package in sorted({font.package for font in FONTS})}


def subset(font: Font) -> bytes:
    """The font cut down to its characters, as woff2."""
    # fontTools takes a third of a second to import; a start with finished assets must not pay for it.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    options = Options()
    options.layout_features = ["*"]
    options.notdef_outline = True
    # With the time of its making in it, each machine would build files, and so addresses, that the others do not have.
    with TTFont(_source(font), recalcTimestamp=False) as cut:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=font.characters)
        subsetter.subset(cut)
        if "fvar" in cut:
            kept = {axis.axisTag: AXES[axis.axisTag] for axis in cut["fvar"].axes}
            cut = instantiateVariableFont(cut, kept, inplace=True)
        cut.flavor = "woff2"
        written = BytesIO()
        cut.save(written)
    return written.getvalue()


def _source(font: Font) -> Path:
    """Where the package keeps the file. Raises ``ModuleNotFoundError`` if the package is not installed."""
    module = font.package.replace("-", "_")
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"The font package {font.package} is not installed.")
    return Path(found.origin).parent / "files" / font.file
