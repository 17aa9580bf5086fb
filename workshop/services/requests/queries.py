"""Requests found by what is known of them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.services.requests.models import ServicePlace, ServiceRequest


def by_once(session: Session, once: str) -> ServiceRequest | None:
    """The request a form has already made."""
    return session.scalar(sa.select(ServiceRequest).where(ServiceRequest.once == once))


def by_public_id(session: Session, public_id: str) -> ServiceRequest | None:
    """A request by its random id."""
    return session.scalar(sa.select(ServiceRequest).where(ServiceRequest.public_id == public_id))


def asked_since(session: Session, since: datetime, *, email: str | None = None) -> int:
    """How many visitors have written since then; with `email` only from that address."""
    counted = sa.select(sa.func.count(ServiceRequest.id)).where(
        ServiceRequest.created_at > since, ServiceRequest.is_by_phone.is_(False)
    )
    if email is not None:
        counted = counted.join(ServicePlace, ServicePlace.id == ServiceRequest.place_id)
        counted = counted.where(ServicePlace.customer_email == email)
    return session.scalars(counted).one()
