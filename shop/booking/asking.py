"""Asking for a service: what the form's page needs to know, and the one block that sends it.

Staff have the same form for somebody on the phone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from shop.booking import asked as choices
from shop.booking.forms import BOTH, ONE, AskForm, PhoneForm
from shop.orders.models import CustomerKind
from shop.orders.withdrawing.forms import new_once
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.photo_store import Unreachable
from workshop.core.web import MenuEntry, settings
from workshop.products.photos import serving
from workshop.services.door import Head
from workshop.services.models import ServiceKind
from workshop.services.prices import queries, rules, seasons
from workshop.services.prices.rules import Model
from workshop.services.requests import actions, photos
from workshop.services.requests.actions import OutsideArea
from workshop.services.requests.photos import MOST_PHOTOS

blueprint = Blueprint("services_by_phone", __name__, url_prefix="/personale/service/ny")
MENU = (MenuEntry("garden", lazy("Ny forespørgsel"), "services_by_phone.choose", "telefon", "service:plan", order=20),)
SEND = 0  # no status: the form is whole
ONLY_PRICE = "beregn"  # the button that shows the price and sends nothing


@blueprint.get("")
@needs("service:plan")
def choose() -> Response:
    """Which service it is about."""
    with db.reading() as session:
        kinds = queries.offered(session)
    return make_response(render_template("booking/by_phone_choose.html", kinds=kinds, seasons=seasons))


@blueprint.get("/<slug>")
@needs("service:plan")
def new(slug: str) -> Response:
    """The customer's form, for staff to type into."""
    with db.reading() as session:
        kind = offered(session, slug)
        return _page(session, kind, blank(PhoneForm, kind), 200)


@blueprint.post("/<slug>")
@needs("service:plan")
def write_down(slug: str) -> Response:
    """Write it down, or see the price first to say it on the phone."""
    with db.reading() as session:
        kind = offered(session, slug)
        form, status = typed(PhoneForm, kind)
        if status != SEND:
            return _page(session, kind, form, status)
        session.expunge_all()
    try:
        public_id = send(form, kind, now=clock.now(), by_staff_id=access.require_actor().account_id)
    except Refusal as no:
        return _again(form, kind, no, 422)
    except Unreachable:
        return _again(form, kind, not_kept(), 503)
    flash(_("Forespørgslen er skrevet ind."))
    return redirect(url_for("garden_requests.one", public_id=public_id), 303)


def offered(session: Session, slug: str) -> ServiceKind:
    """The service of an address. Raises NotHere for one that is not offered."""
    found = queries.by_slug(session, slug)
    if found is None or not found.is_offered:
        raise NotHere
    return found


def blank(form_class: type[AskForm], kind: ServiceKind) -> AskForm:
    """The form of a service, with nothing in it."""
    form = form_class(data={"once": new_once(), "hvortit": actions.recurrences(kind)[0].value})
    form.fit(kind, {})
    return form


def typed(form_class: type[AskForm], kind: ServiceKind) -> tuple[AskForm, int]:
    """The form as it was sent, and what is to be answered: SEND when it is whole and is to be sent."""
    try:
        form: AskForm = form_class.posted()
    except RequestEntityTooLarge:
        form = blank(form_class, kind)
        form.billeder.errors = [
            _("Billederne fylder for meget tilsammen. Vælg færre, eller send dem på mail bagefter.")
        ]
        return form, 413
    form.fit(kind, request.form)
    if ONLY_PRICE in request.form:
        return form, 200
    return form, SEND if form.validate() else 422


def send(form: AskForm, kind: ServiceKind, *, now: datetime, by_staff_id: int | None = None) -> str:
    """One block for the request, its photos and its receipt; the same form a second time finds the first request.

    Gives its public id. Raises OutsideArea, Refusal, and Unreachable when photos cannot be kept.
    """
    with photos.stored(form.billeder.data or (), serving.store()) as kept, db.transaction() as session:
        made = actions.ask(
            session,
            once=form.once.data or "",
            kind=session.get_one(ServiceKind, kind.id),
            place=form.place,
            asked=form.asked,
            photos=kept,
            head=Head.of(settings()),
            now=now,
            by_staff_id=by_staff_id,
        )
        return made.public_id


def page(session: Session, kind: ServiceKind, form: AskForm, today: date) -> dict[str, Any]:
    """What the form's page shows: the choices of this service, and the estimate of what is typed so far."""
    model = Model.of(kind)
    return {
        "kind": kind,
        "form": form,
        "model": model,
        "rules": rules,
        "seasons": seasons,
        "heights": choices.heights(model),
        "rhythms": choices.how_often(kind),
        "weeks": choices.weeks(session, kind, today),
        "estimate": choices.estimate(session, kind, form.wanted, form.postcode),
        "is_open": seasons.is_in_season(today, kind.season_from, kind.season_to),
        "most_photos": MOST_PHOTOS,
        "ONE": ONE,
        "BOTH": BOTH,
        "CustomerKind": CustomerKind,
    }


def not_kept() -> str:
    """The store of the photos does not answer."""
    return _("Billederne kan ikke gemmes lige nu. Send uden billeder, eller prøv igen om lidt.")


def told(session: Session, form: AskForm, no: Refusal | str) -> str:
    """Where a no is said: at the postcode when we do not come there, else above the form."""
    if isinstance(no, OutsideArea):
        form.postnr.errors = [choices.outside(session, form.postcode)]
        return ""
    return no.sentence if isinstance(no, Refusal) else no


def _again(form: AskForm, kind: ServiceKind, no: Refusal | str, status: int) -> Response:
    with db.reading() as session:
        said = told(session, form, no)
        return _page(session, kind, form, status, said)


def _page(session: Session, kind: ServiceKind, form: AskForm, status: int, said: str = "") -> Response:
    known = page(session, kind, form, clock.local_day(clock.now()))
    return make_response(render_template("booking/by_phone.html", said=said, **known), status)
