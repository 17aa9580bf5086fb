"""The desk's pages about house prices."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.products.actions import EditedMeanwhile
from workshop.products.house_prices import actions, queries
from workshop.products.house_prices.forms import HousePriceForm
from workshop.products.models import HousePrice
from workshop.products.queries import LARGEST_NUMBER
from workshop.products.sections import category_name

blueprint = Blueprint("house_prices", __name__)
MENU = (web.MenuEntry("items", lazy("Huspriser"), "house_prices.everything", "pris", "item:read", order=60),)
PAGE = "/personale/moebler/huspriser"
ONE = f"{PAGE}/<int(max={LARGEST_NUMBER}):house_price_id>"


@blueprint.get(PAGE)
@needs("item:read")
def everything() -> Response:
    """Every house price."""
    with db.reading() as session:
        found = queries.house_prices(session)
    html = render_template("products/house_prices.html", house_prices=found, category_name=category_name)
    return make_response(html)


@blueprint.get(f"{PAGE}/ny")
@needs("item:price")
def new() -> Response:
    """The form for a new house price."""
    return _form_page(HousePriceForm(), None)


@blueprint.post(f"{PAGE}/ny")
@needs("item:price")
def add() -> Response:
    """Add a house price."""
    form = HousePriceForm.posted()
    if not form.validate():
        return _form_page(form, None, 422)
    try:
        with db.transaction() as session:
            actions.add_house_price(session, **_typed(form))
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _form_page(form, None, 422)
    flash(_("%(name)s er gemt.", name=form.name.data))
    return redirect(url_for("house_prices.everything"), 303)


@blueprint.get(ONE)
@needs("item:price")
def one(house_price_id: int) -> Response:
    """The form of a house price."""
    with db.reading() as session:
        form = HousePriceForm.of(_found(session, house_price_id))
    return _form_page(form, house_price_id)


@blueprint.post(ONE)
@needs("item:price")
def change(house_price_id: int) -> Response:
    """Change a house price. When somebody else did so meanwhile, both stand on the page and nothing is lost."""
    form = HousePriceForm.posted()
    if not form.validate():
        return _form_page(form, house_price_id, 422)
    try:
        with db.transaction() as session:
            changed = actions.change_house_price(
                session,
                _to_change(session, house_price_id),
                version=form.seen_version,
                **_typed(form),
                is_for_unsold=form.is_for_unsold.data,
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
    except EditedMeanwhile as refusal:
        return _conflict(form, house_price_id, refusal)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _form_page(form, house_price_id, 422)
    flash(_("%(name)s er gemt.", name=form.name.data))
    if changed:
        flash(ngettext("%(num)s ting har fået den nye pris.", "%(num)s ting har fået den nye pris.", changed))
    return redirect(url_for("house_prices.everything"), 303)


@blueprint.post(f"{ONE}/tag-ud")
@needs("item:price")
def retire(house_price_id: int) -> Response:
    """Offer it no more."""
    with db.transaction() as session:
        house = _to_change(session, house_price_id)
        actions.retire(session, house)
        name = house.name
    flash(_("%(name)s bruges ikke mere.", name=name))
    return redirect(url_for("house_prices.everything"), 303)


@blueprint.post(f"{ONE}/tag-i-brug")
@needs("item:price")
def use_again(house_price_id: int) -> Response:
    """Offer it again."""
    with db.transaction() as session:
        house = _to_change(session, house_price_id)
        actions.use_again(session, house)
        name = house.name
    flash(_("%(name)s bruges igen.", name=name))
    return redirect(url_for("house_prices.everything"), 303)


def _typed(form: HousePriceForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "category": form.category.data,
        "unit": form.unit.data,
        "price_ore": form.price.data,
    }


def _found(session: Session, house_price_id: int) -> HousePrice:
    found = queries.house_price(session, house_price_id)
    if found is None:
        raise NotHere
    return found


def _to_change(session: Session, house_price_id: int) -> HousePrice:
    found = queries.house_price_to_change(session, house_price_id)
    if found is None:
        raise NotHere
    return found


def _conflict(form: HousePriceForm, house_price_id: int, refusal: EditedMeanwhile) -> Response:
    """Both in sight, so saving again is a choice and not an accident."""
    with db.reading() as session:
        stored = HousePriceForm.of(_found(session, house_price_id))
    form.version.data, form.version.raw_data = stored.version.data, None
    form.form_errors.append(refusal.sentence)
    return _form_page(form, house_price_id, 409, stored=stored)


def _form_page(
    form: HousePriceForm, house_price_id: int | None, status: int = 200, *, stored: HousePriceForm | None = None
) -> Response:
    unsold, is_used = 0, True
    if house_price_id is not None:
        with db.reading() as session:
            is_used = _found(session, house_price_id).is_used
            unsold = queries.count_unsold(session, house_price_id)
    html = render_template(
        "products/house_price.html",
        form=form,
        house_price_id=house_price_id,
        unsold=unsold,
        is_used=is_used,
        stored=stored,
        category_name=category_name,
    )
    return make_response(html, status)
