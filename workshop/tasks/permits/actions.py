"""Giving a tool permit, seeing it again, and ending it. A permit that stands is never written over."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.types.models import PermitKind
from workshop.tasks.permits.models import ToolPermit


def give(
    session: Session,
    *,
    citizen_id: int,
    permit_kind_id: int,
    on_what: str,
    given_on: date,
    see_again_on: date | None,
    instructed_by_id: int,
    by_staff_id: int,
    now: datetime,
) -> ToolPermit:
    """Write down that a person has been shown how a tool is used safely, and on what; the same twice is one permit.

    Raises Refusal for a tool no longer asked about, for a permit that stands already, and for days that cannot be.
    """
    kind = session.get(PermitKind, permit_kind_id)
    if kind is None or not kind.is_used:
        raise Refusal(_("Den tilladelse bruges ikke mere. Vælg en anden."))
    if given_on > clock.local_day(now):
        raise Refusal(_("Dagen ligger ude i fremtiden. Skriv den dag, det blev vist."))
    if see_again_on is not None and see_again_on <= given_on:
        raise Refusal(_("“Bør ses igen” skal ligge efter den dag, det blev vist."))
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())  # two presses take turns
    same = sa.select(ToolPermit).where(
        ToolPermit.citizen_id == citizen_id,
        ToolPermit.permit_kind_id == permit_kind_id,
        ToolPermit.on_what == on_what,
        ToolPermit.ended_on.is_(None),
    )
    stands = session.scalar(same.limit(1))
    if stands is not None:
        said_then = stands.given_on, stands.see_again_on, stands.instructed_by_id
        if said_then == (given_on, see_again_on, instructed_by_id):
            return stands
        raise Refusal(_("Den står der allerede. Tryk “Set igen” ved den i stedet."))
    permit = ToolPermit(
        citizen_id=citizen_id,
        permit_kind_id=permit_kind_id,
        on_what=on_what,
        given_on=given_on,
        see_again_on=see_again_on,
        instructed_by_id=instructed_by_id,
        written_at=now,
        by_staff_id=by_staff_id,
    )
    session.add(permit)
    session.flush()
    return permit


def seen_again(
    session: Session,
    permit: ToolPermit,
    *,
    on: date,
    see_again_on: date | None,
    instructed_by_id: int,
    by_staff_id: int,
    now: datetime,
) -> ToolPermit:
    """The same tool, seen again: the permit of before ends that day, and a new one begins.

    Raises Refusal when somebody else has just done it, and for days that cannot be.
    """
    if on < permit.given_on:
        raise Refusal(_("Dagen ligger før den dag, det blev vist første gang."))
    end(session, permit, day=on)
    return give(
        session,
        citizen_id=permit.citizen_id,
        permit_kind_id=permit.permit_kind_id,
        on_what=permit.on_what,
        given_on=on,
        see_again_on=see_again_on,
        instructed_by_id=instructed_by_id,
        by_staff_id=by_staff_id,
        now=now,
    )


def end(session: Session, permit: ToolPermit, *, day: date) -> None:
    """From this day the permit no longer counts; it can still be read. Raises Refusal when it has ended already."""
    ended = session.scalar(
        sa.update(ToolPermit)
        .where(ToolPermit.id == permit.id, ToolPermit.ended_on.is_(None))
        .values(ended_on=day)
        .returning(ToolPermit.id),
        execution_options={"synchronize_session": False},
    )
    if ended is None:
        raise Refusal(_("Den tilladelse er allerede slut. Se på siden igen."))
    session.refresh(permit)


def rename_kind(session: Session, kind_id: int, *, name: str, is_used: bool) -> PermitKind:
    """Call a permit something else, or let no task ask for it any more. Raises Refusal for a name in use."""
    kind = session.get(PermitKind, kind_id)
    if kind is None:
        raise NotHere
    _check_name(session, name, kind.id)
    kind.name, kind.is_used = name, is_used
    session.flush()
    return kind


def add_kind(session: Session, name: str) -> PermitKind:
    """One more tool that asks for a permit. Raises Refusal for a name in use."""
    _check_name(session, name, 0)
    kind = PermitKind(name=name)
    session.add(kind)
    session.flush()
    return kind


def _check_name(session: Session, name: str, own_id: int) -> None:
    same = sa.select(PermitKind.id).where(PermitKind.name == name, PermitKind.id != own_id)
    if session.scalar(same) is not None:
        raise Refusal(_("Der er allerede en, der hedder “%(name)s”.", name=name))
