"""Reads about one request: what was asked, the quotes it got, the mails it caused, the job it became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.mail import OutboxMail
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.prices import queries as prices
from workshop.services.prices.queries import Travel
from workshop.services.prices.rules import Model, Price, reckon
from workshop.services.requests.models import (
    QuoteState,
    RequestPhoto,
    ServicePlace,
    ServiceQuote,
    ServiceQuoteLine,
    ServiceRequest,
)
from workshop.services.requests.proposing import Terms, wish_of

MOST_ASKED = 50  # versions of a request whose mails are looked for


class MailRow(NamedTuple):
    """A mail that went to the customer, or is about to."""

    subject: str
    due_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class Whole:
    """A request with everything that hangs on it."""

    request: ServiceRequest
    kind: ServiceKind
    place: ServicePlace
    quotes: Sequence[ServiceQuote]
    photos: Sequence[RequestPhoto]
    mails: Sequence[MailRow]
    travel: Travel | None
    job_public_id: str | None

    @property
    def waiting(self) -> ServiceQuote | None:
        """The quote that waits for the customer."""
        return next((each for each in self.quotes if each.state is QuoteState.SENT), None)

    @property
    def price(self) -> Price:
        """What it costs by the prices of today, with its parts."""
        return price_of(self.kind, self.request, self.travel)


@dataclass(frozen=True)
class Offer:
    """A quote as it is shown: what it says, on what, for whom."""

    quote: ServiceQuote
    terms: Terms
    request: ServiceRequest
    kind: ServiceKind
    place: ServicePlace
    job_public_id: str | None


def whole(session: Session, public_id: str) -> Whole | None:
    """One request with all of it, in a fixed number of questions."""
    row = session.execute(
        sa.select(ServiceRequest, ServiceKind, ServicePlace, ServiceJob.public_id)
        .join(ServiceKind, ServiceKind.id == ServiceRequest.service_kind_id)
        .join(ServicePlace, ServicePlace.id == ServiceRequest.place_id)
        .outerjoin(ServiceJob, ServiceJob.number == ServiceRequest.number)
        .where(ServiceRequest.public_id == public_id)
    ).one_or_none()
    if row is None:
        return None
    request, kind, place, job_public_id = row
    of_request = sa.select(ServiceQuote).where(ServiceQuote.request_id == request.id)
    photos = sa.select(RequestPhoto).where(RequestPhoto.request_id == request.id).order_by(RequestPhoto.id)
    return Whole(
        request=request,
        kind=kind,
        place=place,
        quotes=session.scalars(of_request.order_by(ServiceQuote.number.desc())).all(),
        photos=session.scalars(photos).all(),
        mails=_mails(session, request),
        travel=prices.travel(session, place.postcode),
        job_public_id=job_public_id,
    )


def offer(session: Session, public_id: str) -> Offer | None:
    """One quote with what it is about."""
    row = session.execute(
        sa.select(ServiceQuote, ServiceRequest, ServiceKind, ServicePlace, ServiceJob.public_id)
        .join(ServiceRequest, ServiceRequest.id == ServiceQuote.request_id)
        .join(ServiceKind, ServiceKind.id == ServiceRequest.service_kind_id)
        .join(ServicePlace, ServicePlace.id == ServiceRequest.place_id)
        .outerjoin(ServiceJob, ServiceJob.quote_id == ServiceQuote.id)
        .where(ServiceQuote.public_id == public_id)
    ).one_or_none()
    if row is None:
        return None
    quote, request, kind, place, job_public_id = row
    return Offer(quote, terms_of(session, quote), request, kind, place, job_public_id)


def terms_of(session: Session, quote: ServiceQuote) -> Terms:
    """What a quote that was sent says."""
    lines = sa.select(ServiceQuoteLine).where(ServiceQuoteLine.quote_id == quote.id)
    return Terms.of(quote, session.scalars(lines.order_by(ServiceQuoteLine.position)).all())


def price_of(kind: ServiceKind, request: ServiceRequest, travel: Travel | None) -> Price:
    """What a request costs by the prices of today."""
    return reckon(Model.of(kind), wish_of(request, travel))


def _mails(session: Session, request: ServiceRequest) -> list[MailRow]:
    """The mails of a request, by the keys they can have: the outbox is large, and has no other way in."""
    public_id, versions = request.public_id, range(1, min(request.version, MOST_ASKED) + 1)
    keys = [f"service-{cause}:{public_id}" for cause in ("received", "refused")]
    keys += [f"service-{cause}-{n}:{public_id}" for cause in ("asked", "quoted", "reminded") for n in versions]
    found = sa.select(OutboxMail.subject, OutboxMail.due_at, OutboxMail.sent_at).where(OutboxMail.key.in_(keys))
    return [MailRow(*row) for row in session.execute(found.order_by(OutboxMail.due_at, OutboxMail.id))]
