"""What a customer hears about a visit: its day, that we come, what was done. Each mail has its cause and goes once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, mail
from workshop.core.i18n import _
from workshop.core.mail import OutboxMail
from workshop.production.stores import amounts
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.requests.models import Billing, PriceBasis, Recurrence, ServicePlace
from workshop.services.visits.models import Visit, VisitMaterial, VisitPhoto
from workshop.services.visits.times import window_text


def day_told(session: Session, visit: Visit, job: ServiceJob, place: ServicePlace, head: Head, now: datetime) -> None:
    """The day and a polite window; one that follows another says that it is new. The same again sends nothing."""
    if visit.day is None:
        raise ValueError("a visit has a day before it is told")
    day = clock.day_text(visit.day)
    window = window_text(visit.from_minute, visit.to_minute)
    was_told = session.scalar(sa.select(OutboxMail.id).where(OutboxMail.key.startswith(_day_key(visit))).limit(1))
    first = _("Vi kommer nu %(day)s %(window)s.", day=day, window=window)
    if not was_told:
        first = _("Vi kommer %(day)s %(window)s.", day=day, window=window)
    body = [
        _("Det handler om: %(title)s, %(street)s.", title=job.title, street=place.street),
        first,
        _("Du behøver ikke at være hjemme. Sørg gerne for, at vi kan komme ind i haven."),
        _passer(job, head),
        _("Passer dagen ikke, så svar på denne mail, eller ring til os på %(phone)s.", phone=head.identity.phone),
    ]
    subject = _("Ny dag: vi kommer %(day)s", day=day) if was_told else _("Vi kommer %(day)s", day=day)
    key = f"{_day_key(visit)}{visit.day.isoformat()}-{visit.from_minute}-{visit.to_minute}"
    _send(session, place, head, key, subject, body, now)


def on_the_way(session: Session, visit: Visit, job: ServiceJob, place: ServicePlace, head: Head, now: datetime) -> None:
    """We drive now."""
    body = [
        _("Vi er på vej til %(street)s: %(title)s.", street=place.street, title=job.title),
        _("Du behøver ikke at gøre noget."),
    ]
    _send(session, place, head, on_the_way_key(visit), _("Vi er på vej"), body, now)


def on_the_way_key(visit: Visit) -> str:
    """What the mail is known by, so that a wrong tap can take it back before it has gone."""
    return f"visit-on-the-way:{visit.public_id}"


def done(
    session: Session,
    visit: Visit,
    job: ServiceJob,
    place: ServicePlace,
    materials: Sequence[VisitMaterial],
    head: Head,
    now: datetime,
) -> None:
    """What was done, and where the pictures are. What it costs has a letter of its own."""
    body = [_("Vi er færdige på %(street)s: %(title)s.", street=place.street, title=job.title)]
    if visit.started_at is not None and visit.done_at is not None:
        day = clock.day_text(clock.local_day(visit.done_at))
        hours = (clock.clock_text(visit.started_at), clock.clock_text(visit.done_at))
        body.append(_("Vi arbejdede %(day)s kl. %(from_)s–%(to)s.", day=day, from_=hours[0], to=hours[1]))
    if visit.units_done is not None and job.basis is PriceBasis.PER_UNIT:
        unit = session.get_one(ServiceKind, job.service_kind_id).unit
        body.append(
            _("Vi har målt %(amount)s. Det regner vi prisen ud fra.", amount=amounts.text(visit.units_done, unit))
        )
    if materials:
        used = ", ".join(f"{amounts.text(each.quantity, each.unit)} {each.text}" for each in materials)
        body.append(_("Vi har brugt %(used)s.", used=used))
    if visit.note:
        body.append(visit.note)
    has_photos = session.scalar(sa.select(VisitPhoto.id).where(VisitPhoto.visit_id == visit.id).limit(1))
    link = head.link_in_mail("job", job.public_id)
    if has_photos:
        body.append(_("Se besøget her. Billederne kommer, når vi har set dem igennem: %(link)s", link=link))
    else:
        body.append(_("Se besøget her: %(link)s", link=link))
    _send(session, place, head, done_key(visit), _("Vi er færdige: %(title)s", title=job.title), body, now)


def done_key(visit: Visit) -> str:
    """What the mail is known by; see above."""
    return f"visit-done:{visit.public_id}"


def not_done(
    session: Session,
    visit: Visit,
    job: ServiceJob,
    place: ServicePlace,
    head: Head,
    now: datetime,
    *,
    is_tried_again: bool,
) -> None:
    """It could not be done, and why; and whether there will be another day."""
    body = [
        _("Det lykkedes desværre ikke på %(street)s: %(title)s.", street=place.street, title=job.title),
        visit.why,
        _("Du betaler ikke for besøget.") if job.billing is Billing.PER_VISIT else "",
        _("Vi skriver til dig, når vi har en ny dag.") if is_tried_again else "",
        _("Har du spørgsmål, så svar på denne mail, eller ring til os på %(phone)s.", phone=head.identity.phone),
        _passer(job, head),
    ]
    key, subject = f"visit-not-done:{visit.public_id}", _("Det lykkedes ikke i dag: %(title)s", title=job.title)
    _send(session, place, head, key, subject, body, now)


def take_back(session: Session, key: str) -> None:
    """Take back a mail that has not gone; one that has gone, or is going, stays."""
    session.execute(
        sa.delete(OutboxMail).where(
            OutboxMail.key == key, OutboxMail.sent_at.is_(None), OutboxMail.claimed_until.is_(None)
        )
    )


def _day_key(visit: Visit) -> str:
    return f"visit-day:{visit.public_id}:"


def _passer(job: ServiceJob, head: Head) -> str:
    link = head.link_in_mail("job", job.public_id)
    if job.recurrence is Recurrence.NONE:
        return _("Se din aftale her: %(link)s", link=link)
    return _("Se og flyt dine besøg her: %(link)s", link=link)


def _send(
    session: Session, place: ServicePlace, head: Head, key: str, subject: str, body: Sequence[str], now: datetime
) -> None:
    """Into the outbox, when there is an address; without one staff ring."""
    if not place.customer_email:
        return
    greeting = _("Hej %(name)s", name=place.customer_name)
    mail.queue(
        session,
        key=key,
        recipient=place.customer_email,
        subject=subject[:200],
        body="\n\n".join((greeting, *(part for part in body if part), head.goodbye())),
        now=now,
    )
