"""The day list and the rounds: what each team drives to, in which order, with what; on a page and on paper."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, identity, web
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _, lazy
from workshop.services.visits import drives, pdf, times, words
from workshop.services.visits.drives import Drive
from workshop.services.visits.models import Resource, ResourceKind

blueprint = Blueprint("garden_round", __name__, url_prefix="/personale/serviceture")
MENU = (web.MenuEntry("garden", lazy("Dagens ture"), "garden_round.today", "bil", "service:plan", order=35),)


@blueprint.get("")
@needs("service:plan")
def today() -> Response:
    """The rounds of today."""
    return _page(clock.local_day(clock.now()))


@blueprint.get("/<day>")
@needs("service:plan")
def day(day: str) -> Response:
    """The rounds of a day."""
    return _page(_day(day))


@blueprint.get("/<day>/tur.pdf")
@needs("service:plan")
def paper(day: str) -> Response:
    """The rounds of a day on paper, a page for each team; gate codes only for those who go there."""
    on, drives_of_day = _day(day), _read(_day(day))
    base = web.settings().base_url

    def address_of(public_id: str) -> str:
        return base + url_for("garden_visit.page", public_id=public_id)

    response = make_response(pdf.render_rounds(on, drives_of_day, address_of=address_of))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="serviceture-{on.isoformat()}.pdf"'
    return response


@blueprint.post("/<day>/<team_id>/raekkefoelge")
@needs("service:plan")
def order(day: str, team_id: str) -> Response:
    """Staff choose the order: one up or down, by the clock, or the shortest way again."""
    on, deed = _day(day), request.form.get("deed", "")
    with db.transaction() as session:
        team = session.scalar(
            sa.select(Resource).where(Resource.public_id == team_id, Resource.kind == ResourceKind.TEAM)
        )
        if team is None:
            raise NotHere
        found = drives.of_day(session, on, postcode=identity.current().postcode, with_gates=False)
        drive = next((each for each in found if each.team.id == team.id), None)
        if drive is None:
            raise NotHere
        drives.choose_order(session, on, team, _chosen(drive, deed, request.form.get("visit", "")))
    flash(_("Rækkefølgen er gemt."))
    return redirect(f"{url_for('garden_round.day', day=on.isoformat())}#{team_id}", 303)


def _chosen(drive: Drive, deed: str, public_id: str) -> list[int] | None:
    """The ids in the order chosen; None for the shortest way. Raises NotHere for a visit that is not on the round."""
    facts = [halt.row.facts for halt in drive.halts]
    if deed == "kort":
        rows = [halt.row for halt in drive.halts]
        wanted = drives.shortest(rows, drive.home)
        # Where that is what we would propose anyway, nothing is kept, and what comes later finds its place.
        is_proposed = wanted == drives.in_order(rows, drive.home, is_own_kept=False)
        return None if is_proposed else [each.facts.id for each in wanted]
    if deed == "klokken":
        return [each.id for each in sorted(facts, key=lambda each: (each.start_minute or 0, each.id))]
    at = next((place for place, each in enumerate(facts) if each.public_id == public_id), None)
    if at is None or deed not in ("op", "ned"):
        raise NotHere
    to = max(0, min(len(facts) - 1, at + (-1 if deed == "op" else 1)))
    ids = [each.id for each in facts]
    ids.insert(to, ids.pop(at))
    return ids


def _day(text: str) -> date:
    found = clock.day_of(text)
    if found is None:
        raise NotHere
    return found


def _read(on: date) -> list[Drive]:
    with_gates = access.require_actor().may("service:visit")
    with db.reading() as session:
        return drives.of_day(session, on, postcode=identity.current().postcode, with_gates=with_gates)


def _page(on: date) -> Response:
    html = render_template(
        "services/visits/round.html",
        day=on,
        drives=_read(on),
        today=clock.local_day(clock.now()),
        before=url_for("garden_round.day", day=(on - timedelta(days=1)).isoformat()),
        after=url_for("garden_round.day", day=(on + timedelta(days=1)).isoformat()),
        words=words,
        minute_text=times.minute_text,
        window_text=times.window_text,
    )
    return make_response(html)
