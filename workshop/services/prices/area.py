"""Staff's page about where we come and what driving there costs."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from workshop.core import db, money, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.products.importing.tables import MOST_BYTES, read_table
from workshop.services.prices import actions, listing, queries
from workshop.services.prices.actions import EditedMeanwhile, PlaceSeen
from workshop.services.prices.forms import POSTCODE, ListForm, PlaceForm, degrees_text
from workshop.services.prices.queries import PlaceRow

blueprint = Blueprint("service_area", __name__, url_prefix="/personale/service/omraade")
MENU = (web.MenuEntry("garden", lazy("Område"), "service_area.everything", "bil", "service:sell", order=90),)


class ZoneLine(NamedTuple):
    """A zone with its price as stored, as typed, and what is wrong with that."""

    zone: int
    seen_ore: int
    typed: str
    problem: str
    towns: list[str]


@blueprint.get("")
@needs("service:sell")
def everything() -> Response:
    """The zones, the postcodes, and a form for one of them: `?kode=3210` fills it."""
    with db.reading() as session:
        asked = _asked(session, request.args.get("kode", ""))
        return _page(session, place=_form_of(asked))


@blueprint.post("/zoner")
@needs("service:sell")
def set_travel() -> Response:
    """What driving costs, by zone."""
    with db.reading() as session:
        lines = _lines(session, is_typed=True)
        if any(line.problem for line in lines):
            return _page(session, status=422, lines=lines)
    try:
        with db.transaction() as session:
            actions.set_travel(session, {line.zone: (line.seen_ore, money.parse_kr(line.typed)) for line in lines})
    except EditedMeanwhile as refusal:
        with db.reading() as session:
            stored = queries.zones(session)
            again = [line._replace(seen_ore=stored.get(line.zone, 0)) for line in lines]
            return _page(session, status=409, lines=again, said=refusal.sentence)
    flash(_("Priserne for kørsel er gemt."))
    return redirect(url_for("service_area.everything"), 303)


@blueprint.post("/postnumre")
@needs("service:sell")
def put_place() -> Response:
    """Add a postcode, or write one anew."""
    form = PlaceForm.posted()
    with db.reading() as session:
        _choose(session, form)
        if not form.validate():
            return _page(session, status=422, place=form)
    row = PlaceRow(form.code.data, form.town.data, int(form.zone.data), form.latitude.data, form.longitude.data)
    try:
        with db.transaction() as session:
            actions.put_place(session, PlaceSeen(row, form.seen.data or ""))
    except EditedMeanwhile as refusal:
        with db.reading() as session:
            standing = _asked(session, row.code)
            form.seen.data = actions.signature(standing)
            return _page(session, status=409, place=form, said=refusal.sentence, standing=standing)
    flash(_("%(code)s %(town)s er gemt.", code=row.code, town=row.town))
    return redirect(url_for("service_area.everything"), 303)


@blueprint.post("/postnumre/<code>/fjern")
@needs("service:sell")
def remove_place(code: str) -> Response:
    """We do not come there any more."""
    if not POSTCODE.fullmatch(code):
        raise NotHere
    with db.transaction() as session:
        actions.remove_place(session, code)
    flash(_("%(code)s er fjernet. Aftaler dér står ved magt.", code=code))
    return redirect(url_for("service_area.everything"), 303)


@blueprint.post("/liste")
@needs("service:sell")
def bring_in() -> Response:
    """A list of postcodes, pasted or as a file: all of it, or none."""
    try:
        form = ListForm.posted()
    except RequestEntityTooLarge:
        form = ListForm()
        form.file.errors = [_("Filen er for stor. Den må højst fylde 5 MB.")]
        with db.reading() as session:
            return _page(session, status=413, pasted=form)
    with db.reading() as session:
        found = _listed(session, form) if form.validate() else None
        if found is None or found.faults:
            return _page(session, status=422, pasted=form, faults=found.faults if found else ())
    with db.transaction() as session:
        new, changed = actions.import_places(session, found.rows)
    flash(
        _(
            "%(new)s, %(changed)s.",
            new=ngettext("%(num)s nyt postnummer", "%(num)s nye postnumre", new),
            changed=ngettext("%(num)s er rettet", "%(num)s er rettet", changed),
        )
    )
    return redirect(url_for("service_area.everything"), 303)


def _listed(session: Session, form: ListForm) -> listing.Listed | None:
    """What was pasted or chosen; None, with the sentence at the field, when it is no list."""
    file, text = form.file.data, form.text.data or ""
    if file is None and not text.strip():
        form.text.errors = [_("Sæt en liste ind, eller vælg en fil.")]
        return None
    body = text.encode() if file is None else file.stream.read(MOST_BYTES + 1)
    try:
        return listing.read(read_table(body), queries.zones(session))
    except Refusal as refusal:
        (form.text if file is None else form.file).errors = [refusal.sentence]
        return None


def _asked(session: Session, code: str) -> PlaceRow | None:
    return next((each for each in queries.places(session) if each.code == code), None) if code else None


def _form_of(row: PlaceRow | None) -> PlaceForm:
    if row is None:
        return PlaceForm()
    return PlaceForm(
        data={
            "seen": actions.signature(row),
            "code": row.code,
            "town": row.town,
            "zone": str(row.zone),
            "latitude": row.latitude_e6,
            "longitude": row.longitude_e6,
        }
    )


def _choose(session: Session, form: PlaceForm) -> None:
    form.zone.choices = [(str(zone), _("Zone %(zone)s", zone=zone)) for zone in queries.zones(session)]


def _lines(session: Session, *, is_typed: bool) -> list[ZoneLine]:
    """The zones with their prices: as stored, or as this request has them."""
    towns: dict[int, list[str]] = {}
    for place in queries.places(session):
        towns.setdefault(place.zone, []).append(place.town)
    lines = []
    for zone, price in queries.zones(session).items():
        seen, typed, problem = price, money.kr(price).replace(f"{money.NO_BREAK}kr.", ""), ""
        if is_typed:
            typed = request.form.get(f"pris-{zone}", "")[:20]
            seen_text = request.form.get(f"set-{zone}", "")
            seen = int(seen_text) if seen_text.isascii() and seen_text.isdecimal() and len(seen_text) < 10 else -1
            problem = _problem(typed)
        lines.append(ZoneLine(zone, seen, typed, problem, towns.get(zone, [])))
    return lines


def _problem(typed: str) -> str:
    try:
        money.parse_kr(typed)
    except ValueError as refused:
        return str(refused)
    return ""


def _page(
    session: Session,
    status: int = 200,
    *,
    lines: list[ZoneLine] | None = None,
    place: PlaceForm | None = None,
    pasted: ListForm | None = None,
    faults: tuple[str, ...] | list[str] = (),
    said: str = "",
    standing: PlaceRow | None = None,
) -> Response:
    form = place or PlaceForm()
    _choose(session, form)
    html = render_template(
        "services/prices/area.html",
        lines=lines or _lines(session, is_typed=False),
        places=queries.places(session),
        place=form,
        is_known=bool(form.seen.data),
        pasted=pasted or ListForm(),
        faults=faults,
        said=said,
        standing=standing,
        degrees_text=degrees_text,
    )
    return make_response(html, status)
