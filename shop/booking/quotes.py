"""The customer's pages: what they asked for, and the quote with its yes, no and question. A mail's link opens them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.booking import agreeing, contract
from shop.booking.quote_forms import NoForm, QuestionForm, YesForm
from shop.orders.asking import actions as asking
from shop.orders.asking.actions import About
from shop.orders.letterhead import Letterhead
from shop.orders.nudge import nudge
from shop.orders.withdrawing.forms import new_once
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.web import settings
from workshop.services.door import Head, is_over, let_in, may_see, private, unknown
from workshop.services.requests import letters, quoting, reading, words
from workshop.services.requests.models import PriceBasis, QuoteState, RequestState, ServiceQuote
from workshop.services.requests.reading import Offer, Whole

blueprint = Blueprint("garden_quotes", __name__)
DAYS_SHOWN = 6


@blueprint.get("/forespoergsel/<public_id>/<token>")
@public
def request_link(public_id: str, token: str) -> Response:
    """The link in a mail: let this browser in and go on to the clean address."""
    if not Head.of(settings()).fits("request", public_id, token) or _asked(public_id) is None:
        return unknown()
    answer = redirect(url_for("garden_quotes.request_page", public_id=public_id), 303)
    return private(let_in(answer, "request", public_id))


@blueprint.get("/forespoergsel/<public_id>")
@public
def request_page(public_id: str) -> Response:
    """How far it is, and what was asked."""
    return _request_page(public_id, 200)


@blueprint.post("/forespoergsel/<public_id>/traek-tilbage")
@public
def call_off(public_id: str) -> Response:
    """The customer does not need it any more."""
    if not may_see("request", public_id) or _asked(public_id) is None:
        return unknown()
    try:
        with db.transaction() as session:
            found = reading.whole(session, public_id)
            if found is None:
                return unknown()
            quoting.call_off(session, found.request, now=clock.now())
    except Refusal as no:
        return _request_page(public_id, 409, said=no.sentence)
    flash(_("Din forespørgsel er trukket tilbage."))
    return private(redirect(url_for("garden_quotes.request_page", public_id=public_id), 303))


@blueprint.get("/tilbud/<public_id>/<token>")
@public
def quote_link(public_id: str, token: str) -> Response:
    """The link in a mail: let this browser in and go on to the clean address."""
    if not Head.of(settings()).fits("quote", public_id, token) or _offer(public_id) is None:
        return unknown()
    answer = redirect(url_for("garden_quotes.quote_page", public_id=public_id), 303)
    return private(let_in(answer, "quote", public_id))


@blueprint.get("/tilbud/<public_id>")
@public
def quote_page(public_id: str) -> Response:
    """What we offer, and how to answer."""
    return _quote_page(public_id, 200)


@blueprint.post("/tilbud/<public_id>/ja")
@public
def yes(public_id: str) -> Response:
    """Order it, with the duty to pay."""
    found = _own_offer(public_id)
    if found is None:
        return unknown()
    form, now = YesForm.posted(), clock.now()
    if found.quote.state is QuoteState.SENT and not form.check(needs_consent=_needs_consent(found)):
        return _quote_page(public_id, 422, answering=form)
    try:
        with db.transaction() as session:
            job = agreeing.agree(
                session,
                public_id,
                may_start_early=bool(form.begynd.data),
                knows_right_ends=bool(form.slutter.data),
                head=Head.of(settings()),
                now=now,
            )
            job_id = job.public_id
    except Refusal as no:
        return _quote_page(public_id, 409, answering=form, said=no.sentence)
    nudge(job_id, now)
    return _to_quote(public_id)


@blueprint.post("/tilbud/<public_id>/nej")
@public
def no_thanks(public_id: str) -> Response:
    """No thanks."""
    found, form = _own_offer(public_id), NoForm.posted()
    if found is None:
        return unknown()
    if not form.validate():
        return _quote_page(public_id, 422, declining=form)
    try:
        with db.transaction() as session:
            quote = session.get_one(ServiceQuote, found.quote.id)
            quoting.decline(session, quote, why=form.hvorfor.data or "", now=clock.now())
    except Refusal as no:
        return _quote_page(public_id, 409, said=no.sentence)
    return _to_quote(public_id)


@blueprint.post("/tilbud/<public_id>/spoerg")
@public
def ask(public_id: str) -> Response:
    """A question before the answer; it comes to staff among the other questions."""
    found, form = _own_offer(public_id), QuestionForm.posted()
    if found is None or not found.place.customer_email:
        return unknown()
    if not form.validate():
        return _quote_page(public_id, 422, asking_form=form)
    now = clock.now()
    about = _("Om tilbud %(number)s: %(what)s", number=found.request.number, what=found.kind.name)
    try:
        with db.transaction() as session:
            asked = asking.ask(
                session,
                About(),
                once=str(form.once.data),
                name=found.place.customer_name,
                email=found.place.customer_email,
                text=f"{about}\n{form.besked.data}",
                head=Letterhead.of(settings()),
                now=now,
            )
    except Refusal as no:
        return _quote_page(public_id, 409, asking_form=form, said=no.sentence)
    if asked is not None:
        nudge(asked, now)
    flash(_("Tak. Vi svarer på mail, som regel inden to hverdage."))
    return _to_quote(public_id)


def _asked(public_id: str) -> Whole | None:
    """A request whose link still has its time."""
    with db.reading() as session:
        found = reading.whole(session, public_id)
    return None if found is None or is_over(found.request.ended_at, clock.now()) else found


def _offer(public_id: str) -> Offer | None:
    """A quote whose link still has its time."""
    with db.reading() as session:
        found = reading.offer(session, public_id)
    return None if found is None or is_over(_ended_at(found.quote), clock.now()) else found


def _own_offer(public_id: str) -> Offer | None:
    return _offer(public_id) if may_see("quote", public_id) else None


def _ended_at(quote: ServiceQuote) -> datetime:
    """When it was answered, else the end of its last day."""
    return quote.answered_at or clock.at(quote.valid_until + timedelta(days=1), time(0))


def _needs_consent(found: Offer) -> bool:
    today = clock.local_day(clock.now())
    until = agreeing.withdraw_until(found.place, today)
    with db.reading() as session:
        return quoting.needs_consent(session, found.quote, withdraw_until=until, today=today)


def _request_page(public_id: str, status: int, *, said: str = "") -> Response:
    found = _asked(public_id) if may_see("request", public_id) else None
    if found is None:
        return unknown()
    head = Head.of(settings())
    waiting = found.waiting
    html = render_template(
        "booking/quote_request.html",
        found=found,
        asked=found.request,
        kind=found.kind,
        place=found.place,
        words=words,
        said=said,
        quote_url=head.path("quote", waiting.public_id) if waiting else "",
        job_url=head.path("job", found.job_public_id) if found.job_public_id else "",
        may_call_off=found.request.state in (RequestState.NEW, RequestState.QUOTED),
    )
    return private(make_response(html, status))


def _quote_page(
    public_id: str,
    status: int,
    *,
    answering: YesForm | None = None,
    declining: NoForm | None = None,
    asking_form: QuestionForm | None = None,
    said: str = "",
) -> Response:
    found = _own_offer(public_id)
    if found is None:
        return unknown()
    quote, terms, today = found.quote, found.terms, clock.local_day(clock.now())
    is_open = quote.state is QuoteState.SENT and quote.valid_until >= today
    head = Head.of(settings())
    first = terms.first_on or today
    html = render_template(
        "booking/quote.html",
        quote=quote,
        terms=terms,
        asked=found.request,
        kind=found.kind,
        place=found.place,
        words=words,
        said=said,
        form=answering or YesForm(),
        no_form=declining or NoForm(),
        ask_form=asking_form or QuestionForm(once=new_once()),
        is_open=is_open,
        is_private=quoting.is_private(found.place),
        needs_consent=_needs_consent(found) if is_open else False,
        soonest=agreeing.withdraw_until(found.place, today) + timedelta(days=1),
        why_not="" if is_open else quoting.why_not(quote),
        start_text=contract.start_text(),
        ends_text=contract.ends_text(is_agreement=terms.is_agreement),
        per_unit=letters.per_unit(terms, found.kind) if terms.basis is PriceBasis.PER_UNIT else "",
        days=terms.days(first + timedelta(days=366))[: DAYS_SHOWN + 1] if terms.is_agreement else [],
        days_shown=DAYS_SHOWN,
        job_url=head.path("job", found.job_public_id) if found.job_public_id else "",
        request_url=head.path("request", found.request.public_id),
    )
    return private(make_response(html, status))


def _to_quote(public_id: str) -> Response:
    return private(redirect(url_for("garden_quotes.quote_page", public_id=public_id), 303))
