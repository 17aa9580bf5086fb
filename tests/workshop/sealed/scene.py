"""Lone and her citizen Mona, a colleague, a stand-in and a manager, for what is written in confidence."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.accounts.models import Staff
from workshop.citizens.delegating import actions as delegating
from workshop.citizens.models import CaseloadDelegation, Citizen
from workshop.core import clock
from workshop.core.access import Actor, Role
from workshop.sealed import actions
from workshop.sealed.models import Accommodation, SealedKind, SealedNote

KEYS = (bytes(range(32)),)
TEXT = "Løfter højst tre kilo"
LINE = "Giv lette emner"
NOTE = "Vil gerne spørges i enrum"
BOTH = (Role.WORKSHOP, Role.CONSULTANT)


class House:
    """The people, by name: their ids and mail addresses, and what was written about Mona."""

    def __init__(self, session: Session) -> None:
        self.now = clock.now()
        self.today = clock.local_day(self.now)
        staff = {
            name: factories.staff(session, name=name, roles=roles)
            for name, roles in {
                "Lone": BOTH,
                "Per": BOTH,
                "Karin": (Role.MANAGER,),
                "Adam": (Role.ADMIN,),
                "Rita": (Role.AUDITOR,),
                "Sofie": (Role.SALES,),
            }.items()
        }
        metal = factories.department(session, key="metal", name="Metal")
        staff["Mads"] = factories.staff(session, name="Mads", roles=BOTH, departments=[metal])
        self.mails = {name: each.email for name, each in staff.items()}
        self.ids = {name: each.account_id for name, each in staff.items()}
        mona = people.citizen(session, name="Mona", contact=staff["Lone"], started_on=self.back(60), weekdays=range(7))
        other = people.citizen(session, name="Yusuf", contact=staff["Per"], started_on=self.back(60), weekdays=range(7))
        self.mona, self.mona_id, self.mona_account = mona.public_id, mona.id, mona.account_id
        self.yusuf = other.public_id
        self.address = f"/personale/borgere/{self.mona}"

    def back(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def desk(self, app: Flask, name: str) -> FlaskClient:
        return people.at_desk(app, self.mails[name])


def actor(session: Session, house: House, name: str) -> Actor:
    return people.actor_of(session, session.get_one(Staff, house.ids[name]), now=house.now)


def mona_of(session: Session, house: House) -> Citizen:
    return session.get_one(Citizen, house.mona_id)


def care(
    session: Session,
    house: House,
    *,
    text: str = TEXT,
    line: str = LINE,
    kind: SealedKind = SealedKind.ACCOMMODATION,
    by: str = "Lone",
    from_on: date | None = None,
    until_on: date | None = None,
    replaces: str = "",
    now: datetime | None = None,
) -> Accommodation:
    return actions.write_accommodation(
        session,
        mona_of(session, house),
        kind=kind,
        text=text,
        line=line,
        from_on=from_on or house.back(10),
        until_on=until_on,
        by=actor(session, house, by),
        master_keys=KEYS,
        now=now or house.now,
        replaces=replaces,
    )


def note(session: Session, house: House, *, text: str = NOTE, by: str = "Lone") -> SealedNote:
    return actions.write_note(
        session,
        mona_of(session, house),
        text=text,
        by=actor(session, house, by),
        master_keys=KEYS,
        now=house.now,
    )


def delegated(
    session: Session, house: House, *, first: int = 0, last: int = 7, to: str = "Per", by: str = "Karin"
) -> CaseloadDelegation:
    return delegating.delegate(
        session,
        from_staff_id=house.ids["Lone"],
        to_staff_id=house.ids[to],
        from_on=house.today + timedelta(days=first),
        until_on=house.today + timedelta(days=last),
        by=actor(session, house, by),
        now=house.now,
    )
