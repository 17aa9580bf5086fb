"""The administrator's page about copies: how old the newest is, whether it was found sound, and one more now."""

from __future__ import annotations

import re

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.backups import queries, runs
from workshop.core import clock, crypto, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.core.web import settings as app_settings

blueprint = Blueprint("backups", __name__, url_prefix="/personale/sikkerhedskopier")
WORD = re.compile(r"[A-Za-z0-9_-]{4,30}")


MENU = (MenuEntry("admin", lazy("Sikkerhedskopier"), "backups.overview", "pakke", "settings:edit", order=70),)


def are_late() -> bool:
    """Whether more than a day could be lost; the overview of the settings asks."""
    with db.reading() as session:
        return queries.is_late(queries.newest_sound(session), clock.now(), since=queries.began_at(session))


def are_by_timer() -> bool:
    """Whether the machine's own timer takes them; then these pages may not write where they lie."""
    return app_settings().is_copied_by_timer


def install(app: Flask) -> None:
    """Let templates of other slices ask."""
    app.jinja_env.globals.update(copies_are_late=are_late, copies_are_by_timer=are_by_timer)


@blueprint.get("")
@needs("settings:edit")
def overview() -> str:
    """How the copies stand."""
    with db.reading() as session:
        state = queries.state(session, app_settings(), clock.now())
    return render_template(
        "backups/overview.html",
        state=state,
        folder=app_settings().backups_dir,
        once=crypto.new_public_id(),
        sizes=queries.size_text,
    )


@blueprint.post("/ny")
@needs("settings:edit")
def take_now() -> Response:
    """Take one now; the page's own word makes two taps one copy."""
    if are_by_timer():
        raise Refusal(_("På denne maskine tager en timer kopierne. Tag en nu med: systemctl start vaerksted-backup"))
    now, once = clock.now(), request.form.get("once", "")
    slot = once if WORD.fullmatch(once) else f"{now:%Y-%m-%dT%H:%M}"  # without a word of its own, one a minute
    trouble = runs.copy_for(app_settings(), slot, now)
    if trouble:
        raise Refusal(_("Kopien blev ikke, som den skal være. %(trouble)s", trouble=trouble))
    flash(_("Kopien er taget, og alt i den er set efter.") if trouble == "" else _("Kopien er allerede i gang."))
    return redirect(url_for("backups.overview"), 303)
