"""The desk's pages for lists: bringing in what the workshop had before, and taking the list of things away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import lazy, ngettext
from workshop.products.importing import actions, columns, exporting, keeping, templates
from workshop.products.importing.columns import COLUMNS, Checked
from workshop.products.importing.forms import BringInForm, ListForm
from workshop.products.importing.tables import MOST_BYTES, read_table
from workshop.products.sections import category_name

blueprint = Blueprint("importing", __name__, url_prefix="/personale/moebler")
MENU = (web.MenuEntry("items", lazy("Import"), "importing.choose", "mappe", "item:edit", order=50),)
MOST_SHOWN = 200  # rows of a list, and faults
PIECE = 64 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/import")
@needs("item:edit")
def choose() -> Response:
    """How a list should look, and where to give it."""
    return _choose_page()


@blueprint.post("/import")
@needs("item:edit")
def upload() -> Response:
    """Keep the list and show what would become of it; nothing is made yet."""
    form = ListForm.posted()
    if not form.validate():
        return _choose_page(422, form)
    with form.file.data.stream as stream:
        body = stream.read(MOST_BYTES + 1)
    try:
        columns.check(read_table(body))
    except Refusal as refusal:
        form.file.errors = [refusal.sentence]
        return _choose_page(422, form)
    return redirect(url_for("importing.preview", name=keeping.keep(_folder(), body, clock.now())), 303)


@blueprint.get("/import/<name>")
@needs("item:edit")
def preview(name: str) -> Response:
    """Every row as the thing it will become, and every fault."""
    checked = _checked(name)
    if checked is None:
        return _used(name)
    faults = columns.told_once(checked.faults)
    html = render_template(
        "products/import_preview.html",
        name=name,
        things=checked.things[:MOST_SHOWN],
        how_many=len(checked.things),
        faults=faults[:MOST_SHOWN],
        faults_more=max(len(faults) - MOST_SHOWN, 0),
        how_many_faults=len(checked.faults),
        unused=checked.unused,
        form=BringInForm(),
        category_name=category_name,
    )
    return make_response(html, 422 if checked.faults else 200)


@blueprint.post("/import/<name>")
@needs("item:edit")
def bring_in(name: str) -> Response:
    """Make the things, all or none; pressing twice makes them once."""
    checked = _checked(name)
    if checked is None:
        return _used(name)
    if checked.faults or not checked.things:
        return redirect(url_for("importing.preview", name=name), 303)
    person, base_url = access.require_actor(), web.settings().base_url
    is_for_sale = bool(BringInForm.posted().is_for_sale.data) and person.may("item:approve")
    codes = actions.draw_codes(base_url, len(checked.things))
    try:
        with db.transaction() as session:
            actions.bring_in(
                session,
                checked.things,
                codes,
                name=name,
                now=clock.now(),
                by_staff_id=person.account_id,
                is_for_sale=is_for_sale,
            )
    except actions.AlreadyIn:
        return _used(name)
    keeping.let_go(_folder(), name)
    return _used(name)


@blueprint.get("/import/skabelon.csv")
@needs("item:edit")
def csv_template() -> Response:
    """An empty list with the headings and two examples."""
    return _download(templates.csv_template(), "moebler-skabelon.csv", "text/csv")


@blueprint.get("/import/skabelon.xlsx")
@needs("item:edit")
def xlsx_template() -> Response:
    """The same as a spreadsheet."""
    return _download(templates.xlsx_template(), "moebler-skabelon.xlsx", XLSX)


@blueprint.get("/eksport.csv")
@needs("item:read")
def csv_list() -> Response:
    """Every thing with its price, place and state, as CSV."""
    return _list_of_all(exporting.csv_file, "csv", "text/csv")


@blueprint.get("/eksport.xlsx")
@needs("item:read")
def xlsx_list() -> Response:
    """The same as a spreadsheet."""
    return _list_of_all(exporting.xlsx_file, "xlsx", XLSX)


def _list_of_all(write: Callable[[Iterable[list[Any]]], IO[bytes]], kind: str, mime: str) -> Response:
    with db.snapshot() as session:
        file = write(exporting.rows(session))
    return _download(file, f"moebler-{clock.local_day(clock.now()).isoformat()}.{kind}", mime)


def _download(file: IO[bytes], name: str, mime: str) -> Response:
    answer = Response(_pieces_of(file), mimetype=mime)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.call_on_close(file.close)
    return answer


def _pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _folder() -> Path:
    return web.settings().data_dir / "imports"


def _checked(name: str) -> Checked | None:
    """What the kept list would become; None when it is kept no more."""
    body = keeping.kept(_folder(), name)
    return None if body is None else columns.check(read_table(body))


def _used(name: str) -> Response:
    """Where somebody goes whose list has been brought in."""
    with db.reading() as session:
        came = actions.how_many_came(session, name)
    if not came:
        raise NotHere
    flash(ngettext("%(num)s ting er oprettet.", "%(num)s ting er oprettet.", came))
    return redirect(url_for("products.items"), 303)


def _choose_page(status: int = 200, form: ListForm | None = None) -> Response:
    return make_response(render_template("products/import.html", form=form or ListForm(), columns=COLUMNS), status)
