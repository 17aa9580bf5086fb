"""What somebody who asked for help in their garden hears from us. Each mail carries its cause's key, so it goes once.

Keys end with the public id of the request or the job, so that what is due for it can be sent at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, mail
from workshop.core.i18n import _
from workshop.core.mail import Attachment
from workshop.core.money import kr
from workshop.services.door import Head, is_over
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.prices.rules import per_unit_name, units_text
from workshop.services.requests import words
from workshop.services.requests.models import (
    PriceBasis,
    QuoteState,
    Recurrence,
    ServicePlace,
    ServiceQuote,
    ServiceRequest,
)
from workshop.services.requests.proposing import Terms
from workshop.services.visits.times import window_text


def received(session: Session, request: ServiceRequest, head: Head, now: datetime) -> None:
    """We have it, and what the estimate was."""
    kind, place = session.get_one(ServiceKind, request.service_kind_id), _place(session, request)
    is_series = request.wants_recurrence is not Recurrence.NONE
    price = {"price": kr(request.estimate_ore)}
    body = (
        _("Tak for din forespørgsel. Vi har fået den og svarer med et tilbud, som regel inden to hverdage."),
        "\n".join(
            (
                _("Du har spurgt om: %(what)s, %(units)s", what=kind.name, units=units_text(request.units, kind.unit)),
                _("Hvor: %(where)s", where=words.address(place)),
                _("Hvor tit: %(how_often)s", how_often=words.wished(kind, request.wants_recurrence)),
                _("Overslag: %(price)s med moms for én gang", **price)
                if is_series
                else _("Overslag: %(price)s med moms", **price),
            )
        ),
        _("Det er ikke en bestilling endnu. Du bestemmer, når du har set tilbuddet."),
        _("Se, hvordan det går, her: %(link)s", link=head.link_in_mail("request", request.public_id)),
        _(
            "Er noget forkert, eller vil du hellere tale med os? Svar på denne mail, eller ring på %(phone)s.",
            phone=head.identity.phone,
        ),
    )
    subject = _("Vi har fået din forespørgsel %(number)s", number=request.number)
    _send(session, place, head, f"service-received:{request.public_id}", subject, body, now)


def quoted(session: Session, quote: ServiceQuote, terms: Terms, head: Head, now: datetime) -> None:
    """What we offer, for how much and how long, and where to answer. A new quote is a mail of its own."""
    request = session.get_one(ServiceRequest, quote.request_id)
    kind, place = session.get_one(ServiceKind, request.service_kind_id), _place(session, request)
    body = [
        _("Her er vores nye tilbud. Det gælder i stedet for det, du fik før.")
        if quote.number > 1
        else _("Her er vores tilbud til dig."),
        terms.text,
        "\n".join((_("Hvor: %(where)s", where=words.address(place)), *when(terms))),
        "\n".join(price(terms, kind)),
        words.paying(terms.billing, is_agreement=terms.is_agreement),
        _("Tilbuddet gælder til og med %(day)s.", day=clock.day_text(terms.valid_until)),
        _("Se det hele, og sig ja eller nej her: %(link)s", link=head.link_in_mail("quote", quote.public_id)),
        _("Vil du hellere svare på telefonen? Ring på %(phone)s.", phone=head.identity.phone),
        _("Det koster ikke noget at sige nej. Du behøver ikke give en grund."),
    ]
    subject = _("Tilbud på %(what)s, %(number)s", what=kind.name.lower(), number=request.number)
    _send(session, place, head, f"service-quoted-{quote.number}:{request.public_id}", subject, body, now)


def lapses_soon(session: Session, quote: ServiceQuote, head: Head, now: datetime) -> None:
    """The quote still waits; one friendly word before it runs out, never a second."""
    request = session.get_one(ServiceRequest, quote.request_id)
    kind, place = session.get_one(ServiceKind, request.service_kind_id), _place(session, request)
    body = (
        _("Du har et tilbud fra os på %(what)s til %(price)s", what=kind.name.lower(), price=kr(quote.total_ore)),
        _(
            "Det gælder til og med %(day)s. Derefter er du velkommen til at spørge igen.",
            day=clock.day_text(quote.valid_until),
        ),
        _("Sig ja eller nej her: %(link)s", link=head.link_in_mail("quote", quote.public_id)),
        _("Har du brug for mere tid, eller skal noget være anderledes? Så svar på denne mail, eller ring."),
    )
    subject = _(
        "Dit tilbud %(number)s gælder til %(day)s", number=request.number, day=clock.short_day(quote.valid_until)
    )
    _send(session, place, head, f"service-reminded-{quote.number}:{request.public_id}", subject, body, now)


def asked_back(session: Session, request: ServiceRequest, text: str, head: Head, now: datetime) -> None:
    """Something we have to know before we can say a price. One mail for each version of the request."""
    body = (
        _("Vi ser på din forespørgsel og vil gerne vide lidt mere, før vi kan give dig en pris:"),
        text,
        _("Svar på denne mail, skriv til %(email)s, eller ring på %(phone)s.", **_reach(head)),
        _("Din forespørgsel: %(link)s", link=head.link_in_mail("request", request.public_id)),
    )
    subject = _("Et spørgsmål om din forespørgsel %(number)s", number=request.number)
    key = f"service-asked-{request.version}:{request.public_id}"
    _send(session, _place(session, request), head, key, subject, body, now)


def new_link(session: Session, request: ServiceRequest, head: Head, now: datetime) -> None:
    """The links once more, to what they lead to now; at most one such mail an hour, and none when all of it is over."""
    job = session.scalars(sa.select(ServiceJob).where(ServiceJob.number == request.number)).one_or_none()
    waits = sa.select(ServiceQuote.public_id).where(
        ServiceQuote.request_id == request.id, ServiceQuote.state == QuoteState.SENT
    )
    quote = session.scalar(waits)
    rows = []
    if job is not None and not is_over(job.ended_at, now):
        rows.append(_("Dine besøg: %(link)s", link=head.link_in_mail("job", job.public_id)))
    if quote is not None:
        rows.append(_("Dit tilbud: %(link)s", link=head.link_in_mail("quote", quote)))
    if not is_over(request.ended_at, now):
        rows.append(_("Det, du spurgte om: %(link)s", link=head.link_in_mail("request", request.public_id)))
    if not rows:
        return
    body = (_("Du har bedt om et nyt link. Her er det."), *rows, _("Har du ikke bedt om det, skal du ikke gøre noget."))
    subject = _("Link til %(number)s", number=request.number)
    _send(
        session, _place(session, request), head, f"service-link-{now:%Y%m%d%H}:{request.public_id}", subject, body, now
    )


def refused(session: Session, request: ServiceRequest, head: Head, now: datetime) -> None:
    """We cannot help this time, and why."""
    body = (
        _("Tak, fordi du spurgte os. Denne gang kan vi desværre ikke hjælpe:"),
        request.why,
        _("Du er altid velkommen til at spørge igen."),
    )
    subject = _("Om din forespørgsel %(number)s", number=request.number)
    _send(session, _place(session, request), head, f"service-refused:{request.public_id}", subject, body, now)


def agreed(
    session: Session, job: ServiceJob, head: Head, now: datetime, contract_text: str, ics: Attachment | None
) -> None:
    """It is agreed: the whole contract, to keep, and the first visit for the customer's calendar."""
    body = (
        _("Tak, det er aftalt. Vi glæder os til at komme."),
        _("Se dine besøg, og følg med her: %(link)s", link=head.link_in_mail("job", job.public_id)),
        contract_text,
    )
    subject = _("Det er aftalt: %(title)s, %(number)s", title=job.title, number=job.number)
    place = session.get_one(ServicePlace, job.place_id)
    _send(session, place, head, f"service-agreed:{job.public_id}", subject, body, now, attachment=ics)


def withdrawn(session: Session, job: ServiceJob, *, owed_ore: int, why: str, head: Head, now: datetime) -> None:
    """The agreement is undone; what is to be paid for what was done before, or nothing."""
    body = [
        _(
            "Du har fortrudt aftalen om %(title)s, %(number)s. Den er nu ophævet, og vi kommer ikke mere.",
            title=job.title,
            number=job.number,
        ),
        _(
            "Du skal betale %(amount)s for den del, der var gjort. Du får et link til betaling i en mail for sig.",
            amount=kr(owed_ore),
        )
        if owed_ore
        else _("Du skal ikke betale noget for det."),
    ]
    if why:
        body.append(why)
    body.append(_("Er du ikke enig, så skriv eller ring til os."))
    subject = _("Aftalen %(number)s er ophævet", number=job.number)
    place = session.get_one(ServicePlace, job.place_id)
    _send(session, place, head, f"service-withdrawn:{job.public_id}", subject, body, now)


def when(terms: Terms) -> list[str]:
    """When we come, as lines of a mail."""
    window = window_text(terms.from_minute, terms.to_minute)
    if not terms.is_agreement:
        if terms.first_on is None:
            return [_("Hvornår: Vi finder en dag sammen med dig.")]
        return [_("Hvornår: %(day)s %(window)s", day=clock.day_text(terms.first_on), window=window)]
    said = [_("Hvor tit: %(rule)s", rule=words.rule_text(terms))]
    if words.snow_text(terms):
        said.append(words.snow_text(terms))
    if terms.first_on is not None:
        first = clock.day_text(terms.first_on)
        said.append(
            _("Aftalen begynder %(day)s.", day=first)
            if words.snow_text(terms)
            else _("Tidspunkt på dagen: %(window)s. Aftalen begynder %(day)s.", window=window, day=first)
        )
    if terms.ends_on is not None:
        said.append(_("Aftalen slutter af sig selv %(day)s.", day=clock.day_text(terms.ends_on)))
    return said


def price(terms: Terms, kind: ServiceKind) -> list[str]:
    """The price with its parts and what it is for, as lines of a mail."""
    is_for = words.price_is_for(terms.billing, is_agreement=terms.is_agreement)
    rows = [f"- {line.text}: {kr(line.amount_ore)}" for line in terms.lines]
    rows.append(" ".join(part for part in (_("I alt med moms: %(total)s", total=kr(terms.total_ore)), is_for) if part))
    if terms.basis is PriceBasis.PER_UNIT and terms.unit_price_ore:
        rows.append(per_unit(terms, kind))
    else:
        rows.append(_("Prisen er fast."))
    return rows


def per_unit(terms: Terms, kind: ServiceKind) -> str:
    """How a price that follows what is done is reckoned."""
    return _(
        "Prisen er for %(units)s. Bliver det mere eller mindre, koster det %(price)s %(per)s. "
        "Bliver det mere end 10 %% mere, spørger vi først.",
        units=units_text(terms.units, kind.unit),
        price=kr(terms.unit_price_ore or 0),
        per=per_unit_name(kind.unit),
    )


def _place(session: Session, request: ServiceRequest) -> ServicePlace:
    return session.get_one(ServicePlace, request.place_id)


def _reach(head: Head) -> dict[str, str]:
    return {"email": head.identity.email, "phone": head.identity.phone}


def _send(
    session: Session,
    place: ServicePlace,
    head: Head,
    key: str,
    subject: str,
    body: Sequence[str],
    now: datetime,
    attachment: Attachment | None = None,
) -> None:
    """Into the outbox, when there is an address; without one staff ring."""
    if not place.customer_email:
        return
    greeting = _("Hej %(name)s", name=place.customer_name)
    mail.queue(
        session,
        key=key,
        recipient=place.customer_email,
        subject=subject,
        body="\n\n".join((greeting, *(part for part in body if part), head.goodbye())),
        now=now,
        attachment=attachment,
    )
