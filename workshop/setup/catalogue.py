"""The page where the starter catalogue is brought in."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import db
from workshop.core.access import needs
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.setup import actions, queries
from workshop.starter.loading import Loaded

blueprint = Blueprint("setup_catalogue", __name__, url_prefix="/personale/indstillinger/startkatalog")
MENU = (MenuEntry("admin", lazy("Startkatalog"), "setup_catalogue.overview", "kasse", "settings:edit", order=16),)


@blueprint.get("")
@needs("settings:edit")
def overview() -> Response:
    """What the catalogue brings, and what of it is there."""
    with db.reading() as session:
        counts = queries.catalogue_counts(session)
    return make_response(render_template("setup/catalogue.html", counts=counts))


@blueprint.post("")
@needs("settings:edit")
def load() -> Response:
    """Bring it in; it takes seconds, and a second time nothing."""
    with db.transaction() as session:
        loaded = actions.load_catalogue(session)
    flash(_told(loaded))
    return redirect(url_for("setup_catalogue.overview"), 303)


def _told(loaded: Loaded) -> str:
    """What loading did, in a sentence."""
    if loaded.is_unchanged:
        return _("Det hele stod der i forvejen. Intet er ændret.")
    new = _number(sum(each.new for each in loaded.counts.values()))
    changed = _number(sum(each.changed + each.removed for each in loaded.counts.values()))
    if changed == "0":
        return _("Startkataloget er hentet. %(new)s ting er kommet til.", new=new)
    return _("Startkataloget er hentet. %(new)s ting er kommet til, %(changed)s er rettet.", new=new, changed=changed)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
