"""Something else was done: a person writes down work of their own, and staff look at it."""

from __future__ import annotations

import re

from flask import flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, clock, crypto, db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.production.models import TaskType
from workshop.tasks import own_work
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.forms import OwnWorkForm
from workshop.tasks.models import Feeling

KEY = re.compile(r"[a-z0-9_-]{1,40}")


@blueprint.get("/noget-andet")
@needs("kiosk:use")
def other_kinds() -> Response:
    """The kinds of work, as tiles."""
    with db.reading() as session:
        kinds = own_work.kinds(session)
    return make_response(render_template("kiosk/other_kinds.html", kinds=kinds))


@blueprint.get("/noget-andet/<kind>")
@needs("kiosk:use")
def other_tasks(kind: str) -> Response:
    """The tasks of one kind, as tiles."""
    with db.reading() as session:
        tasks = own_work.tasks_of(session, kind) if KEY.fullmatch(kind) else []
    if not tasks:
        raise NotHere
    return make_response(render_template("kiosk/other_tasks.html", tasks=tasks))


@blueprint.get("/noget-andet/lavet/<task>")
@needs("kiosk:use")
def other_task(task: str) -> Response:
    """How it went, and it is written."""
    with db.reading() as session:
        found = _task(session, task)
    form = OwnWorkForm(data={"once": crypto.new_public_id()})
    return make_response(render_template("kiosk/other_task.html", task=found, form=form))


@blueprint.post("/noget-andet/lavet/<task>")
@needs("kiosk:use")
def write_other(task: str) -> Response:
    """A draft of one's own; a second tap of the same button is the same draft."""
    form = OwnWorkForm.posted()
    if not form.validate():
        return redirect(url_for("kiosk.other_task", task=task), 303)
    with db.transaction() as session:
        person = citizens.own_citizen(session, access.require_actor())
        felt = Feeling(form.felt.data) if form.felt.data else None
        own_work.write(session, person, _task(session, task), felt=felt, once=form.once.data, now=clock.now())
    flash(_("Tak. Personalet ser på det."))
    return redirect(url_for("kiosk.tasks"), 303)


@blueprint.post("/noget-andet/<public_id>/fortryd")
@needs("kiosk:use")
def regret_other(public_id: str) -> Response:
    """Take one's own draft back."""
    with db.transaction() as session:
        person = citizens.own_citizen(session, access.require_actor())
        own_work.take_back(session, person, public_id)
    flash(_("Det er taget væk."))
    return redirect(url_for("kiosk.tasks"), 303)


def _task(session: Session, key: str) -> TaskType:
    """A task in use by its key. Raises NotHere."""
    found = own_work.task(session, key) if KEY.fullmatch(key) else None
    if found is None:
        raise NotHere
    return found
