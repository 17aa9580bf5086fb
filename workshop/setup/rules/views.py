"""The page "Regler og sprog"."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, house_rules, i18n, tongues
from workshop.core.access import needs
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.setup.rules import actions, queries
from workshop.setup.rules.actions import Rules
from workshop.setup.rules.forms import RulesForm

blueprint = Blueprint("setup_rules", __name__, url_prefix="/personale/indstillinger/regler")
MENU = (MenuEntry("admin", lazy("Regler og sprog"), "setup_rules.edit", "sprog", "settings:edit", order=16),)


@blueprint.get("")
@needs("settings:edit")
def edit() -> Response:
    """What is decided now, to be changed."""
    with db.reading() as session:
        rules, spoken = house_rules.decided(session), tongues.all_tongues(session)
    return _page(
        RulesForm(
            data={
                "four_eyes": rules[house_rules.FOUR_EYES] == house_rules.YES,
                "names_on_tablet": rules[house_rules.NAMES_ON_TABLET] == house_rules.YES,
                "languages": [each.code for each in spoken if each.is_on],
                "read_through": [each.code for each in spoken if each.read_by],
            }
        )
    )


@blueprint.post("")
@needs("settings:edit")
def save() -> Response:
    """Decide; it holds from the next page on."""
    form = RulesForm.posted()
    if not form.validate():
        return _page(form, 422)
    decided = Rules(
        form.four_eyes.data, form.names_on_tablet.data, form.languages.data or (), form.read_through.data or ()
    )
    with db.transaction() as session:
        actions.decide(session, decided, by_staff_id=access.require_actor().account_id, now=clock.now())
    flash(_("Gemt. Det gælder fra nu af."))
    return redirect(url_for("setup_rules.edit"), 303)


def _page(form: RulesForm, status: int = 200) -> Response:
    with db.reading() as session:
        spoken = [each for each in tongues.all_tongues(session) if each.code != i18n.DEFAULT_LANGUAGE]
        changes = queries.changes(session)
    html = render_template(
        "setup/rules.html",
        form=form,
        spoken=spoken,
        names={each.code: queries.name_of(each.code) for each in spoken},
        missing=queries.missing_languages(),
        changes=changes,
    )
    return make_response(html, status)
