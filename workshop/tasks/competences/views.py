"""The competences of the house at the desk: which task shows which, and the words of each. No person stands here."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.production.models import TaskType
from workshop.production.types import queries as types
from workshop.tasks.competences import actions, queries
from workshop.tasks.competences.forms import CompetenceForm, needs_in_words
from workshop.tasks.models import Competence

blueprint = Blueprint("competences", __name__, url_prefix="/personale/kompetencer")
blueprint.add_app_template_filter(lambda need: needs_in_words()[need], "need_in_words")
MENU = (MenuEntry("people", lazy("Kompetencer"), "competences.everything", "stjerne", "week:read", order=45),)


@blueprint.get("")
@needs("week:read")
def everything() -> Response:
    """The picture: which kinds of work show which competence."""
    with db.reading() as session:
        picture = queries.picture(session, clock.local_day(clock.now()))
    return make_response(render_template("competences/picture.html", picture=picture))


@blueprint.get("/opgave/<task_key>")
@needs("week:read")
def of_task(task_key: str) -> Response:
    """What one kind of task shows."""
    today = clock.local_day(clock.now())
    with db.reading() as session:
        task = task_by_key(session, task_key)
        lines = queries.links_of(session, task_type_id=task.id)
    current = queries.standing(lines, today)
    past = [each for each in lines if each not in current]
    return make_response(render_template("competences/task.html", task=task, current=current, past=past, today=today))


@blueprint.get("/ny")
@needs("plan:edit")
def new() -> Response:
    """The form for one more competence."""
    return _new_page(CompetenceForm(), 200)


@blueprint.post("/ny")
@needs("plan:edit")
def add() -> Response:
    """One more competence."""
    form = CompetenceForm.posted()
    with db.reading() as session:
        form.fill(queries.groups(session))
    if not form.validate():
        return _new_page(form, 422)
    try:
        with db.transaction() as session:
            competence = actions.add(
                session,
                form.words(),
                group=form.group.data,
                why=form.why.data or "",
                by_staff_id=access.require_actor().account_id,
                now=clock.now(),
            )
            key = competence.key
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _new_page(form, 422)
    flash(_("Kompetencen er oprettet. Sig nu, hvilke opgaver der viser den."))
    return redirect(url_for("competences.one", key=key), 303)


@blueprint.get("/<key>")
@needs("week:read")
def one(key: str) -> Response:
    """One competence: its words now and before, and the tasks that show it."""
    return _page(key, None, 200)


@blueprint.post("/<key>")
@needs("plan:edit")
def edit(key: str) -> Response:
    """Say it anew; the words of before can still be read."""
    form = CompetenceForm.posted()
    with db.reading() as session:
        form.fill([find(session, key).group])
    if not form.validate():
        return _page(key, form, 422)
    try:
        with db.transaction() as session:
            is_new = actions.edit(
                session,
                find(session, key),
                form.words(),
                is_used=form.is_used.data,
                why=form.why.data or "",
                version=form.seen,
                by_staff_id=access.require_actor().account_id,
                now=clock.now(),
            )
    except actions.EditedMeanwhile as refusal:
        with db.reading() as session:
            stored = CompetenceForm.of(find(session, key))
        form.see(stored.seen)
        return _page(key, form, 409, stored=stored, said=refusal.sentence)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(key, form, 422)
    flash(_("Kompetencen er gemt.") if is_new else _("Der var ikke noget at ændre."))
    return redirect(url_for("competences.one", key=key), 303)


def find(session: Session, key: str) -> Competence:
    """The competence of an address. Raises NotHere."""
    found = queries.by_key(session, key)
    if found is None:
        raise NotHere
    return found


def task_by_key(session: Session, key: str) -> TaskType:
    """The kind of task of an address. Raises NotHere."""
    found = types.task_by_key(session, key)
    if found is None:
        raise NotHere
    return found


def _new_page(form: CompetenceForm, status: int) -> Response:
    with db.reading() as session:
        form.fill(queries.groups(session))
    return make_response(render_template("competences/new.html", form=form), status)


def _page(
    key: str, form: CompetenceForm | None, status: int, *, stored: CompetenceForm | None = None, said: str = ""
) -> Response:
    today = clock.local_day(clock.now())
    with db.reading() as session:
        competence = find(session, key)
        form = form or CompetenceForm.of(competence)
        form.fill([competence.group])
        lines = queries.links_of(session, competence_id=competence.id)
        words = queries.words_of(session, competence.id)
    current = queries.standing(lines, today)
    html = render_template(
        "competences/one.html",
        competence=competence,
        form=form,
        stored=stored,
        said=said,
        current=current,
        past=[each for each in lines if each not in current],
        words=words,
        today=today,
    )
    return make_response(html, status)
