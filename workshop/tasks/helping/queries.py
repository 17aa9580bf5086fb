"""Reads about calls for help: one's own, and those of the people in a member of staff's departments."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Device, DeviceKind, Staff
from workshop.citizens.models import Citizen
from workshop.citizens.queries import NotYours
from workshop.core import clock
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.tasks.helping.models import HelpCall, HelpWish
from workshop.tasks.models import Assignment

WAITS, COMES, NOBODY = "waits", "comes", "nobody"
ON_THE_WAY = timedelta(minutes=15)  # so long an answered call is still told of, to both


class CallRow(NamedTuple):
    """A call as the staff's page shows it. `device` is empty where the person asks from their own phone."""

    public_id: str
    wish: HelpWish
    asked_at: datetime
    citizen_public_id: str
    display_name: str
    picture: str
    device: str
    task: str
    answered_by: str | None


class CallSign(NamedTuple):
    """A call as the bar on every desk page shows it: where, and the picture. No name stands on a shared screen."""

    public_id: str
    picture: str
    device: str


def own_open_call(session: Session, citizen_id: int, now: datetime) -> HelpCall | None:
    """The call of today a person waits for an answer to."""
    return session.scalar(sa.select(HelpCall).where(HelpCall.citizen_id == citizen_id, *_open(now)).limit(1))


def is_on_the_way(session: Session, citizen_id: int, now: datetime) -> bool:
    """Whether somebody has just said that they come."""
    lately = sa.select(HelpCall.id).where(
        HelpCall.citizen_id == citizen_id, HelpCall.answered_at > now - ON_THE_WAY, HelpCall.taken_back_at.is_(None)
    )
    return session.scalar(lately.limit(1)) is not None


def state_of(session: Session, citizen_id: int, now: datetime) -> str:
    """What a person's call has come to: WAITS, COMES or NOBODY."""
    if own_open_call(session, citizen_id, now) is not None:
        return WAITS
    return COMES if is_on_the_way(session, citizen_id, now) else NOBODY


def open_calls(session: Session, actor: Actor, now: datetime) -> list[CallSign]:
    """The calls of today that nobody has answered, in the actor's departments, the first first."""
    rows = session.execute(
        sa.select(HelpCall.public_id, Citizen.picture, _PLACE)
        .join(Citizen, Citizen.id == HelpCall.citizen_id)
        .outerjoin(Device, Device.id == HelpCall.device_id)
        .where(*_open(now), Citizen.department_id.in_(actor.department_ids))
        .order_by(HelpCall.asked_at, HelpCall.id)
    )
    return [CallSign(*row) for row in rows]


def calls(session: Session, actor: Actor, now: datetime) -> list[CallRow]:
    """Those who wait, and those somebody has just gone to, with names; the first first."""
    is_shown = sa.or_(sa.and_(*_open(now)), HelpCall.answered_at > now - ON_THE_WAY)
    rows = session.execute(
        sa.select(
            HelpCall.public_id,
            HelpCall.wish,
            HelpCall.asked_at,
            Citizen.public_id,
            Citizen.display_name,
            Citizen.picture,
            _PLACE,
            sa.func.coalesce(Assignment.title, ""),
            Staff.name,
        )
        .join(Citizen, Citizen.id == HelpCall.citizen_id)
        .outerjoin(Device, Device.id == HelpCall.device_id)
        .outerjoin(Assignment, Assignment.id == HelpCall.assignment_id)
        .outerjoin(Staff, Staff.account_id == HelpCall.by_staff_id)
        .where(is_shown, Citizen.department_id.in_(actor.department_ids))
        .order_by(HelpCall.answered_at.is_not(None), HelpCall.asked_at, HelpCall.id)
    )
    return [CallRow(*row) for row in rows]


def caller(session: Session, actor: Actor, call_public_id: str) -> str:
    """The public id of whoever called. Raises NotHere for a call of another department, or none."""
    row = session.execute(
        sa.select(Citizen.public_id, Citizen.department_id)
        .join(HelpCall, HelpCall.citizen_id == Citizen.id)
        .where(HelpCall.public_id == call_public_id)
    ).one_or_none()
    if row is None:
        raise NotHere
    if row.department_id not in actor.department_ids:
        raise NotYours([row.public_id])
    return str(row.public_id)


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Waiting still; what nobody answered yesterday calls nobody today."""
    midnight = clock.at(clock.local_day(now), time(0))
    return HelpCall.answered_at.is_(None), HelpCall.taken_back_at.is_(None), HelpCall.asked_at >= midnight


_PLACE = sa.case((Device.kind == DeviceKind.TABLET, Device.name), else_="")
