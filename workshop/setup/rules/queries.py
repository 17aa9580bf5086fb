"""Reads for the page of rules and languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from babel import Locale
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core import house_rules, i18n, tongues
from workshop.core.house_rules import HouseRule
from workshop.core.i18n import _

WANTED = ("da", "en", "uk", "ru", "pl", "ar", "so")  # decision 25
MOST_SHOWN = 20


class Change(NamedTuple):
    """A decision as it was made."""

    words: str
    decided_at: datetime
    by: str  # empty: it was set up like that


def missing_languages() -> list[str]:
    """The languages the house is meant to speak and has no whole catalogue for yet, by their names in a sentence."""
    return [name_of(code).lower() for code in WANTED if code not in tongues.whole()]


def name_of(code: str) -> str:
    """What a language is called in the reader's own."""
    name = Locale.parse(code).get_language_name(i18n.language()) or code
    return name[:1].upper() + name[1:]


def changes(session: Session) -> list[Change]:
    """The latest decisions, newest first, in one query."""
    rows = session.execute(
        sa.select(HouseRule.key, HouseRule.value, HouseRule.decided_at, Staff.name)
        .outerjoin(Staff, Staff.account_id == HouseRule.by_staff_id)
        .order_by(HouseRule.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Change(in_words(key, value), decided_at, name or "") for key, value, decided_at, name in rows]


def in_words(key: str, value: str) -> str:
    """A decision as a sentence."""
    if key.startswith(house_rules.LANGUAGE):
        name = name_of(key.removeprefix(house_rules.LANGUAGE))
        return _("%(name)s er tændt", name=name) if value == house_rules.YES else _("%(name)s er slukket", name=name)
    if key.startswith(house_rules.REVIEWED):
        name = name_of(key.removeprefix(house_rules.REVIEWED))
        return _("%(name)s er læst igennem", name=name) if value else _("%(name)s er igen en kladde", name=name)
    on_off: dict[str, Sequence[str]] = {
        house_rules.FOUR_EYES: (_("Fire øjne er slået til"), _("Fire øjne er slået fra")),
        house_rules.NAMES_ON_TABLET: (_("Fornavne på tabletten er slået til"), _("Fornavne på tabletten er slået fra")),
    }
    words = on_off.get(key)
    return words[0 if value == house_rules.YES else 1] if words else key
