"""How hard a Danish text is to read: LIX, a hint and no verdict.

LIX = words per sentence + long words of a hundred; long is seven letters or more. Bands by the usual Danish table: up
to 24 very easy, 25-34 easy, 35-44 medium, 45-54 hard, above very hard. Source: decisions 26 and 30.
"""

from __future__ import annotations

import re

LONG = 7  # letters
FEWEST_WORDS = 8  # a shorter text has no measure worth the name
KIOSK, CITIZEN_TEXT, STAFF = 25.0, 30.0, 45.0  # the highest LIX for each reader
_SENTENCE_ENDS = re.compile(r"[.!?:;]+(?=\s|$)")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")  # a hyphenated word is one


def words(text: str) -> list[str]:
    """The words of a text; a number is one."""
    return _WORD.findall(text)


def lix(text: str) -> float:
    """How hard `text` is to read; 0 for a text without words. One without an end mark is one sentence."""
    found = words(text)
    if not found:
        return 0.0
    sentences = sum(1 for part in _SENTENCE_ENDS.split(text) if words(part))
    long = sum(_letters(word) >= LONG for word in found)
    return len(found) / sentences + 100 * long / len(found)


def _letters(word: str) -> int:
    return sum(letter.isalpha() for letter in word)
