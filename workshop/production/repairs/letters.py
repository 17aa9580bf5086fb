"""What the owner of a thing hears from us by mail. Each mail carries its cause's key, so it goes once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workshop.core import clock, mail
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import RepairJob
from workshop.production.repairs.words import code_text, printed


def received(session: Session, job: RepairJob, head: Head, now: datetime) -> None:
    """We have it."""
    body = (
        _("Vi har taget imod din ting: %(title)s.", title=job.title),
        _("Vi ser på den og skriver til dig, når vi har en pris. Vi går først i gang, når du har sagt ja."),
        _("Følg med her: %(link)s", link=head.link_in_mail(job.public_id)),
    )
    _send(session, job, head, "received", _("Vi har taget imod %(number)s", number=printed(job.number)), body, now)


def quoted(session: Session, job: RepairJob, head: Head, now: datetime) -> None:
    """What it costs, and where the owner answers. A price given anew is a mail of its own."""
    price, until = job.quoted_ore, job.quote_until
    if price is None or until is None:
        raise ValueError("a price is given before it is told")
    body = [
        _("Vi har set på %(title)s. Det kan vi gøre:", title=job.title),
        job.plan,
        _(
            "Det koster højst %(price)s med moms. Prisen gælder til og med %(day)s.",
            price=kr(price),
            day=clock.day_text(until),
        ),
    ]
    if job.promised_on is not None:
        body.append(_("Vi regner med, at den er færdig %(day)s.", day=clock.day_text(job.promised_on)))
    body.append(_("Sig ja eller nej her: %(link)s", link=head.link_in_mail(job.public_id)))
    body.append(_("Siger du nej, henter du den, som den er. Det koster ikke noget."))
    subject = _("Pris på %(title)s", title=job.title)
    _send(session, job, head, f"quoted:{job.version}", subject, body, now)


def ready(session: Session, job: RepairJob, head: Head, now: datetime) -> None:
    """It can be fetched."""
    body = [
        _("Nu er den færdig: %(title)s.", title=job.title),
        _("Vis koden %(code)s, når du henter. Den står også på din seddel.", code=code_text(job.code)),
    ]
    if job.price_ore:
        body.append(_("Du betaler %(price)s med moms, når du henter.", price=kr(job.price_ore)))
    else:
        body.append(_("Det koster ikke noget."))
    body.append(_where(head))
    body.append(_("Se mere her: %(link)s", link=head.link_in_mail(job.public_id)))
    _send(session, job, head, "ready", _("Du kan hente %(number)s", number=printed(job.number)), body, now)


def declined(session: Session, job: RepairJob, head: Head, now: datetime) -> None:
    """Nothing comes of it, and the thing waits for its owner."""
    body = (
        _("Vi gør ikke noget ved den: %(title)s.", title=job.title),
        _("Du kan hente den, som den er. Det koster ikke noget."),
        _("Vis koden %(code)s, når du henter. Den står også på din seddel.", code=code_text(job.code)),
        _where(head),
    )
    _send(session, job, head, "declined", _("Hent %(number)s igen", number=printed(job.number)), body, now)


def _where(head: Head) -> str:
    who = head.identity
    return f"{who.name}, {who.address}, {who.postcode} {who.town}. {who.opening_hours}."


def _send(
    session: Session,
    job: RepairJob,
    head: Head,
    cause: str,
    subject: str,
    body: list[str] | tuple[str, ...],
    now: datetime,
) -> None:
    """Into the outbox, when there is an address; without one staff ring."""
    if not job.owner_email:
        return
    who = head.identity
    greeting = _("Hej %(name)s", name=job.owner_name)
    ending = f"{_('Venlig hilsen')}\n{who.name}\n{who.phone} · {who.email}"
    mail.queue(
        session,
        key=f"repair-{cause}:{job.public_id}",
        recipient=job.owner_email,
        subject=subject,
        body="\n\n".join((greeting, *body, ending)),
        now=now,
    )
