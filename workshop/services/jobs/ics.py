"""Visits as entries that any calendar can take in, once by mail or again and again as a feed. Source: RFC 5545.

Times are UTC, so no calendar has to know the Danish clock. A window that falls into the missing spring hour becomes an
entry of the whole day: nothing is shifted to a time nobody chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from workshop.core import clock
from workshop.core.i18n import _
from workshop.core.mail import Attachment
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.models import Visit, VisitState

NAME, KIND = "besoeg.ics", "text/calendar"
_LONGEST = 75  # octets of a line, its end not counted
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_STATUS = {
    VisitState.WAITING: "CONFIRMED",
    VisitState.CANCELLED: "CANCELLED",
    VisitState.NOT_DONE: "CANCELLED",
}


def attachment(job: ServiceJob, visits: Sequence[Visit], address: str, head: Head, now: datetime) -> Attachment:
    """Visits to take into a calendar. Each keeps its name when it is moved, so the calendar moves the entry it has."""
    return Attachment(NAME, KIND, calendar(job, visits, (), address, head, now))


def calendar(
    job: ServiceJob, visits: Iterable[Visit], later: Iterable[date], address: str, head: Head, now: datetime
) -> str:
    """The visits of a job, and further days its rule gives, which are not written down yet."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Vaerksted//Have//DA", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_escaped(_summary(job, head))}")
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
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


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
    yield f"DTSTAMP:{_utc(now)}"
    yield from times
    yield f"STATUS:{status}"
    yield f"SUMMARY:{_escaped(_summary(job, head))}"
    yield f"LOCATION:{_escaped(address)}"
    yield "END:VEVENT"


def _times(day: date, from_minute: int, to_minute: int) -> tuple[str, str]:
    try:
        begins = clock.at(day, clock.of_minute(from_minute))
        ends = clock.at(day, clock.of_minute(to_minute))
    except ValueError:
        return f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    return f"DTSTART:{_utc(begins)}", f"DTEND:{_utc(ends)}"


def _summary(job: ServiceJob, head: Head) -> str:
    return _("%(title)s ved %(shop)s", title=job.title, shop=head.identity.short_name)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> str:
    """A long line goes on in the next after a space; a letter is never cut in two."""
    parts, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _LONGEST:
            parts.append(" ")
            size = 1
        parts[-1] += sign
        size += octets
    return "\r\n".join(parts)
