"""Every sentence passes here. The Danish sentence is the message id, so Danish needs no catalogue of its own.

The Danish catalogue holds only what libraries say in English (WTForms). Catalogues are the `.po` files beside this
module; they are compiled in memory at first use, so there is no build step to forget. What the starter catalogue says
(tasks, steps, competences) stands in the folder `shipped`: a sentence the workshop has changed is in none of them and
stays Danish, marked as Danish.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations
from markupsafe import Markup, escape

CATALOGUES = Path(__file__).parent / "catalogues"
DEFAULT_LANGUAGE = "da"
SHIPPED = "shipped"  # the folder of what the starter catalogue says
_DANISH_WORDS = re.compile(r"[æøå]|\b(?:jeg|og|ikke|det|med|som|mig|kan|til)\b", re.IGNORECASE)
_LATIN = re.compile(r"[A-Za-z]")
_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def use_language(language: str) -> None:
    """Choose the language of what follows in this request or job; an unknown one falls back to Danish."""
    _language.set(language if language in languages() else DEFAULT_LANGUAGE)


@contextmanager
def in_danish() -> Iterator[None]:
    """What is said inside is said in Danish, whatever language the maker reads the house in: others are to read it."""
    before = language()
    use_language(DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        use_language(before)


def language() -> str:
    """The language in use, as a code such as `da`."""
    return _language.get()


def direction() -> str:
    """`rtl` for Arabic and its like, else `ltr`."""
    return _direction_of(language())


@functools.cache
def _direction_of(code: str) -> str:
    return "rtl" if Locale.parse(code).character_order == "right-to-left" else "ltr"


@functools.cache
def languages() -> tuple[str, ...]:
    """The languages there are catalogues for, Danish first."""
    found = sorted(path.stem for path in CATALOGUES.glob("*.po"))
    return (DEFAULT_LANGUAGE, *(code for code in found if code != DEFAULT_LANGUAGE))


@functools.cache
def is_complete(code: str) -> bool:
    """Whether a language says everything that any other language of the tablet says, and the catalogue's words too."""
    others = [each for each in languages() if each != DEFAULT_LANGUAGE]
    if code == DEFAULT_LANGUAGE:
        return True
    return all(_words(code, folder) >= _all_words(others, folder) for folder in ("", SHIPPED))


def _all_words(codes: list[str], folder: str) -> frozenset[str]:
    return frozenset().union(*(_words(code, folder) for code in codes))


@functools.cache
def _words(code: str, folder: str) -> frozenset[str]:
    """The sentences a catalogue has words for."""
    said = _catalogue(code, folder) or ()
    return frozenset(
        str(each.id[0] if isinstance(each.id, tuple) else each.id) for each in said if each.id and _is_said(each.string)
    )


def _is_said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _catalogue(code: str, folder: str) -> Catalog | None:
    path = CATALOGUES / folder / f"{code}.po"
    if not path.exists():
        return None
    with path.open("rb") as source:
        return read_po(source, locale=code)


@functools.cache
def translations(code: str, folder: str = "") -> NullTranslations:
    """The catalogue of one language, compiled in memory."""
    catalogue = _catalogue(code, folder)
    if catalogue is None:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _(message: str, **values: Any) -> str:
    """The sentence in the language in use; `%(name)s` places are filled from `values`."""
    text = _said(_language.get(), message)
    if not values:
        return text
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(text) % values  # noqa: S704 — the sentence is our own; a value that is no markup is escaped
    return text % values


@functools.lru_cache(maxsize=10_000)  # sentences are the program's own, so there are only so many
def _said(code: str, message: str) -> str:
    found: str = translations(code).gettext(message)
    return found


def lazy(message: str, **values: Any) -> Any:
    """The sentence for later: it looks like text, and is worked out in the language of whoever it is shown to.

    For what is written when the program is loaded (labels of forms, their complaints, the menu), long before anybody
    asks in a language of their own.
    """
    return LazyProxy(_, message, enable_cache=False, **values)


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """The sentence for `num` of something; `%(num)s` is always available."""
    text: str = translations(_language.get()).ngettext(singular, plural, num)
    return text % {"num": num, **values}


def shipped(text: str) -> str:
    """What the starter catalogue says, in the language in use; what the workshop wrote itself comes back in Danish."""
    return _shipped(_language.get(), text) or text


def is_left_danish(text: str) -> bool:
    """Whether a page in another language shows this text in Danish, so that it has to say so."""
    return bool(text) and _language.get() != DEFAULT_LANGUAGE and not _shipped(_language.get(), text)


def marked(text: str) -> Markup:
    """`shipped` for a page: what stays Danish is marked as Danish, for the voice that reads and the way it runs."""
    return _in_danish(text) if is_left_danish(text) else escape(shipped(text))


def with_danish(text: str) -> Markup:
    """What keeps a person safe: in the language in use, and always in Danish beside it."""
    if not text or language() == DEFAULT_LANGUAGE or is_left_danish(text):
        return marked(text)
    return Markup("{} ({})").format(shipped(text), _in_danish(text))


def also_danish(message: str) -> Markup:
    """A sentence of ours that keeps a person safe: in the language in use, and in Danish below it."""
    if language() == DEFAULT_LANGUAGE:
        return escape(message)
    return Markup("{}<br>{}").format(_(message), _in_danish(message))


def as_written(text: str) -> Markup:
    """What somebody wrote in their own words, for a page: kept apart, and said to be Danish where it looks like that.

    What stands there as the starter catalogue says it comes in the language in use.
    """
    if not text or language() == DEFAULT_LANGUAGE or not is_left_danish(text):
        return escape(shipped(text))
    is_danish = _DANISH_WORDS.search(text) or (direction() == "rtl" and _LATIN.search(text))
    return _in_danish(text) if is_danish else Markup("<bdi>{}</bdi>").format(text)


def isolated(text: str) -> str:
    """A price or a code inside a sentence: where the page runs the other way, it still runs its own."""
    return f"\u2066{text}\u2069" if text and direction() == "rtl" else text


def _in_danish(text: str) -> Markup:
    return Markup('<bdi lang="da">{}</bdi>').format(text)


@functools.lru_cache(maxsize=10_000)
def _shipped(code: str, text: str) -> str:
    """The words of the catalogue; empty where there are none, and in Danish."""
    if not text or code == DEFAULT_LANGUAGE:
        return ""
    found: str = translations(code, SHIPPED).gettext(text)
    return "" if found == text and text not in _words(code, SHIPPED) else found


class FormMessages:
    """What WTForms asks for its own messages, answered from our catalogues."""

    def gettext(self, message: str) -> str:
        """One message of the library in the language in use."""
        return str(translations(_language.get()).gettext(message))

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        """A counted message of the library."""
        return str(translations(_language.get()).ngettext(singular, plural, num))
