"""Staff signing in and out, and the tablets of the workshop."""

from __future__ import annotations

import structlog
from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.accounts import actions, browsers, queries, sessions, signing, throttle
from workshop.accounts.forms import EnrolForm, SignInForm
from workshop.core import access, clock, db, identity, web
from workshop.core.access import half, needs, public, safe_next
from workshop.core.errors import NotHere
from workshop.core.i18n import _

blueprint = Blueprint("accounts", __name__, url_prefix="/personale")
log = structlog.get_logger()
START = "setup.overview"
# Where a member of staff lands: the first page their roles open, in the order of a working day.
LANDINGS = (
    ("week:read", "week.this_week"),
    ("order:read", "orders.desk"),
    ("item:read", "products.items"),
    ("settings:edit", "setup.overview"),
    ("device:manage", "accounts.tablets"),
    ("log:read", "logbook.entries"),
    ("mail:read", "mails.sent"),
)


@blueprint.get("/")
@needs("desk:open")
def desk_home() -> Response:
    """The desk's front door: on to the page this person's work begins with."""
    person = access.require_actor()
    if person.may("settings:edit") and identity.version() == 0 and START in current_app.view_functions:
        return redirect(url_for(START), 303)  # nobody has said yet who the workshop is
    for permission, endpoint in LANDINGS:
        if person.may(permission) and endpoint in current_app.view_functions:
            return redirect(url_for(endpoint), 303)
    return make_response(render_template("accounts/nothing_yet.html"))


@blueprint.get("/log-ind")
@public
def sign_in() -> Response:
    """The sign-in page of staff."""
    return _sign_in_page(SignInForm(), 200)


@blueprint.post("/log-ind")
@public
def sign_in_post() -> Response:
    """Mail and password; the answer to a wrong one says nothing about which."""
    form = SignInForm.posted()
    if not form.validate():
        return _sign_in_page(form, 422)
    now, email = clock.now(), form.email.data
    with db.transaction() as session:
        token = actions.sign_in_staff(
            session,
            email,
            form.password.data,
            now,
            network=throttle.network(web.settings().secret_key, request.remote_addr),
            known_browser=browsers.subject_of(email, now),
            browser=sessions.browser_name(request.user_agent.string),
        )
    if token is None:
        log.info("sign in", way="password", outcome="wrong")
        form.password.errors = [_("E-mail eller adgangskode passer ikke. Prøv igen.")]
        return _sign_in_page(form, 422)
    signing.end()
    signing.begin(token)
    return _next_step(token, email)


@blueprint.post("/log-ud")
@half
def sign_out() -> Response:
    """End this session."""
    signing.end()
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _next_step(token: str, email: str) -> Response:
    """After the password: the second step, or straight in where none is needed."""
    now = clock.now()
    with db.reading() as session:
        found = queries.sign_in_of(session, token, now, needs_second_factor=web.settings().needs_second_factor)
    wanted = safe_next(request.args.get("next"), url_for("accounts.desk_home"))
    if found is None or found.is_half:
        return redirect(url_for("second_step.code", next=wanted), 303)
    log.info("sign in", account=found.actor.public_id, way="password", outcome="right")
    return browsers.remember(make_response(redirect(wanted, 303)), email, now)


@blueprint.get("/tabletter")
@needs("device:manage")
def tablets() -> Response:
    """The workshop's tablets, and a form to enrol the one in hand."""
    return _tablets_page(EnrolForm(), 200)


@blueprint.post("/tabletter")
@needs("device:manage", sudo=True)  # from then on people's pictures stand on it
def enrol() -> Response:
    """Enrol this very tablet: its key goes into its cookie, and staff are signed out of it."""
    form = EnrolForm.posted()
    person = access.require_actor()
    with db.transaction() as session:
        form.department.choices = [(each.key, each.name) for each in queries.departments(session)]
        if not form.validate():
            return _tablets_page(form, 422)
        department = next(each for each in queries.departments(session) if each.key == form.department.data)
        _device, key = actions.enrol_device(
            session,
            name=form.name.data,
            department_id=department.id,
            by_staff_id=person.account_id,
            now=clock.now(),
        )
    signing.end()
    answer = make_response(redirect(url_for("kiosk.who"), 303))
    return signing.give_key(answer, key)


@blueprint.get("/tabletter/<public_id>/luk")
@needs("device:manage", sudo=True)
def ask_revoke(public_id: str) -> Response:
    """Ask before a tablet is closed: somebody may be working on it."""
    with db.reading() as session:
        device = queries.device(session, public_id)
    if device is None:
        raise NotHere
    return make_response(render_template("accounts/close_tablet.html", device=device))


@blueprint.post("/tabletter/<public_id>/luk")
@needs("device:manage", sudo=True)
def revoke(public_id: str) -> Response:
    """Close a lost tablet from here."""
    with db.transaction() as session:
        device = queries.device(session, public_id)
        if device is None:
            raise NotHere
        actions.revoke_device(session, device.id, clock.now())
    flash(_("Tabletten er lukket. Den kan ikke bruges mere."))
    return redirect(url_for("accounts.tablets"), 303)


def _sign_in_page(form: SignInForm, status: int) -> Response:
    return make_response(render_template("accounts/sign_in.html", form=form), status)


def _tablets_page(form: EnrolForm, status: int) -> Response:
    with db.reading() as session:
        form.department.choices = [(each.key, each.name) for each in queries.departments(session)]
        devices = queries.devices(session)
    html = render_template("accounts/tablets.html", form=form, devices=devices, is_proved=access.is_proved())
    return make_response(html, status)
