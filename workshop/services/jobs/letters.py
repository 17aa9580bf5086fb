"""What a customer hears by mail about an agreement. Each mail carries its cause's key, so it goes once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from workshop.core import clock, mail
from workshop.core.i18n import _
from workshop.core.mail import Attachment
from workshop.services.door import Head
from workshop.services.jobs import ics
from workshop.services.jobs.models import JobPause, ServiceJob
from workshop.services.requests.models import Recurrence, ServicePlace
from workshop.services.visits.models import Visit
from workshop.services.visits.times import window_text


def moved(session: Session, job: ServiceJob, visit: Visit, head: Head, now: datetime) -> None:
    """The day of one visit is another."""
    if visit.day is None:
        raise ValueError("a visit is moved to a day")
    body = [
        _(
            "Vi kommer nu %(day)s, %(window)s.",
            day=clock.day_text(visit.day),
            window=window_text(visit.from_minute, visit.to_minute),
        ),
        _("Det gælder: %(title)s, %(street)s.", title=job.title, street=_street(session, job)),
    ]
    if job.recurrence is not Recurrence.NONE:
        body.append(_("De andre besøg er, som de var."))
    body.append(_changes(head, job))
    entry = ics.attachment(job, [visit], _address(session, job), head, now)
    _send(session, job, head, f"moved:{visit.public_id}:{visit.version}", _("Ny dag for besøget"), body, now, entry)


def added(session: Session, job: ServiceJob, visit: Visit, head: Head, now: datetime) -> None:
    """A visit beside those that were agreed."""
    if visit.day is None:
        raise ValueError("a visit is added on a day")
    body = [
        _(
            "Vi kommer %(day)s, %(window)s.",
            day=clock.day_text(visit.day),
            window=window_text(visit.from_minute, visit.to_minute),
        ),
        _("Det gælder: %(title)s, %(street)s.", title=job.title, street=_street(session, job)),
        _changes(head, job),
    ]
    entry = ics.attachment(job, [visit], _address(session, job), head, now)
    _send(session, job, head, f"added:{visit.public_id}", _("Vi har sat et besøg i kalenderen"), body, now, entry)


def cancelled(session: Session, job: ServiceJob, visit: Visit, head: Head, now: datetime) -> None:
    """One visit is not made."""
    when = clock.day_text(visit.day) if visit.day else ""
    body = [
        _("Vi kommer ikke %(day)s. Besøget er aflyst.", day=when) if when else _("Besøget er aflyst."),
        _("Det gælder: %(title)s, %(street)s.", title=job.title, street=_street(session, job)),
    ]
    if visit.why and visit.by_staff_id is not None:
        body.append(visit.why)
    if job.recurrence is not Recurrence.NONE:
        body.append(_("De andre besøg er, som de var."))
    body.append(_changes(head, job))
    entry = ics.attachment(job, [visit], _address(session, job), head, now) if visit.day else None
    _send(session, job, head, f"cancelled:{visit.public_id}:{visit.version}", _("Besøget er aflyst"), body, now, entry)


def paused(session: Session, job: ServiceJob, rest: JobPause, head: Head, now: datetime) -> None:
    """An agreement rests."""
    body = [
        _(
            "Aftalen holder pause fra og med %(first)s til og med %(last)s.",
            first=clock.day_text(rest.from_on),
            last=clock.day_text(rest.to_on),
        ),
        _("Det gælder: %(title)s, %(street)s.", title=job.title, street=_street(session, job)),
        _("Bagefter kommer vi igen på de dage, vi har aftalt."),
        _changes(head, job),
    ]
    _send(session, job, head, f"paused:{rest.public_id}", _("Aftalen holder pause"), body, now)


def resumed(session: Session, job: ServiceJob, head: Head, now: datetime) -> None:
    """A pause is over sooner than it was going to be."""
    body = [
        _("Pausen er slut. Vi kommer igen på de dage, vi har aftalt."),
        _("Det gælder: %(title)s, %(street)s.", title=job.title, street=_street(session, job)),
        _changes(head, job),
    ]
    _send(session, job, head, f"resumed:{job.public_id}:{job.version}", _("Pausen er slut"), body, now)


def ended(session: Session, job: ServiceJob, on: date, head: Head, now: datetime) -> None:
    """The last day is settled."""
    if job.recurrence is Recurrence.NONE:
        body = [_("Aftalen er slut. Vi kommer ikke mere."), _last_words(session, job)]
    else:
        body = [
            _("Aftalen slutter. Den sidste dag er %(day)s.", day=clock.day_text(on)),
            _("Besøg til og med den dag er, som de var. Derefter kommer vi ikke mere."),
            _last_words(session, job),
        ]
    if job.why:
        body.insert(1, job.why)
    body.append(_("Se aftalen her: %(link)s", link=head.link_in_mail("job", job.public_id)))
    _send(session, job, head, f"ended:{job.public_id}:{job.version}", _("Aftalen slutter"), body, now)


def reach(session: Session, job: ServiceJob) -> bool:
    """Whether the customer has a mail address; those without are rung."""
    return bool(session.get_one(ServicePlace, job.place_id).customer_email)


def _changes(head: Head, job: ServiceJob) -> str:
    link = head.link_in_mail("job", job.public_id)
    phone = head.identity.phone
    return _(
        "Se og ændr besøg her: %(link)s\nDet kan du til og med dagen før. Ellers ring på %(phone)s.",
        link=link,
        phone=phone,
    )


def _last_words(session: Session, job: ServiceJob) -> str:
    return _(
        "Det gælder: %(title)s, %(street)s. Tak, fordi vi måtte hjælpe.", title=job.title, street=_street(session, job)
    )


def _street(session: Session, job: ServiceJob) -> str:
    return session.get_one(ServicePlace, job.place_id).street


def _address(session: Session, job: ServiceJob) -> str:
    place = session.get_one(ServicePlace, job.place_id)
    return f"{place.street}, {place.postcode} {place.town}"


def _send(
    session: Session,
    job: ServiceJob,
    head: Head,
    cause: str,
    subject: str,
    body: Sequence[str],
    now: datetime,
    entry: Attachment | None = None,
) -> None:
    """Into the outbox, when there is an address; without one staff ring."""
    place = session.get_one(ServicePlace, job.place_id)
    if not place.customer_email:
        return
    greeting = _("Hej %(name)s", name=place.customer_name)
    mail.queue(
        session,
        key=f"service-{cause}",
        recipient=place.customer_email,
        subject=f"{subject} ({job.number})",
        body="\n\n".join((greeting, *body, head.goodbye())),
        now=now,
        attachment=entry,
    )
