"""What a level looks like, said to the person: the anchors are written about anybody, and a tablet says "du"."""

from __future__ import annotations

import re

_SAID_TO_YOU = {"man": "du", "sig": "dig", "én": "dig"}
_ABOUT_ANYBODY = re.compile(rf"\b({'|'.join(_SAID_TO_YOU)})\b")


def to_you(anchor: str) -> str:
    """The anchor as a sentence to the person.

    `Arbejder sammen med en, man kender.` becomes `Du arbejder sammen med en, du kender.` An anchor begins with its
    verb, as every one of the starter data does; nothing stays nothing.
    """
    if not anchor:
        return ""
    said = _ABOUT_ANYBODY.sub(lambda found: _SAID_TO_YOU[found[0]], anchor)
    return f"Du {said[0].lower()}{said[1:]}"
