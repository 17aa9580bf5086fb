"""Proving once more who one is, before something that matters: the password and the second step, or a passkey."""

from __future__ import annotations

import structlog
from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.accounts import factors, sessions, signing, throttle
from workshop.accounts.factors import asking, passkeys, steps
from workshop.accounts.factors.forms import PasskeyForm, ProofForm
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.i18n import _

blueprint = Blueprint("proving", __name__, url_prefix="/personale/bekraeft")
log = structlog.get_logger()


@blueprint.get("")
@needs("desk:open")
def proof() -> Response:
    """Ask who it is; the way back is kept."""
    return _page(ProofForm(), 200)


@blueprint.post("")
@needs("desk:open")
def proof_post() -> Response:
    """Password and code, and back to where the person was going."""
    form, person = ProofForm.posted(), access.require_actor()
    if not form.validate():
        return _page(form, 422)
    with db.transaction() as session:
        token = steps.prove(session, asking.this_login(), form.password.data, form.code.data or "", clock.now())
    log.info("proof", account=person.public_id, way="password", outcome="right" if token else "wrong")
    if token is None:
        form.password.errors = [_("Det passer ikke. Prøv igen.")]
        return _page(form, 422)
    signing.begin(token)
    return asking.onward()


@blueprint.post("/noegle/start")
@needs("desk:open")
def ask() -> Response:
    """What this person's browser has to sign."""
    person = access.require_actor()
    with db.transaction() as session:
        options = passkeys.ask_to_sign(session, asking.place(), passkeys.SUDO, person.account_id, clock.now())
    return jsonify(options)


@blueprint.post("/noegle")
@needs("desk:open")
def passkey() -> Response:
    """One's own passkey instead of password and code."""
    form, person, login, now = PasskeyForm.posted(), access.require_actor(), asking.this_login(), clock.now()
    token = None
    with db.transaction() as session:
        throttle.refuse_when_stopped(session, [login.network], now)
        if form.validate() and passkeys.signed_by(
            session, asking.place(), passkeys.SUDO, person.account_id, form.challenge.data, form.answer.data, now
        ):
            token = sessions.prove(session, login.login_id, now)
        else:
            throttle.count(session, [login.network], now)
    log.info("proof", account=person.public_id, way="passkey", outcome="right" if token else "wrong")
    if token is None:
        back = url_for("proving.proof", next=request.args.get("next"))
        return make_response(render_template("accounts/factors/passkey_failed.html", back_url=back), 422)
    signing.begin(token)
    return asking.onward()


def _page(form: ProofForm, status: int) -> Response:
    with db.reading() as session:
        has = factors.state_of(session, access.require_actor().account_id)
    is_again = "igen" in request.args  # a form was sent too late: it has to be sent once more
    html = render_template("accounts/factors/proof.html", form=form, has=has, way_on=asking.way_on(), is_again=is_again)
    return make_response(html, status)
