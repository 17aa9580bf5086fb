"""Staff write a citizen's own word about a record, at the citizen's word; it stands there as written down by staff."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, audit, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.tasks.queries import record_by_id
from workshop.tasks.remarks import actions, queries
from workshop.tasks.remarks.forms import SaidForm
from workshop.tasks.remarks.models import RecordRemark
from workshop.tasks.team import queries as team
from workshop.tasks.team.queries import PartRow

blueprint = Blueprint("remarks", __name__, url_prefix="/personale/hold")


@blueprint.get("/<public_id>/ord/<citizen_id>")
@needs("record:confirm")
def said(public_id: str, citizen_id: str) -> Response:
    """What stands written about one person's part, and room for how they see it themselves."""
    return _page(public_id, citizen_id, None, 200)


@blueprint.post("/<public_id>/ord/<citizen_id>")
@needs("record:confirm")
def write_down(public_id: str, citizen_id: str) -> Response:
    """Keep what the citizen said aloud; it follows the record like a word they wrote themselves."""
    actor, now, form = access.require_actor(), clock.now(), SaidForm.posted()
    if not form.validate():
        return _page(public_id, citizen_id, form, 422)
    try:
        with db.transaction() as session:
            part = _part(session, actor, public_id, citizen_id)
            actions.remark(
                session,
                record=record_by_id(session, public_id),
                citizen_id=part.citizen_id,
                text=form.text.data,
                by_account_id=actor.account_id,
                now=now,
            )
            audit.record(actor, "write", [part.citizen_public_id], now)
    except Refusal as refusal:
        form.text.errors = [refusal.sentence]
        return _page(public_id, citizen_id, form, 409)
    flash(_("Det står ved siden af registreringen nu."))
    return redirect(url_for("team.record", public_id=public_id), 303)


def _part(session: Session, actor: Actor, public_id: str, citizen_id: str) -> PartRow:
    """One person's part of a record. Raises NotHere for another department's, and for somebody who has none."""
    parts = team.parts_of(session, actor, public_id)
    found = next((each for each in parts if each.citizen_public_id == citizen_id), None)
    if found is None:
        citizens.citizen_for(session, actor, citizen_id)  # a try at somebody else's stands in the log
        raise NotHere
    return found


def _page(public_id: str, citizen_id: str, form: SaidForm | None, status: int) -> Response:
    actor = access.require_actor()
    with db.reading() as session:
        part = _part(session, actor, public_id, citizen_id)
        day = record_by_id(session, public_id).done_on
        stands: RecordRemark | None = next(iter(queries.open_remarks(session, part.citizen_id, part.number)), None)
    audit.record(actor, "read", [part.citizen_public_id], clock.now())
    html = render_template(
        "team/said.html",
        part=part,
        day=day,
        stands=stands,
        form=form or SaidForm(data={"text": stands.text if stands else ""}),
    )
    return make_response(html, status)
