"""What happens to a visit: planned, told, driven to, begun, finished, or not. Each once, however often it is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.services.billing import actions as billing
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.door import Head
from workshop.services.jobs.models import JobState, ServiceJob
from workshop.services.requests.models import PriceBasis, ServicePlace
from workshop.services.visits import booking, doubts, letters, times
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitMaterial, VisitState

TO_PLAN = (VisitState.WAITING, VisitState.PLANNED)
UNDER_WAY = (VisitState.ON_THE_WAY, VisitState.STARTED)


class Meanwhile(Refusal):
    """Somebody else changed the visit first, or it is further on than the page showed; nothing is written."""


class Doubt(Refusal):
    """Something speaks against it, and nobody has said that it is meant so. `said` are the sentences."""

    def __init__(self, said: Sequence[str]) -> None:
        super().__init__(" ".join(said))
        self.said = tuple(said)


@dataclass(frozen=True)
class Plan:
    """When, for how long (true minutes), and with what. `is_second_pass` None: nobody has said which autumn hour."""

    day: date
    start_minute: int
    minutes: int
    resource_ids: tuple[int, ...]
    is_second_pass: bool | None = None


@dataclass(frozen=True)
class Used:
    """What was used on a visit."""

    text: str
    quantity: Decimal
    unit: str


def plan(
    session: Session,
    visit: Visit,
    planned: Plan,
    *,
    version: int,
    is_sure: bool,
    now: datetime,
    by_staff_id: int | None,
) -> None:
    """Put a visit into the plan, or somewhere else in it. The customer is told by `tell`.

    Raises Doubt for what speaks against it unless `is_sure`, Taken for what is somewhere else, Meanwhile for another
    version, Refusal for a time that does not exist or comes twice, and without a team.
    """
    _must_have_a_team(session, planned.resource_ids)
    if planned.is_second_pass is None and times.is_doubled(planned.day, planned.start_minute):
        time = times.minute_text(planned.start_minute)
        raise Refusal(
            _("Klokken bliver %(time)s to gange den nat. Vælg, om det er første eller anden gang.", time=time)
        )
    before = (visit.day, visit.from_minute, visit.to_minute)
    try:
        with session.begin_nested():  # what cannot be is said first; what is only doubted leaves nothing behind either
            _change(session, visit, version, TO_PLAN, {"state": VisitState.PLANNED, "by_staff_id": by_staff_id})
            _book(session, visit, planned)
            said = [] if is_sure else _doubts(session, visit, planned, now)
            if said:
                raise Doubt(said)
    except Refusal:
        session.refresh(visit)
        raise
    if visit.original_on is not None and planned.day != visit.original_on:
        visit.is_moved = True
    visit.position = None  # where it comes in the round is chosen anew
    visit.from_minute, visit.to_minute = _window(visit, planned.start_minute)
    if before != (visit.day, visit.from_minute, visit.to_minute):
        visit.told_at = None
    session.flush()


def _book(session: Session, visit: Visit, planned: Plan) -> None:
    is_doubled = times.is_doubled(planned.day, planned.start_minute)
    booking.book(
        session,
        visit,
        day=planned.day,
        start_minute=planned.start_minute,
        minutes=planned.minutes,
        resource_ids=planned.resource_ids,
        is_second_pass=is_doubled and bool(planned.is_second_pass),
    )


def _doubts(session: Session, visit: Visit, planned: Plan, now: datetime) -> list[str]:
    return doubts.about(
        session,
        visit,
        day=planned.day,
        start_minute=planned.start_minute,
        minutes=planned.minutes,
        resource_ids=planned.resource_ids,
        now=now,
    )


def unplan(session: Session, visit: Visit, *, version: int, by_staff_id: int | None) -> None:
    """Back among those to be planned: its day is kept, its time and its team are free. Raises Meanwhile."""
    _change(session, visit, version, (VisitState.PLANNED,), {"state": VisitState.WAITING, "by_staff_id": by_staff_id})
    visit.start_minute, visit.position, visit.is_second_pass = None, None, False
    booking.free(session, visit.id)
    session.flush()


def tell(session: Session, visit: Visit, *, head: Head, now: datetime) -> bool:
    """Tell the customer the day and the window; whether there was something to tell. Those without a mail are rung."""
    told = sa.update(Visit).where(Visit.id == visit.id, Visit.state == VisitState.PLANNED, Visit.told_at.is_(None))
    if not _done(session, visit, told.values(told_at=now)):
        return False
    job, place = _of(session, visit)
    letters.day_told(session, visit, job, place, head, now)
    return True


def on_the_way(session: Session, visit: Visit, *, head: Head, now: datetime, by_staff_id: int | None) -> None:
    """The team drives, and the customer hears it. Again is no change. Raises Meanwhile when it is not to be made."""
    if visit.state is VisitState.ON_THE_WAY:
        return
    values = {"state": VisitState.ON_THE_WAY, "on_way_at": now, "by_staff_id": by_staff_id}
    _change(session, visit, visit.version, (VisitState.PLANNED,), values)
    job, place = _of(session, visit)
    letters.on_the_way(session, visit, job, place, head, now)


def start(session: Session, visit: Visit, *, now: datetime, by_staff_id: int | None) -> None:
    """The work begins. Again is no change. Raises Meanwhile when it is not to be made."""
    if visit.state is VisitState.STARTED:
        return
    values = {"state": VisitState.STARTED, "started_at": now, "by_staff_id": by_staff_id}
    _change(session, visit, visit.version, (VisitState.PLANNED, VisitState.ON_THE_WAY), values)


def finish(
    session: Session,
    visit: Visit,
    *,
    units_done: Decimal | None = None,
    note: str = "",
    materials: Sequence[Used] = (),
    now: datetime,
    by_staff_id: int | None,
    head: Head | None = None,
) -> None:
    """It is done, and becomes due for payment once. Again is no change. Without `head` the customer gets no mail.

    Raises Refusal without the units of a price per unit or when they are too many, Meanwhile when it was not begun.
    """
    if _is_done(visit):
        return
    job, place = _of(session, visit)
    if job.basis is PriceBasis.PER_UNIT and units_done is None:
        raise Refusal(_("Skriv, hvor meget I lavede. Prisen regnes ud fra det."))
    values: dict[str, Any] = {"state": VisitState.DONE, "done_at": now, "by_staff_id": by_staff_id}
    values |= {"units_done": units_done, "note": clean(note)[:500]}
    if not _changed(session, visit, Visit.state == VisitState.STARTED, **values):
        if _is_done(visit):  # somebody else was as quick
            return
        raise _meanwhile(visit)
    add_materials(session, visit, materials)
    billing.visit_done(session, visit, now)
    if head is not None:
        used = session.scalars(sa.select(VisitMaterial).where(VisitMaterial.visit_id == visit.id)).all()
        letters.done(session, visit, job, place, used, head, now)


def add_materials(session: Session, visit: Visit, materials: Sequence[Used]) -> None:
    """Write down what was used."""
    session.add_all(
        VisitMaterial(visit_id=visit.id, text=clean(each.text)[:120], quantity=each.quantity, unit=each.unit[:20])
        for each in materials
    )
    session.flush()


def not_done(
    session: Session,
    visit: Visit,
    *,
    why: str,
    is_tried_again: bool,
    now: datetime,
    by_staff_id: int | None,
    head: Head | None = None,
) -> Visit | None:
    """It could not be done. The team is free; tried again there is a new visit to plan, which is given back.

    `why` is read by the customer. Again is no change. Raises Refusal without a reason, Meanwhile when it is over.
    """
    if visit.state is VisitState.NOT_DONE:
        return None
    reason = clean(why)[:300]
    if not reason:
        raise Refusal(_("Skriv, hvorfor det ikke kunne lade sig gøre. Kunden læser det."))
    values = {"state": VisitState.NOT_DONE, "why": reason, "by_staff_id": by_staff_id}
    _change(session, visit, visit.version, (*TO_PLAN, *UNDER_WAY), values)
    booking.free(session, visit.id)
    job, place = _of(session, visit)
    again = _again(session, visit) if is_tried_again and job.state is JobState.ACTIVE else None
    if head is not None:
        letters.not_done(session, visit, job, place, head, now, is_tried_again=again is not None)
    return again


def undo(session: Session, visit: Visit, *, version: int, by_staff_id: int | None) -> None:
    """Take back the last tap: from finished to begun, to on the way, to planned. Raises Meanwhile.

    Raises Refusal for what cannot be taken back: the customer has the bill, or it was not a tap.
    """
    values: dict[str, Any] = {"by_staff_id": by_staff_id}
    if visit.state is VisitState.STARTED:
        before = VisitState.ON_THE_WAY if visit.on_way_at is not None else VisitState.PLANNED
        values |= {"state": before, "started_at": None}
    elif visit.state is VisitState.ON_THE_WAY:
        values |= {"state": VisitState.PLANNED, "on_way_at": None}
        letters.take_back(session, letters.on_the_way_key(visit))
    elif _is_done(visit):
        _take_back_end(session, visit)
        values |= {"state": VisitState.STARTED, "done_at": None, "units_done": None}
    else:
        raise Refusal(_("Det kan ikke fortrydes mere."))
    _change(session, visit, version, (visit.state,), values)


def _take_back_end(session: Session, visit: Visit) -> None:
    """What came of finishing is as if it had not been, as long as nobody outside has heard of it."""
    job = session.get_one(ServiceJob, visit.job_id, with_for_update=True, populate_existing=True)
    made = session.scalars(sa.select(ServiceCharge).where(ServiceCharge.job_id == job.id)).all()
    own = next((each for each in made if each.visit_id == visit.id), None)
    if own is not None:
        is_known = own.state is not ChargeState.DUE or own.told_at is not None
        # Its number is given to the next one, so there must be none after it.
        if is_known or any(each.id > own.id for each in made):
            raise Refusal(_("Kunden har fået regningen, så det kan ikke fortrydes her. Ret det under Betaling."))
        session.delete(own)
    if job.state is not JobState.ACTIVE:
        raise Refusal(_("Aftalen er afsluttet, så det kan ikke fortrydes her."))
    session.execute(sa.delete(VisitMaterial).where(VisitMaterial.visit_id == visit.id))
    letters.take_back(session, letters.done_key(visit))
    session.flush()


def _is_done(visit: Visit) -> bool:
    return visit.state is VisitState.DONE


def _again(session: Session, visit: Visit) -> Visit:
    made = Visit(
        job_id=visit.job_id,
        occasion=f"again-{visit.id}",
        original_on=None,
        day=None,
        minutes=visit.minutes,
        from_minute=visit.from_minute,
        to_minute=visit.to_minute,
        snow_alarm_id=visit.snow_alarm_id,
        state=VisitState.WAITING,
    )
    session.add(made)
    session.flush()
    return made


def _must_have_a_team(session: Session, resource_ids: Collection[int]) -> None:
    is_team = sa.select(Resource.id).where(Resource.id.in_(resource_ids), Resource.kind == ResourceKind.TEAM)
    if session.scalar(is_team.limit(1)) is None:
        raise Refusal(_("Vælg et hold. Uden et hold kommer der ingen."))


def _window(visit: Visit, start_minute: int) -> tuple[int, int]:
    """The window the customer is told: theirs, if we come within it; else as long a one that begins with our hour.

    Of snow it is what was agreed, however late we are.
    """
    if visit.snow_alarm_id is not None or visit.from_minute <= start_minute <= visit.to_minute:
        return visit.from_minute, visit.to_minute
    begins = start_minute - start_minute % 60
    return begins, min(begins + max(visit.to_minute - visit.from_minute, 120), 24 * 60 - 1)


def _of(session: Session, visit: Visit) -> tuple[ServiceJob, ServicePlace]:
    job = session.get_one(ServiceJob, visit.job_id)
    return job, session.get_one(ServicePlace, job.place_id)


def _change(
    session: Session, visit: Visit, version: int, states: Collection[VisitState], values: dict[str, Any]
) -> None:
    if not _changed(session, visit, Visit.version == version, Visit.state.in_(states), **values):
        raise _meanwhile(visit)


def _changed(session: Session, visit: Visit, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
    """One conditional UPDATE, whether it took place; the copy in the session is read anew."""
    changing = sa.update(Visit).where(Visit.id == visit.id, *conditions)
    return _done(session, visit, changing.values(version=Visit.version + 1, **values))


def _done(session: Session, visit: Visit, changing: sa.Update) -> bool:
    done = session.scalar(changing.returning(Visit.id), execution_options={"synchronize_session": False})
    session.refresh(visit)
    return done is not None


def _meanwhile(visit: Visit) -> Meanwhile:
    if visit.state is VisitState.CANCELLED:
        return Meanwhile(_("Besøget er aflyst. Det kan stå i en mail til kunden, hvorfor."))
    if visit.state in (VisitState.DONE, VisitState.NOT_DONE):
        return Meanwhile(_("Besøget er slut. Det kan ikke ændres her."))
    if visit.state in UNDER_WAY:
        return Meanwhile(_("Holdet er allerede af sted. Se besøget, som det står nu."))
    return Meanwhile(_("En anden har ændret besøget imens. Se, hvordan det står nu, og prøv igen."))
