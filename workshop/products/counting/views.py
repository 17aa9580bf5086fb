"""The desk's pages for counting what is there. Several people may count in one count at once, on their own devices."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.products import queries as products
from workshop.products.codes import queries as codes
from workshop.products.counting import actions, queries
from workshop.products.counting.forms import BeginForm, PiecesForm, SeenForm
from workshop.products.models import CountState, Item, ItemState, StockCount
from workshop.products.queries import LARGEST_NUMBER

blueprint = Blueprint("counting", __name__, url_prefix="/personale/moebler/optaelling")
MENU = (web.MenuEntry("items", lazy("Optælling"), "counting.counts", "liste", "item:count", order=40),)
ONE = "/<public_id>"
THING = f"{ONE}/nr/<int(max={LARGEST_NUMBER}):number>"
LATEST = 12  # of what was seen, on the page where people count
MOST_MISSING = 300


@blueprint.get("")
@needs("item:count")
def counts() -> Response:
    """The counts so far, and a new one."""
    return _list_page()


@blueprint.post("")
@needs("item:count")
def begin() -> Response:
    """Begin to count, everywhere or at one place."""
    form = BeginForm.posted()
    with db.reading() as session:
        _offer_places(session, form)
    if not form.validate():
        return _list_page(422, form)
    with db.transaction() as session:
        count = actions.begin(
            session, place=form.place.data, now=clock.now(), by_staff_id=access.require_actor().account_id
        )
        public_id = count.public_id
    return _to(public_id)


@blueprint.get(ONE)
@needs("item:count")
def count(public_id: str) -> Response:
    """One count: while it is open people scan here, afterwards staff look at what differs."""
    return _count_page(public_id)


@blueprint.post(f"{ONE}/set")
@needs("item:count")
def seen(public_id: str) -> Response:
    """A thing was scanned, or its number typed. Of a batch the page asks how many."""
    form = SeenForm.posted()
    if not form.validate():
        return _count_page(public_id, 422, seen_form=form)
    with db.transaction() as session:
        found = _found(session, public_id)
        thing = codes.find(session, form.code.data)
        sentence = ""
        if isinstance(thing, Item):
            if not thing.is_one_of_a_kind:
                return redirect(url_for("counting.pieces", public_id=public_id, number=thing.number), 303)
            sentence = _see_the_one(session, found, thing)
    if not isinstance(thing, Item):
        form.code.errors = [
            _("Mærket sidder ikke på noget endnu.") if thing else _("Det nummer kender vi ikke. Se efter igen.")
        ]
        return _count_page(public_id, 422, seen_form=form)
    flash(sentence)
    return _to(public_id)


@blueprint.get(THING)
@needs("item:count")
def pieces(public_id: str, number: int) -> Response:
    """Ask how many of a batch are there."""
    return _pieces_page(public_id, number)


@blueprint.post(THING)
@needs("item:count")
def set_pieces(public_id: str, number: int) -> Response:
    """So many of it are there. It takes the place of what was counted before."""
    form = PiecesForm.posted()
    if not form.validate():
        return _pieces_page(public_id, number, 422, form)
    try:
        with db.transaction() as session:
            found, thing = _found(session, public_id), _item(session, number)
            line = queries.line_of(session, found, thing.id)
            earlier = None if line is None else line.pieces
            actions.see(session, found, thing, form.pieces.data, now=clock.now())
            sentence = _("Nr. %(number)s: %(num)s styk er talt.", number=number, num=form.pieces.data)
    except Refusal as refusal:
        form.pieces.errors = [refusal.sentence]
        return _pieces_page(public_id, number, 422, form)
    undo = (sentence, url_for("counting.unsee", public_id=public_id, number=number, foer=earlier), _("Fortryd"))
    flash(undo)  # type: ignore[arg-type]  # our pages show a message with its own button; see ui.flashes
    return _to(public_id)


@blueprint.post(f"{THING}/fortryd")
@needs("item:count")
def unsee(public_id: str, number: int) -> Response:
    """Take a thing out of the count again, or put back the number that was counted before (`foer` in the address)."""
    earlier = request.args.get("foer", type=int)  # the action refuses a number that cannot be
    with db.transaction() as session:
        found, thing = _found(session, public_id), _item(session, number)
        if earlier is None:
            actions.unsee(session, found, thing)
        else:
            actions.see(session, found, thing, earlier, now=clock.now())
    if earlier is None:
        flash(_("Nr. %(number)s er ikke talt mere.", number=number))
    else:
        flash(_("Nr. %(number)s er igen talt til %(num)s styk.", number=number, num=earlier))
    return _to(public_id)


@blueprint.post(f"{ONE}/afslut")
@needs("item:count")
def finish(public_id: str) -> Response:
    """Everybody is done counting."""
    with db.transaction() as session:
        actions.finish(session, _found(session, public_id), now=clock.now())
    return _to(public_id)


@blueprint.post(f"{ONE}/taelvidere")
@needs("item:count")
def count_on(public_id: str) -> Response:
    """Something was forgotten."""
    with db.transaction() as session:
        actions.count_on(session, _found(session, public_id))
    return _to(public_id)


@blueprint.post(f"{ONE}/ret")
@needs("item:count")
def apply(public_id: str) -> Response:
    """Write the ticked differences into the stock, and take out what staff say is away."""
    corrected, gone = _ticked("ret"), _ticked("vaek")
    try:
        with db.transaction() as session:
            found = _found(session, public_id)
            written = actions.apply(
                session,
                found,
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
                only=_ids(session, corrected),
                gone=_ids(session, gone),
            )
    except Refusal as refusal:
        return _count_page(public_id, 409, refused=refusal.sentence, ticked=(corrected, gone))
    if written:
        flash(ngettext("Lageret er rettet for %(num)s ting.", "Lageret er rettet for %(num)s ting.", written))
    return _to(public_id)


@blueprint.post(f"{ONE}/drop")
@needs("item:count")
def drop(public_id: str) -> Response:
    """Forget the count and leave the stock as it is."""
    with db.transaction() as session:
        actions.drop(session, _found(session, public_id), now=clock.now())
    flash(_("Optællingen er droppet. Lageret er, som det var."))
    return redirect(url_for("counting.counts"), 303)


def _see_the_one(session: Session, found: StockCount, thing: Item) -> str:
    """See a thing of which there is one; what to say about it."""
    is_again = queries.line_of(session, found, thing.id) is not None
    actions.see(session, found, thing, 1, now=clock.now())
    if thing.state is ItemState.SOLD:
        return _("Nr. %(number)s er set. Den er solgt og venter på sin kunde.", number=thing.number)
    if thing.state is ItemState.HANDED_OVER:
        return _("Nr. %(number)s står som udleveret. Stil den til side, og spørg efter den.", number=thing.number)
    if is_again:
        return _("Nr. %(number)s var allerede talt.", number=thing.number)
    return _("Nr. %(number)s er set.", number=thing.number)


def _ticked(name: str) -> set[int]:
    """The numbers of the things whose box was ticked; what is no number of ours is nobody's box."""
    sent = request.form.getlist(name)
    return {int(each) for each in sent if each.isascii() and each.isdecimal() and len(each) <= codes.LONGEST_NUMBER}


def _ids(session: Session, numbers: set[int]) -> set[int]:
    return queries.ids_of(session, numbers)


def _to(public_id: str) -> Response:
    return redirect(url_for("counting.count", public_id=public_id), 303)


def _found(session: Session, public_id: str) -> StockCount:
    found = queries.count_by_id(session, public_id)
    if found is None:
        raise NotHere
    return found


def _item(session: Session, number: int) -> Item:
    found = products.item_by_number(session, number)
    if found is None:
        raise NotHere
    return found


def _offer_places(session: Session, form: BeginForm) -> None:
    form.place.choices = [
        SelectChoice("", _("Overalt")),
        *(SelectChoice(place, place) for place in queries.places(session)),
    ]


def _list_page(status: int = 200, form: BeginForm | None = None) -> Response:
    shown = form or BeginForm()
    with db.reading() as session:
        _offer_places(session, shown)
        rows = queries.counts(session)
    return make_response(render_template("products/counts.html", rows=rows, form=shown), status)


def _count_page(
    public_id: str,
    status: int = 200,
    *,
    seen_form: SeenForm | None = None,
    refused: str = "",
    ticked: tuple[set[int], set[int]] | None = None,
) -> Response:
    """Where people scan while the count is open, and where staff look at it afterwards."""
    with db.reading() as session:
        found = _found(session, public_id)
        lines = queries.lines(session, found)
        missing = queries.missing(session, found)
        is_open = found.state is CountState.OPEN
        html = render_template(
            "products/count.html" if is_open else "products/count_result.html",
            count=found,
            lines=lines[:LATEST] if is_open else lines,
            how_many=len(lines),
            differing=[line for line in lines if line.difference],
            missing=missing[:MOST_MISSING],
            missing_more=max(len(missing) - MOST_MISSING, 0),
            form=seen_form or SeenForm(),
            refused=refused,
            ticked=ticked,
        )
    return make_response(html, status)


def _pieces_page(public_id: str, number: int, status: int = 200, form: PiecesForm | None = None) -> Response:
    with db.reading() as session:
        found, thing = _found(session, public_id), _item(session, number)
        line = queries.line_of(session, found, thing.id)
        html = render_template(
            "products/count_pieces.html",
            count=found,
            item=thing,
            before=line.pieces if line else None,
            form=form or PiecesForm(),
        )
    return make_response(html, status)
