"""The pages between a password and the desk: a code, or a passkey instead of both."""

from __future__ import annotations

import structlog
from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.accounts import browsers, factors, sessions, signing, throttle
from workshop.accounts.factors import asking, passkeys, steps
from workshop.accounts.factors.forms import CodeForm, PasskeyForm
from workshop.accounts.factors.state import names_of
from workshop.core import access, clock, db
from workshop.core.access import half, public
from workshop.core.i18n import _

blueprint = Blueprint("second_step", __name__, url_prefix="/personale/log-ind")
log = structlog.get_logger()


@blueprint.get("/kode")
@half
def code() -> Response:
    """Ask for the second step; whoever has none yet sets one up first, whoever has taken it goes on."""
    if not asking.is_half():
        return asking.onward()
    with db.reading() as session:
        has = factors.state_of(session, access.half_actor().account_id)
    if not has.is_set_up:
        return redirect(url_for("security.set_up", next=request.args.get("next")), 303)
    return _code_page(CodeForm(), has, 200)


@blueprint.post("/kode")
@half
def code_post() -> Response:
    """A code from the app or from paper: the sign-in is whole, and its token is new."""
    if not asking.is_half():
        return asking.onward()
    form, person, login, now = CodeForm.posted(), access.half_actor(), asking.this_login(), clock.now()
    token = None
    with db.transaction() as session:
        has = factors.state_of(session, person.account_id)
        email = names_of(session, person.account_id)[1]
        if form.validate():
            token = steps.take(session, login, form.code.data, now)
            log.info("second step", account=person.public_id, way="code", outcome="right" if token else "wrong")
            if token is None:
                form.code.errors = [_("Koden passer ikke. Vent på den næste, og prøv igen.")]
    if token is None:
        return _code_page(form, has, 422)
    signing.begin(token)
    return browsers.remember(make_response(asking.onward()), email, now)


@blueprint.post("/noegle/start")
@public
def ask() -> Response:
    """What the browser has to sign with a passkey; nobody says who they are before."""
    now = clock.now()
    asked = throttle.asking(asking.this_network(), "challenge")
    with db.transaction() as session:
        throttle.refuse_when_stopped(session, [asking.this_network(), asked], now)
        throttle.count(session, [asked], now)
        options = passkeys.ask_to_sign(session, asking.place(), passkeys.SIGN_IN, None, now)
    return jsonify(options)


@blueprint.post("/noegle")
@public
def passkey() -> Response:
    """A passkey, with the person verified by their own device: both steps in one."""
    form, now, token = PasskeyForm.posted(), clock.now(), None
    with db.transaction() as session:
        throttle.refuse_when_stopped(session, [asking.this_network()], now)
        account = form.validate() and passkeys.signed_by(
            session, asking.place(), passkeys.SIGN_IN, None, form.challenge.data, form.answer.data, now
        )
        if account:
            email = names_of(session, account.id)[1]
            browser = sessions.browser_name(request.user_agent.string)
            token = sessions.begin(
                session, account.id, None, now, browser=browser, is_proved=True, has_second_factor=True
            )
            log.info("sign in", account=account.public_id, way="passkey", outcome="right")
        else:
            throttle.count(session, [asking.this_network()], now)
            log.info("sign in", way="passkey", outcome="wrong")
    if token is None:
        html = render_template("accounts/factors/passkey_failed.html", back_url=url_for("accounts.sign_in"))
        return make_response(html, 422)
    signing.end()
    signing.begin(token)
    return browsers.remember(make_response(asking.onward()), email, now)


def _code_page(form: CodeForm, has: factors.Factors, status: int) -> Response:
    html = render_template("accounts/factors/code.html", form=form, has=has, way_on=asking.way_on())
    return make_response(html, status)
