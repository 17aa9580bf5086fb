"""Whose citizens wait for somebody else when a member of staff stops: asked here, answered where citizens are known.

Accounts know no citizens. The program puts in place who does when it starts, and until then nobody can be closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from workshop.accounts.models import Staff


class Held(NamedTuple):
    """How many citizens of a department somebody is the contact person of; no names, an administrator sees none."""

    department_id: int
    key: str
    department: str
    citizens: int


class Caseloads(Protocol):
    """What accounts ask about the citizens of a member of staff."""

    def held(self, session: Session, staff_id: int) -> list[Held]:
        """The departments in which citizens have this person as their contact, by name."""

    def hand_over(
        self, session: Session, staff_id: int, takers: Mapping[int, Staff], by: int, now: datetime
    ) -> list[str]:
        """Give them to others, by department id; the public ids of those who got a new contact person."""

    def let_go(self, session: Session, staff_id: int, now: datetime) -> None:
        """The person stops: nobody's caseload is looked after by them any more."""


_kept: list[Caseloads] = []


def use(caseloads: Caseloads) -> None:
    """Make this the answer of the process."""
    _kept[:] = [caseloads]


def caseloads() -> Caseloads:
    """Who knows whose citizens wait."""
    if not _kept:
        raise RuntimeError("nobody knows the caseloads; the program sets it when it starts")
    return _kept[0]
