"""A new thing: what is it, what is it called, and the way on through photo, price and label.

The thing is its own draft: it has its number from the first tap, so nothing is lost when the tablet locks.
"""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.products import actions as products
from workshop.products.codes import actions as codes_actions
from workshop.products.codes import queries as codes
from workshop.products.models import Item, ItemCode, ItemState
from workshop.tasks.kiosk import begun, birth, queries
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.forms import NameForm
from workshop.tasks.kiosk.things import as_typed, is_here, is_sold, item_here, price_of, unknown
from workshop.tasks.kiosk.words import definite, name_of_one


@blueprint.get("/nyt")
@needs("kiosk:use")
def new() -> Response:
    """What is it? Pick a kind, or read a code."""
    return _kinds_page(200)


@blueprint.post("/nyt")
@needs("kiosk:use")
def new_post() -> Response:
    """It gets its number at once; a second tap gives the same thing."""
    with db.transaction() as session:
        kind = queries.kind_by_key(session, request.form.get("slags", ""))
        if kind is not None:
            item = birth.be_born(
                session, kind, key=request.form.get("gang", ""), base_url=web.settings().base_url, now=clock.now()
            )
            number, is_named = item.number, bool(item.title)
    if kind is None:
        return _kinds_page(422, say=_("Vælg en slags."))
    return _born(number, is_named=is_named)


@blueprint.get("/nyt/kode/<token>")
@needs("kiosk:use")
def bind(token: str) -> Response:
    """A label that was printed ahead: ask what it goes on."""
    with db.reading() as session:
        item, code = codes.item_by_token(session, token), codes.blank_by_token(session, token)
    if item is not None:
        return redirect(url_for("kiosk.thing", number=item.number), 303)
    if code is None:
        raise NotHere
    return _kinds_page(200, token=code.token, printed=code.number)


@blueprint.post("/nyt/kode/<token>")
@needs("kiosk:use")
def bind_post(token: str) -> Response:
    """The code goes on a new thing of this kind. The first tap wins; later ones lead to its thing."""
    with db.transaction() as session:
        code = _free(session, token)
        kind = queries.kind_by_key(session, request.form.get("slags", ""))
        if isinstance(code, Item):
            return redirect(url_for("kiosk.go_on", number=code.number), 303)
        if kind is not None:
            item = codes_actions.bind_to_new(
                session,
                code,
                title="",
                category=kind.category,
                product_type_id=kind.product_type_id,
                base_url=web.settings().base_url,
                now=clock.now(),
                by_staff_id=None,
            )
            return _born(item.number, is_named=bool(item.title))
        printed = code.number
    return _kinds_page(422, say=_("Vælg en slags."), token=token, printed=printed)


@blueprint.post("/nyt/kode/<token>/gammel")
@needs("kiosk:use")
def bind_old(token: str) -> Response:
    """The code goes on a thing that has a number already; both numbers lead there."""
    typed = as_typed(request.form.get("nr", ""))
    with db.transaction() as session:
        code, found = _free(session, token), codes.find(session, typed)
        if isinstance(code, Item):
            return redirect(url_for("kiosk.thing", number=code.number), 303)
        if isinstance(found, Item) and is_here(found):
            codes_actions.bind_to_item(session, code, found, now=clock.now(), by_staff_id=None)
            begun.code_put_on(code.token, found.number)
            return redirect(url_for("kiosk.thing", number=found.number), 303)
        printed, say = code.number, unknown(typed)
        if isinstance(found, Item):
            say = _gone(found)
    return _kinds_page(422, say=say, token=token, printed=printed, typed=typed)


@blueprint.post("/nyt/kode/<token>/fri")
@needs("kiosk:use")
def unbind_old(token: str) -> Response:
    """It went on the wrong thing, a moment ago and here: it is on nothing again."""
    if not begun.code_taken_off(token):
        raise Refusal(_("Den kan kun personalet tage af. Spørg en af dem."))
    with db.transaction() as session:
        code = codes.bound_by_token(session, token)
        if code is not None:
            codes_actions.unbind(session, code)
    flash(_("Mærket er taget af igen."))
    return redirect(url_for("kiosk.bind", token=token), 303)


@blueprint.get("/moebler/<int:number>/videre")
@needs("kiosk:use")
def go_on(number: int) -> Response:
    """Where one left it: the first step that is not done."""
    with db.reading() as session:
        item = item_here(session, number)
        has_photo = queries.has_photo(session, item)
    if item.state is not ItemState.MADE:
        begun.done(number)
        return redirect(url_for("kiosk.thing", number=number), 303)
    if begun.flow(number) is None:
        begun.begin(number, is_new=False)
    if not has_photo:
        return redirect(url_for("kiosk.photo", number=number), 303)
    return redirect(url_for("kiosk.price" if price_of(item) is None else "kiosk.label", number=number), 303)


@blueprint.get("/moebler/<int:number>/navn")
@needs("kiosk:use")
def name(number: int) -> Response:
    """What is it called? There is a word to begin with, and it can be skipped."""
    with db.reading() as session:
        item = item_here(session, number)
    form = NameForm(data={"title": item.title or name_of_one(item.category)})
    return _name_page(item, form, 200)


@blueprint.post("/moebler/<int:number>/navn")
@needs("kiosk:use")
def name_post(number: int) -> Response:
    """Keep the name; staff read it before anybody outside does."""
    form = NameForm.posted()
    with db.reading() as session:
        item = item_here(session, number)
    if not form.validate():
        return _name_page(item, form, 422)
    with db.transaction() as session:
        products.name_item(session, item_here(session, number), form.title.data, now=clock.now())
    return redirect(url_for(_after_name(number), number=number), 303)


@blueprint.get("/moebler/<int:number>/fortryd")
@needs("kiosk:use")
def regret(number: int) -> Response:
    """Shall it go? Its number never comes again, so it is asked once."""
    with db.reading() as session:
        item = item_here(session, number)
    _of_this_tablet(item)
    return make_response(render_template("kiosk/regret.html", item=item, thing=definite(item.category)))


@blueprint.post("/moebler/<int:number>/fortryd")
@needs("kiosk:use")
def regret_post(number: int) -> Response:
    """It was a mistake: the number was given, and the thing is not there."""
    with db.transaction() as session:
        item = item_here(session, number)
        if item.state is not ItemState.WITHDRAWN:  # a second tap
            _of_this_tablet(item)
            products.regret_birth(session, item, now=clock.now())
    begun.done(number)
    flash(_("Nr. %(number)s er væk igen.", number=number))
    return redirect(url_for("kiosk.home"), 303)


@blueprint.post("/moebler/<int:number>/faerdig")
@needs("kiosk:use")
def thing_done(number: int) -> Response:
    """That was that; staff see to the rest."""
    with db.reading() as session:
        item_here(session, number)
    begun.done(number)
    return redirect(url_for("kiosk.thing", number=number, ny=1), 303)


def _born(number: int, *, is_named: bool) -> Response:
    begun.begin(number, is_new=True)
    return redirect(url_for("kiosk.photo" if is_named else "kiosk.name", number=number), 303)


def _free(session: Session, token: str) -> ItemCode | Item:
    """A code that is on nothing yet, or the thing it is on by now. Raises NotHere for none of ours."""
    found = codes.blank_by_token(session, token) or codes.item_by_token(session, token)
    if found is None:
        raise NotHere
    return found


def _gone(item: Item) -> str:
    """What to say of an old number that no label goes on any more."""
    if is_sold(item):
        return _("Nr. %(number)s er solgt. Se på nummeret igen.", number=item.number)
    return _("Nr. %(number)s er her ikke mere. Se på nummeret igen.", number=item.number)


def _of_this_tablet(item: Item) -> None:
    """Only what was numbered here today can be regretted here; the rest is for staff."""
    flow = begun.flow(item.number)
    if flow is None or not flow.is_new:
        raise Refusal(_("Den kan kun personalet tage væk. Spørg en af dem."))


def _after_name(number: int) -> str:
    """Where one goes from the name: back to the label one saw it on, or on to the photo."""
    if request.args.get("til") == "maerke":
        return "kiosk.label"
    return "kiosk.photo" if begun.flow(number) else "kiosk.thing"


def _name_page(item: Item, form: NameForm, status: int) -> Response:
    if item.state is not ItemState.MADE:
        raise Refusal(_("Den er godkendt nu. Spørg en, der er ansat."))
    html = render_template(
        "kiosk/name.html",
        item=item,
        thing=definite(item.category),
        form=form,
        flow=begun.flow(item.number),
        on_to=_after_name(item.number),
    )
    return make_response(html, status)


def _kinds_page(
    status: int, *, say: str = "", token: str = "", printed: int | None = None, typed: str = ""
) -> Response:
    with db.reading() as session:
        lately = queries.lately_made(session, clock.now())
    html = render_template(
        "kiosk/new.html",
        lately=lately,
        categories=queries.categories(),
        key=birth.new_key(),
        say=say,
        token=token,
        printed=printed,
        typed=typed,
    )
    return make_response(html, status)
