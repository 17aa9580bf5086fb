"""Proofs are in Danish, whatever language their maker or holder reads the house in: others are to read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workshop.core import i18n


@contextmanager
def in_danish() -> Iterator[None]:
    """What is said inside the block is said in Danish."""
    before = i18n.language()
    i18n.use_language(i18n.DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        i18n.use_language(before)
