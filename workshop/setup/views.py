"""The checklist of a new workshop, and the way in for its first administrator."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.accounts import sessions, signing
from workshop.core import access, clock, db, identity, web
from workshop.core.access import needs, public
from workshop.core.errors import Forbidden, NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.photo_store import FILE_NAME
from workshop.core.web import MenuEntry
from workshop.products.photos import serving
from workshop.setup import actions, door, steps
from workshop.setup.forms import FirstForm

blueprint = Blueprint("setup", __name__)
PAGE = "/personale/indstillinger"
MENU = (
    MenuEntry("desk", lazy("Indstillinger"), "setup.overview", "indstil", "settings:edit", order=90),
    MenuEntry("admin", lazy("Kom godt i gang"), "setup.overview", "start", "settings:edit", order=10),
)
A_DAY = 86_400


@blueprint.get(PAGE)
@needs("settings:edit")
def overview() -> Response:
    """What is done and what is left, each step with its page."""
    with db.reading() as session:
        found = steps.shown(current_app, session)
    return make_response(render_template("setup/overview.html", steps=found, done=sum(each.is_done for each in found)))


@blueprint.post(f"{PAGE}/trin/<key>/passer")
@needs("settings:edit")
def accept(key: str) -> Response:
    """Say that a step fits as it came; whoever may not change it may not say so either."""
    step, person = steps.step_called(current_app, key), access.require_actor()
    if step is None or step.accept is None:
        raise NotHere
    if not person.may(step.permission):
        raise Forbidden
    with db.transaction() as session:
        if not step.is_done(session):
            step.accept(session, clock.now(), person.account_id)
    flash(_("Godt. Det kan altid rettes."))
    return redirect(url_for("setup.overview"), 303)


@blueprint.get(f"{door.PLACE}/<token>")
@public
def first(token: str) -> Response:
    """The first administrator's own page, from the address printed on the machine."""
    _check(token)
    return _first_page(FirstForm(data={"is_manager": True}))


@blueprint.post(f"{door.PLACE}/<token>")
@public
def make_first(token: str) -> Response:
    """The first administrator, signed in and on to their second step."""
    _check(token)
    form = FirstForm.posted()
    if not form.validate():
        return _first_page(form, 422)
    now = clock.now()
    try:
        with db.transaction() as session:
            made = actions.make_first_administrator(
                session,
                name=form.name.data,
                email=form.email.data,
                password=form.password.data,
                is_manager=form.is_manager.data,
                now=now,
                cheap=web.settings().cheap_hashes,
            )
            browser = sessions.browser_name(request.user_agent.string)
            session_token = sessions.begin(session, made.account_id, None, now, browser=browser, is_proved=True)
    except Refusal as refusal:
        form.password.errors = [refusal.sentence]
        return _first_page(form, 422)
    signing.end()
    signing.begin(session_token)
    return _private(redirect(url_for("security.set_up", next=url_for("setup.overview")), 303))


@blueprint.get("/logo/<file>")
@public
def logo(file: str) -> Response:
    """The workshop's picture as it is now; one that was replaced is nobody's to see any more."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None or parts["name"] != identity.current().logo:
        raise NotHere
    return serving.answer(file, max_age=A_DAY)


def _check(token: str) -> None:
    """Raises NotHere for a wrong secret, and for the right one when somebody has been here."""
    if not door.fits(web.settings(), token):
        raise NotHere
    with db.reading() as session:
        if not door.is_open(session):
            raise NotHere


def _first_page(form: FirstForm, status: int = 200) -> Response:
    return _private(make_response(render_template("setup/first.html", form=form), status))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
