"""Count what is there: begin at a place, scan one thing after the other, end. Staff correct the stock by it."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.products.codes import queries as codes
from workshop.products.counting import actions as counting
from workshop.products.counting import queries as counted
from workshop.products.models import CountState, Item, ItemCode, StockCount
from workshop.tasks import recording
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.things import LONGEST, as_typed, item_here, unknown

EVERYWHERE = "*"  # what the button for all places sends; no place is called that
SHOWN = 4  # the latest things seen; more is a list to get lost in
MOST_DIGITS = 4


@blueprint.get("/tael")
@needs("kiosk:use")
def counting_places() -> Response:
    """Go on with a count, or begin one at a place."""
    with db.reading() as session:
        begun, places = counted.open_counts(session), counted.places(session)
    return make_response(render_template("kiosk/counts.html", begun=begun, places=places, everywhere=EVERYWHERE))


@blueprint.post("/tael")
@needs("kiosk:use")
def begin_count() -> Response:
    """Begin at a place; one that somebody is counting already is gone on with."""
    asked = request.form.get("sted", "")
    with db.transaction() as session:
        place = "" if asked == EVERYWHERE else next((each for each in counted.places(session) if each == asked), None)
        if place is None:
            return redirect(url_for("kiosk.counting_places"), 303)
        open_here = [count for count in counted.open_counts(session) if count.place == place]
        count = open_here[0] if open_here else counting.begin(session, place=place, now=clock.now(), by_staff_id=None)
        count_id = count.public_id
    return redirect(url_for("kiosk.count", count_id=count_id), 303)


@blueprint.get("/tael/<count_id>")
@needs("kiosk:use")
def count(count_id: str) -> Response:
    """Scan the next one. What was seen last can be undone."""
    return _count_page(count_id, "", "", 200)


@blueprint.post("/tael/<count_id>")
@needs("kiosk:use")
def seen(count_id: str) -> Response:
    """One thing is there. Of something there can be several of, it is asked how many."""
    typed = as_typed(request.form.get("nr", ""))
    with db.transaction() as session:
        found = codes.find(session, typed)
        if isinstance(found, Item):
            if not found.is_one_of_a_kind:
                return redirect(url_for("kiosk.how_many", count_id=count_id, number=found.number), 303)
            counting.see(session, _open_count(session, count_id), found, 1, now=clock.now())
    if isinstance(found, Item):
        return redirect(url_for("kiosk.count", count_id=count_id), 303)
    return _count_page(count_id, typed, _not_counted(found, typed), 422)


@blueprint.get("/tael/<count_id>/<int:number>")
@needs("kiosk:use")
def how_many(count_id: str, number: int) -> Response:
    """How many are there? The steps are links; nothing is kept before one says so."""
    return _how_many_page(count_id, number, request.args.get("antal", "").strip())


@blueprint.post("/tael/<count_id>/<int:number>")
@needs("kiosk:use")
def seen_many(count_id: str, number: int) -> Response:
    """So many are there; a second time replaces the first."""
    typed = request.form.get("antal", "").strip()
    pieces = _pieces(typed)
    if pieces is None:
        return _how_many_page(count_id, number, typed or "?")
    with db.transaction() as session:
        counting.see(session, _open_count(session, count_id), item_here(session, number), pieces, now=clock.now())
    return redirect(url_for("kiosk.count", count_id=count_id), 303)


@blueprint.post("/tael/<count_id>/<int:number>/fortryd")
@needs("kiosk:use")
def unseen(count_id: str, number: int) -> Response:
    """That was a slip: the thing is not in the count any more."""
    with db.transaction() as session:
        counting.unsee(session, _open_count(session, count_id), item_here(session, number))
    return redirect(url_for("kiosk.count", count_id=count_id), 303)


@blueprint.post("/tael/<count_id>/faerdig")
@needs("kiosk:use")
def count_done(count_id: str) -> Response:
    """Everything is counted: staff look at it next, and it is written down as this person's work, once."""
    now = clock.now()
    with db.transaction() as session:
        ended = _count(session, count_id)
        counting.finish(session, ended, now=now)
        recording.record_count(session, citizens.own_citizen(session, access.require_actor()), ended, now=now)
    flash(_("Godt arbejde. Alt er talt."))
    return redirect(url_for("kiosk.home"), 303)


def _how_many_page(count_id: str, number: int, typed: str) -> Response:
    pieces = _pieces(typed)
    with db.reading() as session:
        open_count, item = _open_count(session, count_id), item_here(session, number)
        line = counted.line_of(session, open_count, item.id)
    so_far = line.pieces if line is not None else 1
    say = _("Skriv et tal, ikke over %(most)s.", most=counting.MOST_SEEN) if typed and pieces is None else ""
    html = render_template(
        "kiosk/how_many.html",
        count=open_count,
        item=item,
        pieces=so_far if pieces is None else pieces,
        typed=typed[:LONGEST] if say else "",
        say=say,
    )
    return make_response(html, 422 if say else 200)


def _not_counted(found: ItemCode | None, typed: str) -> str:
    """What to say when what was scanned is no thing."""
    if found is not None:
        return _("Det mærke sidder ikke på noget endnu.")
    return unknown(typed) if typed else _("Skriv et nummer.")


def _count_page(count_id: str, typed: str, say: str, status: int) -> Response:
    with db.reading() as session:
        found = _count(session, count_id)
        if found.state is not CountState.OPEN:
            return make_response(redirect(url_for("kiosk.counting_places"), 303))
        lines = counted.lines(session, found)
        in_all = counted.how_much_is_there(session, found)
    html = render_template(
        "kiosk/count.html",
        count=found,
        latest=lines[:SHOWN],
        seen=len(lines),
        in_all=in_all,
        typed=typed,
        say=say,
        is_ending=bool(request.args.get("slut")) and bool(lines) and not say,
    )
    return make_response(html, status)


def _count(session: Session, count_id: str) -> StockCount:
    found = counted.count_by_id(session, count_id)
    if found is None:
        raise NotHere
    return found


def _open_count(session: Session, count_id: str) -> StockCount:
    """A count that may still be added to; the action refuses one that has ended."""
    found = _count(session, count_id)
    if found.state is CountState.DROPPED:
        raise NotHere
    return found


def _pieces(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
