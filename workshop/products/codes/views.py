"""The desk's pages about codes: scan one, put a new one on a thing, and make another for a label that is lost."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.products import queries as products
from workshop.products.adding.forms import categories
from workshop.products.codes import actions, queries
from workshop.products.codes.forms import NewThingForm, NumberForm
from workshop.products.models import Item, ItemCode
from workshop.products.qr import qr_svg

blueprint = Blueprint("codes", __name__, url_prefix="/personale/moebler")
MENU = (web.MenuEntry("items", lazy("Scan"), "codes.scan", "scan", "item:read", order=30),)
CODE = "/kode/<token>"


@blueprint.app_template_filter("named")
def named(title: str) -> str:
    """What pages call a thing that may have no name yet."""
    return products.shown_title(title)


@blueprint.app_template_filter("qr")
def qr(item: Item) -> Markup:
    """The code of a thing as a picture on a page, read aloud with its number."""
    name = _("QR-koden til nr. %(number)s", number=item.number)
    return Markup(qr_svg(item.qr_path, item.qr_side, name))  # noqa: S704 — drawn by us, and the name is escaped


@blueprint.get("/scan")
@needs("item:read")
def scan() -> Response:
    """Find a thing by its label: with the camera, or by the number that stands on it."""
    typed = request.args.get("nr", "").strip()[:200]
    if not typed:
        return make_response(render_template("products/scan.html", typed="", say=""))
    with db.reading() as session:
        found = queries.find(session, typed)
    if isinstance(found, Item):
        return redirect(url_for("products.item", number=found.number), 303)
    if isinstance(found, ItemCode) and access.require_actor().may("item:edit"):
        return redirect(url_for("codes.bind", token=found.token), 303)
    say = _("Vi har ikke noget med det nummer. Se på mærket igen.")
    return make_response(render_template("products/scan.html", typed=typed, say=say), 422)


@blueprint.get(CODE)
@needs("item:edit")
def bind(token: str) -> Response:
    """A code that was printed ahead: what is it on? One that is on something already leads there."""
    with db.reading() as session:
        found = queries.item_by_token(session, token)
    if found is not None:
        return redirect(url_for("products.item", number=found.number), 302)
    return _bind_page(token, 200)


@blueprint.post(f"{CODE}/ny")
@needs("item:edit")
def bind_to_new(token: str) -> Response:
    """It is on something new, which is born now with the number of the label."""
    form = NewThingForm.posted()
    with db.reading() as session:
        _offer(session, form)
    if not form.validate():
        return _bind_page(token, 422, new_form=form)
    with db.transaction() as session:
        kind = products.product_type_by_sku(session, form.kind.data) if form.kind.data else None
        item = actions.bind_to_new(
            session,
            _blank(session, token),
            title=form.title.data or "",
            category=kind.category if kind else form.category.data,
            product_type_id=kind.id if kind else None,
            base_url=web.settings().base_url,
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )
        once = item.qr_token
    return redirect(url_for("adding.made", once=once), 303)


@blueprint.post(f"{CODE}/paa")
@needs("item:edit")
def bind_to_item(token: str) -> Response:
    """It is on something that has a number; the code opens it from now on."""
    form = NumberForm.posted()
    if not form.validate():
        return _bind_page(token, 422, number_form=form)
    with db.transaction() as session:
        item = queries.find(session, form.nr.data)
        if isinstance(item, Item):
            code = _blank(session, token)
            actions.bind_to_item(session, code, item, now=clock.now(), by_staff_id=access.require_actor().account_id)
            number, name = item.number, products.shown_title(item.title)
    if not isinstance(item, Item):
        form.nr.errors = [_("Vi har ikke noget med det nummer. Se på mærket igen.")]
        return _bind_page(token, 422, number_form=form)
    said = _("Koden åbner nu nr. %(number)s, %(name)s.", number=number, name=name)
    undo = (said, url_for("codes.unbind", token=token.lower()), _("Fortryd"))
    flash(undo)  # type: ignore[arg-type]  # our pages show a message with its own button; see ui.flashes
    return redirect(url_for("products.item", number=number), 303)


@blueprint.post(f"{CODE}/fri")
@needs("item:edit")
def unbind(token: str) -> Response:
    """It was put on the wrong thing: it is on nothing again."""
    with db.transaction() as session:
        code = queries.bound_by_token(session, token)
        if code is None or not actions.unbind(session, code):
            raise NotHere
    flash(_("Koden sidder ikke på noget nu."))
    return redirect(url_for("codes.bind", token=token.lower()), 303)


@blueprint.post(f"/<int(max={products.LARGEST_NUMBER}):number>/ny-kode")
@needs("item:edit")
def renew(number: int) -> Response:
    """Another code for a label that is lost or cannot be read."""
    with db.transaction() as session:
        item = products.item_to_change(session, number)
        if item is None:
            raise NotHere
        actions.renew(
            session,
            item,
            base_url=web.settings().base_url,
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )
    flash(_("Nr. %(number)s har fået en ny kode. Den gamle virker stadig. Print et nyt mærke.", number=number))
    return redirect(url_for("products.item", number=number), 303)


def _blank(session: Session, token: str) -> ItemCode:
    code = queries.blank_by_token(session, token)
    return code if code is not None else _not_blank(session, token)


def _not_blank(session: Session, token: str) -> NoReturn:
    """It was put on something while the page was open, or it never was a code of ours."""
    found = queries.item_by_token(session, token)
    if found is None:
        raise NotHere
    raise Refusal(actions.used_sentence(found.number))


def _offer(session: Session, form: NewThingForm) -> None:
    kinds = [kind for kind in products.product_types(session) if kind.is_used or kind.sku == form.kind.data]
    form.kind.choices = [
        SelectChoice("", _("Kun én af slagsen")),
        *(SelectChoice(kind.sku, kind.name) for kind in kinds),
    ]
    form.category.choices = categories()


def _bind_page(
    token: str, status: int, *, new_form: NewThingForm | None = None, number_form: NumberForm | None = None
) -> Response:
    shown = new_form or NewThingForm()
    with db.reading() as session:
        code = _blank(session, token)
        _offer(session, shown)
    html = render_template(
        "products/bind.html",
        code=code,
        new_form=shown,
        number_form=number_form or NumberForm(),
        refused=new_form or number_form,
    )
    return make_response(html, status)
