"""Visits as entries that any calendar can take in, once by mail or again and again as a feed.

Times are UTC, so no calendar has to know the Danish clock. A window that falls into the missing spring hour becomes an
entry of the whole day: nothing is shifted to a time nobody chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from workshop.core import clock, ics
from workshop.core.i18n import _
from workshop.core.mail import Attachment
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.models import Visit, VisitState

NAME = "besoeg.ics"
_STATUS = {
    VisitState.WAITING: "CONFIRMED",
    VisitState.CANCELLED: "CANCELLED",
    VisitState.NOT_DONE: "CANCELLED",
}


def attachment(job: ServiceJob, visits: Sequence[Visit], address: str, head: Head, now: datetime) -> Attachment:
    """Visits to take into a calendar. Each keeps its name when it is moved, so the calendar moves the entry it has."""
    return Attachment(NAME, ics.KIND, calendar(job, visits, (), address, head, now))


def calendar(
    job: ServiceJob, visits: Iterable[Visit], later: Iterable[date], address: str, head: Head, now: datetime
) -> str:
    """The visits of a job, and further days its rule gives, which are not written down yet."""
    lines = [f"X-WR-CALNAME:{ics.escaped(_summary(job, head))}"]
    for visit in visits:
        # A visit that rests has lost its day, but a calendar that has it must be told.
        day = visit.day or visit.original_on
        if day is not None:
            status = _STATUS.get(visit.state, "CONFIRMED")
            times = _times(day, visit.from_minute, visit.to_minute)
            lines += _event(job, visit.occasion, visit.version, status, times, address, head, now)
    for day in later:
        times = _times(day, job.from_minute, job.to_minute)
        lines += _event(job, day.isoformat(), 0, "TENTATIVE", times, address, head, now)
    return ics.calendar("Have", lines)


def _event(
    job: ServiceJob,
    occasion: str,
    sequence: int,
    status: str,
    times: Iterable[str],
    address: str,
    head: Head,
    now: datetime,
) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{job.public_id}-{occasion}@{urlsplit(head.base_url).hostname}"
    yield f"SEQUENCE:{sequence}"
    yield f"DTSTAMP:{ics.utc(now)}"
    yield from times
    yield f"STATUS:{status}"
    yield f"SUMMARY:{ics.escaped(_summary(job, head))}"
    yield f"LOCATION:{ics.escaped(address)}"
    yield "END:VEVENT"


def _times(day: date, from_minute: int, to_minute: int) -> tuple[str, str]:
    try:
        begins = clock.at(day, clock.of_minute(from_minute))
        ends = clock.at(day, clock.of_minute(to_minute))
    except ValueError:
        return f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    return f"DTSTART:{ics.utc(begins)}", f"DTEND:{ics.utc(ends)}"


def _summary(job: ServiceJob, head: Head) -> str:
    return _("%(title)s ved %(shop)s", title=job.title, shop=head.identity.short_name)
