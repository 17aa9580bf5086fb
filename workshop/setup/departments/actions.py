"""What changes departments. It lies above production, because closing one takes its empty days along."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.accounts.models import Department, Invitation
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import search_key, slug
from workshop.production.models import CapacityDay
from workshop.setup.turn import take_turn

LONGEST_KEY = 34  # and a number behind it


class NameTaken(Refusal):
    """Another department is called that."""

    def __init__(self) -> None:
        super().__init__(_("Der er allerede en afdeling, der hedder det."))


def add(session: Session, name: str) -> Department:
    """A new department. Raises NameTaken."""
    _claim(session, name)
    stem = slug(name)[:LONGEST_KEY].strip("-")
    taken = set(session.scalars(sa.select(Department.key)))
    possible = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    key = next(each for each in possible if each not in taken)
    made = Department(key=key, name=name)
    session.add(made)
    session.flush()
    return made


def rename(session: Session, department: Department, name: str) -> None:
    """Call it something else; its address stays. Raises NameTaken."""
    _claim(session, name, but=department.id)
    department.name = name
    session.flush()


def close(session: Session, department: Department, now: datetime) -> None:
    """Take away a department that nothing has ever belonged to.

    Raises Refusal for any other: what was done there stays where it was done.
    """
    name = department.name
    refused = Refusal(
        _("%(name)s kan ikke lukkes: folk, tablets eller arbejde hører til der, nu eller før.", name=name)
    )
    if _is_promised(session, department.id, now):
        raise refused
    session.execute(
        sa.delete(CapacityDay).where(CapacityDay.department_id == department.id, CapacityDay.team_minutes == 0)
    )
    session.delete(department)
    try:
        session.flush()
    except IntegrityError as in_use:  # the database knows everything that points at it, on both sides of the wall
        raise refused from in_use


def _claim(session: Session, name: str, but: int | None = None) -> None:
    """Raises NameTaken when another has the name; two who write the same one come after one another."""
    take_turn(session, Department)
    others = session.scalars(sa.select(Department.name).where(Department.id != (but or 0)))
    if search_key(name) in {search_key(each) for each in others}:
        raise NameTaken


def _is_promised(session: Session, department_id: int, now: datetime) -> bool:
    """Whether somebody was invited to it and may still come."""
    open_ones = session.scalars(
        sa.select(Invitation.department_ids).where(
            Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now
        )
    )
    return any(department_id in ids for ids in open_ones)
