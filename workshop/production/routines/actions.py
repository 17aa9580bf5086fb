"""Routines are made, changed and stopped; a day of one is given, left out, brought back, and done once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.routines.closed import closed_days
from workshop.production.routines.models import Routine, RoutineDay, RoutineDayState
from workshop.production.routines.rules import MOST_WEEKS, falls_on

LONGEST = {"title": 150, "place": 60, "note": 300}


class EditedMeanwhile(Refusal):
    """Somebody else changed the routine first; the page shows both."""


@dataclass(frozen=True)
class Plan:
    """What a routine is: which task, when and where. `start_minute` counts from midnight on the Danish wall clock."""

    title: str
    task_type_id: int
    department_id: int
    weekdays: tuple[int, ...]
    every_weeks: int
    starts_on: date
    ends_on: date | None = None
    start_minute: int | None = None
    place: str = ""
    note: str = ""


def add(session: Session, plan: Plan, *, once: str, by_staff_id: int | None) -> Routine | None:
    """A new routine. `once` is the word of the form and becomes its id; None when it is there already.

    Raises Refusal as `_must_make_sense` does.
    """
    values = _must_make_sense(plan)
    made = Routine(public_id=once, by_staff_id=by_staff_id, **values)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return None  # the first tap of the same button was quicker
    return made


def edit(session: Session, routine: Routine, plan: Plan, *, version: int | None) -> None:
    """Change a routine from now on; days that were given, done or left out stand as they are.

    `version` is the one the editor saw. Raises EditedMeanwhile when it is another by now.
    """
    values = _must_make_sense(plan)
    changed = session.execute(
        sa.update(Routine)
        .where(Routine.id == routine.id, Routine.version == version)
        .values(version=Routine.version + 1, **values),
        execution_options={"synchronize_session": False},
    )
    session.refresh(routine)
    if not _hit(changed):
        raise EditedMeanwhile(_("En anden har rettet den imens. Se begge dele, og gem det, der skal gælde."))


def stop(session: Session, routine: Routine, *, today: date) -> None:
    """From tomorrow on it falls on no day; said again, nothing changes."""
    session.execute(
        sa.update(Routine)
        .where(Routine.id == routine.id, sa.or_(Routine.ends_on.is_(None), Routine.ends_on > today))
        .values(ends_on=today, version=Routine.version + 1),
        execution_options={"synchronize_session": False},
    )
    session.refresh(routine)


def day_to_give(session: Session, routine: Routine, day: date) -> RoutineDay:
    """The routine's day, made when it is not there, locked until the block ends: two who give it get the same.

    Raises Refusal when it does not fall on that day, is done, or is left out.
    """
    while True:
        found = _locked(session, routine.id, day)
        if found is None:
            _must_fall_on(routine, day)
            _add_day(session, routine, day, RoutineDayState.DUE)  # it may be there already; it is locked next time
            continue
        if found.state is RoutineDayState.DONE:
            raise Refusal(_("Den er gjort den dag."))
        if found.state is RoutineDayState.SKIPPED:
            raise Refusal(_("Den er sprunget over den dag. Tag den med igen først."))
        return found


def skip(session: Session, routine: Routine, day: date) -> None:
    """The routine is left out on a day; said again, nothing changes.

    Raises Refusal when somebody has it, when it is done, and when it does not fall on that day.
    """
    while True:
        found = _locked(session, routine.id, day)
        if found is None:
            _must_fall_on(routine, day)
            if _add_day(session, routine, day, RoutineDayState.SKIPPED):
                return
            continue
        if found.state is RoutineDayState.DUE:
            raise Refusal(_("Nogen har den på deres liste den dag. Tag dem af i ugen først."))
        if found.state is RoutineDayState.DONE:
            raise Refusal(_("Den er gjort den dag."))
        return


def bring_back(session: Session, routine: Routine, day: date) -> None:
    """A day that was left out counts again; said again, nothing changes."""
    session.execute(
        sa.delete(RoutineDay).where(
            RoutineDay.routine_id == routine.id, RoutineDay.day == day, RoutineDay.state == RoutineDayState.SKIPPED
        ),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def wait_for(session: Session, routine_day_id: int) -> None:
    """Lock a day of a routine: whoever finishes or is taken off at the same time waits here."""
    session.execute(sa.select(RoutineDay.id).where(RoutineDay.id == routine_day_id).with_for_update())


def finish_day(session: Session, routine_day_id: int, *, now: datetime) -> bool:
    """The routine is done that day, once; False when it was done already."""
    changed = session.execute(
        sa.update(RoutineDay)
        .where(RoutineDay.id == routine_day_id, RoutineDay.state != RoutineDayState.DONE)
        .values(state=RoutineDayState.DONE, done_at=now),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
    return _hit(changed)


def tell_done(session: Session, routine: Routine, day: date, *, now: datetime) -> None:
    """Staff say that it was done, though nobody had it on a list; said again, nothing changes.

    Raises Refusal when somebody has it, when it is left out, when it does not fall on that day, and before the day.
    """
    if day > clock.local_day(now):
        raise Refusal(_("Den dag er ikke kommet endnu."))
    while True:
        found = _locked(session, routine.id, day)
        if found is None:
            _must_fall_on(routine, day)
            if _add_day(session, routine, day, RoutineDayState.DONE, done_at=now):
                return
            continue
        if found.state is RoutineDayState.DUE:
            raise Refusal(_("Nogen har den på deres liste den dag. De gør den færdig på tabletten."))
        if found.state is RoutineDayState.SKIPPED:
            raise Refusal(_("Den er sprunget over den dag. Tag den med igen først."))
        return


def not_done(session: Session, routine: Routine, day: date) -> None:
    """Staff pressed by mistake: the day waits for somebody again; said again, nothing changes.

    Raises Refusal when it was done on the tablet: whoever did it keeps that.
    """
    try:
        with session.begin_nested():
            session.execute(
                sa.delete(RoutineDay).where(
                    RoutineDay.routine_id == routine.id, RoutineDay.day == day, RoutineDay.state == RoutineDayState.DONE
                ),
                execution_options={"synchronize_session": False},
            )
    except IntegrityError as problem:  # somebody's task belongs to it
        raise Refusal(_("Den er gjort på tabletten. Det bliver stående.")) from problem
    session.expire_all()


def nobody_has(session: Session, routine_day_id: int) -> None:
    """The last one was taken off: the day waits for somebody again, as if it had never been given."""
    session.execute(
        sa.delete(RoutineDay).where(RoutineDay.id == routine_day_id, RoutineDay.state == RoutineDayState.DUE),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def _must_make_sense(plan: Plan) -> dict[str, Any]:
    """The values to store. Raises Refusal for a routine without a name or a day, and one that ends before it starts."""
    title = clean(plan.title)
    if not title:
        raise Refusal(_("Skriv, hvad opgaven hedder."))
    weekdays = sorted(set(plan.weekdays))
    if not weekdays or not all(0 <= each <= 6 for each in weekdays):
        raise Refusal(_("Vælg mindst én ugedag."))
    if not 1 <= plan.every_weeks <= MOST_WEEKS:
        raise Refusal(_("Vælg, hvor tit den kommer."))
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        raise Refusal(_("Den slutter, før den begynder. Ret en af dagene."))
    return {
        "title": title[: LONGEST["title"]],
        "task_type_id": plan.task_type_id,
        "department_id": plan.department_id,
        "weekdays": weekdays,
        "every_weeks": plan.every_weeks,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "start_minute": plan.start_minute,
        "place": clean(plan.place)[: LONGEST["place"]],
        "note": clean(plan.note)[: LONGEST["note"]],
    }


def _must_fall_on(routine: Routine, day: date) -> None:
    closed = closed_days(day, day).get(day)
    if closed is not None:
        raise Refusal(_("Huset er lukket den dag: %(holiday)s. Vælg en anden dag.", holiday=closed))
    if not falls_on(routine, day):
        raise Refusal(_("%(title)s ligger ikke på den dag. Vælg en af dens dage.", title=routine.title))


def _locked(session: Session, routine_id: int, day: date) -> RoutineDay | None:
    return session.scalar(
        sa.select(RoutineDay).where(RoutineDay.routine_id == routine_id, RoutineDay.day == day).with_for_update(),
        execution_options={"populate_existing": True},
    )


def _add_day(
    session: Session, routine: Routine, day: date, state: RoutineDayState, done_at: datetime | None = None
) -> bool:
    try:
        with session.begin_nested():
            session.add(RoutineDay(routine_id=routine.id, day=day, state=state, done_at=done_at))
    except IntegrityError:
        return False  # somebody was quicker; the unique key of routine and day decides
    return True


def _hit(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
