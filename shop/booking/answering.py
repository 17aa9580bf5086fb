"""What a customer answers on the phone or at the counter; staff write it down, so nobody needs a mail or a form."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from shop.booking import agreeing, contract
from shop.orders.house import queries as house
from shop.orders.nudge import nudge
from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm
from workshop.core.i18n import _, lazy
from workshop.core.web import settings
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests import letters, quoting, reading, words
from workshop.services.requests.models import PriceBasis, ServiceQuote
from workshop.services.requests.reading import Offer

blueprint = Blueprint("quote_answers", __name__, url_prefix="/personale/service/forespoergsler")
YES, NO = "ja", "nej"


class Urls(NamedTuple):
    """Where staff write an answer down, and where the agreement stands as text."""

    answer: str
    agreed: str


@blueprint.app_template_global("answer_urls")
def urls(public_id: str) -> Urls:
    """For the workshop's own page of a request, which names no page of the shop: without a shop it has no links."""
    return Urls(
        url_for("quote_answers.page", public_id=public_id), url_for("quote_answers.agreed", public_id=public_id)
    )


class AnswerForm(BaseForm):
    """What the customer said. Nothing is ticked beforehand; each consent is a question of its own."""

    svar = RadioField(
        lazy("Hvad siger kunden?"),
        choices=[SelectChoice(YES), SelectChoice(NO)],
        validate_choice=False,
    )
    pris = BooleanField(lazy("Kunden har hørt prisen og siger ja til at betale den."))
    begynd = BooleanField(lazy("Vi må begynde, før de 14 dage er gået."))
    slutter = BooleanField(lazy("Kunden ved, at retten til at fortryde slutter, når arbejdet er gjort."))
    hvorfor = TextAreaField(
        lazy("Hvorfor ikke?"), [Length(max=300, message=lazy("Teksten er for lang. Skriv højst 300 tegn."))]
    )

    def validate_svar(self, field: Field) -> None:
        """One of the two."""
        if field.data not in (YES, NO):
            raise ValidationError(_("Vælg, hvad kunden siger."))

    def check(self, *, needs_consent: bool) -> bool:
        """Whether it is whole; the consents are asked for only where the work begins early."""
        is_fine: bool = self.validate()
        if self.svar.data != YES:
            return is_fine
        wanted = [(self.pris, _("Sig prisen til kunden, og sæt kryds."))]
        if needs_consent:
            early = _("Spørg kunden, og sæt kryds. Ellers lav et tilbud med en senere dag.")
            wanted += [(self.begynd, early), (self.slutter, early)]
        for field, sentence in wanted:
            if not field.data:
                field.errors = [sentence]
                is_fine = False
        return is_fine


@blueprint.get("/<public_id>/svar")
@needs("service:sell")
def page(public_id: str) -> Response:
    """The quote, to say aloud, and the customer's answer to it."""
    return _page(public_id, AnswerForm(), 200)


@blueprint.post("/<public_id>/svar")
@needs("service:sell")
def answer(public_id: str) -> Response:
    """Write the answer down: the same yes or no as the customer's own page gives."""
    form, now = AnswerForm.posted(), clock.now()
    with db.reading() as session:
        found = _waiting(session, public_id)
        is_whole = found is None or form.check(needs_consent=_needs_consent(session, found))
    if found is None:
        return _gone(public_id)
    if not is_whole:
        return _page(public_id, form, 422)
    try:
        with db.transaction() as session:
            job_id = _write(session, found.quote.public_id, form, now)
    except Refusal as no:
        return _page(public_id, form, 409, said=no.sentence)
    if job_id is None:
        flash(_("Kundens nej tak er skrevet ind."))
        return redirect(url_for("garden_requests.one", public_id=public_id), 303)
    nudge(job_id, now)
    if found.place.customer_email:
        flash(_("Det er aftalt. Hele aftalen er på vej til kunden i en mail."))
        return redirect(url_for("garden_requests.one", public_id=public_id), 303)
    flash(_("Det er aftalt. Skriv aftalen ud, og send eller giv den til kunden."))
    return redirect(url_for("quote_answers.agreed", public_id=public_id), 303)


@blueprint.get("/<public_id>/aftalen")
@needs("service:sell")
def agreed(public_id: str) -> Response:
    """The whole contract as text, to print for somebody without a mail address."""
    with db.reading() as session:
        whole = reading.whole(session, public_id)
        job = session.scalar(sa.select(ServiceJob).where(ServiceJob.number == whole.request.number)) if whole else None
        quote = session.get_one(ServiceQuote, job.quote_id) if job else None
        found = reading.offer(session, quote.public_id) if quote else None
        if found is None or job is None:
            raise NotHere
        terms = house.terms(session, found.quote.terms_version) if found.quote.terms_version else None
        text = contract.contract(job, found.quote, found.terms, found.kind, found.place, Head.of(settings()), terms)
        html = render_template("booking/agreed_text.html", job=job, place=found.place, asked=found.request, text=text)
    return make_response(html)


def _write(session: Session, quote_id: str, form: AnswerForm, now: datetime) -> str | None:
    """The job's public id after a yes, nothing after a no."""
    if form.svar.data == YES:
        job = agreeing.agree(
            session,
            quote_id,
            may_start_early=bool(form.begynd.data),
            knows_right_ends=bool(form.slutter.data),
            head=Head.of(settings()),
            now=now,
        )
        return job.public_id
    quote = session.scalars(sa.select(ServiceQuote).where(ServiceQuote.public_id == quote_id)).one()
    quoting.decline(session, quote, why=form.hvorfor.data or "", now=now)
    return None


def _waiting(session: Session, public_id: str) -> Offer | None:
    """The quote of a request that waits for an answer. Raises NotHere for a request that is not there."""
    whole = reading.whole(session, public_id)
    if whole is None:
        raise NotHere
    return reading.offer(session, whole.waiting.public_id) if whole.waiting else None


def _needs_consent(session: Session, found: Offer) -> bool:
    today = clock.local_day(clock.now())
    until = agreeing.withdraw_until(found.place, today)
    return quoting.needs_consent(session, found.quote, withdraw_until=until, today=today)


def _gone(public_id: str) -> Response:
    flash(_("Der er ikke noget tilbud, der venter på svar."))
    return redirect(url_for("garden_requests.one", public_id=public_id), 303)


def _page(public_id: str, form: AnswerForm, status: int, *, said: str = "") -> Response:
    with db.reading() as session:
        found = _waiting(session, public_id)
        if found is None:
            return _gone(public_id)
        terms, today = found.terms, clock.local_day(clock.now())
        html = render_template(
            "booking/by_phone_answer.html",
            asked=found.request,
            kind=found.kind,
            place=found.place,
            quote=found.quote,
            terms=terms,
            words=words,
            form=form,
            said=said,
            is_private=quoting.is_private(found.place),
            needs_consent=_needs_consent(session, found),
            soonest=agreeing.withdraw_until(found.place, today) + timedelta(days=1),
            start_text=contract.start_text(),
            ends_text=contract.ends_text(is_agreement=terms.is_agreement),
            per_unit=letters.per_unit(terms, found.kind) if terms.basis is PriceBasis.PER_UNIT else "",
        )
    return make_response(html, status)
