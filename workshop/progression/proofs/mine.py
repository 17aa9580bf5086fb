"""My proofs, on the tablet to look at and on my own phone to take along."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from workshop.accounts import signing
from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.logbook.deeds import EXPORT
from workshop.progression.levels import level_name
from workshop.progression.proofs import paper, queries
from workshop.progression.proofs.views import as_download

blueprint = Blueprint("mine_proofs", __name__, url_prefix="/vaerksted/mine-beviser")


@blueprint.get("", endpoint="list")
@needs("kiosk:use")
def all_of_them() -> Response:
    """The proofs that stand."""
    me = _me("read")
    with db.reading() as session:
        rows = queries.standing(queries.proofs_of(session, me.id))
    return make_response(render_template("proofs/mine.html", rows=rows, level_name=level_name))


@blueprint.get("/<proof_id>/bevis.pdf")
@needs("kiosk:use")
def on_paper(proof_id: str) -> Response:
    """The proof on paper, on one's own phone."""
    me, token = _taken_along(proof_id)
    return as_download(paper.as_pdf(token, me.full_name), "pdf")


@blueprint.get("/<proof_id>/bevis.json")
@needs("kiosk:use")
def as_file(proof_id: str) -> Response:
    """The signed file, on one's own phone."""
    _whose, token = _taken_along(proof_id)
    return as_download(paper.as_file(token), "json")


def _taken_along(proof_id: str) -> tuple[Citizen, str]:
    """Whose it is, and the token.

    Raises NotHere for anybody else's, Refusal on a tablet that others use after them: a file stays behind there.
    """
    is_own_phone = signing.own_phone() is not None
    me = _me(EXPORT if is_own_phone else "read")
    with db.reading() as session:
        token = queries.token_of(session, me.id, proof_id, web.settings().base_url)
    if not is_own_phone:
        raise Refusal(_("Her kan filen ikke blive. Spørg personalet. De printer den til dig."))
    return me, token


def _me(deed: str) -> Citizen:
    """The citizen at the tablet; that they looked stands in the log before anything is shown."""
    actor = access.require_actor()
    with db.reading() as session:
        me = citizens.own_citizen(session, actor)
    audit.record(actor, deed, [me.public_id], clock.now())
    return me
