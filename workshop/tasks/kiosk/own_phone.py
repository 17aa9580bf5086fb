"""One's own phone: it becomes mine with a ticket and my code, asks for nobody else's, and I can close it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts import actions as accounts
from workshop.accounts import sessions, signing
from workshop.accounts.actions import TooManyTries
from workshop.accounts.models import DeviceKind
from workshop.accounts.phones import actions
from workshop.citizens.models import Citizen
from workshop.core import access, clock, db, web
from workshop.core.access import needs, public, tablet
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.tasks.kiosk.blueprint import blueprint as kiosk
from workshop.tasks.kiosk.forms import PinForm

blueprint = Blueprint("own_phone", __name__, url_prefix="/telefon")


@blueprint.get("/<token>")
@public
def offer(token: str) -> Response:
    """The page the ticket leads to: it asks for the code and says nothing about whose it is."""
    if _is_shared():
        return _unkept("accounts/phones/shared.html", 409)
    with db.reading() as session:
        try:
            actions.open_ticket(session, token, clock.now())
        except NotHere:
            # The phone that took the ticket has the page in its history: it leads on, and says nothing of a used code.
            is_mine = signing.own_phone() is not None
            return redirect(url_for("kiosk.who"), 303) if is_mine else _unkept("accounts/phones/gone.html", 404)
    return _offer_page("", 200)


@blueprint.post("/<token>")
@public
def take(token: str) -> Response:
    """The right code: this phone is one's own, and one is signed in on it."""
    form, now = PinForm.posted(), clock.now()
    if _is_shared():
        return _unkept("accounts/phones/shared.html", 409)
    if not form.validate():
        return _offer_page(_("Prøv igen."), 422)
    try:
        with db.transaction() as session:
            made = actions.enrol(
                session,
                token,
                form.pin.data,
                now,
                pepper=web.settings().pin_pepper,
                department_of=lambda account_id: _department(session, account_id),
                browser=sessions.browser_name(request.user_agent.string),
            )
    except TooManyTries:
        return _unkept("accounts/phones/stopped.html", 429)
    except NotHere:
        return _unkept("accounts/phones/gone.html", 404)
    if made is None:
        return _offer_page(_("Prøv igen."), 422)
    signing.end()
    signing.begin(made.token)
    answer = make_response(redirect(url_for("kiosk.home"), 303))
    answer.headers["Cache-Control"] = "no-store"
    return signing.give_key(answer, made.key)


@kiosk.get("/min-kode")
@tablet
def own_pin_again() -> Response:
    """A phone that forgot the page after a wrong code asks for its address: the code, once more."""
    if signing.own_phone() is None:
        raise NotHere
    return redirect(url_for("kiosk.who"), 303)


@kiosk.post("/min-kode")
@tablet
def own_pin() -> Response:
    """The code of the phone's owner; on a shared tablet there is no such page."""
    phone = signing.own_phone()
    form = PinForm.posted()
    if phone is None or phone.owner_account_id is None:
        raise NotHere
    if not form.validate():
        return pin_page(_("Prøv igen."), 422)
    try:
        with db.transaction() as session:
            token = accounts.sign_in_citizen(
                session,
                phone.owner_account_id,
                form.pin.data,
                phone.id,
                pepper=web.settings().pin_pepper,
                now=clock.now(),
            )
    except TooManyTries:
        return _stopped_page()
    if token is None:
        return pin_page(_("Prøv igen."), 422)
    signing.end()
    signing.begin(token)
    return redirect(url_for("kiosk.home"), 303)


@kiosk.get("/telefoner")
@needs("kiosk:use")
def my_phones() -> Response:
    """My own phones, each with a way to close it."""
    with db.reading() as session:
        rows = actions.phones_of(session, access.require_actor().account_id, clock.now())
    here = signing.own_phone()
    html = render_template("accounts/phones/mine.html", phones=rows, here=here.public_id if here else "")
    return make_response(html)


@kiosk.get("/telefoner/<phone_id>/luk")
@needs("kiosk:use")
def ask_close_phone(phone_id: str) -> Response:
    """Ask first: a closed phone opens only together with staff."""
    with db.reading() as session:
        rows = actions.phones_of(session, access.require_actor().account_id, clock.now())
    phone = next((row for row in rows if row.public_id == phone_id), None)
    if phone is None:
        raise NotHere
    return make_response(render_template("accounts/phones/close_mine.html", phone=phone))


@kiosk.post("/telefoner/<phone_id>/luk")
@needs("kiosk:use")
def close_phone(phone_id: str) -> Response:
    """Close one of my own phones; this one, too."""
    here = signing.own_phone()
    with db.transaction() as session:
        actions.revoke(session, access.require_actor().account_id, phone_id, clock.now())
    if here is not None and here.public_id == phone_id:
        signing.end()
        return redirect(url_for("kiosk.not_ready"), 303)  # the page itself says that the phone is closed
    flash(_("Telefonen er lukket."))
    return redirect(url_for("kiosk.my_phones"), 303)


def pin_page(say: str, status: int) -> Response:
    """The first page of an own phone: a code, no picture, no name; help when no code would open anything."""
    phone = signing.own_phone()
    if phone is not None and phone.owner_account_id is not None:
        with db.reading() as session:
            if accounts.pin_is_stopped(session, phone.owner_account_id, phone.id, clock.now()):
                return _stopped_page()
    return make_response(render_template("accounts/phones/pin.html", say=say), status)


def _stopped_page() -> Response:
    return make_response(render_template("kiosk/pin_help.html", state=""), 429)


def _department(session: Session, account_id: int) -> int:
    """Where the person belongs. Raises NotHere when they are no longer here."""
    found = session.scalar(sa.select(Citizen.department_id).where(Citizen.account_id == account_id, Citizen.is_active))
    if found is None:
        raise NotHere
    return found


def _is_shared() -> bool:
    """Whether this is a tablet of the workshop, which never becomes one person's own."""
    device = signing.device()
    return device is not None and device.kind is DeviceKind.TABLET


def _offer_page(say: str, status: int) -> Response:
    return _unkept("accounts/phones/offer.html", status, say=say)


def _unkept(template: str, status: int, *, say: str = "") -> Response:
    answer = make_response(render_template(template, say=say), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
