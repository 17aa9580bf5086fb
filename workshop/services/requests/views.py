"""Staff's pages about one request: what was asked, a question back, a no, and the quote with its preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.forms import SeenForm
from workshop.services.door import Head
from workshop.services.requests import letters, quoting, reading, words
from workshop.services.requests.forms import AskBackForm, RefuseForm
from workshop.services.requests.models import QuoteState, RequestState, ServiceRequest
from workshop.services.requests.proposing import HOLDS, Terms, proposal
from workshop.services.requests.quote_form import QuoteForm
from workshop.services.requests.quoting import EditedMeanwhile
from workshop.services.requests.reading import Whole

blueprint = Blueprint("garden_requests", __name__, url_prefix="/personale/service/forespoergsler")
STEP, LOOK, SEND, MEND = "trin", "se", "send", "ret"
DAYS_SHOWN = 8


@blueprint.get("/<public_id>")
@needs("service:plan")
def one(public_id: str) -> Response:
    """One request."""
    return _page(public_id, 200)


@blueprint.post("/<public_id>/spoerg")
@needs("service:plan")
def ask_back(public_id: str) -> Response:
    """Ask the customer something by mail."""
    form = AskBackForm.posted()
    if not form.validate():
        return _page(public_id, 422, asking=form)
    head, now = Head.of(web.settings()), clock.now()
    try:
        with db.transaction() as session:
            quoting.ask_back(session, _seen(session, public_id, form), form.text.data or "", head=head, now=now)
    except EditedMeanwhile as meanwhile:
        return _page(public_id, 409, asking=form, said=meanwhile.sentence)
    return _back(public_id, _("Spørgsmålet er på vej til kunden."))


@blueprint.post("/<public_id>/afvis")
@needs("service:sell")
def refuse(public_id: str) -> Response:
    """Say no, with the reason, by mail."""
    form = RefuseForm.posted()
    if not form.validate():
        return _page(public_id, 422, refusing=form)
    try:
        with db.transaction() as session:
            quoting.refuse(
                session,
                _seen(session, public_id, form),
                why=form.why.data or "",
                head=Head.of(web.settings()),
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as no:
        return _page(public_id, 409, refusing=form, said=no.sentence)
    with db.reading() as session:
        has_mail = bool(_found(session, public_id).place.customer_email)
    if not has_mail:
        return _back(public_id, _("Det er skrevet ind. Ring til kunden, og sig det."))
    return _back(public_id, _("Kunden får en mail med grunden."))


@blueprint.get("/<public_id>/tilbud")
@needs("service:sell")
def quote(public_id: str) -> Response:
    """The form of a quote, filled with a proposal, or with the quote that is to be replaced."""
    with db.reading() as session:
        found = _found(session, public_id)
        if found.request.state is RequestState.ACCEPTED:
            raise Refusal(_("Kunden har sagt ja. Aftalen ændres på aftalens egen side."))
        terms = _terms_to_begin_with(session, found, clock.local_day(clock.now()))
        return _form_page(found, QuoteForm.of(terms, found.request.version), 200)


@blueprint.post("/<public_id>/tilbud")
@needs("service:sell")
def quote_step(public_id: str) -> Response:
    """Look at it, mend it, or send it: the same form goes along each time."""
    form, step = QuoteForm.posted(), request.form.get(STEP, LOOK)
    today = clock.local_day(clock.now())
    with db.reading() as session:
        found = _found(session, public_id)
        if step == MEND:
            return _form_page(found, form, 200)
        if not form.check(today):
            return _form_page(found, form, 422)
        if step != SEND:
            return _preview(found, form.terms, today)
    try:
        with db.transaction() as session:
            _send(session, public_id, form)
    except Refusal as no:
        with db.reading() as session:
            return _form_page(_found(session, public_id), form, 409, said=no.sentence)
    if not found.place.customer_email:
        return _back(public_id, _("Tilbuddet er gemt. Ring til kunden, og skriv svaret ind her."))
    return _back(public_id, _("Tilbuddet er på vej til kunden."))


def _send(session: Session, public_id: str, form: QuoteForm) -> None:
    """Send it; the same form a second time finds it sent."""
    asked = _request(session, public_id)
    if form.seen != asked.version:
        if form.seen + 1 == asked.version and _is_sent(session, asked, form.terms):
            return
        raise EditedMeanwhile(_("Der er sket noget med forespørgslen imens. Se den igen, før du sender."))
    staff_id = access.require_actor().account_id
    quoting.send(
        session, asked, form.terms, head=Head.of(web.settings()), now=clock.now(), by_staff_id=staff_id
    )  # fmt: skip


def _is_sent(session: Session, asked: ServiceRequest, terms: Terms) -> bool:
    found = reading.whole(session, asked.public_id)
    waiting = found.waiting if found else None
    return waiting is not None and reading.terms_of(session, waiting) == terms


def _terms_to_begin_with(session: Session, found: Whole, today: date) -> Terms:
    """The newest quote once more, with a new last day; a proposal where there is none."""
    newest = found.quotes[0] if found.quotes else None
    if newest is None:
        return proposal(found.kind, found.request, found.travel, today=today)
    terms = reading.terms_of(session, newest)
    until = max(terms.valid_until, today + HOLDS)
    if terms.first_on is not None and terms.first_on > today:
        until = min(until, terms.first_on - timedelta(days=1))
    return replace(terms, valid_until=until)


def _request(session: Session, public_id: str) -> ServiceRequest:
    return _found(session, public_id).request


def _found(session: Session, public_id: str) -> Whole:
    found = reading.whole(session, public_id)
    if found is None:
        raise NotHere
    return found


def _seen(session: Session, public_id: str, form: SeenForm) -> ServiceRequest:
    """The request, as long as it is the one the page showed. Raises EditedMeanwhile."""
    asked = _request(session, public_id)
    if asked.version != form.seen:
        raise EditedMeanwhile(_("Der er sket noget med forespørgslen imens. Se den igen, og prøv så."))
    return asked


def _page(
    public_id: str,
    status: int,
    *,
    asking: AskBackForm | None = None,
    refusing: RefuseForm | None = None,
    said: str = "",
) -> Response:
    with db.reading() as session:
        found = _found(session, public_id)
        version = {"version": str(found.request.version)}
        forms = (asking or AskBackForm(data=version), refusing or RefuseForm(data=version))
        for form in forms:
            form.see(found.request.version)
        html = render_template(
            "services/requests/one.html",
            found=found,
            asked=found.request,
            kind=found.kind,
            place=found.place,
            asking=forms[0],
            refusing=forms[1],
            said=said,
            words=words,
            may_sell=access.require_actor().may("service:sell"),
            is_private=quoting.is_private(found.place),
            today=clock.local_day(clock.now()),
            RequestState=RequestState,
            QuoteState=QuoteState,
        )
    return make_response(html, status)


def _form_page(found: Whole, form: QuoteForm, status: int, *, said: str = "") -> Response:
    if said:
        form.see(found.request.version)
    html = render_template(
        "services/requests/quote.html",
        found=found,
        asked=found.request,
        kind=found.kind,
        form=form,
        said=said,
        words=words,
        is_private=quoting.is_private(found.place),
    )
    return make_response(html, status)


def _preview(found: Whole, terms: Terms, today: date) -> Response:
    """The quote as the customer will see it, and the days its rule gives."""
    carried = [(name, value) for name, value in request.form.items(multi=True) if name != STEP]
    first = terms.first_on or today
    html = render_template(
        "services/requests/preview.html",
        found=found,
        asked=found.request,
        kind=found.kind,
        place=found.place,
        terms=terms,
        days=terms.days(first + timedelta(days=366))[: DAYS_SHOWN + 1],
        days_shown=DAYS_SHOWN,
        carried=carried,
        words=words,
        letters=letters,
        differs_ore=terms.total_ore - found.request.estimate_ore,
    )
    return make_response(html)


def _back(public_id: str, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("garden_requests.one", public_id=public_id), 303)
