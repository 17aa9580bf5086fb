"""The services anybody can read about and ask for, with an estimate that follows what is typed."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.booking import asked as choices
from shop.booking import asking
from shop.booking.forms import AskForm, WantForm, fit
from shop.orders.web import private
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import NotHere, Refusal
from workshop.core.photo_store import Unreachable
from workshop.core.web import MenuEntry, settings
from workshop.services import door
from workshop.services.models import ServiceKind
from workshop.services.prices import queries, rules, seasons
from workshop.services.prices.rules import Model
from workshop.services.requests import queries as requests

blueprint = Blueprint("services", __name__, url_prefix="/service")
MENU = (MenuEntry("shop", "Service", "services.everything", "haek", order=45),)
_DRAWINGS = {
    "hedge_cutting": "hedge",
    "lawn_mowing": "lawn",
    "snow_clearing": "snow",
    "bike_service": "bicycle",
    "caretaker": "caretaking",
    "property_round": "caretaking",
    "moving_help": "caretaking",
    "car_cleaning": "caretaking",
}


@blueprint.app_template_global()
def service_drawing(key: str) -> str:
    """The drawing that stands for a service; one staff have added gets the garden's."""
    return _DRAWINGS.get(key, "garden-work")


@blueprint.get("")
@public
def everything() -> Response:
    """All services, with their season and what they cost at least."""
    with db.reading() as session:
        kinds = queries.offered(session)
    address = settings().base_url + url_for("services.everything")
    html = render_template("booking/index.html", kinds=kinds, seasons=seasons, address=address)
    response = make_response(html)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie"
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/<slug>")
@public
def service(slug: str) -> Response:
    """One service: what it is, and the form that asks for it."""
    with db.reading() as session:
        kind = asking.offered(session, slug)
        return _page(session, kind, asking.blank(AskForm, kind), 200)


@blueprint.post("/<slug>")
@public
def ask(slug: str) -> Response:
    """Ask for it; or see the price first, with everything that was typed still there."""
    with db.reading() as session:
        kind = asking.offered(session, slug)
        form, status = asking.typed(AskForm, kind)
        if status != asking.SEND:
            return _page(session, kind, form, status)
        session.expunge_all()
    try:
        public_id = asking.send(form, kind, now=clock.now())
    except Refusal as no:
        return _again(form, kind, no, 422)
    except Unreachable:
        return _again(form, kind, asking.not_kept(), 503)
    return private(door.let_in(redirect(url_for("services.sent", public_id=public_id), 303), "request", public_id))


@blueprint.post("/<slug>/pris")
@public
def price(slug: str) -> Response:
    """Only the panel with the price, for a page that follows what is typed."""
    form = WantForm.posted()
    with db.reading() as session:
        kind = asking.offered(session, slug)
        fit(form, Model.of(kind))
        estimate = choices.estimate(session, kind, form.wanted, form.postcode)
        html = render_template("booking/_price.html", kind=kind, estimate=estimate, rules=rules)
    return private(make_response(html))


@blueprint.get("/sendt/<public_id>")
@public
def sent(public_id: str) -> Response:
    """We have it: its number, and when we answer. It says nothing about who asked."""
    with db.reading() as session:
        found = requests.by_public_id(session, public_id)
        kind = session.get(ServiceKind, found.service_kind_id) if found else None
        if found is None or kind is None:
            raise NotHere
        html = render_template("booking/sent.html", number=found.number, kind=kind, public_id=public_id)
    return private(make_response(html))


def _again(form: AskForm, kind: ServiceKind, no: Refusal | str, status: int) -> Response:
    with db.reading() as session:
        said = asking.told(session, form, no)
        return _page(session, kind, form, status, said)


def _page(session: Session, kind: ServiceKind, form: AskForm, status: int, said: str = "") -> Response:
    known = asking.page(session, kind, form, clock.local_day(clock.now()))
    address = settings().base_url + url_for("services.service", slug=kind.slug)
    return private(make_response(render_template("booking/service.html", said=said, address=address, **known), status))
