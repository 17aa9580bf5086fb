"""What staff write on an agreement beside its terms: notes, what to bring, how to get in, and a visit of its own."""

from __future__ import annotations

from collections.abc import Iterable
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
from workshop.services.door import Head
from workshop.services.jobs import allowed, letters
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits.models import Visit

MOST_EQUIPMENT, LONGEST_EQUIPMENT = 20, 60


class EditedMeanwhile(Refusal):
    """Somebody else wrote first; the page shows both."""


def describe(session: Session, job: ServiceJob, *, note: str, equipment: Iterable[str], version: int) -> None:
    """Staff's own note and what to bring. The same again is no change.

    Raises EditedMeanwhile when it is not the version seen.
    """
    kept = [words for each in equipment if (words := clean(each))]
    if len(kept) > MOST_EQUIPMENT or any(len(each) > LONGEST_EQUIPMENT for each in kept):
        raise Refusal(_("Skriv højst 20 ting, og højst 60 tegn om hver."))
    values = {"note": clean(note)[:500], "equipment": list(dict.fromkeys(kept))}
    if all(getattr(job, name) == value for name, value in values.items()):
        return
    _save(session, job, version, values)


def describe_access(session: Session, job: ServiceJob, text: str, *, version: int) -> None:
    """How to get in: gate code, dog, where the key lies. It belongs to the place, so every agreement there shows it.

    Raises EditedMeanwhile when the agreement is not the version seen.
    """
    place = session.get_one(ServicePlace, job.place_id)
    words = clean(text)[:300]
    if place.access_note == words:
        return
    _save(session, job, version, {})
    place.access_note = words
    session.flush()


def add_visit(
    session: Session,
    job: ServiceJob,
    day: date,
    *,
    once: str,
    from_minute: int | None = None,
    to_minute: int | None = None,
    now: datetime,
    by_staff_id: int | None,
    head: Head | None = None,
) -> Visit | None:
    """A visit beside the rule. `once` is the word of the form; None when it is there already.

    Raises Refusal for a day that is gone and an agreement that is over.
    """
    allowed.must_be_active(job)
    if day < clock.local_day(now):
        raise Refusal(_("Den dag er gået. Vælg en dag, der kommer."))
    made = Visit(
        job_id=job.id,
        occasion=f"extra-{once}"[:40],
        day=day,
        minutes=job.visit_minutes,
        from_minute=job.from_minute,
        to_minute=job.to_minute,
        is_moved=True,
        by_staff_id=by_staff_id,
    )
    made.from_minute, made.to_minute = allowed.window(made, from_minute, to_minute)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return None  # the first tap of the same button was quicker
    if head is not None:
        made.told_at = now if letters.reach(session, job) else None
        letters.added(session, job, made, head, now)
    return made


def _save(session: Session, job: ServiceJob, version: int, values: dict[str, Any]) -> None:
    done = session.execute(
        sa.update(ServiceJob)
        .where(ServiceJob.id == job.id, ServiceJob.version == version)
        .values(version=ServiceJob.version + 1, **values),
        execution_options={"synchronize_session": False},
    )
    session.refresh(job)
    if not (isinstance(done, CursorResult) and done.rowcount == 1):
        raise EditedMeanwhile(_("En anden har rettet det imens. Se begge dele, og gem det, der skal gælde."))
