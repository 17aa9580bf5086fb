"""Text as people write it: one spelling when stored, Danish order when sorted, forgiving when searched."""

from __future__ import annotations

import functools
import re
import unicodedata

# Zero-width characters are dropped except the two joiners some scripts need; bidi controls would move other text.
_INVISIBLE = dict.fromkeys([0x200B, 0xFEFF, 0x2060, 0x00AD, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ORDER = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
_FOLD = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa"})
_SLUG = re.compile(r"[^a-z0-9]+")


def clean(text: str) -> str:
    """One spelling of what was typed: NFC, no invisible or control characters, no space at the ends."""
    return _CONTROL.sub("", unicodedata.normalize("NFC", text).translate(_INVISIBLE)).strip()


def sort_key(text: str) -> str:
    """A key in Danish order on any database: aa as å, and æ ø å last."""
    return clean(text).casefold().replace("aa", "å").translate(_ORDER)


def search_key(text: str) -> str:
    """What search compares: case, accents and the two spellings of æ ø å do not matter."""
    folded = clean(text).casefold().translate(_FOLD)
    if folded.isascii():
        return folded
    plain = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@functools.lru_cache(maxsize=4096)  # a list makes the address of every thing on it, and things keep their names
def slug(text: str) -> str:
    """A Danish address part: `Havebænk i lærk` -> `havebaenk-i-laerk`."""
    return _SLUG.sub("-", search_key(text)).strip("-") or "vare"


def whose(name: str) -> str:
    """The Danish genitive: `Monas`, but `Jonas'` after an s, x or z."""
    return f"{name}'" if name[-1:].casefold() in {"s", "x", "z"} else f"{name}s"


def with_capital(text: str) -> str:
    """The first letter made large and nothing else: the name of a month or a person keeps its own."""
    return text[:1].upper() + text[1:]
