"""What I have made, how it was written down, and my own word about it where I see it differently."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.citizens.models import Citizen
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.i18n import _
from workshop.progression import queries
from workshop.progression.mine import work
from workshop.progression.mine.blueprint import blueprint, enter
from workshop.progression.mine.forms import RemarkForm
from workshop.progression.my_page import one_line
from workshop.tasks.remarks import actions
from workshop.tasks.remarks import queries as remarks

AT_ONCE = 12
FURTHEST = 10_000


@blueprint.get("/mit-arbejde")
@needs("kiosk:use")
def made() -> Response:
    """What was made, newest first, a screenful at a time."""
    me = enter(clock.now())
    asked = request.args.get("efter", "")
    skip = min(int(asked), FURTHEST) if asked.isascii() and asked.isdecimal() else 0
    with db.reading() as session:
        found = work.own_work(session, me.id, most=AT_ONCE + 1, skip=skip)
        done = found[:AT_ONCE]
        said = remarks.remarks_of(session, [each.id for each in done])
    mine = {each_id for each_id, all_said in said.items() if any(each.citizen_id == me.id for each in all_said)}
    onward = skip + AT_ONCE if len(found) > AT_ONCE else None
    return make_response(render_template("mine/made.html", works=done, said=mine, onward=onward, skip=skip))


@blueprint.get("/det-kan-jeg/<key>")
@needs("kiosk:use")
def shown(key: str) -> Response:
    """One thing that was agreed, with every piece and visit it was seen in."""
    now = clock.now()
    me = enter(now)
    with db.reading() as session:
        line, works = one_line(session, me, key, clock.local_day(now))
    return make_response(render_template("mine/shown.html", line=line, works=works))


@blueprint.get("/mit-arbejde/<record_id>")
@needs("kiosk:use")
def record(record_id: str) -> Response:
    """One thing that was made, and what was written about it."""
    me = enter(clock.now())
    return _record_page(me, record_id, None, 200)


@blueprint.post("/mit-arbejde/<record_id>")
@needs("kiosk:use")
def remark(record_id: str) -> Response:
    """Keep my word about it; it stands beside the record wherever that is read."""
    now = clock.now()
    me = enter(now, deed="write")
    form = RemarkForm.posted()
    if not form.validate():
        return _record_page(me, record_id, form, 422)
    with db.transaction() as session:
        found, _own = work.own_record(session, me.id, record_id)
        actions.remark(
            session,
            record=found,
            citizen_id=me.id,
            text=form.text.data,
            by_account_id=access.require_actor().account_id,
            now=now,
        )
    flash(_("Tak. Nu står det ved siden af."))
    return redirect(url_for("mine.record", record_id=record_id), 303)


@blueprint.post("/mit-arbejde/<record_id>/vaek")
@needs("kiosk:use")
def take_back(record_id: str) -> Response:
    """I no longer see it differently."""
    now = clock.now()
    me = enter(now, deed="write")
    with db.transaction() as session:
        found, _own = work.own_record(session, me.id, record_id)
        for each in remarks.open_remarks(session, me.id, found.id):
            actions.take_back(session, citizen_id=me.id, public_id=each.public_id, now=now)
    flash(_("Det er væk nu."))
    return redirect(url_for("mine.record", record_id=record_id), 303)


def _record_page(me: Citizen, record_id: str, form: RemarkForm | None, status: int) -> Response:
    today = clock.local_day(clock.now())
    with db.reading() as session:
        found, own = work.own_record(session, me.id, record_id)
        said = next(iter(remarks.open_remarks(session, me.id, found.id)), None)
        contact = queries.contact_name(session, me.id, today)
    return make_response(
        render_template(
            "mine/record.html",
            work=own,
            how=work.how_it_was(own),
            said=said,
            is_written_by_staff=said is not None and said.by_account_id != me.account_id,
            contact=contact,
            form=form or RemarkForm(data={"text": said.text if said else ""}),
        ),
        status,
    )
