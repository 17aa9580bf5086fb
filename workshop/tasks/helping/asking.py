"""Help from the tablet: call for somebody, see that they come, take the call back."""

from __future__ import annotations

import re

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, clock, db
from workshop.core.access import needs, tablet
from workshop.tasks import queries as tasks
from workshop.tasks.helping import actions, queries
from workshop.tasks.helping.models import HelpWish
from workshop.tasks.kiosk.blueprint import blueprint, me, this_tablet

TASK_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@blueprint.get("/hjaelp")
@tablet
def get_help() -> Response:
    """How to get somebody: call for them, or before the code put a hand up."""
    if me() is None:
        return make_response(render_template("kiosk/help.html", state=""))
    return make_response(render_template("kiosk/help.html", state=_state(), task=_task_asked()))


@blueprint.get("/hjaelp/nu")
@needs("kiosk:use")
def help_now() -> Response:
    """What the help page says by now; the page fetches it by itself."""
    return make_response(render_template("helping/_state.html", state=_state()))


@blueprint.post("/hjaelp")
@needs("kiosk:use")
def ask() -> Response:
    """Call for somebody; a second press changes nothing."""
    wish = HelpWish.TALK if request.form.get("hvad") == HelpWish.TALK else HelpWish.HELP
    with db.transaction() as session:
        actor = access.require_actor()
        person = citizens.own_citizen(session, actor)
        task = _task_asked()
        is_own = bool(task) and tasks.is_known_to(session, actor, task)
        assignment_id = tasks.assignment_for(session, actor, task).id if is_own else None
        here = this_tablet().id
        actions.ask(session, person, wish, device_id=here, assignment_id=assignment_id, now=clock.now())
    return redirect(url_for("kiosk.get_help"), 303)


@blueprint.post("/hjaelp/tilbage")
@needs("kiosk:use")
def take_back_call() -> Response:
    """I manage now."""
    with db.transaction() as session:
        person = citizens.own_citizen(session, access.require_actor())
        actions.take_back(session, person.id, clock.now())
    return redirect(url_for("kiosk.home"), 303)


def _state() -> str:
    with db.reading() as session:
        person = citizens.own_citizen(session, access.require_actor())
        return queries.state_of(session, person.id, clock.now())


def _task_asked() -> str:
    """The task somebody came from; whose it is, is looked up where it is used."""
    asked = request.values.get("opgave", "")
    return asked if TASK_ID.fullmatch(asked) else ""
