"""The number of a Danish organisation: eight digits whose weighted sum eleven divides.

The rule finds nearly every slip of the finger. It is a warning and no more: what the register gives out is right.
"""

from __future__ import annotations

import re

LENGTH = 8
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)


def digits_of(text: str) -> str:
    """The digits of what was typed: `12 34 56 78`, `DK12345678` and `12345678` are the same."""
    return re.sub(r"[\s.-]", "", text).removeprefix("DK").removeprefix("dk")


def is_number(digits: str) -> bool:
    """Whether this could be written on a letter."""
    return len(digits) == LENGTH and digits.isascii() and digits.isdecimal()


def looks_right(digits: str) -> bool:
    """Whether the last digit fits the others."""
    weighed = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return weighed % 11 == 0 and digits != "0" * LENGTH
