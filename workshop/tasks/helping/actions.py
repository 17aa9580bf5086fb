"""A call for help: asked, taken back, or answered by one of the staff. Each once, however often it is pressed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.tasks.helping import queries
from workshop.tasks.helping.models import HelpCall, HelpWish


def ask(
    session: Session,
    citizen: Citizen,
    wish: HelpWish,
    *,
    device_id: int | None,
    assignment_id: int | None,
    now: datetime,
) -> HelpCall:
    """Call for somebody. Whoever has called already today, and waits, keeps that call: a second press adds nothing."""
    # The person's own row is the gate: of two presses at once the second finds the call of the first.
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen.id).with_for_update())
    waiting = queries.own_open_call(session, citizen.id, now)
    if waiting is not None:
        return waiting
    call = HelpCall(citizen_id=citizen.id, device_id=device_id, assignment_id=assignment_id, wish=wish, asked_at=now)
    session.add(call)
    session.flush()
    return call


def answer(session: Session, call_public_id: str, staff_id: int, now: datetime) -> HelpCall:
    """Say "jeg går derhen", once; whoever says it again themselves changes nothing.

    Raises NotHere for no such call, and Refusal when a colleague goes there already or it was taken back.
    """
    call = _call(session, call_public_id)
    if not _ended(session, call, answered_at=now, by_staff_id=staff_id) and call.by_staff_id != staff_id:
        if call.by_staff_id is None:
            raise Refusal(_("Det er løst. Ingen venter mere."))
        name = session.scalar(sa.select(Staff.name).where(Staff.account_id == call.by_staff_id))
        raise Refusal(_("%(name)s er allerede på vej.", name=name))
    return call


def take_back(session: Session, citizen_id: int, now: datetime) -> None:
    """Say "jeg klarer det nu". With no call waiting nothing changes."""
    call = queries.own_open_call(session, citizen_id, now)
    if call is not None:
        _ended(session, call, taken_back_at=now)


def _call(session: Session, public_id: str) -> HelpCall:
    found = session.scalar(sa.select(HelpCall).where(HelpCall.public_id == public_id))
    if found is None:
        raise NotHere
    return found


def _ended(session: Session, call: HelpCall, **values: object) -> bool:
    """One conditional statement: of two who press at once, one goes there and the other is told."""
    result = session.execute(
        sa.update(HelpCall)
        .where(HelpCall.id == call.id, HelpCall.answered_at.is_(None), HelpCall.taken_back_at.is_(None))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(call)
    return isinstance(result, CursorResult) and result.rowcount == 1
