"""What writes the rules of the house down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core import house_rules, i18n, tongues
from workshop.core.errors import Refusal
from workshop.core.house_rules import HouseRule
from workshop.core.i18n import _
from workshop.setup.turn import take_turn

LONGEST = 100  # a value's column


class Rules(NamedTuple):
    """Everything that is decided on the page."""

    four_eyes: bool
    names_on_tablet: bool
    languages: Collection[str]  # codes that are on, besides Danish
    read_through: Collection[str]  # codes somebody says are good


def decide(session: Session, rules: Rules, *, by_staff_id: int, now: datetime) -> None:
    """Write down what is decided; only what is new becomes a row. Raises Refusal for a language that is not whole.

    Who ticks that a language is read through puts their own name on it; who had ticked before keeps theirs.
    """
    whole = set(tongues.whole())
    if not {*rules.languages, *rules.read_through} <= whole:
        raise Refusal(_("Sproget er ikke oversat til ende, så det kan ikke tændes."))
    take_turn(session, HouseRule)
    before = house_rules.decided(session)
    name = session.get_one(Staff, by_staff_id).name[:LONGEST]
    wanted = {
        house_rules.FOUR_EYES: _yes_no(rules.four_eyes),
        house_rules.NAMES_ON_TABLET: _yes_no(rules.names_on_tablet),
    }
    for code in whole - {i18n.DEFAULT_LANGUAGE}:
        on, read = house_rules.LANGUAGE + code, house_rules.REVIEWED + code
        if code in rules.languages or on in before:  # what was never on is not written down as off
            wanted[on] = _yes_no(code in rules.languages)
        if code in rules.read_through or read in before:
            wanted[read] = (before.get(read) or name) if code in rules.read_through else ""
    for key, value in sorted(wanted.items()):
        house_rules.decide(session, key, value, by_staff_id=by_staff_id, now=now)


def _yes_no(is_on: bool) -> str:
    return house_rules.YES if is_on else house_rules.NO
