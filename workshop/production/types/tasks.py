"""The kinds of tasks at the desk: what one does, with what, and what shows how."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from workshop.core import access, clock, db, images, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.photo_store import FILE_NAME, Unreachable
from workshop.production.models import ActivityKind, TaskType
from workshop.production.types import actions, pictures, queries
from workshop.production.types.forms import PictureForm, TaskForm
from workshop.products.photos import checking, serving

blueprint = Blueprint("task_types", __name__, url_prefix="/personale/produktion/opgavetyper")
MENU = (web.MenuEntry("types", lazy("Opgavetyper"), "task_types.everything", "liste", "production:read", order=20),)
checking.also_named_by(queries.picture_names)


@blueprint.get("")
@needs("production:read")
def everything() -> AnyResponse:
    """Every kind of task under its kind of work."""
    with db.reading() as session:
        found = queries.task_lines(session)
    groups: dict[str, list[queries.TaskLine]] = {}
    for line in found:
        groups.setdefault(line.kind, []).append(line)
    return make_response(render_template("production/types/tasks.html", groups=groups, count=len(found)))


@blueprint.get("/ny")
@needs("production:edit")
def new() -> AnyResponse:
    """The form for a new kind of task."""
    return _page(None, TaskForm(), 200)


@blueprint.post("/ny")
@needs("production:edit")
def add() -> AnyResponse:
    """One more kind of task."""
    form = TaskForm.posted()
    with db.reading() as session:
        kinds = _choose(session, form)
    if not form.validate():
        return _page(None, form, 422)
    try:
        with db.transaction() as session:
            key = actions.add_task(session, form.facts(kinds)).key
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _page(None, form, 422)
    flash(_("Opgavetypen er oprettet."))
    return redirect(url_for("task_types.one", key=key), 303)


@blueprint.get("/<key>")
@needs("production:read")
def one(key: str) -> AnyResponse:
    """A kind of task with everything it says; the form for those who may change it."""
    return _page(key, None, 200)


@blueprint.post("/<key>")
@needs("production:edit")
def edit(key: str) -> AnyResponse:
    """Say a kind of task anew, or let it be used no more."""
    form = TaskForm.posted()
    with db.reading() as session:
        _find(session, key)
        kinds = _choose(session, form)
    if not form.validate():
        return _page(key, form, 422)
    try:
        with db.transaction() as session:
            actions.edit_task(session, _find(session, key), form.facts(kinds), version=form.seen)
    except actions.EditedMeanwhile as refusal:
        with db.reading() as session:
            stored = _stored(session, _find(session, key))
        form.see(stored.seen)
        return _page(key, form, 409, stored=stored, said=refusal.sentence)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _page(key, form, 422)
    flash(_("Opgavetypen er gemt."))
    return redirect(url_for("task_types.one", key=key), 303)


@blueprint.post("/<key>/slet")
@needs("production:edit")
def remove(key: str) -> AnyResponse:
    """Take a kind of task away; one that is in use stays."""
    try:
        with db.transaction() as session:
            task = _find(session, key)
            picture = queries.task_parts(session, task.id).picture
            actions.remove_task(session, task)
    except Refusal as refusal:
        return _page(key, None, 409, said=refusal.sentence)
    if picture:
        images.remove(images.files_of(picture.name), serving.store())
    flash(_("Opgavetypen er slettet."))
    return redirect(url_for("task_types.everything"), 303)


@blueprint.post("/<key>/billede")
@needs("production:edit")
def set_picture(key: str) -> AnyResponse:
    """Let this picture show how it is done; the one before goes away."""
    try:
        form = PictureForm.posted()
    except RequestEntityTooLarge:
        said = _("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre.")
        return _page(key, None, 413, said=said)
    with db.reading() as session:
        _find(session, key)
    if not form.validate():
        return _page(key, None, 422, said=str(next(iter(form.errors.values()))[0]))
    try:
        with pictures.stored(form.photo.data.stream, serving.store()) as photo, db.transaction() as session:
            gone = pictures.set_picture(
                session,
                _find(session, key),
                photo,
                alt_text=form.alt_text.data or "",
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as refusal:
        return _page(key, None, 422, said=refusal.sentence)
    except Unreachable:
        return _page(key, None, 503, said=_("Billedet kan ikke gemmes lige nu. Prøv igen om lidt."))
    _forget(gone)
    flash(_("Billedet er gemt."))
    return redirect(url_for("task_types.one", key=key), 303)


@blueprint.post("/<key>/billede/fjern")
@needs("production:edit")
def remove_picture(key: str) -> AnyResponse:
    """Take the picture away, files and all."""
    with db.transaction() as session:
        gone = pictures.remove(session, _find(session, key))
    _forget(gone)
    flash(_("Billedet er fjernet."))
    return redirect(url_for("task_types.one", key=key), 303)


@blueprint.get("/billede/<file>")
@needs("production:read")
def picture(file: str) -> Response:
    """The picture of a kind of task."""
    found = FILE_NAME.fullmatch(file)
    if found is None:
        raise NotHere
    with db.reading() as session:
        if queries.picture_by_name(session, found["name"]) is None:
            raise NotHere
    return serving.answer(file, max_age=None)


def _forget(names: list[str]) -> None:
    for name in names:
        images.remove(images.files_of(name), serving.store())


def _find(session: Session, key: str) -> TaskType:
    found = queries.task_by_key(session, key)
    if found is None:
        raise NotHere
    return found


def _choose(session: Session, form: TaskForm) -> dict[str, int]:
    """Fill in what can be chosen; gives the kinds of work by key."""
    kinds = queries.activity_kinds(session)
    form.kind.choices = [(each.key, each.name) for each in kinds]
    form.kind.data = form.kind.data or (kinds[0].key if kinds else "")
    form.demands.choices = [(each.key, each.name) for each in queries.demands(session)]
    form.permits.choices = [(str(each.id), each.name) for each in queries.permit_kinds(session)]
    return {each.key: each.id for each in kinds}


def _stored(session: Session, task: TaskType) -> TaskForm:
    kind = session.get_one(ActivityKind, task.activity_kind_id)
    form = TaskForm.of(task, queries.task_parts(session, task.id), kind.key)
    _choose(session, form)
    return form


def _page(
    key: str | None, form: TaskForm | None, status: int, *, stored: TaskForm | None = None, said: str = ""
) -> AnyResponse:
    with db.reading() as session:
        task = _find(session, key) if key else None
        parts = queries.task_parts(session, task.id) if task else None
        form = form or (_stored(session, task) if task else TaskForm())
        _choose(session, form)
    html = render_template(
        "production/types/task.html",
        task=task,
        form=form,
        stored=stored,
        said=said,
        picture=parts.picture if parts else None,
        photo=PictureForm(),
    )
    return make_response(html, status)
