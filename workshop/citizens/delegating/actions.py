"""What changes delegations: the manager names a stand-in and takes it back; the citizen says yes or no about notes."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff, StaffDepartment
from workshop.citizens.delegating import queries
from workshop.citizens.models import CaseloadDelegation, Citizen, SealedNotesYes
from workshop.core import clock, db
from workshop.core.access import Actor
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _

LONGEST_DAYS = 183


def delegate(
    session: Session,
    *,
    from_staff_id: int,
    to_staff_id: int,
    from_on: date,
    until_on: date,
    by: Actor,
    now: datetime,
) -> CaseloadDelegation:
    """Let somebody look after a caseload from a day to a day, both included. It ends by itself.

    Raises Refusal for days that are over, for somebody who is away themselves or does not work where the citizens are,
    and where the caseload is looked after already. Two managers at once are told one after the other.
    """
    _check_days(from_on, until_on, clock.local_day(now))
    if from_staff_id == to_staff_id:
        raise Refusal(_("Vælg en anden end den, der er væk."))
    # Both people's rows, in one order, so that two delegations about the same people are made one after the other.
    locked = sa.select(Staff.account_id).where(Staff.account_id.in_((from_staff_id, to_staff_id)))
    session.execute(locked.order_by(Staff.account_id).with_for_update())
    _check_staff(session, from_staff_id, to_staff_id, by)
    _check_free(session, from_staff_id, to_staff_id, from_on, until_on)
    made = CaseloadDelegation(
        from_staff_id=from_staff_id,
        to_staff_id=to_staff_id,
        from_on=from_on,
        until_on=until_on,
        by_staff_id=by.account_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    return made


def take_back(session: Session, public_id: str, *, by: Actor, now: datetime) -> CaseloadDelegation:
    """End a delegation before its last day. Raises NotHere for another department's, Refusal when it is over."""
    made = session.scalar(
        sa.select(CaseloadDelegation).where(CaseloadDelegation.public_id == public_id).with_for_update()
    )
    if made is None or not queries.is_of(session, by.department_ids, made.from_staff_id):
        raise NotHere
    if made.ended_at is not None or made.until_on < clock.local_day(now):
        raise Refusal(_("Den er allerede slut."))
    made.ended_at = now
    session.flush()
    return made


def hear_yes(session: Session, citizen: Citizen, delegation_id: str, *, by: Actor, now: datetime) -> None:
    """The citizen said, in a talk with `by`, that the sealed notes may follow this delegation. Twice is once.

    The contact person or the stand-in writes it down. Raises NotHere for anybody else, and for the manager who named
    themselves as the stand-in: a manager cannot say yes for a citizen.
    """
    asked = _to_ask(session, citizen, delegation_id, by, now)
    said = {"delegation_id": asked, "citizen_id": citizen.id, "said_at": now, "by_staff_id": by.account_id}
    db.add_unless_there(session, SealedNotesYes, said)


def hear_no(session: Session, citizen: Citizen, delegation_id: str, *, by: Actor, now: datetime) -> None:
    """The citizen takes a yes back; from this moment the notes no longer follow."""
    asked = _to_ask(session, citizen, delegation_id, by, now)
    session.execute(
        sa.delete(SealedNotesYes).where(SealedNotesYes.delegation_id == asked, SealedNotesYes.citizen_id == citizen.id)
    )


def _to_ask(session: Session, citizen: Citizen, delegation_id: str, by: Actor, now: datetime) -> int:
    """The id of a delegation that the actor may ask this citizen about."""
    asks = queries.to_ask(session, by, citizen.id, clock.local_day(now))
    found = next((each for each in asks if each.public_id == delegation_id and each.may_write), None)
    if found is None:
        raise NotHere
    return found.id


def _check_days(from_on: date, until_on: date, today: date) -> None:
    if until_on < from_on:
        raise Refusal(_("Den sidste dag ligger før den første. Ret en af datoerne."))
    if until_on < today:
        raise Refusal(_("Dagene er forbi. Vælg en sidste dag i dag eller senere."))
    if from_on < today:  # who was there on a day that is over is not changed afterwards
        raise Refusal(_("Den første dag er gået. Vælg i dag eller en senere dag."))
    if (until_on - from_on).days > LONGEST_DAYS:
        raise Refusal(_("Så længe skal borgerne have en ny kontaktperson. Vælg højst et halvt år."))


def _check_staff(session: Session, from_staff_id: int, to_staff_id: int, by: Actor) -> None:
    """Both are of the manager's departments, and the stand-in works wherever the citizens are."""
    near = {each.account_id for each in queries.staff_of(session, by.department_ids)}
    if not {from_staff_id, to_staff_id} <= near:
        raise NotHere
    needed = set(
        session.scalars(
            sa.select(Citizen.department_id).where(
                Citizen.is_active, Citizen.id.in_(queries.open_caseload(from_staff_id))
            )
        )
    )
    works_in = set(
        session.scalars(sa.select(StaffDepartment.department_id).where(StaffDepartment.account_id == to_staff_id))
    )
    if not needed:
        raise Refusal(_("Ingen borgere har den person som kontaktperson. Der er intet at passe."))
    if not needed <= works_in:
        raise Refusal(_("Den, der passer, arbejder ikke i alle borgernes afdelinger. Vælg en anden."))


def _check_free(session: Session, from_staff_id: int, to_staff_id: int, from_on: date, until_on: date) -> None:
    overlapping = sa.select(CaseloadDelegation.id).where(
        CaseloadDelegation.ended_at.is_(None),
        CaseloadDelegation.from_on <= until_on,
        CaseloadDelegation.until_on >= from_on,
    )
    if session.scalar(overlapping.where(CaseloadDelegation.from_staff_id == from_staff_id).limit(1)) is not None:
        raise Refusal(_("Nogen passer allerede de borgere i de dage. Tag det tilbage først, eller vælg andre dage."))
    if session.scalar(overlapping.where(CaseloadDelegation.from_staff_id == to_staff_id).limit(1)) is not None:
        raise Refusal(_("Den, der skal passe, er selv væk i de dage. Vælg en anden."))
    if session.scalar(overlapping.where(CaseloadDelegation.to_staff_id == from_staff_id).limit(1)) is not None:
        raise Refusal(_("Den, der er væk, passer selv en andens borgere i de dage. Giv dem videre først."))
