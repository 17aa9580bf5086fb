"""The visits of an agreement as a calendar: a file to take in once, and an address a calendar asks again and again."""

from __future__ import annotations

import hmac

from flask import Blueprint
from werkzeug.wrappers import Response

from workshop.core import clock, db, mail
from workshop.core.access import public
from workshop.core.errors import NotHere
from workshop.core.ics import KIND
from workshop.core.web import settings
from workshop.services.door import Head, is_over, may_see, private
from workshop.services.jobs import ics, queries
from workshop.services.jobs.models import ServiceJob

blueprint = Blueprint("agreement_calendar", __name__, url_prefix="/aftale")


def feed_address(head: Head, job: ServiceJob) -> str:
    """The secret address of an agreement's calendar. It opens nothing else, so it can be given to a calendar."""
    return f"{head.base_url}/aftale/{job.public_id}/kalender/{_token(head, job.public_id)}.ics"


@blueprint.get("/<public_id>/kalender.ics")
@public
def download(public_id: str) -> Response:
    """The visits as a file, for the customer on their own page."""
    if not may_see("job", public_id):
        raise NotHere
    return private(_calendar(public_id, f'attachment; filename="{ics.NAME}"'))


@blueprint.get("/<public_id>/kalender/<token>.ics")
@public
def feed(public_id: str, token: str) -> Response:
    """The visits as they stand now, for a calendar that asks by its secret address."""
    if not hmac.compare_digest(_token(Head.of(settings()), public_id).encode(), token.encode()):
        raise NotHere
    response = _calendar(public_id, "inline")
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _calendar(public_id: str, disposition: str) -> Response:
    now = clock.now()
    with db.reading() as session:
        job = queries.by_public_id(session, public_id)
        if job is None or is_over(job.ended_at, now):
            raise NotHere
        visits, later, address = queries.calendar_of(session, job, now)
    text = ics.calendar(job, visits, later, address, Head.of(settings()), now)
    response = Response(text, content_type=f"{KIND}; charset=utf-8")
    response.headers["Content-Disposition"] = disposition
    return response


def _token(head: Head, public_id: str) -> str:
    return mail.secret_of(head.secret_key, f"service-calendar:{public_id}")
