"""The person's own page about the tablet, and the choice of language."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.citizens.comforts import actions, looks
from workshop.citizens.comforts.forms import ComfortForm
from workshop.citizens.comforts.queries import Liking
from workshop.core import access, db, i18n, tongues
from workshop.core.access import needs, tablet
from workshop.core.i18n import _

blueprint = Blueprint("comforts", __name__, url_prefix="/vaerksted")
blueprint.before_app_request(looks.use)
blueprint.app_context_processor(looks.shown)


@blueprint.get("/min-skaerm")
@needs("kiosk:use")
def edit() -> Response:
    """How I want the tablet: what is on now stands ticked."""
    now = looks.shown()
    form = ComfortForm(
        data={
            "is_large": now["text_size"] == "large",
            "is_high_contrast": now["contrast"] == "high",
            "is_calm": now["motion"] == "calm",
            "reads_aloud": now["reads_first"],
        }
    )
    return make_response(render_template("kiosk/comfort.html", form=form))


@blueprint.post("/min-skaerm")
@needs("kiosk:use")
def keep() -> Response:
    """Keep it for me, on every tablet, and show it."""
    form = ComfortForm.posted()
    liked = Liking(form.is_large.data, form.is_high_contrast.data, form.is_calm.data, form.reads_aloud.data)
    with db.transaction() as session:
        actions.wish(session, citizens.own_citizen(session, access.require_actor()).id, liked)
    flash(_("Det er gemt."))
    answer = redirect(url_for("comforts.edit"), 303)
    for cookie in ("tekst", "kontrast"):  # from now on it is the person's own choice that counts
        answer.delete_cookie(cookie)
    return answer


@blueprint.get("/sprog")
@tablet
def language() -> Response:
    """The languages the workshop has switched on, each in its own name."""
    with db.reading() as session:
        offered = tongues.offered(session)
    return make_response(render_template("kiosk/language.html", tongues=offered))


@blueprint.post("/sprog")
@tablet
def choose_language() -> Response:
    """Speak it from the next page on; what somebody chooses after the code stays theirs."""
    code = request.form.get("sprog", "")
    answer = redirect(url_for("kiosk.home") if access.actor() else url_for("kiosk.who"), 303)
    with db.reading() as session:
        is_offered = code in i18n.languages() and tongues.is_offered(session, code)
    if not is_offered:
        return answer
    person = access.actor()
    if person is not None and person.is_citizen:
        with db.transaction() as session:
            actions.speak(session, citizens.own_citizen(session, person), code)
    return looks.keep_language(answer, code)
