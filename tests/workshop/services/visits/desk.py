"""What the tests of the pages share: a customer's visit in a state, and what stands in the form of the plan."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import garden

from tests.workshop.services.visits import rig
from workshop.core import clock, db
from workshop.production.lead_times.rules import is_workday
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import QuoteState, RequestState, ServicePlace
from workshop.services.visits import actions
from workshop.services.visits.models import Visit, VisitState

GATE = "Koden til lågen er 4711"
VISIT = "/personale/service/besoeg"


def workday(ahead: int = 7) -> date:
    """A weekday to come that is no holiday: the first such Tuesday so many days ahead."""
    day = clock.local_day(clock.now()) + timedelta(days=ahead)
    tuesday = day + timedelta(days=(1 - day.weekday()) % 7)
    while not is_workday(tuesday):
        tuesday += timedelta(days=7)
    return tuesday


def week_of(day: date) -> str:
    at = day.isocalendar()
    return f"/personale/service/plan/{at.year}-{at.week}"


def agreed_at(session: Session, at: ServicePlace, **more: object) -> ServiceJob:
    """Hedge cutting that this customer has said yes to."""
    asked = garden.request(session, at=at, state=RequestState.ACCEPTED, wishes=["2026-W49", "2026-W50"])
    answered = garden.quote(session, of=asked, state=QuoteState.ACCEPTED)
    return garden.job(session, of=answered, **{"may_start_early": True} | more)


def laid(*, day: date | None = None, state: VisitState = VisitState.PLANNED, **place: object) -> str:
    """A visit of a customer with a gate code, by default planned for a day to come; its public id."""
    on = day or workday()
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        at = garden.place(session, access_note=GATE, **place)
        agreed = agreed_at(session, at, note="Grenene bagved.")
        visit = garden.visit(session, of=agreed, day=on)
        if state is not VisitState.WAITING:
            rig.plan(session, visit, rig.team(session), day=on, now=clock.now())
        if state is VisitState.STARTED:
            actions.start(session, visit, now=clock.now(), by_staff_id=None)
        return visit.public_id


def of(public_id: str) -> Visit:
    with db.reading() as session:
        return session.scalars(sa.select(Visit).where(Visit.public_id == public_id)).one()


def team(name: str = "Hækholdet", **more: object) -> str:
    with db.transaction() as session:
        return rig.team(session, name=name, **more).public_id


def typed(public_id: str, team_id: str, **more: object) -> dict[str, object]:
    """What stands in the form of the plan."""
    values = {"version": of(public_id).version, "day": workday().isoformat(), "start": "9.30", "minutes": "90"}
    return {**values, "team": team_id, **more}
