"""The desk's page for a new thing, in three ways, and what it says when the thing has its number."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from workshop.core import access, clock, crypto, db, money, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.products import queries as products
from workshop.products.adding import actions, queries
from workshop.products.adding.forms import FromTypeForm, HousePriceForm, NewForm, OneOfAKindForm, categories
from workshop.products.models import ProductType
from workshop.products.origins import origin_choices

blueprint = Blueprint("adding", __name__, url_prefix="/personale/moebler/ny")
MENU = (web.MenuEntry("items", lazy("Ny ting"), "adding.new", "plus", "item:edit", order=20),)
WAYS: dict[str, type[NewForm]] = {"katalog": FromTypeForm, "fast": HousePriceForm, "unik": OneOfAKindForm}


@blueprint.get("")
@needs("item:edit")
def new() -> Response:
    """What kind of new thing is it? It begins with the one made most often."""
    return _form_page("katalog", _blank("katalog"), 200)


@blueprint.get("/<way>")
@needs("item:edit")
def new_by(way: str) -> Response:
    """The form of one of the three ways."""
    return _form_page(way, _blank(way), 200)


@blueprint.post("/<way>")
@needs("item:edit")
def add(way: str) -> Response:
    """Number it. A second press of the button leads to what the first has made."""
    form = _kind_of(way).posted()
    with db.reading() as session:
        kinds = _offer(session, form)
    if not form.validate():
        return _form_page(way, form, 422)
    once = str(form.once.data)
    try:
        with db.transaction() as session:
            is_new = actions.add(
                session,
                form.thing(kinds),
                once=once,
                base_url=web.settings().base_url,
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _form_page(way, form, 422)
    if not is_new:
        flash(_("Den var lavet. Der er kun én."))
    return redirect(url_for("adding.made", once=once), 303)


@blueprint.get("/lavet/<once>")
@needs("item:edit")
def made(once: str) -> Response:
    """The numbers that were given, and what one does next."""
    with db.reading() as session:
        cards = queries.made(session, once)
        if not cards:
            raise NotHere
        first = products.item_by_number(session, cards[0].number)
    return make_response(render_template("products/made.html", cards=cards, first=first, once=once))


@blueprint.post("/lavet/<once>/fortryd")
@needs("item:edit")
def regret(once: str) -> Response:
    """It was a mistake: take it back while nobody else has touched it."""
    with db.transaction() as session:
        how_many = actions.regret(session, once, now=clock.now(), by_staff_id=access.require_actor().account_id)
    if not how_many:
        raise NotHere
    flash(ngettext("Tingen er fortrudt.", "%(num)s ting er fortrudt.", how_many))
    return redirect(url_for("adding.new"), 303)


def _kind_of(way: str) -> type[NewForm]:
    if way not in WAYS:
        raise NotHere
    return WAYS[way]


def _blank(way: str) -> NewForm:
    form = _kind_of(way)(data={"once": crypto.new_public_id()})
    wanted = request.args.get("slags", "")
    if isinstance(form, FromTypeForm) and wanted:
        form.kind.data = wanted
    return form


def _offer(session: Session, form: NewForm) -> list[ProductType]:
    """Fill in what can be chosen."""
    if isinstance(form, OneOfAKindForm):
        form.category.choices = categories()
        form.origin.choices = [SelectChoice(*each) for each in origin_choices()]
        return []
    if isinstance(form, HousePriceForm):
        form.price.choices = [SelectChoice("", _("Vælg"))]
        for each in queries.house_prices(session):
            price = money.kr(each.price_ore)
            text = _("%(name)s, %(price)s pr. %(unit)s", name=each.name, price=price, unit=each.unit)
            form.price.choices.append(SelectChoice(str(each.id), text))
        return []
    chosen = form.kind.data if isinstance(form, FromTypeForm) else None
    kinds = [kind for kind in products.product_types(session) if kind.is_used or kind.sku == chosen]
    if isinstance(form, FromTypeForm):
        form.kind.choices = [SelectChoice("", _("Vælg")), *(SelectChoice(kind.sku, kind.name) for kind in kinds)]
    return kinds


def _form_page(way: str, form: NewForm, status: int) -> Response:
    with db.reading() as session:
        _offer(session, form)
    return make_response(render_template("products/new.html", form=form, way=way), status)
