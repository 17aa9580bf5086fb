"""The staff's pages about the shop: when it is open, what delivery costs, its texts and its terms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.orders.house import actions, overview, queries
from shop.orders.house.forms import (
    ClosedForm,
    HoursForm,
    PostcodeForm,
    TermsForm,
    TextForm,
    ZoneForm,
    says_withdrawal,
    weekday_names,
)
from shop.orders.models import Fulfilment
from shop.orders.pickup import hours_text
from workshop.core import access, clock, db, identity, money
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.products.models import SizeClass

blueprint = Blueprint("house", __name__, url_prefix="/personale/butik")
MENU = (
    MenuEntry("orders", lazy("Butikken"), "house.hours", "hjem", "shop:edit", order=90),
    MenuEntry("house", lazy("Åbningstider"), "house.hours", "ur", "shop:edit", order=10),
    MenuEntry("house", lazy("Levering"), "house.delivery", "bil", "shop:edit", order=20),
    MenuEntry("house", lazy("Tekster"), "house.texts", "tekst", "shop:edit", order=30),
    MenuEntry("house", lazy("Betingelser"), "house.terms", "dokument", "shop:edit", order=40),
)
TEXT_NAMES = {
    "om": lazy("Om os"),
    "levering": lazy("Hent og levering"),
    "persondata": lazy("Persondata"),
    "tilgaengelighed": lazy("Tilgængelighed"),
}


def _staff_id() -> int:
    return access.require_actor().account_id


@blueprint.get("")
@needs("shop:edit")
def hours() -> Response:
    """The times of the week, and the days we are closed."""
    return _hours_page(HoursForm(), ClosedForm())


@blueprint.post("/tider")
@needs("shop:edit")
def add_hours() -> Response:
    """One more time of the week."""
    form = HoursForm.posted()
    if not form.validate():
        return _hours_page(form, ClosedForm(), 422)
    try:
        with db.transaction() as session:
            actions.add_hours(
                session,
                fulfilment=Fulfilment(form.fulfilment.data),
                weekday=int(form.weekday.data),
                from_minute=form.begins.data,
                to_minute=form.ends.data,
            )
    except Refusal as refusal:
        form.begins.errors = [refusal.sentence]
        return _hours_page(form, ClosedForm(), 422)
    identity.forget()
    flash(_("Tiden er tilføjet. Kunderne kan vælge den nu."))
    return redirect(url_for("house.hours"), 303)


@blueprint.post("/tider/<any(pickup, delivery):kind>/<int:weekday>/<int:minute>/fjern")
@needs("shop:edit")
def remove_hours(kind: str, weekday: int, minute: int) -> Response:
    """Offer a time no more."""
    with db.transaction() as session:
        actions.remove_hours(session, fulfilment=Fulfilment(kind), weekday=weekday, from_minute=minute)
    identity.forget()
    flash(_("Tiden er fjernet. Ordrer, der har den, beholder den."))
    return redirect(url_for("house.hours"), 303)


@blueprint.post("/lukkedage")
@needs("shop:edit")
def close_day() -> Response:
    """Be closed on a day."""
    form = ClosedForm.posted()
    if not form.validate():
        return _hours_page(HoursForm(), form, 422)
    try:
        with db.transaction() as session:
            actions.close_day(session, form.day.data, form.text.data or "", now=clock.now(), by_staff_id=_staff_id())
    except Refusal as refusal:
        form.day.errors = [refusal.sentence]
        return _hours_page(HoursForm(), form, 422)
    flash(_("Der er lukket %(day)s.", day=clock.day_text(form.day.data)))
    return redirect(url_for("house.hours"), 303)


@blueprint.post("/lukkedage/<day>/fjern")
@needs("shop:edit")
def open_day(day: str) -> Response:
    """Be open on it after all."""
    found = clock.day_of(day)
    if found is None:
        raise NotHere
    with db.transaction() as session:
        actions.open_day(session, found)
    flash(_("Der er åbent %(day)s alligevel.", day=clock.day_text(found)))
    return redirect(url_for("house.hours"), 303)


def _hours_page(form: HoursForm, closed_form: ClosedForm, status: int = 200) -> Response:
    with db.reading() as session:
        found = overview.hours(session)
        closed = overview.closed_days(session, clock.local_day(clock.now()))
    html = render_template(
        "orders/house/hours.html",
        form=form,
        closed_form=closed_form,
        hours=found,
        closed=closed,
        Fulfilment=Fulfilment,
        weekdays=weekday_names(),
        hours_text=hours_text,
    )
    return make_response(html, status)


@blueprint.get("/levering")
@needs("shop:edit")
def delivery() -> Response:
    """What delivery costs, and where we go."""
    return _delivery_page(PostcodeForm())


@blueprint.post("/levering")
@needs("shop:edit")
def set_prices() -> Response:
    """The whole table of prices."""
    with db.reading() as session:
        cells = list(overview.delivery_prices(session))
    typed = {cell: request.form.get(_cell(cell), "")[:20] for cell in cells}
    prices, wrong = _prices(typed)
    if not wrong:
        try:
            with db.transaction() as session:
                actions.set_delivery_prices(session, prices, seen=_seen(cells))
        except Refusal as refusal:
            wrong[""] = refusal.sentence
        else:
            flash(_("Priserne er gemt. De gælder for nye ordrer."))
            return redirect(url_for("house.delivery"), 303)
    return _delivery_page(PostcodeForm(), 422, typed=typed, wrong=wrong)


def _cell(cell: tuple[int, SizeClass], before: str = "pris") -> str:
    return f"{before}-{cell[0]}-{cell[1].value}"


def _prices(typed: dict[tuple[int, SizeClass], str]) -> tuple[dict[tuple[int, SizeClass], int], dict[str, str]]:
    """The amounts in øre, and a sentence for each cell that is none."""
    prices: dict[tuple[int, SizeClass], int] = {}
    wrong: dict[str, str] = {}
    for cell, text in typed.items():
        try:
            prices[cell] = money.parse_kr(text)
        except ValueError as problem:
            wrong[_cell(cell)] = str(problem)
    return prices, wrong


def _seen(cells: list[tuple[int, SizeClass]]) -> dict[tuple[int, SizeClass], int]:
    """What the page showed when it was opened (øre); what cannot be read counts as another price."""
    shown = {cell: request.form.get(_cell(cell, "set"), "") for cell in cells}
    return {
        cell: int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1
        for cell, text in shown.items()
    }


@blueprint.post("/zoner")
@needs("shop:edit")
def add_zone() -> Response:
    """One more zone, with its prices."""
    form = ZoneForm.posted()
    if not form.validate():
        return _delivery_page(PostcodeForm(), 422, zone_form=form)
    try:
        with db.transaction() as session:
            zone = actions.add_zone(session, form.prices)
    except Refusal as refusal:
        form.small.errors = [refusal.sentence]
        return _delivery_page(PostcodeForm(), 422, zone_form=form)
    flash(_("Zone %(zone)s er lavet. Giv den de postnumre, der hører til.", zone=zone))
    return redirect(url_for("house.delivery"), 303)


@blueprint.post("/zoner/<int:zone>/fjern")
@needs("shop:edit")
def drop_zone(zone: int) -> Response:
    """A zone that has no postcodes any more."""
    try:
        with db.transaction() as session:
            actions.drop_zone(session, zone)
    except Refusal as refusal:
        return _delivery_page(PostcodeForm(), 409, wrong={"": refusal.sentence})
    flash(_("Zone %(zone)s er fjernet.", zone=zone))
    return redirect(url_for("house.delivery"), 303)


@blueprint.post("/postnumre")
@needs("shop:edit")
def put_postcode() -> Response:
    """Deliver to a postcode, or to the same one in another zone."""
    form = PostcodeForm.posted()
    if not form.validate():
        return _delivery_page(form, 422)
    try:
        with db.transaction() as session:
            actions.put_postcode(session, code=form.code.data, town=form.place.data, zone=form.zone.data)
    except Refusal as refusal:
        form.zone.errors = [refusal.sentence]
        return _delivery_page(form, 422)
    flash(_("Vi leverer i %(code)s %(town)s.", code=form.code.data, town=form.place.data))
    return redirect(url_for("house.delivery"), 303)


@blueprint.post("/postnumre/<code>/fjern")
@needs("shop:edit")
def drop_postcode(code: str) -> Response:
    """Deliver there no more."""
    with db.transaction() as session:
        actions.drop_postcode(session, code)
    flash(_("Vi leverer ikke i %(code)s mere. Ordrer på vej beholder deres pris.", code=code[:10]))
    return redirect(url_for("house.delivery"), 303)


def _delivery_page(
    form: PostcodeForm,
    status: int = 200,
    *,
    typed: dict[tuple[int, SizeClass], str] | None = None,
    wrong: dict[str, str] | None = None,
    zone_form: ZoneForm | None = None,
) -> Response:
    with db.reading() as session:
        prices = overview.delivery_prices(session)
        postcodes = overview.postcodes(session)
    saved = {cell: money.kr(ore).replace(f"{money.NO_BREAK}kr.", "") for cell, ore in prices.items()}
    html = render_template(
        "orders/house/delivery.html",
        form=form,
        zone_form=zone_form or ZoneForm(),
        prices=prices,
        typed=typed or saved,
        saved=saved,
        wrong=wrong or {},
        zones=sorted({zone for zone, _size in prices}),
        lived_in={each.zone for each in postcodes},
        sizes=list(SizeClass),
        cell=_cell,
        postcodes=postcodes,
    )
    return make_response(html, status)


@blueprint.get("/tekster")
@needs("shop:edit")
def texts() -> Response:
    """The pages of plain words."""
    with db.reading() as session:
        own = overview.texts(session)
    return make_response(render_template("orders/house/texts.html", names=TEXT_NAMES, own=own))


@blueprint.get("/tekster/<key>")
@needs("shop:edit")
def text(key: str) -> Response:
    """One page, to write."""
    with db.reading() as session:
        row = overview.texts(session).get(_known(key))
    form = TextForm(data={"body": row.body if row else "", "version": str(row.version if row else 0)})
    return _text_page(key, form)


@blueprint.post("/tekster/<key>")
@needs("shop:edit")
def write_text(key: str) -> Response:
    """Save it; nothing written brings back the text the shop came with."""
    form = TextForm.posted()
    _known(key)
    if not form.validate():
        return _text_page(key, form, 422)
    try:
        with db.transaction() as session:
            actions.write_text(
                session, key, form.body.data or "", version=form.seen, now=clock.now(), by_staff_id=_staff_id()
            )
    except actions.ChangedMeanwhile as changed:
        with db.reading() as session:
            row = overview.texts(session).get(key)
        form.version.data = str(row.version if row else 0)
        return _text_page(key, form, 409, theirs=row.body if row else "", sentence=changed.sentence)
    flash(_("Teksten er gemt, og kunderne kan se den."))
    return redirect(url_for("house.texts"), 303)


def _known(key: str) -> str:
    if key not in TEXT_NAMES:
        raise NotHere
    return key


def _text_page(
    key: str, form: TextForm, status: int = 200, *, theirs: str | None = None, sentence: str = ""
) -> Response:
    html = render_template(
        "orders/house/text.html", key=key, name=TEXT_NAMES[key], form=form, theirs=theirs, sentence=sentence
    )
    return make_response(html, status)


@blueprint.get("/betingelser")
@needs("shop:edit")
def terms() -> Response:
    """The terms as they are, to be written anew."""
    with db.reading() as session:
        newest = queries.terms(session)
    data: dict[str, Any] = {"body": newest.body if newest else "", "version": str(newest.version if newest else 0)}
    return _terms_page(TermsForm(data=data), newest)


@blueprint.post("/betingelser")
@needs("shop:edit")
def new_terms() -> Response:
    """A new version, for orders from now on."""
    form = TermsForm.posted()
    if not form.validate():
        with db.reading() as session:
            return _terms_page(form, queries.terms(session), 422)
    try:
        with db.transaction() as session:
            number = actions.new_terms(
                session, form.body.data, after=form.seen, now=clock.now(), by_staff_id=_staff_id()
            ).version
    except actions.ChangedMeanwhile as changed:
        with db.reading() as session:
            newest = queries.terms(session)
        form.version.data = str(newest.version if newest else 0)
        return _terms_page(form, newest, 409, sentence=changed.sentence)
    except Refusal as refusal:
        form.body.errors = [refusal.sentence]
        with db.reading() as session:
            return _terms_page(form, queries.terms(session), 422)
    flash(_("Version %(number)s gælder for ordrer fra nu af.", number=number))
    return redirect(url_for("house.terms"), 303)


def _terms_page(form: TermsForm, newest: queries.TermsRow | None, status: int = 200, *, sentence: str = "") -> Response:
    is_silent = newest is not None and not says_withdrawal(newest.body)
    html = render_template("orders/house/terms.html", form=form, newest=newest, is_silent=is_silent, sentence=sentence)
    return make_response(html, status)
