"""The thing on the bench: its number and code, photos, price and label. Nothing here says who made it."""

from __future__ import annotations

from flask import Response as FileResponse
from flask import make_response, redirect, render_template, request, send_from_directory, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from workshop.core import clock, db, images, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels import actions as printing_jobs
from workshop.labels import printing
from workshop.labels import queries as labels
from workshop.products import actions as products
from workshop.products import queries as catalogue
from workshop.products.models import Item, ItemState
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.forms import PhotoForm
from workshop.tasks.kiosk.words import definite

HERE = (ItemState.MADE, ItemState.FOR_SALE)
LARGEST_NUMBER = 2**31 - 1  # what the column holds; a longer one is a slip, not an error
ROLL = "roll_62x29"


@blueprint.get("/scan")
@needs("kiosk:use")
def scan() -> Response:
    """Find a thing by the number on its label, and go on to what one wants with it."""
    typed = request.args.get("nr", "").strip().removeprefix("#")
    target = request.args.get("til", "")
    if not typed:
        return _scan_page("", target, 200)
    if not (typed.isascii() and typed.isdecimal()):
        return _scan_page(typed, target, 422, _("Skriv kun tal."))
    if int(typed) > LARGEST_NUMBER:
        return _scan_page(typed, target, 422)
    with db.reading() as session:
        item = catalogue.item_by_number(session, int(typed))
    if item is None:
        return _scan_page(typed, target, 422)
    endpoint = {"maerke": "kiosk.label", "pris": "kiosk.price", "foto": "kiosk.photo"}.get(target, "kiosk.thing")
    return redirect(url_for(endpoint, number=item.number), 303)


@blueprint.get("/moebler/<int:number>")
@needs("kiosk:use")
def thing(number: int) -> Response:
    """Here is the bench, no. 1042, with its code and what one can do with it."""
    with db.reading() as session:
        item = _item(session, number)
        photos = catalogue.photos(session, item.id, only_approved=False)
    return make_response(
        render_template(
            "kiosk/thing.html",
            item=item,
            thing=definite(item.category),
            photos=photos,
            is_here=item.state in HERE,
            is_sold=item.state in (ItemState.SOLD, ItemState.HANDED_OVER),
            is_new=bool(request.args.get("ny")),
        )
    )


@blueprint.get("/moebler/<int:number>/foto")
@needs("kiosk:use")
def photo(number: int) -> Response:
    """Take a photo: the whole thing, and no people."""
    return _photo_page(number, PhotoForm(), 200)


@blueprint.post("/moebler/<int:number>/foto")
@needs("kiosk:use")
def photo_post(number: int) -> Response:
    """Keep the photo; staff look at it before anybody outside does."""
    try:
        form = PhotoForm.posted()
    except RequestEntityTooLarge:
        form = PhotoForm()
        form.photo.errors = [_("Billedet er for stort. Tag et nyt med kameraet.")]
        return _photo_page(number, form, 413)
    if not form.validate():
        return _photo_page(number, form, 422)
    with db.reading() as session:
        _item(session, number)
    try:
        stored = images.store(form.photo.data.stream, web.settings().photos_dir)
    except Refusal:  # what is wrong with the file helps nobody at the bench; what to do does
        form.photo.errors = [_("Det er ikke et billede, vi kan bruge. Tag et nyt med kameraet.")]
        return _photo_page(number, form, 422)
    with db.transaction() as session:
        item = _item(session, number)
        products.add_photo(session, item, stored, alt_text="", now=clock.now(), by_staff_id=None)
    return redirect(url_for("kiosk.photo", number=number, taget=1), 303)


@blueprint.get("/moebler/<int:number>/foto/<name>.jpg")
@needs("kiosk:use")
def photo_file(number: int, name: str) -> FileResponse:
    """A photo of the thing, approved or not, for those in the workshop."""
    with db.reading() as session:
        names = {each.name for each in catalogue.photos(session, _item(session, number).id, only_approved=False)}
    if name not in names:
        raise NotHere
    return send_from_directory(web.settings().photos_dir, f"{name}-800.jpg", max_age=0)


@blueprint.get("/moebler/<int:number>/pris")
@needs("kiosk:use")
def price(number: int) -> Response:
    """What it costs, and what others like it cost; staff set the price."""
    with db.reading() as session:
        item = _item(session, number)
        like = catalogue.similar(session, item.category, except_number=item.number, limit=3)
    prices = [card.price_ore for card in like if card.price_ore is not None]
    return make_response(
        render_template(
            "kiosk/price.html",
            item=item,
            thing=definite(item.category),
            like=[card for card in like if card.price_ore is not None],
            lowest=min(prices, default=None),
            highest=max(prices, default=None),
        )
    )


@blueprint.get("/moebler/<int:number>/maerke")
@needs("kiosk:use")
def label(number: int) -> Response:
    """The label as it will be, to look at before it is printed."""
    with db.reading() as session:
        item = _item(session, number)
    return make_response(render_template("kiosk/label.html", item=item, is_here=item.state in HERE))


@blueprint.post("/moebler/<int:number>/maerke")
@needs("kiosk:use")
def print_label(number: int) -> Response:
    """Make a print job and open its file; staff see the job wait until the label has come out right."""
    with db.transaction() as session:
        job = printing_jobs.print_at_tablet(session, _item(session, number), sheet_key=ROLL, now=clock.now())
        target = url_for("kiosk.label_file", number=number, job_id=job.public_id)
    return redirect(target, 303)


@blueprint.get("/moebler/<int:number>/maerke.png")
@needs("kiosk:use")
def label_picture(number: int) -> FileResponse:
    """The label as a picture, drawn by what prints it."""
    return FileResponse(_run(number).png(), mimetype="image/png")


@blueprint.get("/moebler/<int:number>/maerke/<job_id>.pdf")
@needs("kiosk:use")
def label_file(number: int, job_id: str) -> FileResponse:
    """The file for the label printer, as the job was made."""
    with db.reading() as session:
        job = labels.job_of_item(session, job_id, _item(session, number).id)
        if job is None:
            raise NotHere
        run = printing.run_of_job(session, job, web.settings())
    response = FileResponse(run.pdf(), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="maerke-{number}.pdf"'
    return response


def _run(number: int) -> printing.PrintRun:
    with db.reading() as session:
        item = _item(session, number)
        if item.price_ore is None:
            raise Refusal(_("Nr. %(number)s har ingen pris endnu. Spørg en fra personalet.", number=number))
        return printing.run_of_item(session, item, item.price_ore, web.settings(), ROLL)


def _item(session: Session, number: int) -> Item:
    item = catalogue.item_by_number(session, number) if number <= LARGEST_NUMBER else None
    if item is None:
        raise NotHere
    return item


def _scan_page(typed: str, target: str, status: int, say: str = "") -> Response:
    if typed and not say:
        say = _("Nr. %(number)s findes ikke. Se på mærket igen.", number=typed[:12])
    return make_response(render_template("kiosk/scan.html", typed=typed, target=target, say=say), status)


def _photo_page(number: int, form: PhotoForm, status: int) -> Response:
    with db.reading() as session:
        item = _item(session, number)
        photos = catalogue.photos(session, item.id, only_approved=False)
    return make_response(
        render_template(
            "kiosk/photo.html",
            item=item,
            thing=definite(item.category),
            photos=photos,
            form=form,
            is_taken=bool(request.args.get("taget")) and status == 200,
        ),
        status,
    )
