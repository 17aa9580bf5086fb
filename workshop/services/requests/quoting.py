"""Quotes: sent, asked about, answered once, and lapsed. A quote is never edited; a new one takes its place.

Everything about one request waits for its row first, so a yes and a new quote at the same moment cannot both count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, db
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.mail import OutboxMail
from workshop.core.text import clean
from workshop.services.door import Head
from workshop.services.jobs import actions as jobs
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.requests import letters, words
from workshop.services.requests.models import (
    QuoteState,
    RequestState,
    ServicePlace,
    ServiceQuote,
    ServiceQuoteLine,
    ServiceRequest,
)
from workshop.services.requests.proposing import Terms, problems, proposal

__all__ = ["Terms", "accept", "ask_back", "call_off", "decline", "lapse", "proposal", "refuse", "remind", "send"]

WARN_BEFORE = timedelta(days=2)
LET_THINK = timedelta(days=2)  # somebody who has just got a quote is not reminded of it
MORNING = time(9)
AT_A_TIME = 200


class EditedMeanwhile(Refusal):
    """The request is further on than the page showed; nothing is written."""


class ConsentMissing(Refusal):
    """The work would begin while the customer may still change their mind, and they have not asked for that."""


def send(
    session: Session, request: ServiceRequest, terms: Terms, *, head: Head, now: datetime, by_staff_id: int | None
) -> ServiceQuote:
    """Send a quote; the one before it, if it waits, is replaced. What `request.version` says was seen must still hold.

    Raises Refusal for terms that cannot stand, EditedMeanwhile when somebody else was first.
    """
    for _field, sentence in problems(terms, clock.local_day(now)):
        raise Refusal(sentence)
    kind = session.get_one(ServiceKind, request.service_kind_id)
    _step(session, request, RequestState.QUOTED, ended_at=None, why="", unless=(RequestState.ACCEPTED,))
    session.execute(
        sa.update(ServiceQuote)
        .where(ServiceQuote.request_id == request.id, ServiceQuote.state == QuoteState.SENT)
        .values(state=QuoteState.REPLACED, answered_at=now)
    )
    newest = session.scalar(sa.select(sa.func.max(ServiceQuote.number)).where(ServiceQuote.request_id == request.id))
    made = ServiceQuote(
        request_id=request.id,
        number=(newest or 0) + 1,
        vat_scheme=kind.vat_scheme,
        vat_ore=words.vat_ore(terms, kind),
        sent_at=now,
        by_staff_id=by_staff_id,
        **terms.columns,
    )
    session.add(made)
    session.flush()
    for position, line in enumerate(terms.lines, 1):
        session.add(
            ServiceQuoteLine(
                quote_id=made.id, position=position, text=clean(line.text)[:150], amount_ore=line.amount_ore
            )
        )
    session.flush()
    letters.quoted(session, made, terms, head, now)
    return made


def ask_back(session: Session, request: ServiceRequest, text: str, *, head: Head, now: datetime) -> None:
    """Ask the customer something by mail, before a price can be said. Raises EditedMeanwhile."""
    if not clean(text):
        raise Refusal(_("Skriv, hvad du vil spørge om."))
    _step(session, request, None, unless=(RequestState.ACCEPTED,))
    letters.asked_back(session, request, clean(text), head, now)


def refuse(
    session: Session, request: ServiceRequest, *, why: str, head: Head, now: datetime, by_staff_id: int | None
) -> None:
    """Say no to a request, with the reason, by mail. A quote that was given is not taken back. Twice is once.

    Raises Refusal, EditedMeanwhile.
    """
    if not clean(why):
        raise Refusal(_("Skriv, hvorfor. Kunden får teksten i en mail."))
    if request.state is RequestState.QUOTED:
        raise Refusal(_("Der er sendt et tilbud, og det gælder, til det udløber. Send et nyt, hvis noget er ændret."))
    _step(
        session,
        request,
        RequestState.REFUSED,
        ended_at=now,
        why=clean(why)[:300],
        unless=(RequestState.ACCEPTED, RequestState.QUOTED),
    )
    if by_staff_id is not None:
        request.by_staff_id = request.by_staff_id or by_staff_id
        session.flush()
    letters.refused(session, request, head, now)


def accept(
    session: Session,
    quote: ServiceQuote,
    *,
    may_start_early: bool,
    knows_right_ends: bool,
    terms_version: int | None,
    withdraw_until: date,
    today: date,
    now: datetime,
) -> ServiceJob:
    """The customer says yes: the quote becomes a job. A second yes finds the same job.

    The two consents count only where they are needed; a customer who need not give them has not given them.
    Raises ConsentMissing, and Refusal for a quote that ran out, was replaced or said no to.
    """
    request = _locked(session, quote)
    if quote.state is QuoteState.ACCEPTED:
        return _job_of(session, quote)
    is_early = needs_consent(session, quote, withdraw_until=withdraw_until, today=today)
    if is_early and not (may_start_early and knows_right_ends) and quote.state is QuoteState.SENT:
        raise ConsentMissing(
            _("Vi kommer, før de 14 dage er gået. Sæt kryds ved begge, eller ring, så finder vi en senere dag.")
        )
    if quote.state is QuoteState.SENT and _has_passed(quote, today):
        raise Refusal(_("Den dag, tilbuddet er til, er gået. Ring eller skriv, så finder vi en ny."))
    values = {"may_start_early": is_early, "knows_right_ends": is_early, "terms_version": terms_version}
    if not _answered(session, quote, QuoteState.ACCEPTED, now, ServiceQuote.valid_until >= today, **values):
        raise Refusal(why_not(quote))
    _step(session, request, RequestState.ACCEPTED, ended_at=now)
    return jobs.agree(session, quote, withdraw_until=withdraw_until, now=now)


def decline(session: Session, quote: ServiceQuote, *, why: str = "", now: datetime) -> None:
    """The customer says no thanks. Twice is once. Raises Refusal when they have said yes, or it was replaced."""
    request = _locked(session, quote)
    if quote.state is QuoteState.DECLINED:
        return
    if not _answered(session, quote, QuoteState.DECLINED, now):
        raise Refusal(why_not(quote))
    _step(session, request, RequestState.DECLINED, ended_at=now, why=clean(why)[:300])


def call_off(session: Session, request: ServiceRequest, *, now: datetime) -> None:
    """The customer takes the request back, and with it a quote that waits. Twice is once. Raises Refusal."""
    _lock(session, request)
    if request.state is RequestState.DECLINED:
        return
    if request.state not in (RequestState.NEW, RequestState.QUOTED):
        raise Refusal(_("Den er allerede afsluttet. Ring til os, hvis der er noget."))
    session.execute(
        sa.update(ServiceQuote)
        .where(ServiceQuote.request_id == request.id, ServiceQuote.state == QuoteState.SENT)
        .values(state=QuoteState.DECLINED, answered_at=now)
    )
    _step(session, request, RequestState.DECLINED, ended_at=now)


def lapse(now: datetime) -> int:
    """End the quotes that ran out unanswered. How many."""
    today = clock.local_day(now)
    late = (ServiceQuote.state == QuoteState.SENT, ServiceQuote.valid_until < today)
    with db.reading() as session:
        found = session.scalars(sa.select(ServiceQuote.id).where(*late).limit(AT_A_TIME)).all()
    for quote_id in found:
        with db.transaction() as session:
            quote = session.get_one(ServiceQuote, quote_id)
            request = _locked(session, quote)
            if _answered(session, quote, QuoteState.LAPSED, None, *late) and request.state is RequestState.QUOTED:
                _step(session, request, RequestState.LAPSED, ended_at=now)
    return len(found)


def remind(head: Head, now: datetime) -> int:
    """Write once, in the daytime, to those whose quote runs out within two days. How many."""
    if clock.local(now).time() < MORNING:
        return 0
    today = clock.local_day(now)
    number = sa.cast(ServiceQuote.number, sa.String)
    key = sa.literal("service-reminded-") + number + ":" + ServiceRequest.public_id
    waiting = (
        sa.select(ServiceQuote.id)
        .join(ServiceRequest, ServiceRequest.id == ServiceQuote.request_id)
        .join(ServicePlace, ServicePlace.id == ServiceRequest.place_id)
        .where(
            ServiceQuote.state == QuoteState.SENT,
            ServiceQuote.valid_until.between(today, today + WARN_BEFORE),
            ServiceQuote.sent_at <= now - LET_THINK,
            ServicePlace.customer_email != "",
            ~sa.exists().where(OutboxMail.key == key),
        )
        .limit(AT_A_TIME)
    )
    with db.reading() as session:
        found = session.scalars(waiting).all()
    for quote_id in found:
        with db.transaction() as session:
            quote = session.get_one(ServiceQuote, quote_id)
            _locked(session, quote)
            if quote.state is QuoteState.SENT:
                letters.lapses_soon(session, quote, head, now)
    return len(found)


def needs_consent(session: Session, quote: ServiceQuote, *, withdraw_until: date, today: date) -> bool:
    """Whether the work would begin while a private customer may still change their mind."""
    if quote.first_on is None or not is_private(_place_of(session, quote)):
        return False
    return max(quote.first_on, today) <= withdraw_until


def is_private(place: ServicePlace) -> bool:
    """Whether the law's right to withdraw is theirs: not a company's, nor a public body's."""
    return not (place.company_name or place.cvr or place.gln)


def why_not(quote: ServiceQuote) -> str:
    """Why a quote cannot be answered, in words to the customer."""
    if quote.state is QuoteState.ACCEPTED:
        return _("Du har sagt ja til tilbuddet. Vil du fortryde, så brug “Fortryd aftale her”, eller ring til os.")
    if quote.state is QuoteState.DECLINED:
        return _("Der er sagt nej tak. Ring eller skriv, hvis du har ombestemt dig, så får du et nyt tilbud.")
    if quote.state is QuoteState.REPLACED:
        return _("Vi har sendt dig et nyt tilbud i stedet. Åbn linket i den nyeste mail fra os.")
    until = clock.day_text(quote.valid_until)
    return _("Tilbuddet gjaldt til og med %(day)s. Ring eller skriv, så får du et nyt.", day=until)


def _has_passed(quote: ServiceQuote, today: date) -> bool:
    """Whether the only day it is for is gone; an agreement goes on from its next day."""
    return quote.recurrence.value == "none" and quote.first_on is not None and quote.first_on < today


def _answered(
    session: Session,
    quote: ServiceQuote,
    state: QuoteState,
    now: datetime | None,
    *conditions: sa.ColumnElement[bool],
    **values: object,
) -> bool:
    """One conditional UPDATE of a quote that waits, whether it took place; the copy in the session is read anew."""
    done = session.scalar(
        sa.update(ServiceQuote)
        .where(ServiceQuote.id == quote.id, ServiceQuote.state == QuoteState.SENT, *conditions)
        .values(state=state, answered_at=now, **values)
        .returning(ServiceQuote.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(quote)
    return done is not None


def _step(
    session: Session,
    request: ServiceRequest,
    state: RequestState | None,
    *,
    unless: Sequence[RequestState] = (),
    **values: object,
) -> None:
    """One conditional UPDATE of a request at the version seen. Raises EditedMeanwhile, nothing written."""
    done = session.scalar(
        sa.update(ServiceRequest)
        .where(
            ServiceRequest.id == request.id,
            ServiceRequest.version == request.version,
            ServiceRequest.state.not_in(unless),
        )
        .values(version=ServiceRequest.version + 1, **({"state": state} if state else {}), **values)
        .returning(ServiceRequest.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(request)
    if done is None:
        if request.state in unless:
            raise Refusal(_("Der er allerede svaret på forespørgslen. Se, hvad der står nu."))
        raise EditedMeanwhile(_("Der er sket noget med forespørgslen imens. Se den igen, og prøv så."))


def _locked(session: Session, quote: ServiceQuote) -> ServiceRequest:
    """The request of a quote, waited for; the quote as it is now."""
    request = session.get_one(ServiceRequest, quote.request_id)
    _lock(session, request)
    session.refresh(quote)
    return request


def _lock(session: Session, request: ServiceRequest) -> None:
    session.refresh(request, with_for_update=True)


def _job_of(session: Session, quote: ServiceQuote) -> ServiceJob:
    found = session.scalar(sa.select(ServiceJob).where(ServiceJob.quote_id == quote.id))
    if found is None:
        raise NotHere
    return found


def _place_of(session: Session, quote: ServiceQuote) -> ServicePlace:
    found = sa.select(ServicePlace).join(ServiceRequest, ServiceRequest.place_id == ServicePlace.id)
    return session.scalars(found.where(ServiceRequest.id == quote.request_id)).one()
