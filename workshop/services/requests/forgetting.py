"""Who asked is forgotten when nobody needs it any more; what was done, where about, and what it cost stays.

A request that came to nothing: after a year. A customer of ours: when the books need not be kept any longer. The code
to somebody's gate goes much sooner, when no agreement is left to use it for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import db
from workshop.services.jobs.models import JobState, ServiceJob
from workshop.services.requests.models import RequestPhoto, RequestState, ServicePlace, ServiceRequest

ASKED_KEPT = timedelta(days=365)
CUSTOMER_KEPT = timedelta(days=6 * 366)  # five years from the end of the year of account. Source: bogføringsloven § 12
ACCESS_KEPT = timedelta(days=30)
SWEEPS_AT_MINUTE = 37  # once an hour is more than enough
MOST_AT_ONCE = 500
_NOTHING = (RequestState.DECLINED, RequestState.REFUSED, RequestState.LAPSED)
_UNSAID = ("customer_email", "customer_phone", "customer_reference", "company_name", "cvr", "gln", "street")


def forget(session: Session, now: datetime) -> int:
    """Take names, addresses and photos off what is long over, and gate codes off what is over; how many places."""
    _forget_access(session, now)
    # Said outright, because a question within a question would else look for the jobs of any place at all.
    jobs = sa.select(ServiceJob.id).where(ServiceJob.place_id == ServicePlace.id).correlate(ServicePlace)
    is_kept = jobs.where(sa.or_(ServiceJob.state == JobState.ACTIVE, ServiceJob.ended_at >= now - CUSTOMER_KEPT))
    asked = sa.select(ServiceRequest.id).where(ServiceRequest.place_id == ServicePlace.id).correlate(ServicePlace)
    is_open = asked.where(
        sa.or_(ServiceRequest.state.in_((RequestState.NEW, RequestState.QUOTED)), _ended() >= now - ASKED_KEPT),
        sa.not_(jobs.exists()),
    )
    due = sa.select(ServicePlace.id).where(
        ServicePlace.forgotten_at.is_(None), asked.exists(), sa.not_(is_kept.exists()), sa.not_(is_open.exists())
    )
    places = list(session.scalars(due.limit(MOST_AT_ONCE)))
    if places:
        _forget_places(session, places, now)
    return len(places)


def sweep(now: datetime) -> int:
    """The same, for the worker."""
    if now.minute != SWEEPS_AT_MINUTE:
        return 0
    with db.transaction() as session:
        return forget(session, now)


def _ended() -> sa.ColumnElement[datetime]:
    """When a request came to nothing; one that led to a job is never over by itself."""
    return sa.case((ServiceRequest.state.in_(_NOTHING), ServiceRequest.ended_at), else_=ServiceRequest.created_at)


def _forget_access(session: Session, now: datetime) -> None:
    jobs = sa.select(ServiceJob.id).where(ServiceJob.place_id == ServicePlace.id)
    in_use = jobs.where(sa.or_(ServiceJob.state == JobState.ACTIVE, ServiceJob.ended_at >= now - ACCESS_KEPT))
    session.execute(
        sa.update(ServicePlace)
        .where(ServicePlace.access_note != "", jobs.exists(), sa.not_(in_use.exists()))
        .values(access_note=""),
        execution_options={"synchronize_session": False},
    )


def _forget_places(session: Session, places: list[int], now: datetime) -> None:
    """The postcode stays for the statistics. The files of the photos go with the next check of the photos."""
    without = {"synchronize_session": False}
    requests = sa.select(ServiceRequest.id).where(ServiceRequest.place_id.in_(places))
    session.execute(sa.delete(RequestPhoto).where(RequestPhoto.request_id.in_(requests)), execution_options=without)
    session.execute(
        sa.update(ServiceRequest).where(ServiceRequest.place_id.in_(places)).values(message="", answers={}),
        execution_options=without,
    )
    session.execute(
        sa.update(ServicePlace)
        .where(ServicePlace.id.in_(places))
        .values(
            customer_name="",
            access_note="",
            latitude_e6=None,
            longitude_e6=None,
            forgotten_at=now,
            **dict.fromkeys(_UNSAID, ""),
        ),
        execution_options=without,
    )
