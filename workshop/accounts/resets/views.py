"""A forgotten password and a changed one."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.accounts import passwords, signing
from workshop.accounts.factors import asking
from workshop.accounts.factors.forms import ChangePasswordForm
from workshop.accounts.resets import actions
from workshop.accounts.resets.forms import ForgotForm, NewPasswordForm
from workshop.accounts.throttle import TooManyTries
from workshop.core import clock, db, identity, web
from workshop.core.access import needs, public
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _

blueprint = Blueprint("resets", __name__, url_prefix="/personale")


@blueprint.get("/glemt")
@public
def forgot() -> Response:
    """Ask which address a link goes to."""
    return _forgot_page(ForgotForm(), 200)


@blueprint.post("/glemt")
@public
def forgot_post() -> Response:
    """The same answer and the same work, whether or not somebody has the address."""
    form = ForgotForm.posted()
    if not form.validate():
        return _forgot_page(form, 422)
    settings = web.settings()
    with db.transaction() as session:
        actions.ask(
            session,
            form.email.data,
            clock.now(),
            base_url=settings.base_url,
            secret_key=settings.secret_key,
            network=asking.this_network(),
        )
    return redirect(url_for("resets.asked"), 303)


@blueprint.get("/glemt/sendt")
@public
def asked() -> Response:
    """What happens now."""
    return make_response(render_template("accounts/resets/asked.html"))


@blueprint.get("/glemt/<token>")
@public
def choose(token: str) -> Response:
    """A form for the new password; a mail program that only looks at the link uses nothing up."""
    return _choose_page(token, NewPasswordForm(), 200)


@blueprint.post("/glemt/<token>")
@public
def choose_post(token: str) -> Response:
    """Take the new password; the link is used up, and the second step stays as it is."""
    form, settings = NewPasswordForm.posted(), web.settings()
    if not form.validate():
        return _choose_page(token, form, 422)
    try:
        with db.transaction() as session:
            actions.choose(
                session,
                token,
                form.password.data,
                clock.now(),
                workshop=identity.current().name,
                cheap=settings.cheap_hashes,
            )
    except NotHere:
        return _gone_page()
    except Refusal as refusal:
        form.password.errors = [refusal.sentence]
        return _choose_page(token, form, 422)
    signing.end()
    flash(_("Din adgangskode er skiftet. Log ind med den nye."))
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/sikkerhed/adgangskode")
@needs("desk:open")
def change() -> Response:
    """Ask for the old password and a new one."""
    return _change_page(ChangePasswordForm(), 200)


@blueprint.post("/sikkerhed/adgangskode")
@needs("desk:open")
def change_post() -> Response:
    """Change one's own password; every other sign-in ends."""
    form, settings, token = ChangePasswordForm.posted(), web.settings(), None
    if not form.validate():
        return _change_page(form, 422)
    try:
        with db.transaction() as session:
            token = actions.change(
                session,
                asking.this_login(),
                form.old.data,
                form.new.data,
                clock.now(),
                workshop=identity.current().name,
                cheap=settings.cheap_hashes,
            )
    except TooManyTries:
        raise
    except Refusal as refusal:
        form.new.errors = [refusal.sentence]
        return _change_page(form, 422)
    if token is None:
        form.old.errors = [_("Det er ikke din nuværende adgangskode. Prøv igen.")]
        return _change_page(form, 422)
    signing.begin(token)
    flash(_("Din adgangskode er skiftet. Du er logget ud alle andre steder."))
    return redirect(url_for("security.overview"), 303)


def _forgot_page(form: ForgotForm, status: int) -> Response:
    return make_response(render_template("accounts/resets/forgot.html", form=form), status)


def _choose_page(token: str, form: NewPasswordForm, status: int) -> Response:
    try:
        with db.reading() as session:
            actions.open_reset(session, token, clock.now())
    except NotHere:
        return _gone_page()
    html = render_template("accounts/resets/choose.html", form=form, token=token, shortest=passwords.SHORTEST)
    return make_response(html, status)


def _gone_page() -> Response:
    """A link that was used, is too old, or never was: three things that cannot be told apart."""
    return make_response(render_template("accounts/resets/gone.html"), 404)


def _change_page(form: ChangePasswordForm, status: int) -> Response:
    html = render_template("accounts/resets/change.html", form=form, shortest=passwords.SHORTEST)
    return make_response(html, status)
