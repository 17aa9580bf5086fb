"""The desk's one click: what a customer has bought made to order becomes work for the workshop."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from shop.orders import story
from shop.orders.making import actions, queries
from shop.orders.making.queries import MakingRow
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.production.lead_times import coming

blueprint = Blueprint("making", __name__)


@blueprint.record_once
def tell_what_waits(setup: BlueprintSetupState) -> None:
    """The workshop's own lead times reckon with what is bought and not put into production yet."""
    coming.also_waits(setup.app, queries.not_begun)


@blueprint.app_template_global()
def made_for(order_id: int) -> list[MakingRow]:
    """What of an order is made to order, for the part of a page that shows it."""
    with db.reading() as session:
        return queries.of_order(session, order_id)


@blueprint.post("/personale/ordrer/<public_id>/produktion")
@needs("order:handle")
def start(public_id: str) -> Response:
    """Set all of an order that is made to order into production; what is there already stays."""
    with db.transaction() as session:
        order = story.locked(session, public_id)
        if order is None:
            raise NotHere
        begun = actions.start(session, order, now=clock.now(), by_staff_id=access.require_actor().account_id)
        number = order.number
    said = _("Sat i produktion. Den står nu på tavlen.") if begun else _("Den er allerede i produktion.")
    if request.form.get("fra") == "bord":  # who goes through the list stays on it
        flash(_("Ordre %(number)s: %(sentence)s", number=number, sentence=said))
        return redirect(url_for("orders.desk", _anchor=f"ordre-{number}"), 303)
    flash(said)
    return redirect(url_for("orders.desk_order", public_id=public_id), 303)
