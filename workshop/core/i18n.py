"""Every sentence passes here. The Danish sentence is the message id, so Danish needs no catalogue of its own.

The Danish catalogue holds only what libraries say in English (WTForms). Catalogues are the `.po` files beside this
module; they are compiled in memory at first use, so there is no build step to forget.
"""

from __future__ import annotations

import functools
import io
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "catalogues"
DEFAULT_LANGUAGE = "da"
_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def use_language(language: str) -> None:
    """Choose the language of what follows in this request or job; an unknown one falls back to Danish."""
    _language.set(language if language in languages() else DEFAULT_LANGUAGE)


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
def translations(code: str) -> NullTranslations:
    """The catalogue of one language, compiled in memory."""
    path = CATALOGUES / f"{code}.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _(message: str, **values: Any) -> str:
    """The sentence in the language in use; `%(name)s` places are filled from `values`."""
    text = _said(_language.get(), message)
    return text % values if values else text


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


class FormMessages:
    """What WTForms asks for its own messages, answered from our catalogues."""

    def gettext(self, message: str) -> str:
        """One message of the library in the language in use."""
        return str(translations(_language.get()).gettext(message))

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        """A counted message of the library."""
        return str(translations(_language.get()).ngettext(singular, plural, num))
