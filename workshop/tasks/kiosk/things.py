"""Find a thing by its label, and see it: its number, its code, and what one can do with it."""

from __future__ import annotations

import re

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.products import queries as catalogue
from workshop.products.codes import queries as codes
from workshop.products.models import Item, ItemCode, ItemState
from workshop.tasks.kiosk import begun
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.words import definite

HERE = (ItemState.MADE, ItemState.FOR_SALE)
LONGEST = 12  # of what was typed, to say it back; more than a number has
_BEFORE_NUMBER = re.compile(r"(?:nr\.?|#)\s*", re.IGNORECASE)
WAYS = {"maerke": "kiosk.label", "pris": "kiosk.price", "foto": "kiosk.photo"}


@blueprint.get("/scan")
@needs("kiosk:use")
def scan() -> Response:
    """Find a thing by its code or the number on its label, and go on to what one wants with it."""
    typed = as_typed(request.args.get("nr", ""))
    target = request.args.get("til", "")
    if not typed:
        return _scan_page("", target, 200)
    with db.reading() as session:
        found = codes.find(session, typed)
    if isinstance(found, ItemCode):
        return redirect(url_for("kiosk.bind", token=found.token), 303)
    if found is None:
        return _scan_page(typed, target, 422, unknown(typed))
    return redirect(url_for(WAYS.get(target, "kiosk.thing"), number=found.number), 303)


@blueprint.get("/moebler/<int:number>")
@needs("kiosk:use")
def thing(number: int) -> Response:
    """Here is the bench, no. 1042, with its code and what one can do with it."""
    with db.reading() as session:
        item = item_here(session, number)
        photos = catalogue.photos(session, item.id, only_approved=False)
    return make_response(
        render_template(
            "kiosk/thing.html",
            item=item,
            thing=definite(item.category),
            photos=photos,
            price_ore=price_of(item),
            is_here=is_here(item),
            is_made=item.state is ItemState.MADE,
            is_sold=is_sold(item),
            undo_code=begun.code_on(number),
            is_new=bool(request.args.get("ny")),
            flow=begun.flow(number),
        )
    )


def item_here(session: Session, number: int) -> Item:
    """A thing by its number. Raises NotHere."""
    item = catalogue.item_by_number(session, number)
    if item is None:
        raise NotHere
    return item


def price_of(item: Item) -> int | None:
    """What its label shows: the price staff set, else the one proposed at the bench."""
    return item.price_ore if item.price_ore is not None else item.proposed_ore


def as_typed(text: str) -> str:
    """What was read or typed, as it is looked up: `Nr. 1 036`, copied from a label, is 1036."""
    bare = _BEFORE_NUMBER.sub("", text.strip(), count=1) if _BEFORE_NUMBER.match(text.strip()) else text.strip()
    joined = bare.replace(" ", "").replace(".", "")
    return joined if joined.isascii() and joined.isdecimal() else bare


def is_here(item: Item) -> bool:
    """Whether the thing stands in the workshop or the shop, so that one can do something with it."""
    return item.state in HERE and item.quantity > 0


def is_sold(item: Item) -> bool:
    """Whether somebody has bought it, fetched or not."""
    return item.state in (ItemState.SOLD, ItemState.HANDED_OVER)


def unknown(typed: str) -> str:
    """What to say of a number nobody has, or of letters where a number belongs."""
    if typed.isascii() and typed.isdecimal():
        return _("Nr. %(number)s findes ikke. Se på mærket igen.", number=typed[:LONGEST])
    if "/" in typed:
        return _("Den kode er ikke vores. Skriv nummeret.")
    return _("Skriv kun tal.")


def _scan_page(typed: str, target: str, status: int, say: str = "") -> Response:
    return make_response(render_template("kiosk/scan.html", typed=typed, target=target, say=say), status)
