"""What changes somebody's place in the workshop: beginning, being put right, leaving, and coming back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Account, Department, Staff
from workshop.accounts.people import actions as people
from workshop.accounts.people import ending
from workshop.citizens import actions as citizens
from workshop.citizens import caseload
from workshop.citizens.enrolling import queries
from workshop.citizens.models import Citizen, ContactPerson, Enrolment
from workshop.core import clock, crypto, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean, sort_key


class Changed(Refusal):
    """Somebody else changed it in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("En anden har rettet imens. Se forskellen, og gem igen, hvis dit skal gælde."))


class Facts(NamedTuple):
    """What can be changed about somebody, as it stands or as it was typed."""

    full_name: str
    display_name: str
    picture: str
    language: str
    department_id: int
    ends_on: date | None

    @property
    def seen(self) -> str:
        """The facts as a page showed them; a change since then is found by comparing."""
        return crypto.token_hash("\n".join(map(str, self)))


def begin(
    session: Session,
    *,
    public_id: str,
    facts: Facts,
    contact: Staff,
    programme_type_id: int,
    started_on: date,
    days: Iterable[tuple[int, int, int]],
    pepper: str,
    now: datetime,
    cheap: bool = False,
) -> tuple[Citizen, str]:
    """Somebody begins: their row and their random PIN, which is told once and kept nowhere.

    Raises Refusal when the picture was taken meanwhile, or the contact person cannot be one in the department.
    """
    hold_pictures(session, facts.department_id)
    check_contact(session, contact, facts.department_id)
    pin = crypto.new_pin()
    citizen = citizens.add_citizen(
        session,
        public_id=public_id,
        full_name=facts.full_name,
        display_name=facts.display_name,
        picture=facts.picture,
        language=facts.language,
        department_id=facts.department_id,
        pin=pin,
        pepper=pepper,
        programme_type_id=programme_type_id,
        started_on=started_on,
        ends_on=facts.ends_on,
        contact_staff_id=contact.account_id,
        now=now,
        cheap=cheap,
        days=days,
    )
    return citizen, pin


def facts_of(session: Session, citizen: Citizen) -> Facts:
    """What stands now."""
    stay = queries.newest_stay(session, citizen.id)
    return Facts(
        citizen.full_name,
        citizen.display_name,
        citizen.picture,
        citizen.language,
        citizen.department_id,
        stay[0].ends_on if stay else None,
    )


def change(
    session: Session, citizen: Citizen, facts: Facts, *, seen: str, by: int, now: datetime, contact: Staff | None = None
) -> None:
    """Put somebody's facts right; `contact` is who takes over from today where they move to.

    Raises Changed when they are not what the page showed, and Refusal for a picture that is taken, a contact person who
    does not work in the new department, or a last day that is over.
    """
    for department_id in sorted({citizen.department_id, facts.department_id}):
        hold_pictures(session, department_id)
    _lock(session, citizen)
    before = facts_of(session, citizen)
    if seen != before.seen:
        raise Changed
    if (facts.picture, facts.department_id) != (before.picture, before.department_id):
        citizens.check_picture(session, facts.department_id, facts.picture, except_id=citizen.id)
    if facts.ends_on != before.ends_on:
        _move_end(session, citizen, facts.ends_on, now)
    citizen.full_name, citizen.display_name = clean(facts.full_name), clean(facts.display_name)
    citizen.sort_name = sort_key(citizen.full_name)
    citizen.picture, citizen.language = facts.picture, facts.language
    citizen.department_id = facts.department_id
    session.flush()
    if facts.department_id != before.department_id:
        _move_contact(session, citizen, contact, by, now)


def change_contact(
    session: Session, citizen: Citizen, contact: Staff, *, from_on: date, by: int, now: datetime
) -> ContactPerson | None:
    """Another contact person from a day on; None when it is the same. Raises Refusal for one who cannot be it."""
    check_contact(session, contact, citizen.department_id)
    return caseload.take_over(session, citizen, contact.account_id, from_on, by, now)


def end_stay(session: Session, citizen: Citizen, last_on: date, *, now: datetime) -> bool:
    """The last day of a stay; whether it is over already, and the account shut with it.

    A day to come shuts the account by itself when it has passed. Raises Refusal for a day before the stay began.
    """
    _lock(session, citizen)
    stay = queries.newest_stay(session, citizen.id)
    if stay is not None:
        if last_on < stay[0].started_on:
            first = clock.day_text(stay[0].started_on)
            raise Refusal(_("Forløbet begynder først %(day)s. Vælg den dag eller en senere.", day=first))
        for each in _stays_beyond(session, citizen, last_on):
            each.ends_on = last_on
        session.flush()
    if last_on > clock.local_day(now):
        return False
    leave(session, citizen, now)
    return True


def leave(session: Session, citizen: Citizen, now: datetime) -> None:
    """The stay is over: no tablet and no phone opens for them any more. What was written stays."""
    citizen.is_active = False
    session.flush()
    ending.shut(session, citizen.account_id, now)


def resume(session: Session, citizen: Citizen, *, picture: str, ends_on: date | None, now: datetime) -> None:
    """An end is taken back: the same stay goes on, with the same code.

    Raises Refusal when it ended too long ago, the picture is somebody else's by now, or the new last day is over.
    """
    hold_pictures(session, citizen.department_id)
    _lock(session, citizen)
    if citizen.is_active:
        return
    closed_at = session.get_one(Account, citizen.account_id, populate_existing=True).closed_at
    if closed_at is None or closed_at <= now - queries.UNDO_WITHIN:
        raise Refusal(_("Det er mere end 30 dage siden. Så er det et nyt forløb."))
    citizens.check_picture(session, citizen.department_id, picture, except_id=citizen.id)
    _move_end(session, citizen, ends_on, now)
    citizen.picture, citizen.is_active = picture, True
    session.flush()
    ending.open_again(session, citizen.account_id)


def sweep(now: datetime) -> int:
    """Shut the accounts of those whose last day has passed; how many."""
    today = clock.local_day(now)
    goes_on = sa.exists().where(
        Enrolment.citizen_id == Citizen.id, sa.or_(Enrolment.ends_on.is_(None), Enrolment.ends_on >= today)
    )
    has_been = sa.exists().where(Enrolment.citizen_id == Citizen.id)
    over = sa.select(Citizen).where(Citizen.is_active, has_been, ~goes_on)
    with db.reading() as session:
        if session.scalar(over.limit(1)) is None:
            return 0
    with db.transaction() as session:
        gone = session.scalars(over.with_for_update()).all()
        for citizen in gone:
            leave(session, citizen, now)
    return len(gone)


def hold_pictures(session: Session, department_id: int) -> None:
    """Keep the pictures of a department from others until the block ends: two do not take the same one."""
    session.execute(sa.select(Department.id).where(Department.id == department_id).with_for_update())


def check_contact(session: Session, contact: Staff, department_id: int) -> None:
    """Raises Refusal for somebody who has stopped, works elsewhere, or has no role that can be a contact person."""
    if not people.carries(session, contact, department_id):
        raise Refusal(_("%(name)s kan ikke være kontaktperson i den afdeling. Vælg en anden.", name=contact.name))


def _lock(session: Session, citizen: Citizen) -> None:
    session.get_one(Citizen, citizen.id, populate_existing=True, with_for_update=True)


def _stays_beyond(session: Session, citizen: Citizen, day: date) -> list[Enrolment]:
    return list(
        session.scalars(
            sa.select(Enrolment).where(
                Enrolment.citizen_id == citizen.id,
                Enrolment.started_on <= day,
                sa.or_(Enrolment.ends_on.is_(None), Enrolment.ends_on > day),
            )
        )
    )


def _move_end(session: Session, citizen: Citizen, ends_on: date | None, now: datetime) -> None:
    stay = queries.newest_stay(session, citizen.id)
    if stay is None:
        return
    if ends_on is not None and ends_on < max(stay[0].started_on, clock.local_day(now)):
        raise Refusal(_("Den sidste dag er gået. Brug siden Slut på forløbet, eller vælg en senere dag."))
    stay[0].ends_on = ends_on
    session.flush()


def _move_contact(session: Session, citizen: Citizen, contact: Staff | None, by: int, now: datetime) -> None:
    """Nobody moves to where their contact person cannot see them."""
    today = clock.local_day(now)
    if contact is not None:
        change_contact(session, citizen, contact, from_on=today, by=by, now=now)
        return
    present = session.scalar(
        sa.select(Staff)
        .join(ContactPerson, ContactPerson.staff_id == Staff.account_id)
        .where(ContactPerson.citizen_id == citizen.id, ContactPerson.until_on.is_(None))
        .limit(1)
    )
    if present is None or not people.carries(session, present, citizen.department_id):
        raise Refusal(_("Vælg også en kontaktperson, der arbejder i den nye afdeling."))
