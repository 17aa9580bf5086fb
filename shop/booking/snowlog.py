"""The customer's snow log: when we came, how deep it lay, what was spread. It opens with the agreement's own link."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.core import clock, db, identity
from workshop.core.access import public
from workshop.services.door import is_over, may_see, private, unknown
from workshop.services.snow import log
from workshop.services.snow.log import Shown

blueprint = Blueprint("snow_log", __name__, url_prefix="/aftale")


@blueprint.get("/<public_id>/snelog")
@public
def page(public_id: str) -> Response:
    """A season of it."""
    shown = _own(public_id)
    if shown is None:
        return unknown()
    back = url_for("agreement.page", public_id=public_id)
    html = render_template("booking/snowlog.html", shown=shown, words=log, back=back, folder=f"{back}/foto")
    return private(make_response(html))


@blueprint.get("/<public_id>/snelog.pdf")
@public
def paper(public_id: str) -> Response:
    """The same on paper."""
    shown = _own(public_id)
    return unknown() if shown is None else private(log.answer(shown, identity.current()))


def _own(public_id: str) -> Shown | None:
    """The log, if this browser was let in to the agreement and its link still lasts."""
    if not may_see("job", public_id):
        return None
    with db.reading() as session:
        shown = log.read(session, public_id, request.args.get("saeson", ""))
    return None if shown is None or is_over(shown.job.ended_at, clock.now()) else shown
