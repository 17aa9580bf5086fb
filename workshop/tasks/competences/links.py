"""What a task shows of a competence, said anew from a day on. Records of before keep what held on their day."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.tasks.competences import actions, queries
from workshop.tasks.competences.forms import EndForm, LinkForm
from workshop.tasks.competences.views import find, task_by_key

blueprint = Blueprint("competence_links", __name__, url_prefix="/personale/kompetencer/<key>/opgaver")


@blueprint.get("/ny")
@needs("plan:edit")
def new(key: str) -> Response:
    """The form for a task that shows it from a day on."""
    return _new_page(key, LinkForm(data={"from_on": clock.local_day(clock.now())}), 200)


@blueprint.post("/ny")
@needs("plan:edit")
def add(key: str) -> Response:
    """One more task shows it."""
    form = LinkForm.posted()
    with db.reading() as session:
        find(session, key)
        form.fill(queries.tasks_to_choose(session))
    if not form.validate():
        return _new_page(key, form, 422)
    try:
        _link(key, form.task.data, form)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _new_page(key, form, 422)
    flash(_("Gemt. Opgaven viser kompetencen fra den dag."))
    return redirect(url_for("competences.one", key=key), 303)


@blueprint.get("/<task_key>")
@needs("plan:edit")
def one(key: str, task_key: str) -> Response:
    """What the task shows of it now, the form to say it anew, and how it was before."""
    return _page(key, task_key, None, None, 200)


@blueprint.post("/<task_key>")
@needs("plan:edit")
def change(key: str, task_key: str) -> Response:
    """Another role or another usual need, from a day on."""
    form = LinkForm.posted()
    with db.reading() as session:
        find(session, key)
        task = task_by_key(session, task_key)
    form.task.data = task.key
    form.fill([(task.key, task.name)])
    if not form.validate():
        return _page(key, task_key, form, None, 422)
    try:
        _link(key, task_key, form)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(key, task_key, form, None, 422)
    flash(_("Gemt. Det, der er skrevet ned før, ændrer sig ikke."))
    return redirect(url_for("competences.one", key=key), 303)


@blueprint.post("/<task_key>/slut")
@needs("plan:edit")
def end(key: str, task_key: str) -> Response:
    """From a day on the task shows it no longer."""
    form = EndForm.posted(prefix="slut-")
    with db.reading() as session:
        find(session, key)
        task_by_key(session, task_key)
    if not form.validate():
        return _page(key, task_key, None, form, 422)
    try:
        with db.transaction() as session:
            actions.link(
                session,
                task_by_key(session, task_key),
                find(session, key),
                None,
                from_on=form.from_on.data,
                why=form.why.data,
                by_staff_id=access.require_actor().account_id,
                now=clock.now(),
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(key, task_key, None, form, 422)
    flash(_("Gemt. Det, der er skrevet ned før, ændrer sig ikke."))
    return redirect(url_for("competences.one", key=key), 303)


def _link(key: str, task_key: str, form: LinkForm) -> None:
    with db.transaction() as session:
        actions.link(
            session,
            task_by_key(session, task_key),
            find(session, key),
            form.said(),
            from_on=form.from_on.data,
            why=form.why.data,
            by_staff_id=access.require_actor().account_id,
            now=clock.now(),
        )


def _new_page(key: str, form: LinkForm, status: int) -> Response:
    with db.reading() as session:
        competence = find(session, key)
        form.fill(queries.tasks_to_choose(session))
    return make_response(render_template("competences/new_link.html", competence=competence, form=form), status)


def _page(key: str, task_key: str, form: LinkForm | None, ending: EndForm | None, status: int) -> Response:
    today = clock.local_day(clock.now())
    with db.reading() as session:
        competence, task = find(session, key), task_by_key(session, task_key)
        lines = queries.links_of(session, competence_id=competence.id, task_type_id=task.id)
    current = queries.standing(lines, today)
    held = current[0] if current else None
    form = form or LinkForm(
        data={
            "from_on": today,
            "role": held.role.value if held else "core",
            "usual_need": str(held.usual_need if held else 2),
        }
    )
    html = render_template(
        "competences/link.html",
        competence=competence,
        task=task,
        lines=lines,
        held=held,
        form=form.fill([(task.key, task.name)]),
        ending=ending or EndForm(data={"from_on": today}, prefix="slut-"),
        today=today,
    )
    return make_response(html, status)
