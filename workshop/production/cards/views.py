"""The work card of an order, and the door its code leads to."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from workshop.accounts import signing
from workshop.core import access, db, web
from workshop.core.access import needs, public
from workshop.core.errors import NotHere
from workshop.core.photo_store import Unreachable
from workshop.production.cards import pdf, queries
from workshop.production.parts import queries as parts
from workshop.production.queries import order_by_public_id
from workshop.production.wanted import wanted_of
from workshop.products.photos import serving

blueprint = Blueprint("cards", __name__, url_prefix="/personale/produktion")


@blueprint.get("/<public_id>/arbejdskort.pdf")
@needs("production:read")
def card(public_id: str) -> Response:
    """The work card to print."""
    with db.reading() as session:
        order = order_by_public_id(session, public_id, access.require_actor().department_ids)
        if order is None:
            raise NotHere
        address = web.settings().base_url + url_for("cards.scanned", public_id=public_id)
        body = pdf.render_card(
            title=order.title,
            pieces=order.pieces,
            wanted=wanted_of(order),
            due_on=order.due_on,
            address=address,
            steps=queries.card_steps(session, order.id),
            cutting=parts.cut_list_of(session, order),
            sketches=queries.order_sketches(session, order.id, most=pdf.MOST_SKETCHES),
            read=_read,
        )
    response = Response(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="arbejdskort.pdf"'
    return response


def _read(file: str) -> bytes | None:
    """A picture's file; a card is worth printing without the pictures while their store is out of reach."""
    try:
        return serving.store().get(file)
    except Unreachable:
        return None


@blueprint.get("/kort/<public_id>")
@public
def scanned(public_id: str) -> AnyResponse:
    """What a scanned card leads to: staff to the order, everybody else at one of our tablets to today's tasks.

    It looks nothing up, so it tells nobody whether there is such an order.
    """
    person = access.actor()
    if person.may("kiosk:use") if person else signing.device():
        return redirect(url_for("kiosk.tasks"), 303)
    return redirect(url_for("production.order", public_id=public_id), 303)
