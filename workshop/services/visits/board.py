"""The service board: what waits for us, what waits for customers, and the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import Blueprint, current_app, make_response, render_template, url_for
from sqlalchemy.orm import InstrumentedAttribute, Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.i18n import _, lazy, ngettext
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.requests.models import (
    QuoteState,
    RequestState,
    ServicePlace,
    ServiceQuote,
    ServiceRequest,
)
from workshop.services.snow.models import AlarmState, SnowAlarm
from workshop.services.visits import queries, times, week, words
from workshop.services.visits.models import Visit, VisitPhoto, VisitState
from workshop.services.visits.planning import week_url


class GardenEntry(web.MenuEntry):
    """The way into the garden service, lit on every page of its second row: not all of them lie below its address."""

    @property
    def is_current(self) -> bool:
        """Whether the page shown is the garden service's."""
        entries: list[web.MenuEntry] = current_app.extensions["menu"]
        return super().is_current or any(each.is_current for each in entries if each.face == "garden")


def _new() -> int:
    """Snow that nobody has answered, and requests that wait for us."""
    with db.reading() as session:
        found = sa.select(
            _count(SnowAlarm.id, SnowAlarm.state == AlarmState.PROPOSED)
            + _count(ServiceRequest.id, ServiceRequest.state == RequestState.NEW)
        )
        return session.scalar(found) or 0


blueprint = Blueprint("garden", __name__, url_prefix="/personale/service")
MENU = (
    GardenEntry("desk", lazy("Haven"), "garden.board", "haek", "service:plan", order=45, count=_new),
    web.MenuEntry("garden", lazy("Overblik"), "garden.board", "desk", "service:plan", order=10),
)
LATELY = timedelta(days=14)
MOST_SHOWN = 6
MOST_REQUESTS = 40


class Asked(NamedTuple):
    """A request that waits for us, or whose quote waits for the customer."""

    public_id: str
    number: str
    kind: str
    name: str
    postcode: str
    town: str
    created_at: datetime
    quoted_ore: int | None
    valid_until: date | None


class Count(NamedTuple):
    """How many of something there are, and where to do something about them; no address: nowhere for this person."""

    label: str
    number: int
    url: str


@blueprint.get("")
@needs("service:plan")
def board() -> Response:
    """What there is to do."""
    now = clock.now()
    today = clock.local_day(now)
    with db.reading() as session:
        html = render_template(
            "services/visits/board.html",
            counts=_counts(session, today),
            asked=_asked(session, RequestState.NEW),
            quoted=_asked(session, RequestState.QUOTED),
            visits_today=queries.on_day(session, today, None),
            late=queries.late(session, today)[:MOST_SHOWN],
            to_check=_to_check(session, now),
            today=today,
            words=words,
            minute_text=times.minute_text,
        )
    return make_response(html)


def _counts(session: Session, today: date) -> list[Count]:
    """Every count in one question, so that the board costs the same however much there is."""
    is_soon = sa.or_(Visit.day.is_(None), Visit.day <= week.shown_until(week.monday_to_plan(today)))
    untold = (
        Visit.state == VisitState.PLANNED,
        Visit.told_at.is_(None),
        Visit.snow_alarm_id.is_(None),
        Visit.day >= today,
    )
    quoted = sa.select(sa.func.count(ServiceQuote.id)).where(ServiceQuote.state == QuoteState.SENT)
    row = session.execute(
        sa.select(
            _count(ServiceRequest.id, ServiceRequest.state == RequestState.NEW),
            quoted.scalar_subquery(),
            _count(Visit.id, Visit.state == VisitState.WAITING, is_soon),
            _count(Visit.id, Visit.day == today, Visit.state.in_(queries.IN_THE_PLAN)),
            _count(Visit.id, *untold),
            _count(ServiceCharge.id, ServiceCharge.state == ChargeState.DUE),
            _count(SnowAlarm.id, SnowAlarm.state == AlarmState.PROPOSED),
        )
    ).one()
    first = session.scalar(sa.select(sa.func.min(Visit.day)).where(*untold))
    found = [
        Count(_("skal have svar"), row[0], "#forespoergsler"),
        Count(_("tilbud venter på kunden"), row[1], "#tilbud"),
        Count(_("besøg skal planlægges"), row[2], url_for("garden_plan.this_week")),
        Count(_("besøg i dag"), row[3], url_for("garden_round.today")),
        Count(
            ngettext("kunde kender ikke dagen", "kunder kender ikke dagen", row[4]), row[4], week_url(first or today)
        ),
    ]
    if access.require_actor().may("service:sell"):
        found.append(Count(_("ikke betalt"), row[5], _url_of("billing.page")))
        if stuck := _waiting_at("billing.page"):
            text = ngettext("kunde venter på penge tilbage", "kunder venter på penge tilbage", stuck)
            found.insert(0, Count(text, stuck, _url_of("billing.page")))
    if row[6]:
        snow = ngettext("snealarm venter på svar", "snealarmer venter på svar", row[6])
        found.insert(0, Count(snow, row[6], _url_of("snow.page")))
    return found


def _count(column: InstrumentedAttribute[int], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count(column)).where(*where).scalar_subquery()


def _asked(session: Session, state: RequestState) -> list[Asked]:
    """The oldest first: those who have waited longest."""
    rows = session.execute(
        sa.select(
            ServiceRequest.public_id,
            ServiceRequest.number,
            ServiceKind.name,
            ServicePlace.customer_name,
            ServicePlace.postcode,
            ServicePlace.town,
            ServiceRequest.created_at,
            ServiceQuote.total_ore,
            ServiceQuote.valid_until,
        )
        .join(ServiceKind, ServiceKind.id == ServiceRequest.service_kind_id)
        .join(ServicePlace, ServicePlace.id == ServiceRequest.place_id)
        .outerjoin(
            ServiceQuote, sa.and_(ServiceQuote.request_id == ServiceRequest.id, ServiceQuote.state == QuoteState.SENT)
        )
        .where(ServiceRequest.state == state)
        .order_by(ServiceRequest.created_at)
        .limit(MOST_REQUESTS)
    )
    return [Asked._make(each) for each in rows]


def _to_check(session: Session, now: datetime) -> list[tuple[str, str, int]]:
    """Finished visits with photos of which the customer sees none yet: public id, title, how many."""
    is_seen = sa.func.max(sa.case((VisitPhoto.is_shown, 1), else_=0))
    rows = session.execute(
        sa.select(Visit.public_id, ServiceJob.title, sa.func.count(VisitPhoto.id))
        .join(VisitPhoto, VisitPhoto.visit_id == Visit.id)
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .where(Visit.state == VisitState.DONE, Visit.done_at > now - LATELY)
        .group_by(Visit.id, Visit.public_id, ServiceJob.title)
        .having(is_seen == 0)
        .order_by(Visit.id)
        .limit(MOST_SHOWN)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _waiting_at(endpoint: str) -> int:
    """What waits in a list that a part of the house above this one shows; its way in counts it."""
    entries: list[web.MenuEntry] = current_app.extensions["menu"]
    return next((each.count() for each in entries if each.endpoint == endpoint and each.count), 0)


def _url_of(endpoint: str) -> str:
    """The address of a list that a part of the house above this one shows, for those who may see it."""
    mark = access.mark_of(current_app, endpoint) if endpoint in current_app.view_functions else None
    if mark is None or (mark.permission and not access.require_actor().may(mark.permission)):
        return ""
    return url_for(endpoint)
