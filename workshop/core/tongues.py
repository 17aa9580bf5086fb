"""The languages of the tablet: which there are whole catalogues for, which the workshop has switched on, who read them.

A language begins as a machine's draft. The workshop switches it on, and somebody who speaks it says that they have read
it through; until then the tablet says that a machine translated it. Danish is always there.
"""

from __future__ import annotations

from typing import NamedTuple

from babel import Locale
from sqlalchemy.orm import Session

from workshop.core import house_rules, i18n


class Tongue(NamedTuple):
    """A language of the tablet, called what its own speakers call it."""

    code: str
    name: str
    read_by: str  # who has read it through; empty while it is a machine's draft
    is_on: bool

    @property
    def is_draft(self) -> bool:
        """Whether nobody has read it through yet. Danish is what the sentences were written in."""
        return not self.read_by and self.code != i18n.DEFAULT_LANGUAGE


def whole() -> tuple[str, ...]:
    """The languages that say everything, Danish first; one that lacks sentences cannot be switched on."""
    return tuple(code for code in i18n.languages() if i18n.is_complete(code))


def all_tongues(session: Session) -> list[Tongue]:
    """Every language with a whole catalogue, Danish first, in one query."""
    rules = house_rules.decided(session)
    return [
        Tongue(
            code,
            own_name(code),
            rules.get(house_rules.REVIEWED + code, ""),
            code == i18n.DEFAULT_LANGUAGE or rules.get(house_rules.LANGUAGE + code) == house_rules.YES,
        )
        for code in whole()
    ]


def offered(session: Session) -> list[Tongue]:
    """The languages a person at the tablet can choose, Danish first."""
    return [tongue for tongue in all_tongues(session) if tongue.is_on]


def is_offered(session: Session, code: str) -> bool:
    """Whether a person can have the tablet in this language."""
    if code == i18n.DEFAULT_LANGUAGE:
        return True
    return code in whole() and house_rules.is_on(session, house_rules.LANGUAGE + code)


def own_name(code: str) -> str:
    """What a language calls itself, with a capital where it has those."""
    name = Locale.parse(code).get_language_name(code) or code
    return name[:1].upper() + name[1:]
