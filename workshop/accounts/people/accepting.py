"""The page behind an invitation's link: choose a password, once. Looking spends nothing: mail programs look too."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.accounts import sessions, signing
from workshop.accounts.people import inviting
from workshop.accounts.people.forms import AcceptForm
from workshop.accounts.people.inviting import InvitationState
from workshop.accounts.people.words import role_names
from workshop.core import clock, db, web
from workshop.core.access import public
from workshop.core.errors import Refusal

blueprint = Blueprint("accepting", __name__, url_prefix="/invitation")


@blueprint.get("/<public_id>/<token>")
@public
def page(public_id: str, token: str) -> Response:
    """Who invites to what, and a field for the password."""
    return _page(public_id, token, AcceptForm(), "", 200)


@blueprint.post("/<public_id>/<token>")
@public
def accept(public_id: str, token: str) -> Response:
    """The password is chosen, the link is spent, and the new colleague is in."""
    form, now = AcceptForm.posted(), clock.now()
    if not form.validate():
        return _page(public_id, token, form, "", 422)
    try:
        with db.transaction() as session:
            if inviting.by_link(session, public_id, token) is None:
                return _gone(None, 404)
            cheap = web.settings().cheap_hashes
            staff = inviting.accept(session, token, form.password.data, now, cheap)
            browser = sessions.browser_name(request.headers.get("User-Agent"))
            key = sessions.begin(session, staff.account_id, None, now, browser=browser, is_proved=True)
    except Refusal as refusal:
        return _page(public_id, token, form, refusal.sentence, 409)
    signing.end()
    signing.begin(key)
    return _private(redirect(url_for("security.set_up"), 303))


def _page(public_id: str, token: str, form: AcceptForm, said: str, status: int) -> Response:
    with db.reading() as session:
        invitation = inviting.by_link(session, public_id, token)
        state = inviting.state_of(session, invitation, clock.now()) if invitation else None
    if invitation is None or state is None:
        return _gone(None, 404)
    if state is not InvitationState.OPEN:
        return _gone(state, 410)
    html = render_template(
        "accounts/people/accept.html", invitation=invitation, roles=role_names(invitation.roles), form=form, said=said
    )
    return _private(make_response(html, status))


def _gone(state: InvitationState | None, status: int) -> Response:
    """A link that opens nothing, and what to do instead."""
    return _private(make_response(render_template("accounts/people/gone.html", state=state), status))


def _private(response: Response) -> Response:
    """A page that is one person's: no cache keeps it, and its address goes nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return response
